/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest - a name for a capture file that follows from its content.
 *
 * Redis counts a file once, however often and under whatever name it is read,
 * because its totals stand under this name.  Its size and both ends are enough
 * to tell captures apart, and cost the same for a terabyte as for a page.
 */
#ifndef STRAYMAIL_DIGEST_H
#define STRAYMAIL_DIGEST_H

#include <stdbool.h>

#define DIGEST_TEXT 33 /* 32 hex digits and the NUL */

/* False where fd is no regular file or cannot be read; errno says why.  The
 * file's position stays where it is. */
bool digest_of_file(int fd, char ret_text[static DIGEST_TEXT]);

/* One that nobody has had before.  False: the kernel has no random bytes. */
bool digest_fresh(char ret_text[static DIGEST_TEXT]);

#endif
