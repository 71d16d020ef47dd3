/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interleave - frames of several interfaces, put in the order of their times.
 */
#include "sensor/capture/interleave.h"

bool
interleave_empty(const struct interleave_queue *queue)
{
	return queue->at == queue->batch.count;
}

static uint64_t
head_ns(const struct interleave_queue *queue)
{
	return queue->batch.frame[queue->at].when_ns;
}

/* The queue with the oldest head, or INTERLEAVE_NOTHING. */
static uint32_t
oldest(const struct interleave_queue *queues, uint32_t count)
{
	uint32_t found = INTERLEAVE_NOTHING;

	for (uint32_t i = 0; i < count; i++) {
		if (!interleave_empty(&queues[i]) &&
		    (found == INTERLEAVE_NOTHING ||
			head_ns(&queues[i]) < head_ns(&queues[found])))
			found = i;
	}
	return found;
}

static bool
all_ready(const struct interleave_queue *queues, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (interleave_empty(&queues[i]) && !queues[i].closed)
			return false;
	}
	return true;
}

/* A frame from the future was stamped before the clock was set back; nothing
 * is gained by waiting for its time. */
static uint64_t
wait_of(uint64_t when_ns, uint64_t now_ns)
{
	uint64_t due_ns = when_ns + INTERLEAVE_OLD_NS;

	if (due_ns <= now_ns || when_ns > now_ns + INTERLEAVE_OLD_NS)
		return 0;
	return due_ns - now_ns;
}

uint32_t
interleave_next(
    const struct interleave_queue *queues, uint32_t count, uint64_t now_ns)
{
	uint32_t next = oldest(queues, count);

	if (next == INTERLEAVE_NOTHING || all_ready(queues, count) ||
	    wait_of(head_ns(&queues[next]), now_ns) == 0)
		return next;
	return INTERLEAVE_NOTHING;
}

uint64_t
interleave_wait_ns(
    const struct interleave_queue *queues, uint32_t count, uint64_t now_ns)
{
	uint32_t next = oldest(queues, count);

	return next == INTERLEAVE_NOTHING
	    ? UINT64_MAX
	    : wait_of(head_ns(&queues[next]), now_ns);
}
