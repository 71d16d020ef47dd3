/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software_pattern - the patterns of software_table.c, held against a line.
 */
#ifndef STRAYMAIL_SOFTWARE_PATTERN_H
#define STRAYMAIL_SOFTWARE_PATTERN_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* Does the pattern end in that mark?  Then it is taken off. */
bool software_pattern_ends(struct slice *pattern, uint8_t mark);

/* '*' is anything, '?' one byte, '$' the end; else the text may go on, and
 * ret_tail is what is left of it. */
bool software_pattern_fits(
    struct slice pattern, struct slice text, struct slice *ret_tail);

#endif
