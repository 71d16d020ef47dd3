/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sanitize - hostile text made fit to show, once, for every sink.
 *
 * Bytes 0x20 to 0x7e stay, except quote and backslash; everything else becomes
 * \xNN (upper case digits).  The result is plain ASCII, so it is valid UTF-8,
 * valid JSON content and harmless on a terminal; it is capped after escaping,
 * never inside an escape.
 */
#ifndef STRAYMAIL_SANITIZE_H
#define STRAYMAIL_SANITIZE_H

#include <stdbool.h>
#include <stddef.h>

/* The cap of a greeting, everywhere: characters, without the NUL. */
#define SANITIZE_MAX 256

/*
 * cap is the size of dst, its NUL included; 0 writes nothing.  Returns the
 * length written, the NUL not counted; ret_changed may be NULL and says whether
 * anything was escaped or cut off.
 */
size_t sanitize(
    char *dst, size_t cap, const void *bytes, size_t len, bool *ret_changed);

#endif
