/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_cost - what a packet costs a worker while so many connections are open.
 *
 *	flow_cost FLOWS PACKETS
 *
 * Opens them all: a SYN-ACK each, and then the greeting of some SSH server,
 * so that each has a place in a table for 16 million.  Then come so many packets
 * of data, each of a connection drawn by chance.  Prints nanoseconds of
 * processor time: for opening one and for a packet of data, what of either it
 * took to make the frames, which is not the worker's; and how many connections
 * had to make place for others.
 */
#include "tests/sensor/feed.h"
#include "tests/sensor/rig.h"
#include "tests/support/plain_frame.h"
#include "tests/support/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PLACES    (16U << 20)
#define PACKET_NS 500
#define GREETING  "SSH-2.0-OpenSSH_9.2\r\n"
#define DATA      "sixty-four bytes of which nobody can make anything, as of most.."

enum step {
	STEP_SYN_ACK,
	STEP_GREETING,
	STEP_DATA,
	STEP_OVER,
};

struct crowd {
	uint64_t flows, packets;
	enum step step;
	uint64_t at; /* of the step */
	uint64_t random;
	uint64_t began_ns[STEP_OVER + 1]; /* of the processor */
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* One of the flows, by splitmix64. */
static uint64_t
draw(struct crowd *crowd)
{
	uint64_t z = crowd->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return ((z ^ z >> 31) >> 32) * crowd->flows >> 32;
}

/* By the server of that flow. */
static size_t
say(uint8_t *at, uint64_t flow, uint8_t flags, const char *bytes, size_t len)
{
	const struct plain_frame frame = {
		.source = 0xc0000201,
		.destination = 0x0a000000 + (uint32_t)flow,
		.source_port = 22,
		.destination_port = (uint16_t)(1024 + flow % 60000),
		.seq = (flags & WIRE_SYN) != 0 ? 999 : 1000,
		.ack = 1000,
		.flags = flags | WIRE_ACK,
		.payload_len = (uint32_t)len,
	};
	size_t headers = plain_frame(at, &frame);

	memcpy(at + headers, bytes, len);
	return headers + len;
}

static size_t
next(struct feed *feed, uint8_t frame[static FEED_FRAME])
{
	struct crowd *crowd = feed->of;

	while (crowd->step < STEP_OVER &&
	    crowd->at ==
		(crowd->step == STEP_DATA ? crowd->packets : crowd->flows)) {
		crowd->began_ns[++crowd->step] = now_ns();
		crowd->at = 0;
	}
	feed->now_ns += PACKET_NS;
	crowd->at++;
	switch (crowd->step) {
	case STEP_SYN_ACK:
		return say(frame, crowd->at - 1, WIRE_SYN, "", 0);
	case STEP_GREETING:
		return say(frame, crowd->at - 1, WIRE_PSH, GREETING,
		    sizeof(GREETING) - 1);
	case STEP_DATA:
		return say(
		    frame, draw(crowd), WIRE_PSH, DATA, sizeof(DATA) - 1);
	case STEP_OVER:
		break;
	}
	return 0;
}

/* What it takes to make the frames alone. */
static void
make(struct feed *feed)
{
	static struct batch batch;

	while (capture_next(&feed->capture, &batch) == CAPTURE_BATCH_READY)
		continue;
}

static bool
hear(struct feed *feed, uint64_t *ret_evicted)
{
	static struct rig rig;
	const atomic_bool stop = false;
	bool good;

	*ret_evicted = 0;
	rig_begin(&rig);
	rig.worker_options.flows = PLACES;
	rig.worker_options.dialogs = 16384;
	rig.worker_options.reassembly = 32U << 20;
	rig.worker_options.replay = false;
	rig.capture = &feed->capture;
	good = rig_build(&rig, NULL, 0) && worker_run(rig.worker, &stop);
	if (good)
		*ret_evicted = rig_traffic(&rig)->flows_evicted;
	rig_end(&rig);
	return good;
}

static double
cost(const struct crowd *crowd, enum step from, enum step to, uint64_t each)
{
	return (double)(crowd->began_ns[to] - crowd->began_ns[from]) /
	    (double)each;
}

int
main(int argc, char **argv)
{
	static struct feed feed;
	struct crowd heard, made;
	uint64_t evicted;

	heard = (struct crowd){
		.flows = argc == 3 ? strtoull(argv[1], NULL, 10) : 0,
		.packets = argc == 3 ? strtoull(argv[2], NULL, 10) : 0,
	};
	if (heard.flows == 0 || heard.flows >= PLACES || heard.packets == 0) {
		fputs("usage: flow_cost FLOWS PACKETS\n", stderr);
		return 2;
	}
	made = heard;
	feed_begin(&feed, next, &made);
	made.began_ns[STEP_SYN_ACK] = now_ns();
	make(&feed);
	feed_begin(&feed, next, &heard);
	heard.began_ns[STEP_SYN_ACK] = now_ns();
	if (!hear(&feed, &evicted))
		return 1;
	printf("%.1f %.1f %.1f %.1f %" PRIu64 "\n",
	    cost(&heard, STEP_SYN_ACK, STEP_DATA, heard.flows),
	    cost(&heard, STEP_DATA, STEP_OVER, heard.packets),
	    cost(&made, STEP_SYN_ACK, STEP_DATA, made.flows),
	    cost(&made, STEP_DATA, STEP_OVER, made.packets), evicted);
	return 0;
}
