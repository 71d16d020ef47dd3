/* SPDX-License-Identifier: Apache-2.0 */
/*
 * victim - by rank, and of one rank the oldest.
 */
#include "sensor/flow/victim.h"

#include "sensor/flow/pool.h"

/* From here on silence makes a flow the first to go. */
#define STALE_OPEN_S 900
#define STALE_S      300

/* Up to here a server that has yet to greet is merely not in a hurry. */
#define FRESH_S 5

bool
victim_is_stale(const struct flow *flow, uint64_t now_s)
{
	unsigned limit = flow->state == FLOW_OPEN ? STALE_OPEN_S : STALE_S;

	return now_s - flow->tick_s > limit;
}

/* Lower goes first.  Who is listened to counts as open, also where its SYN-ACK
 * may yet come. */
static unsigned
rank_of(const struct flow *flow, uint64_t now_s)
{
	static const uint8_t ranks[FLOW_STATES] = {
		[FLOW_EMBRYONIC] = 1,
		[FLOW_SETTLED] = 2,
		[FLOW_OPEN] = 3,
	};

	if (victim_is_stale(flow, now_s))
		return 0;
	if (flow->conversation != POOL_NONE)
		return ranks[FLOW_OPEN];
	if (flow->state == FLOW_EMBRYONIC && now_s - flow->tick_s <= FRESH_S)
		return ranks[FLOW_SETTLED];
	return ranks[flow->state];
}

static bool
goes_before(const struct flow *a, const struct flow *b, uint64_t now_s)
{
	unsigned a_rank = rank_of(a, now_s), b_rank = rank_of(b, now_s);

	if (a_rank != b_rank)
		return a_rank < b_rank;
	if (a->tick_s != b->tick_s)
		return a->tick_s < b->tick_s;
	return a->tick_ms < b->tick_ms;
}

size_t
victim_of(const struct flow *flows, size_t count, uint64_t now_s)
{
	size_t victim = 0;

	for (size_t i = 1; i < count; i++)
		if (goes_before(&flows[i], &flows[victim], now_s))
			victim = i;
	return victim;
}
