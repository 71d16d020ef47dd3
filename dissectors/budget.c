/* SPDX-License-Identifier: Apache-2.0 */
/*
 * budget - sums that stick at their maximum.
 */
#include "dissectors/budget.h"

static void
add(uint32_t *sum, size_t bytes)
{
	*sum = bytes > UINT32_MAX - *sum ? UINT32_MAX : *sum + (uint32_t)bytes;
}

void
budget_take(struct budget *budget, size_t bytes)
{
	add(&budget->pending, bytes);
}

void
budget_line(struct budget *budget, bool aside)
{
	add(aside ? &budget->aside : &budget->bytes, budget->pending);
	budget->pending = 0;
	if (!aside && budget->lines < UINT16_MAX)
		budget->lines++;
}

void
budget_body(struct budget *budget, size_t bytes)
{
	add(&budget->aside, bytes);
}

bool
budget_spent(
    const struct budget *budget, const struct budget_limit *limit, bool aside)
{
	uint32_t bytes = budget->bytes, set_aside = budget->aside;

	add(aside ? &set_aside : &bytes, budget->pending);
	return bytes > limit->bytes || set_aside > limit->aside ||
	    budget->lines > limit->lines;
}
