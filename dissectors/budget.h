/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget - how much of a side is heard before a dialog must be settled.
 *
 * Bodies and the lines of a greeting that goes on are charged to an account of
 * their own.  A line is charged when it is whole; until then its bytes count
 * as if it were, so that it does not matter how the stream was cut.
 */
#ifndef STRAYMAIL_BUDGET_H
#define STRAYMAIL_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget {
	uint32_t pending; /* bytes of the unfinished line */
	uint32_t bytes;   /* of lines that were charged */
	uint32_t aside;   /* of bodies and "220-" lines */
	uint16_t lines;   /* sticks at its maximum */
};

struct budget_limit {
	uint32_t bytes, aside;
	uint16_t lines;
};

/* Bytes of a line, or of the blanks before it, whether it ends or not. */
void budget_take(struct budget *budget, size_t bytes);

/* The line is whole. */
void budget_line(struct budget *budget, bool aside);

/* Bytes of a body. */
void budget_body(struct budget *budget, size_t bytes);

/* aside: the unfinished line is one that is charged aside. */
bool budget_spent(
    const struct budget *budget, const struct budget_limit *limit, bool aside);

#endif
