/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_publisher - what a sink hears, and when.
 *
 * The sink of these tests writes down what it is told.  In a replay it is read
 * after publisher_settle(), live after the publisher's stop or under its lock.
 */
#include "tests/output/sample.h"

#include "output/observation.h"
#include "output/publisher.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define HEARD_MAX 64

struct heard {
	enum change change;
	uint16_t port;
	uint64_t flows, now_ns;
};

struct recorder {
	struct sink sink;
	pthread_mutex_t lock;
	struct heard heard[HEARD_MAX];
	size_t count;
	unsigned flushes, last_flushes, refusals, reopened, closed;
	uint64_t traffic_packets;
};

static void
record_news(struct sink *sink, const struct news *news)
{
	struct recorder *r = (struct recorder *)sink;

	pthread_mutex_lock(&r->lock);
	if (r->count < HEARD_MAX)
		r->heard[r->count++] = (struct heard){ news->change,
			news->tally->server->endpoint.port,
			news->tally->server->flows, news->now_ns };
	pthread_mutex_unlock(&r->lock);
}

static bool
record_flush(struct sink *sink, uint64_t now_ns, bool last)
{
	struct recorder *r = (struct recorder *)sink;
	bool taken;

	(void)now_ns;
	pthread_mutex_lock(&r->lock);
	r->flushes++;
	r->last_flushes += last;
	taken = r->refusals == 0;
	if (!taken)
		r->refusals--;
	pthread_mutex_unlock(&r->lock);
	return taken;
}

static void
record_reopen(struct sink *sink)
{
	struct recorder *r = (struct recorder *)sink;

	pthread_mutex_lock(&r->lock);
	r->reopened++;
	pthread_mutex_unlock(&r->lock);
}

static void
record_traffic(struct sink *sink, const struct observation *seen)
{
	((struct recorder *)sink)->traffic_packets += seen->traffic.packets;
}

static void
record_close(struct sink *sink)
{
	((struct recorder *)sink)->closed++;
}

static const struct sink_verbs recorder_verbs = {
	.name = "recorder",
	.publish = record_news,
	.flush = record_flush,
	.reopen = record_reopen,
	.traffic = record_traffic,
	.close = record_close,
};

#define RINGS 2

struct fixture {
	struct output_options options;
	struct ledger *ledger;
	struct ring *rings[RINGS];
	struct recorder recorder;
	struct sink *sinks[1];
	struct publisher *publisher;
};

static void
start(struct fixture *f, bool replay)
{
	struct publisher_parts parts = { &f->options, f->ledger, f->rings,
		RINGS, f->sinks, 1 };

	f->options.replay = replay;
	f->publisher = publisher_new(&parts);
	assert_non_null(f->publisher);
	assert_true(publisher_start(f->publisher));
}

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->options = sample_options();
	f->ledger = ledger_new(&f->options);
	for (unsigned i = 0; i < RINGS; i++)
		f->rings[i] = ring_new(64);
	f->recorder.sink.verbs = &recorder_verbs;
	pthread_mutex_init(&f->recorder.lock, NULL);
	f->sinks[0] = &f->recorder.sink;
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	publisher_free(f->publisher);
	ledger_free(f->ledger);
	for (unsigned i = 0; i < RINGS; i++)
		ring_free(f->rings[i]);
	pthread_mutex_destroy(&f->recorder.lock);
	free(f);
	return 0;
}

static void
push(struct fixture *f, unsigned ring, const struct sighting *sighting)
{
	struct observation seen = { .kind = OBSERVED_SIGHTING,
		.worker = (uint8_t)ring,
		.source = sighting->source,
		.when_ns = sighting->end_ns };

	seen.sighting = *sighting;
	while (!ring_push(f->rings[ring], &seen))
		sched_yield();
}

static void
pass_time(struct fixture *f, uint64_t when_ns)
{
	struct observation seen = { .kind = OBSERVED_SOURCE_BEGIN,
		.when_ns = when_ns };

	while (!ring_push(f->rings[0], &seen))
		sched_yield();
}

static void
assert_heard(
    const struct fixture *f, size_t i, enum change change, uint16_t port)
{
	assert_true(i < f->recorder.count);
	assert_int_equal(f->recorder.heard[i].change, change);
	assert_int_equal(f->recorder.heard[i].port, port);
}

static void
a_replay_tells_new_at_once_and_totals_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	start(f, true);
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.count, 1);
	assert_heard(f, 0, CHANGE_NEW, 2525);
	assert_int_equal(f->recorder.heard[0].now_ns, s.end_ns);

	s.end_ns += HOUR;
	push(f, 0, &s);
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.count, 1);

	assert_true(publisher_stop(f->publisher));
	assert_int_equal(f->recorder.count, 2);
	assert_heard(f, 1, CHANGE_TOTALS, 2525);
	assert_int_equal(f->recorder.heard[1].flows, 3);
	assert_int_equal(f->recorder.heard[1].now_ns, s.end_ns);
	assert_int_equal(f->recorder.closed, 1);
	assert_int_equal(f->recorder.last_flushes, 1);
}

static void
updates_of_a_server_come_once_a_second_of_capture_time(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	start(f, true);
	push(f, 0, &s);
	s.flags = SIGHTING_AUTH_CLEAR;
	push(f, 0, &s);
	s.starttls = SIGHTING_TLS_USED;
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.count, 1);

	pass_time(f, s.end_ns + SECOND);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.count, 2);
	assert_heard(f, 1, CHANGE_KIND, 2525);
	assert_int_equal(f->recorder.heard[1].flows, 3);
	assert_true(publisher_stop(f->publisher));
	assert_int_equal(f->recorder.count, 2);
}

static void
the_end_of_a_file_flushes_the_sinks(void **state)
{
	struct fixture *f = *state;
	struct observation seen = { .kind = OBSERVED_SOURCE_END,
		.when_ns = SAMPLE_T };

	start(f, true);
	pass_time(f, SAMPLE_T);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.flushes, 0);
	ring_push(f->rings[0], &seen);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.flushes, 1);
	assert_int_equal(f->recorder.last_flushes, 0);
	publisher_stop(f->publisher);
}

static void
standard_servers_are_events_on_request_only(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	s.server.port = 25;
	start(f, true);
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_int_equal(f->recorder.count, 0);
	f->options.all = true;
	s.server.port = 587;
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_heard(f, 0, CHANGE_NEW, 587);
	publisher_stop(f->publisher);
	assert_int_equal(ledger_count(f->ledger).standard, 2);
}

static void
a_standard_port_behind_a_proxy_is_always_an_event(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_tunnel();

	s.server.port = 25;
	start(f, true);
	push(f, 0, &s);
	publisher_settle(f->publisher);
	assert_heard(f, 0, CHANGE_NEW, 25);
	publisher_stop(f->publisher);
}

static void
a_suspicion_and_its_refutation_are_events(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();

	start(f, true);
	push(f, 0, &s);
	s = sample_refutation();
	s.end_ns += 2 * SECOND;
	push(f, 0, &s);
	publisher_stop(f->publisher);
	assert_int_equal(f->recorder.count, 2);
	assert_heard(f, 0, CHANGE_NEW, 2525);
	assert_heard(f, 1, CHANGE_KIND, 2525);
}

static void
a_third_odd_port_is_news_of_the_other_two(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	start(f, true);
	for (unsigned i = 0; i < 3; i++) {
		s.server.port = (uint16_t)(4001 + i);
		s.end_ns += 2 * SECOND;
		push(f, 0, &s);
	}
	publisher_stop(f->publisher);
	assert_int_equal(f->recorder.count, 5);
	assert_heard(f, 2, CHANGE_NEW, 4003);
	assert_heard(f, 3, CHANGE_KIND, 4001);
	assert_heard(f, 4, CHANGE_KIND, 4002);
}

static void
sinks_hear_what_workers_have_counted(void **state)
{
	struct fixture *f = *state;
	struct observation seen = { .kind = OBSERVED_TRAFFIC };

	start(f, true);
	seen.traffic.packets = 5;
	ring_push(f->rings[0], &seen);
	seen.worker = 1;
	seen.traffic.packets = 100;
	ring_push(f->rings[1], &seen);
	publisher_stop(f->publisher);
	assert_int_equal(f->recorder.traffic_packets, 105);
}

static uint64_t
mono_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* True: it came true within two seconds. */
static bool
soon(struct fixture *f, const unsigned *counter, unsigned at_least)
{
	uint64_t until_ns = mono_ns() + 2 * SECOND;
	bool reached = false;

	while (!reached && mono_ns() < until_ns) {
		usleep(1000);
		pthread_mutex_lock(&f->recorder.lock);
		reached = *counter >= at_least;
		pthread_mutex_unlock(&f->recorder.lock);
	}
	return reached;
}

static bool
heard_soon(struct fixture *f, size_t at_least)
{
	uint64_t until_ns = mono_ns() + 2 * SECOND;
	size_t count = 0;

	while (count < at_least && mono_ns() < until_ns) {
		usleep(1000);
		pthread_mutex_lock(&f->recorder.lock);
		count = f->recorder.count;
		pthread_mutex_unlock(&f->recorder.lock);
	}
	return count >= at_least;
}

static void
live_a_sink_hears_within_a_tick_without_a_nudge(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	start(f, false);
	push(f, 1, &s);
	assert_true(heard_soon(f, 1));
	assert_true(soon(f, &f->recorder.flushes, 3)); /* and time goes on */
	publisher_stop(f->publisher);
	assert_heard(f, 0, CHANGE_NEW, 2525);
	/* the wall's time, not the packet's */
	assert_int_not_equal(f->recorder.heard[0].now_ns, s.end_ns);
}

static void
live_a_nudge_is_heard_at_once(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	start(f, false);
	for (unsigned i = 0; i < 20; i++) { /* a host each */
		s.server = sample_v4(0x0a000005 + i, (uint16_t)(4000 + i));
		push(f, i % RINGS, &s);
		publisher_nudge(f->publisher);
	}
	assert_true(heard_soon(f, 20));
	publisher_stop(f->publisher);
	assert_int_equal(f->recorder.count, 20);
}

static void
live_totals_come_with_the_flush(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	f->options.redis.flush_ms = 200;
	start(f, false);
	push(f, 0, &s);
	push(f, 0, &s);
	assert_true(heard_soon(f, 2));
	publisher_stop(f->publisher);
	assert_heard(f, 0, CHANGE_NEW, 2525);
	assert_heard(f, 1, CHANGE_TOTALS, 2525);
	assert_int_equal(f->recorder.count, 2);
}

static void
a_refusing_sink_is_asked_again_by_time(void **state)
{
	struct fixture *f = *state;
	unsigned flushes;

	f->recorder.refusals = 1000;
	start(f, false);
	assert_true(soon(f, &f->recorder.flushes, 2));
	usleep(300000);
	pthread_mutex_lock(&f->recorder.lock);
	flushes = f->recorder.flushes; /* one a tick, not as fast as it can */
	f->recorder.refusals = 2;
	pthread_mutex_unlock(&f->recorder.lock);
	assert_in_range(flushes, 2, 40);
	assert_true(publisher_stop(f->publisher)); /* the third try took it */
	assert_true(f->recorder.last_flushes >= 1);
	assert_int_equal(f->recorder.closed, 1);
}

static void
live_a_dead_sink_keeps_the_end_for_five_seconds_and_no_longer(void **state)
{
	struct fixture *f = *state;
	uint64_t began_ns, took_ns;

	f->recorder.refusals = UINT_MAX;
	start(f, false);
	began_ns = mono_ns();
	assert_false(publisher_stop(f->publisher));
	took_ns = mono_ns() - began_ns;
	assert_in_range(took_ns, 5 * SECOND - 1, 7 * SECOND);
	assert_in_range(f->recorder.last_flushes, 20, 60); /* each 100 ms */
	assert_int_equal(f->recorder.closed, 1);
}

static void
a_replay_asks_a_dead_sink_once_at_its_end(void **state)
{
	struct fixture *f = *state;

	f->recorder.refusals = UINT_MAX;
	start(f, true);
	assert_false(publisher_stop(f->publisher));
	assert_int_equal(f->recorder.last_flushes, 1);
	assert_int_equal(f->recorder.closed, 1);
}

static void
files_are_reopened_on_request(void **state)
{
	struct fixture *f = *state;

	start(f, true);
	publisher_reopen(f->publisher);
	assert_true(soon(f, &f->recorder.reopened, 1));
	publisher_stop(f->publisher);
	assert_int_equal(f->recorder.reopened, 1);
}

static void
a_publisher_that_never_ran_closes_its_sinks(void **state)
{
	struct fixture *f = *state;
	struct publisher_parts parts = { &f->options, f->ledger, f->rings,
		RINGS, f->sinks, 1 };

	f->options.replay = true;
	f->publisher = publisher_new(&parts);
	assert_true(publisher_stop(f->publisher));
	assert_int_equal(f->recorder.closed, 1);
}

struct pusher {
	struct fixture *f;
	unsigned ring;
};

static void *
push_many(void *arg)
{
	struct pusher *pusher = arg;
	struct sighting s = sample_sighting();

	for (unsigned i = 0; i < 2000; i++) {
		s.server.port = (uint16_t)(4000 + i % 8);
		push(pusher->f, pusher->ring, &s);
		if (i % 64 == 0)
			publisher_nudge(pusher->f->publisher);
	}
	return NULL;
}

static void
two_workers_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct pusher pushers[RINGS] = { { f, 0 }, { f, 1 } };
	pthread_t threads[RINGS];
	const struct server *const *servers;
	uint64_t flows = 0;

	start(f, false);
	for (unsigned i = 0; i < RINGS; i++)
		pthread_create(&threads[i], NULL, push_many, &pushers[i]);
	for (unsigned i = 0; i < RINGS; i++)
		pthread_join(threads[i], NULL);
	assert_true(publisher_stop(f->publisher));
	assert_int_equal(ledger_servers(f->ledger, &servers), 8);
	for (unsigned i = 0; i < 8; i++)
		flows += servers[i]->flows;
	assert_int_equal(flows, 2 * 2000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_replay_tells_new_at_once_and_totals_at_the_end),
		TEST(updates_of_a_server_come_once_a_second_of_capture_time),
		TEST(the_end_of_a_file_flushes_the_sinks),
		TEST(standard_servers_are_events_on_request_only),
		TEST(a_standard_port_behind_a_proxy_is_always_an_event),
		TEST(a_suspicion_and_its_refutation_are_events),
		TEST(a_third_odd_port_is_news_of_the_other_two),
		TEST(sinks_hear_what_workers_have_counted),
		TEST(live_a_sink_hears_within_a_tick_without_a_nudge),
		TEST(live_a_nudge_is_heard_at_once),
		TEST(live_totals_come_with_the_flush),
		TEST(a_refusing_sink_is_asked_again_by_time),
		TEST(
		    live_a_dead_sink_keeps_the_end_for_five_seconds_and_no_longer),
		TEST(a_replay_asks_a_dead_sink_once_at_its_end),
		TEST(files_are_reopened_on_request),
		TEST(a_publisher_that_never_ran_closes_its_sinks),
		TEST(two_workers_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
