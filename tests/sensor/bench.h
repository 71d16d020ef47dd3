/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench - a worker with everything around it, and a capture file to be that it
 * will read: a test writes packets into the talk, calls run() and looks at the
 * ledger and the counters.
 */
#ifndef STRAYMAIL_TESTS_BENCH_H
#define STRAYMAIL_TESTS_BENCH_H

#include "tests/sensor/path.h"

#include "output/sinks/sink.h"

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

/* A path whose end is a memory. */
struct bench {
	struct path path;
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

	assert_non_null(b);
	path_begin(&b->path);
	b->path.rig.worker_options.replay = true;
	b->memory.sink.verbs = &memory_verbs;
	*state = b;
	return 0;
}

static inline int
finish(void **state)
{
	struct bench *b = *state;

	path_end(&b->path);
	free(b);
	return 0;
}

/* Reads what was written so far, to its end. */
static inline void
run(struct bench *b)
{
	struct sink *sinks[] = { &b->memory.sink };
	atomic_bool stop = false;

	path_build(&b->path, sinks, 1);
	assert_true(publisher_start(b->path.rig.publisher));
	assert_true(worker_run(b->path.rig.worker, &stop));
	assert_true(publisher_stop(b->path.rig.publisher));
}

static inline const struct traffic *
traffic(const struct bench *b)
{
	return rig_traffic(&b->path.rig);
}

/* The only server of the ledger. */
static inline const struct server *
lone_server(struct bench *b)
{
	const struct server *const *servers;

	assert_int_equal(ledger_servers(b->path.rig.ledger, &servers), 1);
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
