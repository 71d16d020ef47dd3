/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench - a worker with everything around it, and a capture file to be that it
 * will read: a test writes packets into the talk, calls run() and looks at the
 * ledger and the counters.
 */
#ifndef STRAYMAIL_TESTS_BENCH_H
#define STRAYMAIL_TESTS_BENCH_H

#include "tests/support/talk.h"

#include "output/ledger.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "output/sinks/sink.h"
#include "output/sources.h"
#include "sensor/capture/capture.h"
#include "sensor/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND 1000000000ULL

/* One event, as a sink is told it. */
struct told {
	uint16_t port;
	uint8_t verdict;
	uint64_t flows, suspected_flows;
};

#define BENCH_TOLD_MAX 64

/* Keeps what it is told. */
struct memory {
	struct sink sink;
	struct told told[BENCH_TOLD_MAX];
	size_t count;
};

/* A capture file to be, and everything that reads it. */
struct bench {
	char path[64];
	struct talk talk;
	struct output_options options;
	struct worker_options worker_options;
	size_t slots;
	struct sources *sources;
	struct capture *capture;
	struct ring *ring;
	struct ledger *ledger;
	struct publisher *publisher;
	struct worker *worker;
	struct shown shown;
	struct memory memory;
};

static inline void
memory_publish(struct sink *sink, const struct news *news)
{
	struct memory *memory = (struct memory *)sink;
	const struct server *server = news->tally->server;

	if (memory->count < BENCH_TOLD_MAX)
		memory->told[memory->count++] = (struct told){
			.port = server->endpoint.port,
			.verdict = server->verdict,
			.flows = server->flows,
			.suspected_flows = server->suspected_flows,
		};
}

static inline bool
memory_flush(struct sink *sink, uint64_t now_ns, bool last)
{
	(void)sink, (void)now_ns, (void)last;
	return true;
}

static inline void
memory_close(struct sink *sink)
{
	(void)sink; /* a part of its bench */
}

static const struct sink_verbs memory_verbs = {
	.name = "memory",
	.publish = memory_publish,
	.flush = memory_flush,
	.close = memory_close,
};

static inline int
begin(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	int fd;

	assert_non_null(b);
	strcpy(b->path, "/tmp/straymail-worker-XXXXXX");
	fd = mkstemp(b->path);
	assert_true(fd >= 0);
	close(fd);
	b->options = (struct output_options){
		.sensor_name = "test",
		.site = "default",
		.version = "0",
		.standard_ports = { 25, 465, 587 },
		.standard_port_count = 3,
		.servers_max = 1024,
		.replay = true,
	};
	b->worker_options = (struct worker_options){
		.flows = 4096,
		.dialogs = 256,
		.reassembly = 1U << 20,
		.replay = true,
		.secret = "a test's",
		.policy = &b->options,
	};
	b->slots = 256;
	b->memory.sink.verbs = &memory_verbs;
	talk_begin(&b->talk, b->path);
	*state = b;
	return 0;
}

static inline int
finish(void **state)
{
	struct bench *b = *state;

	worker_free(b->worker);
	publisher_free(b->publisher);
	ring_free(b->ring);
	ledger_free(b->ledger);
	if (b->capture != NULL)
		capture_free(b->capture);
	sources_free(b->sources);
	unlink(b->path);
	free(b);
	return 0;
}

/* Reads what was written so far, to its end. */
static inline void
run(struct bench *b)
{
	const char *paths[] = { b->path };
	struct sink *sinks[] = { &b->memory.sink };
	atomic_bool stop = false;

	talk_end(&b->talk);
	b->sources = sources_new(4);
	b->capture = capture_open_files(&(struct capture_files){
	    .paths = paths, .count = 1, .sources = b->sources });
	b->ring = ring_new(b->slots);
	b->ledger = ledger_new(&b->options);
	b->publisher =
	    publisher_new(&(struct publisher_parts){ .options = &b->options,
		.ledger = b->ledger,
		.rings = &b->ring,
		.ring_count = 1,
		.sinks = sinks,
		.sink_count = 1 });
	assert_non_null(b->capture);
	assert_non_null(b->publisher);
	b->worker = worker_new(&b->worker_options,
	    &(struct worker_parts){ .capture = b->capture,
		.ring = b->ring,
		.publisher = b->publisher,
		.shown = &b->shown });
	assert_non_null(b->worker);
	assert_true(publisher_start(b->publisher));
	assert_true(worker_run(b->worker, &stop));
	assert_true(publisher_stop(b->publisher));
}

static inline const struct traffic *
traffic(const struct bench *b)
{
	return &worker_counters(b->worker)->traffic;
}

/* The only server of the ledger. */
static inline const struct server *
lone_server(struct bench *b)
{
	const struct server *const *servers;

	assert_int_equal(ledger_servers(b->ledger, &servers), 1);
	return servers[0];
}

static inline void
greet(struct talk *t)
{
	talk_say(t, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(t, TALK_SERVER,
	    "250-mx.example\r\n250-PIPELINING\r\n"
	    "250 8BITMIME\r\n");
}

static inline void
send_mail(struct talk *t)
{
	talk_say(t, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	talk_say(t, TALK_SERVER, "250 2.1.0 Ok\r\n");
	talk_say(t, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	talk_say(t, TALK_SERVER, "250 2.1.5 Ok\r\n");
	talk_say(t, TALK_CLIENT, "DATA\r\n");
	talk_say(t, TALK_SERVER, "354 Go on\r\n");
	talk_say(t, TALK_CLIENT, "Subject: x\r\n\r\n220 no greeting\r\n.\r\n");
	talk_say(t, TALK_SERVER, "250 2.0.0 Ok: queued as 1\r\n");
}

static inline void
quit(struct talk *t)
{
	talk_say(t, TALK_CLIENT, "QUIT\r\n");
	talk_say(t, TALK_SERVER, "221 2.0.0 Bye\r\n");
	talk_hang_up(t);
}

#endif
