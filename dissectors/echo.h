/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo - a side that says what the other has just said (X5).
 *
 * Only digests of a few lines are kept, so no line can be read back.
 */
#ifndef STRAYMAIL_ECHO_H
#define STRAYMAIL_ECHO_H

#include "dissectors/side.h"
#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define ECHO_LINES 3

struct echo {
	uint32_t recent[SIDES][ECHO_LINES];
	uint8_t next[SIDES];
};

/* True: the other side said that line before. */
bool echo_hear(struct echo *echo, enum side from, struct slice line);

#endif
