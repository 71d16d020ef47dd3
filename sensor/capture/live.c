/* SPDX-License-Identifier: Apache-2.0 */
/*
 * live - frames from interfaces, as they come.
 *
 * One port an interface, none of them ever waited for alone: one poll() waits
 * for all, and interleave.h puts their frames in order.  The clock is asked here
 * and nowhere else on the packet path.
 *
 * Each worker has a port on every interface.  They are opened, and join their
 * interface's group, in the order of the workers; so worker k is member k of each
 * group, and as all groups share by the same program, the two directions of a
 * connection that come in on two interfaces meet in one worker.
 */
#include "output/clock.h"
#include "output/log.h"
#include "sensor/capture/backend.h"
#include "sensor/capture/fanout.h"
#include "sensor/capture/fanout_program.h"
#include "sensor/capture/interleave.h"
#include "sensor/capture/port.h"
#include "sensor/capture/shunt.h"
#include "sensor/capture/shunting.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define NS_PER_MS      UINT64_C(1000000)
#define INTERFACES_MAX 64

/* A block of the kernel's that has just begun is handed over at the second time
 * that it is looked at. */
#define LAST_LOOK_NS (250 * NS_PER_MS)

struct live {
	struct capture capture; /* first: see backend.h */
	unsigned count, left;   /* left: those that are not gone */
	unsigned worker, workers;
	uint32_t source;
	uint64_t frames;
	uint64_t end_ns; /* tick at which a stop has heard all; 0: no stop */
	struct port *ports[INTERFACES_MAX];
	struct interleave_queue *queues; /* one a port */
	struct shunt *shunt;             /* of all ports; NULL: none */
};

/* The others go on.  Its last frames are still lent, so it is not freed.  Every
 * worker that has a port there finds it gone by itself. */
static void
give_up(struct live *live, unsigned i)
{
	char whose[32] = "";

	live->queues[i].closed = true;
	live->left--;
	if (live->workers > 1)
		snprintf(whose, sizeof(whose), " to worker %u", live->worker);
	log_warnx("interface %s: %s; %u of %u left%s",
	    port_name(live->ports[i]), port_fault(live->ports[i]), live->left,
	    live->count, whose);
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

/* A clock that was set back is no lag. */
static uint64_t
lag(const struct batch *batch, uint64_t now_ns)
{
	uint64_t last_ns =
	    batch->count > 0 ? batch->frame[batch->count - 1].when_ns : now_ns;

	return now_ns > last_ns ? now_ns - last_ns : 0;
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
	batch->lag_ns = lag(batch, now_ns);
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

/* --- the end --------------------------------------------------------------- */

static bool
live_stop(struct capture *capture)
{
	struct live *live = (struct live *)capture;

	for (unsigned i = 0; i < live->count; i++) {
		if (live->queues[i].closed || port_mute(live->ports[i]))
			continue;
		log_warn("interface %s: its end", port_name(live->ports[i]));
		live->queues[i].closed = true;
	}
	live->end_ns = clock_ns(CLOCK_MONOTONIC) + LAST_LOOK_NS;
	return true;
}

/* Asked when all ports have just been read: there is nothing left in them, and
 * nothing on its way. */
static bool
all_heard(const struct live *live, uint64_t tick_ns)
{
	if (live->end_ns == 0 || tick_ns < live->end_ns)
		return false;
	for (unsigned i = 0; i < live->count; i++) {
		if (!interleave_empty(&live->queues[i]))
			return false;
	}
	return true;
}

static void
balance(struct live *live)
{
	for (unsigned i = 0; i < live->count; i++) {
		if (!live->queues[i].closed)
			port_balance(live->ports[i]);
	}
}

/* --- what a capture offers ------------------------------------------------- */

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
	if (live->left == 0)
		return CAPTURE_FAILED;
	if (!all_heard(live, batch->tick_ns))
		return CAPTURE_QUIET;
	balance(live);
	return CAPTURE_END;
}

/* What an interface drops, it drops for all workers: the first one tells. */
static void
live_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	const struct live *live = (const struct live *)capture;

	*ret_numbers = (struct capture_numbers){ 0 };
	for (unsigned i = 0; i < live->count; i++) {
		struct port_numbers of;

		port_numbers(live->ports[i], &of);
		ret_numbers->kernel_drops += of.drops;
		ret_numbers->starting += of.starting;
		ret_numbers->miscounted += of.miscounted;
		if (live->worker == 0)
			ret_numbers->interface_drops += of.interface_drops;
	}
	if (live->shunt != NULL)
		shunt_totals(live->shunt, &ret_numbers->shunted,
		    &ret_numbers->shunted_bytes);
}

static struct capture_outcome
live_outcome(const struct capture *capture)
{
	const struct live *live = (const struct live *)capture;

	return (struct capture_outcome){ .frames = live->frames };
}

static struct shunt *
live_shunt(const struct capture *capture)
{
	return ((const struct live *)capture)->shunt;
}

static void
live_free(struct capture *capture)
{
	struct live *live = (struct live *)capture;

	for (unsigned i = 0; i < live->count; i++)
		port_free(live->ports[i]);
	free(live->queues);
	shunt_free(live->shunt);
	free(live);
}

static const struct capture_verbs verbs = {
	.next = live_next,
	.numbers = live_numbers,
	.stop = live_stop,
	.outcome = live_outcome,
	.shunt = live_shunt,
	.free = live_free,
};

/* --- the beginning --------------------------------------------------------- */

static struct live *
new_live(const struct capture_live *want, unsigned worker)
{
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
	live->worker = worker;
	live->workers = want->workers;
	return live;
}

/* One worker's ports; groups: one an interface.  NULL after it has said why. */
static struct live *
open_worker(
    const struct capture_live *want, unsigned worker, struct fanout *groups)
{
	struct live *live = new_live(want, worker);

	for (unsigned i = 0; live != NULL && i < want->count; i++) {
		live->ports[i] = port_open(want->interfaces[i], want);
		if (live->ports[i] != NULL)
			live->count = ++live->left;
		if (live->ports[i] == NULL ||
		    (want->workers > 1 &&
			!port_join(live->ports[i], &groups[i]))) {
			live_free(&live->capture);
			return NULL;
		}
	}
	return live;
}

/* All have joined: the groups get their program, by their first members. */
static bool
share(const struct capture_live *want, const struct live *first)
{
	const struct decap *decap =
	    want->decap != NULL ? want->decap : decap_standard;
	struct code program;

	if (!fanout_program(decap, want->secret, &program)) {
		log_warnx("the program that shares packets is too long");
		return false;
	}
	for (unsigned i = 0; i < want->count; i++) {
		if (fanout_program_set(port_fd(first->ports[i]), &program))
			continue;
		log_warn("interface %s: the program that shares its packets",
		    port_name(first->ports[i]));
		return false;
	}
	return true;
}

/* A map for each worker, on all of its ports. */
static bool
shunt_all(const struct capture_live *want, struct capture *const *captures)
{
	for (unsigned k = 0; k < want->workers; k++) {
		struct live *live = (struct live *)captures[k];

		if (!shunting_begin(want,
			&(struct shunting_ports){ live->ports, live->count, k },
			&live->shunt))
			return false;
	}
	return true;
}

/* Until now every port got everything, or the first one all.  A packet that was
 * on its way to the wrong one has its time by the next millisecond. */
static void
begin(const struct capture_live *want, struct capture *const *captures,
    uint64_t opened_ns)
{
	uint64_t begun_ns = clock_ns(CLOCK_REALTIME) + NS_PER_MS;

	for (unsigned k = 0; k < want->workers; k++) {
		const struct live *live = (const struct live *)captures[k];

		for (unsigned i = 0; i < live->count; i++)
			port_begin(live->ports[i], opened_ns, begun_ns);
	}
}

static bool
open_all(const struct capture_live *want, struct capture **ret_captures)
{
	struct fanout groups[INTERFACES_MAX] = { { 0 } };
	uint64_t opened_ns = clock_ns(CLOCK_REALTIME);

	for (unsigned k = 0; k < want->workers; k++) {
		struct live *live = open_worker(want, k, groups);

		if (live == NULL)
			return false;
		ret_captures[k] = &live->capture;
	}
	if (!shunt_all(want, ret_captures))
		return false;
	if (want->workers == 1)
		return true;
	if (!share(want, (const struct live *)ret_captures[0]))
		return false;
	begin(want, ret_captures, opened_ns);
	return true;
}

bool
capture_open_live(
    const struct capture_live *want, struct capture **ret_captures)
{
	struct capture *opened[CAPTURE_WORKERS_MAX] = { NULL };

	if (want->count == 0 || want->count > INTERFACES_MAX) {
		log_warnx("%u interfaces: from 1 to %d can be listened on",
		    want->count, INTERFACES_MAX);
		return false;
	}
	assert(want->workers >= 1 && want->workers <= CAPTURE_WORKERS_MAX);
	if (!open_all(want, opened)) {
		for (unsigned k = 0; k < want->workers; k++)
			capture_free(opened[k]);
		return false;
	}
	for (unsigned k = 0; k < want->workers; k++)
		ret_captures[k] = opened[k];
	return true;
}
