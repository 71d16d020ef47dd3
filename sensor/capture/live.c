/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live - frames from interfaces, as they come.
 *
 * One port an interface, none of them ever waited for alone: one poll() waits
 * for all, and interleave.h puts their frames in order.  The clock is asked here
 * and nowhere else on the packet path.
 */
#include "output/clock.h"
#include "output/log.h"
#include "sensor/capture/backend.h"
#include "sensor/capture/interleave.h"
#include "sensor/capture/port.h"

#include <poll.h>
#include <stdlib.h>

#define NS_PER_MS      UINT64_C(1000000)
#define INTERFACES_MAX 64

struct live {
	struct capture capture; /* first: see backend.h */
	unsigned count, left;   /* left: those that are not gone */
	uint32_t source;
	uint64_t frames;
	struct port *ports[INTERFACES_MAX];
	struct interleave_queue *queues; /* one a port */
};

/* The others go on.  Its last frames are still lent, so it is not freed. */
static void
give_up(struct live *live, unsigned i)
{
	live->queues[i].closed = true;
	live->left--;
	log_warnx("interface %s: %s; %u of %u left", port_name(live->ports[i]),
	    port_fault(live->ports[i]), live->left, live->count);
}

static bool
wanting(const struct live *live, unsigned i)
{
	return !live->queues[i].closed && interleave_empty(&live->queues[i]);
}

/* Fills the queues that are empty, without waiting.  Frames that were lent
 * from them are over. */
static void
refill(struct live *live)
{
	for (unsigned i = 0; i < live->count; i++) {
		if (!wanting(live, i))
			continue;
		live->queues[i].at = 0;
		if (!port_read(live->ports[i], &live->queues[i].batch))
			give_up(live, i);
	}
}

static void
hand_over(struct live *live, struct batch *batch)
{
	uint64_t now_ns = clock_ns(CLOCK_REALTIME);
	uint32_t next;

	batch->tick_ns = clock_ns(CLOCK_MONOTONIC);
	batch->count = 0;
	while (batch->count < CAPTURE_BATCH &&
	    (next = interleave_next(live->queues, live->count, now_ns)) !=
		INTERLEAVE_NOTHING) {
		struct interleave_queue *queue = &live->queues[next];
		struct frame *frame = &batch->frame[batch->count++];

		*frame = queue->batch.frame[queue->at++];
		frame->interface = (uint16_t)next;
		frame->source = live->source;
		frame->tick_ns = batch->tick_ns;
	}
	live->frames += batch->count;
}

/* Until one of the empty queues may be filled, or a waiting frame is old. */
static void
wait_for_frames(const struct live *live)
{
	struct pollfd fds[INTERFACES_MAX];
	nfds_t count = 0;
	uint64_t wait_ns = interleave_wait_ns(
	    live->queues, live->count, clock_ns(CLOCK_REALTIME));
	int wait_ms = wait_ns < PORT_TIMEOUT_MS * NS_PER_MS
	    ? (int)(wait_ns / NS_PER_MS) + 1
	    : PORT_TIMEOUT_MS;

	for (unsigned i = 0; i < live->count; i++) {
		if (wanting(live, i))
			fds[count++] = (struct pollfd){
				.fd = port_fd(live->ports[i]),
				.events = POLLIN,
			};
	}
	poll(fds, count, wait_ms);
}

static enum capture_result
live_next(struct capture *capture, struct batch *batch)
{
	struct live *live = (struct live *)capture;

	refill(live);
	hand_over(live, batch);
	if (batch->count == 0 && live->left > 0) {
		wait_for_frames(live);
		refill(live);
		hand_over(live, batch);
	}
	if (batch->count > 0)
		return CAPTURE_BATCH_READY;
	return live->left > 0 ? CAPTURE_QUIET : CAPTURE_FAILED;
}

static void
live_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	const struct live *live = (const struct live *)capture;

	*ret_numbers = (struct capture_numbers){ 0 };
	for (unsigned i = 0; i < live->count; i++) {
		uint64_t kernel, interface;

		port_drops(live->ports[i], &kernel, &interface);
		ret_numbers->kernel_drops += kernel;
		ret_numbers->interface_drops += interface;
	}
}

static struct capture_outcome
live_outcome(const struct capture *capture)
{
	const struct live *live = (const struct live *)capture;

	return (struct capture_outcome){ .frames = live->frames };
}

static void
live_free(struct capture *capture)
{
	struct live *live = (struct live *)capture;

	for (unsigned i = 0; i < live->count; i++)
		port_free(live->ports[i]);
	free(live->queues);
	free(live);
}

static const struct capture_verbs verbs = {
	.next = live_next,
	.numbers = live_numbers,
	.outcome = live_outcome,
	.free = live_free,
};

struct capture *
capture_open_live(const struct capture_live *want)
{
	if (want->count == 0 || want->count > INTERFACES_MAX) {
		log_warnx("%u interfaces: from 1 to %d can be listened on",
		    want->count, INTERFACES_MAX);
		return NULL;
	}

	struct live *live = calloc(1, sizeof(*live));
	struct interleave_queue *queues = calloc(want->count, sizeof(*queues));

	if (live == NULL || queues == NULL) {
		log_warnx("interfaces: no memory");
		free(live);
		free(queues);
		return NULL;
	}
	live->capture.verbs = &verbs;
	live->queues = queues;
	live->source = want->source;
	for (unsigned i = 0; i < want->count; i++) {
		live->ports[i] = port_open(want->interfaces[i], want);
		if (live->ports[i] == NULL) {
			live_free(&live->capture);
			return NULL;
		}
		live->count = ++live->left;
	}
	return &live->capture;
}
