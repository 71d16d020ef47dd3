/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns - for each direction that waits a staircase, kept minimal.
 */
#include "sensor/flow/turns.h"

#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"

#include <stdlib.h>
#include <string.h>

#define STAIRS_MAX 8

struct stair {
	uint32_t end;   /* bytes before it, from the turn before on, */
	uint32_t after; /* wait for the other side's before this */
};

struct waiting {
	struct stair stair[STAIRS_MAX];
	uint64_t since_ns; /* tick since which the first of them waits */
	uint32_t until;    /* bytes before it wait for nobody */
	uint32_t acked;    /* by bytes whose turn has come */
	uint32_t count;
};

struct turns {
	struct pool *pool;
	struct reassembly_numbers *numbers;
};

struct turns *
turns_new(uint32_t most, struct reassembly_numbers *numbers)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (turns == NULL)
		return NULL;
	turns->numbers = numbers;
	turns->pool = pool_new(sizeof(struct waiting), most);
	if (turns->pool == NULL) {
		free(turns);
		return NULL;
	}
	return turns;
}

void
turns_free(struct turns *turns)
{
	if (turns == NULL)
		return;
	pool_free(turns->pool);
	free(turns);
}

static struct waiting *
waiting_at(const struct turns *turns, const struct half *half)
{
	return pool_at(turns->pool, half->turns);
}

/* What came so far and was not out of turn waits for nobody.  Where nothing
 * came it is begun at its first byte: that is not always this segment's. */
static uint32_t
begins_at(const struct half *half, uint32_t seq)
{
	if (half->begun)
		return serial_last(half->next, half->seen);
	return half_first(half, seq, REASSEMBLY_WINDOW);
}

static bool
begin(struct turns *turns, struct half *half, const struct segment *segment,
    uint32_t acked)
{
	struct waiting *waiting;

	half->turns = pool_take(turns->pool);
	if (half->turns == POOL_NONE)
		return false;
	turns->numbers->turns_taken++;
	turns->numbers->turns_live = pool_live(turns->pool);
	waiting = waiting_at(turns, half);
	waiting->count = 0;
	waiting->since_ns = segment->tick_ns;
	waiting->acked = acked;
	waiting->until = begins_at(half, segment->seq);
	return true;
}

/* Everything that b says, a says as well. */
static bool
covers(const struct stair *a, const struct stair *b)
{
	return !serial_before(a->end, b->end) &&
	    !serial_before(b->after, a->after);
}

/* Takes out what the new one covers.  False: it is covered itself. */
static bool
make_way(struct waiting *waiting, const struct stair *fresh)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < waiting->count; i++)
		if (covers(&waiting->stair[i], fresh))
			return false;
	for (uint32_t i = 0; i < waiting->count; i++)
		if (!covers(fresh, &waiting->stair[i]))
			waiting->stair[kept++] = waiting->stair[i];
	waiting->count = kept;
	return true;
}

/* Puts it at its place among the others; the last covers what has none. */
static void
insert(struct waiting *waiting, const struct stair *fresh)
{
	struct stair *last = &waiting->stair[STAIRS_MAX - 1];
	uint32_t i;

	if (waiting->count == STAIRS_MAX) {
		last->end = serial_last(last->end, fresh->end);
		return;
	}
	for (i = waiting->count++; i > 0; i--) {
		if (serial_before(waiting->stair[i - 1].end, fresh->end))
			break;
		waiting->stair[i] = waiting->stair[i - 1];
	}
	waiting->stair[i] = *fresh;
}

void
turns_add(struct turns *turns, struct half *half, const struct segment *segment,
    const struct answer *answer)
{
	const struct stair fresh = {
		.end = segment->seq + segment->wire_len,
		.after = answer->ack,
	};
	struct waiting *waiting;

	if (half->turns == POOL_NONE &&
	    !begin(turns, half, segment, answer->acked))
		return;
	waiting = waiting_at(turns, half);
	if (half->gathering)
		waiting->acked = serial_first(waiting->acked, answer->ack);
	if ((half->gathering || serial_before(waiting->until, fresh.end)) &&
	    make_way(waiting, &fresh))
		insert(waiting, &fresh);
}

void
turns_start(struct turns *turns, struct half *half)
{
	waiting_at(turns, half)->until = half->next;
}

uint32_t
turns_until(const struct turns *turns, const struct half *half)
{
	return waiting_at(turns, half)->until;
}

/* The first turn has come. */
static enum turn
pass(struct turns *turns, struct half *half, uint64_t tick_ns)
{
	struct waiting *waiting = waiting_at(turns, half);
	const struct stair first = waiting->stair[0];
	bool further = serial_before(waiting->acked, first.after);

	if (further)
		waiting->acked = first.after;
	waiting->until = first.end;
	waiting->since_ns = tick_ns;
	waiting->count--;
	memmove(
	    waiting->stair, waiting->stair + 1, waiting->count * sizeof(first));
	if (waiting->count == 0)
		turns_drop(turns, half);
	return further ? TURN_FURTHER : TURN_COME;
}

enum turn
turns_come(struct turns *turns, struct half *half, uint32_t heard,
    uint64_t tick_ns, bool vain)
{
	const struct waiting *waiting = waiting_at(turns, half);

	if (serial_before(half->next, waiting->until))
		return TURN_NOT_YET;
	if (waiting->count == 0) { /* what waited came again, and is heard */
		turns_drop(turns, half);
		return TURN_COME;
	}
	if (!serial_before(heard, waiting->stair[0].after))
		return pass(turns, half, tick_ns);
	if (!vain ||
	    (!half->closed && !half->alone &&
		tick_ns < waiting->since_ns + TURNS_WAIT_NS))
		return TURN_NOT_YET;
	half->alone = true;
	return pass(turns, half, tick_ns);
}

void
turns_drop(struct turns *turns, struct half *half)
{
	if (half->turns == POOL_NONE)
		return;
	pool_give(turns->pool, half->turns);
	turns->numbers->turns_given++;
	turns->numbers->turns_live = pool_live(turns->pool);
	half->turns = POOL_NONE;
}
