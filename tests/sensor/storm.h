/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm - an attack by the million packets, and real dialogs in its midst.
 *
 * The attack's packets are made one by one; the dialogs are spread evenly over
 * all of it, each of their steps for all of them before the next.  How large it
 * is is a percentage of what a sensor with its defaults has to bear, and the
 * tables of the worker are of the same size: EXHAUST in the environment, 1 by
 * itself.
 */
#ifndef STRAYMAIL_TEST_STORM_H
#define STRAYMAIL_TEST_STORM_H

#include "tests/sensor/feed.h"
#include "tests/sensor/rig.h"
#include "tests/support/plain_frame.h"
#include "tests/support/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND        1000000000ULL
#define STORM_SERVERS 16

struct storm;

/* One packet of an attack: the headers' numbers, and what they carry. */
struct storm_packet {
	struct plain_frame head;
	const char *payload; /* head.payload_len of it */
};

/* The attack's packet of that number. */
typedef void storm_make(
    struct storm *storm, uint64_t number, struct storm_packet *ret_packet);

struct storm {
	storm_make *make;
	uint64_t packets;  /* of the attack */
	uint64_t gap_ns;   /* between any two */
	uint32_t dialogs;  /* real ones */
	bool late;         /* ... that begin when half of it has passed */
	uint64_t quiet_ns; /* passes behind it, a packet a second */

	/* what it keeps */
	struct rig rig;
	struct feed feed;
	uint64_t sent, told; /* of the attack, and of the dialogs */
	long pages[2];       /* resident, at a half and at the end */
	uint64_t open, held; /* conversations, bytes, when quiet has passed */
};

/* What a mail takes, packet by packet. */
static const struct {
	bool server;
	uint8_t flags;
	const char *text;
} storm_mail[] = {
	{ false, WIRE_SYN, "" },
	{ true, WIRE_SYN | WIRE_ACK, "" },
	{ false, WIRE_ACK, "" },
	{ true, WIRE_ACK, "220 mx.example ESMTP\r\n" },
	{ false, WIRE_ACK, "EHLO client.example\r\n" },
	{ true, WIRE_ACK, "250-mx.example\r\n250 8BITMIME\r\n" },
	{ false, WIRE_ACK, "MAIL FROM:<a@client.example>\r\n" },
	{ true, WIRE_ACK, "250 2.1.0 Ok\r\n" },
	{ false, WIRE_ACK, "QUIT\r\n" },
	{ true, WIRE_ACK, "221 2.0.0 Bye\r\n" },
	{ false, WIRE_ACK | WIRE_FIN, "" },
	{ true, WIRE_ACK | WIRE_FIN, "" },
};

#define STORM_STEPS (sizeof(storm_mail) / sizeof(storm_mail[0]))

/* So much of what there would be in full. */
static inline uint64_t
storm_share(uint64_t full)
{
	const char *percent = getenv("EXHAUST");
	uint64_t share =
	    full * (percent != NULL ? strtoul(percent, NULL, 10) : 1) / 100;

	return share > 0 ? share : 1;
}

static inline bool
storm_is_full(void)
{
	return storm_share(100) >= 100;
}

static inline long
storm_resident(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &all, &resident), 2);
	fclose(file);
	return resident;
}

/* What one side has said before that step. */
static inline uint32_t
storm_said(bool server, size_t step)
{
	uint32_t said = 1000;

	for (size_t i = 0; i < step; i++)
		if (storm_mail[i].server == server)
			said += (uint32_t)strlen(storm_mail[i].text) +
			    ((storm_mail[i].flags & WIRE_SYN) != 0);
	return said;
}

static inline void
storm_tell(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	const uint32_t who = (uint32_t)(number % storm->dialogs);
	const size_t step = number / storm->dialogs;
	const bool server = storm_mail[step].server;
	const uint32_t client = 0x0a070000 + who;
	const uint32_t mx = 0x0a060000 + who % STORM_SERVERS;

	packet->payload = storm_mail[step].text;
	packet->head = (struct plain_frame){
		.source = server ? mx : client,
		.destination = server ? client : mx,
		.source_port = server ? 2525 : 40000,
		.destination_port = server ? 40000 : 2525,
		.seq = storm_said(server, step),
		.ack = step > 0 ? storm_said(!server, step) : 0,
		.flags = storm_mail[step].flags,
		.payload_len = (uint32_t)strlen(storm_mail[step].text),
	};
}

/* A bare SYN, so that time passes. */
static inline void
storm_pass(struct storm *storm, struct storm_packet *packet)
{
	storm->quiet_ns -= SECOND;
	storm->feed.now_ns += SECOND;
	*packet = (struct storm_packet){ .head = { .source = 0x0a050001,
					     .destination = 0x0a050002,
					     .flags = WIRE_SYN },
		.payload = "" };
}

static inline void
storm_look(struct storm *storm)
{
	const struct counters *counters = worker_counters(storm->rig.worker);
	const struct traffic *traffic = &counters->traffic;

	if (storm->sent == storm->packets / 2)
		storm->pages[0] = storm_resident();
	else if (storm->sent == storm->packets)
		storm->pages[1] = storm_resident();
	storm->open = traffic->dialogs - traffic->confirmed -
	    traffic->suspected - traffic->undecided - traffic->refuted;
	storm->held = counters->held;
}

static inline size_t
storm_next(struct feed *feed, uint8_t frame[static FEED_FRAME])
{
	struct storm *storm = feed->of;
	uint64_t steps = storm->dialogs * STORM_STEPS;
	uint64_t from = storm->late ? storm->packets / 2 : 0;
	struct storm_packet packet;
	size_t len;

	feed->now_ns += storm->gap_ns;
	storm_look(storm);
	if (storm->told < steps && storm->sent >= from &&
	    storm->told * (storm->packets - from) <=
		(storm->sent - from) * steps)
		storm_tell(storm, storm->told++, &packet);
	else if (storm->sent < storm->packets)
		storm->make(storm, storm->sent++, &packet);
	else if (storm->quiet_ns >= SECOND)
		storm_pass(storm, &packet);
	else
		return 0;
	len = plain_frame(frame, &packet.head);
	memcpy(frame + len, packet.payload, packet.head.payload_len);
	return len + packet.head.payload_len;
}

/* Plays it to its end. */
static inline void
storm_run(struct storm *storm)
{
	const atomic_bool stop = false;

	rig_begin(&storm->rig);
	storm->rig.worker_options.flows = (uint32_t)storm_share(1 << 20);
	storm->rig.worker_options.dialogs =
	    (uint32_t)storm_share(16384) + 2 * storm->dialogs;
	storm->rig.worker_options.reassembly =
	    (1U << 20) + storm_share(32U << 20);
	feed_begin(&storm->feed, storm_next, storm);
	storm->rig.capture = &storm->feed.capture;
	assert_true(rig_build(&storm->rig, NULL, 0));
	assert_true(publisher_start(storm->rig.publisher));
	assert_true(worker_run(storm->rig.worker, &stop));
	assert_true(publisher_stop(storm->rig.publisher));
}

/* Dialogs that were found. */
static inline uint64_t
storm_found(const struct storm *storm)
{
	const struct server *const *servers;
	size_t count = ledger_servers(storm->rig.ledger, &servers);
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (servers[i]->endpoint.port == 2525)
			found += servers[i]->flows;
	return found;
}

/* In figures, for people, and its end. */
static inline void
storm_end(struct storm *storm, const char *name)
{
	const struct traffic *traffic = rig_traffic(&storm->rig);

	print_message("%-6s %11llu packets %9llu flows %9llu evicted "
		      "%9llu dialogs, found %llu of %u; "
		      "resident %ld KiB, %+ld\n",
	    name, (unsigned long long)traffic->packets,
	    (unsigned long long)traffic->flows,
	    (unsigned long long)traffic->flows_evicted,
	    (unsigned long long)traffic->dialogs,
	    (unsigned long long)storm_found(storm), storm->dialogs,
	    storm->pages[1] * (sysconf(_SC_PAGESIZE) / 1024),
	    (storm->pages[1] - storm->pages[0]) *
		(sysconf(_SC_PAGESIZE) / 1024));
	rig_end(&storm->rig);
}

#endif
