/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_world - a Redis, a ledger and the sink between them, for tests.
 */
#ifndef STRAYMAIL_TESTS_REDIS_WORLD_H
#define STRAYMAIL_TESTS_REDIS_WORLD_H

#include "tests/output/redis/asking.h"
#include "tests/output/sample.h"

#include "output/redis/keys.h"
#include "output/sinks/redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define P "{straymail}:v1:"
#define S P "server:default/10.0.0.5:2525"

struct world {
	struct redis_server *server;
	struct output_options options;
	struct sources *sources;
	struct ledger *ledger;
	struct event_context context;
	struct sink *sink;
	uint64_t now_ns;
	int stderr_kept;
	FILE *said; /* what was logged */
};

/* The clock is the real one: Redis compares it with its own. */
static inline uint64_t
wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* What the sink logs is kept; what the test says of its failure is not. */
static inline void
listen_to_log(struct world *world)
{
	fflush(stderr);
	world->stderr_kept = dup(STDERR_FILENO);
	dup2(fileno(world->said), STDERR_FILENO);
}

static inline void
stop_listening(struct world *world)
{
	fflush(stderr);
	dup2(world->stderr_kept, STDERR_FILENO);
	close(world->stderr_kept);
}

static inline void
close_sink(struct world *world)
{
	listen_to_log(world);
	world->sink->verbs->close(world->sink);
	stop_listening(world);
}

/* All that was logged so far; how often a text was in it. */
static inline unsigned
times_said(struct world *world, const char *text)
{
	static char log[16384];
	unsigned times = 0;
	ssize_t got;

	got = pread(fileno(world->said), log, sizeof log - 1, 0);
	log[got > 0 ? got : 0] = '\0';
	for (const char *at = log; (at = strstr(at, text)) != NULL; at++)
		times++;
	return times;
}

static inline struct world *
world_with(const char *acl, bool replay)
{
	struct world *world = calloc(1, sizeof *world);

	world->server = redis_server_new(acl);
	if (world->server == NULL) {
		free(world);
		skip();
	}
	world->options = sample_options();
	world->options.replay = replay;
	world->options.redis.url = redis_server_url(world->server);
	world->options.redis.prefix = "straymail";
	world->options.redis.stream_maxlen = 1000;
	world->sources = sources_new(4);
	sources_add(world->sources, replay ? "pcap/aa01" : "s1/8f3c02",
	    replay ? "a.pcap" : NULL);
	sources_add(world->sources, "pcap/bb02", "b.pcap");
	world->ledger = ledger_new(&world->options);
	world->context = (struct event_context){
		.options = &world->options,
		.sources = world->sources,
	};
	world->now_ns = replay ? SAMPLE_T : wall_ns();
	world->sink = redis_open(&world->context, world->ledger);
	assert_non_null(world->sink);
	world->said = tmpfile();
	return world;
}

static inline void
begin_again(struct world *world)
{
	close_sink(world);
	ledger_free(world->ledger);
	world->ledger = ledger_new(&world->options);
	world->sink = redis_open(&world->context, world->ledger);
}

static inline void
end_world(struct world *world)
{
	close_sink(world);
	ledger_free(world->ledger);
	sources_free(world->sources);
	redis_server_free(world->server);
	fclose(world->said);
	free(world);
}

static inline void
see(struct world *world, struct sighting sighting)
{
	struct news news = { .now_ns = world->now_ns };
	struct tally *tally = NULL;

	news.change =
	    ledger_add(world->ledger, &sighting, world->now_ns, &tally);
	news.tally = tally;
	assert_int_not_equal(news.change, CHANGE_REFUSED);
	if (news.change != CHANGE_TOTALS)
		world->sink->verbs->publish(world->sink, &news);
}

static inline bool
flush(struct world *world, bool last)
{
	bool told;

	listen_to_log(world);
	told = world->sink->verbs->flush(world->sink, world->now_ns, last);
	stop_listening(world);
	return told;
}

static inline bool
flush_later(struct world *world, uint64_t seconds)
{
	world->now_ns += seconds * SECOND;
	return flush(world, false);
}

static inline void
assert_answer(struct world *world, const char *question, const char *answer)
{
	struct redis_client *client = look_into(world->server);
	const struct reply *reply = ask(client, question);
	char number[32];

	assert_non_null(reply);
	snprintf(number, sizeof number, "%lld", (long long)reply->integer);
	assert_string_equal(
	    reply->kind == REPLY_INTEGER ? number : reply_text(reply), answer);
	redis_client_close(client);
}

static inline void
command(struct world *world, const char *words)
{
	struct redis_client *client = look_into(world->server);

	assert_non_null(ask(client, words));
	redis_client_close(client);
}

#endif
