/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign - what a file that is no capture looks like.
 *
 * "unknown file format" sends people searching; "a zip archive, decompress it
 * first" does not.
 */
#ifndef STRAYMAIL_FOREIGN_H
#define STRAYMAIL_FOREIGN_H

#include "dissectors/slice.h"

#include <stdbool.h>

/* In a few words, from a file's first bytes; never NULL.  *ret_damaged: it is a
 * capture all the same, or was one. */
const char *foreign_kind(struct slice head, bool *ret_damaged);

#endif
