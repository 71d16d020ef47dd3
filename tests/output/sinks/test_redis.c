/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Redis sink against a real Redis that is away, comes, goes, forgets and
 * refuses: nothing is lost, nothing is counted twice.
 */
#include "tests/output/sinks/redis_world.h"

#include "output/observation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The users of a test's ACL file, without one permission. */
static const char *
users_without(const char *taken)
{
	static char acl[1024];

	snprintf(acl, sizeof acl,
	    "user default on nopass ~* &* +@all\n"
	    "user sensor on >word resetchannels -@all ~{straymail}:v1:* "
	    "&{straymail}:v1:live +ping +auth +select +info +time "
	    "+client|setname +script|load +evalsha +type +set +exists +expire "
	    "+hget +hmget +hset +hincrby +zadd +zcard +zremrangebyrank +pfadd "
	    "+xadd +publish %s\n",
	    taken);
	return acl;
}

static void
a_new_server_is_told_at_once_and_its_totals_at_the_next_flush(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	assert_true(flush(world, false));
	see(world, sample_sighting());
	assert_true(flush_later(world, 1));
	assert_answer(world, "HGET " S " flows", "1");
	assert_answer(world, "HGET " S " software", "Postfix");
	assert_answer(world, "HGET " S " greeting_host", "mx.example.org");
	assert_answer(world, "HGET " S " verdict", "confirmed");
	assert_answer(world, "HGET " P "meta schema", "1");
	see(world, sample_sighting());
	assert_true(flush_later(world, 1));
	assert_answer(world, "HGET " S " flows", "1");
	assert_false(redis_told_all(world->sink));
	assert_true(flush_later(world, 10));
	assert_answer(world, "HGET " S " flows", "2");
	assert_true(redis_told_all(world->sink));
	end_world(world);
}

static void
a_standard_server_never_goes_to_redis(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting sighting = sample_sighting();

	(void)state;
	sighting.server.port = 25;
	assert_true(redis_server_start(world->server));
	see(world, sighting);
	assert_true(flush(world, true));
	assert_answer(world, "EXISTS " P "servers", "0");
	end_world(world);
}

static void
a_suspicion_is_told_as_one_and_taken_back(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	see(world, sample_suspicion());
	assert_true(flush(world, false));
	assert_answer(world, "HGET " S " verdict", "suspected");
	assert_answer(world, "HGET " S " flows", "0");
	assert_answer(world, "HGET " S " suspected_flows@s1", "1");
	see(world, sample_refutation());
	assert_true(flush_later(world, 10));
	assert_answer(world, "HGET " S " verdict", "refuted");
	assert_answer(world, "HGET " S " suspected_flows@s1", "0");
	end_world(world);
}

static void
hostile_text_arrives_harmless(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting sighting = sample_sighting();

	(void)state;
	sample_greeting(&sighting,
	    "220 \x1b[2Jx\r\n*1\r\n$8\r\nFLUSHALL\r\n \"},{ \xff ESMTP");
	assert_true(redis_server_start(world->server));
	see(world, sighting);
	assert_true(flush(world, false));
	assert_answer(world, "HGET " S " banner",
	    "220 \\x1B[2Jx\\x0D\\x0A*1\\x0D\\x0A$8\\x0D\\x0AFLUSHALL"
	    "\\x0D\\x0A \\x22},{ \\xFF ESMTP");
	end_world(world);
}

static void
a_redis_that_comes_up_later_is_told_all(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	see(world, sample_sighting());
	assert_false(flush(world, false));
	assert_false(flush_later(world, 1));
	see(world, sample_sighting());
	assert_false(flush_later(world, 1));
	assert_int_equal(times_said(world, "trying again"), 1);
	assert_true(redis_server_start(world->server));
	assert_true(flush_later(world, 40));
	assert_answer(world, "HGET " S " flows", "2");
	assert_int_equal(times_said(world, "connected again"), 1);
	end_world(world);
}

static void
it_is_not_tried_again_before_its_time(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	see(world, sample_sighting());
	assert_false(flush(world, false));
	assert_true(redis_server_start(world->server));
	world->now_ns += 10000000; /* 10 ms */
	assert_false(flush(world, false));
	assert_true(flush_later(world, 1));
	end_world(world);
}

static void
after_a_restart_without_data_the_counts_are_what_they_were(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting other = sample_sighting();

	(void)state;
	other.server.port = 2526;
	assert_true(redis_server_start(world->server));
	see(world, sample_sighting());
	see(world, sample_sighting());
	see(world, other);
	assert_true(flush(world, false));
	redis_server_kill(world->server);
	see(world, sample_sighting());
	assert_false(flush_later(world, 10));
	assert_true(redis_server_start(world->server));
	assert_true(flush_later(world, 40));
	assert_answer(world, "HGET " S " flows", "3");
	assert_answer(world, "ZCARD " P "servers", "2");
	assert_int_equal(times_said(world, "was restarted"), 1);
	end_world(world);
}

static void
data_lost_under_a_living_connection_are_told_again(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting other = sample_sighting();

	(void)state;
	other.server.port = 2526;
	assert_true(redis_server_start(world->server));
	see(world, sample_sighting());
	see(world, other);
	assert_true(flush(world, false));
	command(world, "FLUSHALL");
	see(world, sample_sighting()); /* noticed by the answer server_new */
	assert_true(flush_later(world, 10));
	assert_answer(world, "HGET " S " flows", "2");
	assert_answer(world, "ZCARD " P "servers", "2");
	command(world, "FLUSHALL");
	assert_true(flush_later(world, 31)); /* noticed by the heartbeat */
	assert_answer(world, "HGET " S " flows", "2");
	assert_answer(world, "ZCARD " P "servers", "2");
	assert_answer(world, "HGET " P "meta schema", "1");
	assert_int_equal(times_said(world, "has lost its data"), 2);
	end_world(world);
}

static void
a_forgotten_script_is_loaded_again(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	assert_true(flush(world, false));
	command(world, "SCRIPT FLUSH");
	see(world, sample_sighting());
	assert_true(flush_later(world, 10));
	assert_answer(world, "HGET " S " flows", "1");
	end_world(world);
}

static void
a_missing_permission_is_named_and_nothing_is_told(void **state)
{
	static const struct {
		const char *taken, *said;
	} cases[] = {
		{ "-zadd", "ZADD" },
		{ "-pfadd", "PFADD" },
		{ "-hincrby", "HINCRBY" },
		{ "-xadd", "XADD" },
		{ "-evalsha", "evalsha" },
		{ "-script", "script" },
		{ "-expire", "expire" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct world *world =
		    world_with(users_without(cases[i].taken), false);
		char password[256];

		snprintf(password, sizeof password, "%s",
		    redis_server_file(world->server, "password", "word\n"));
		world->options.redis.username = "sensor";
		world->options.redis.password_file = password;
		assert_true(redis_server_start(world->server));
		see(world, sample_sighting());
		assert_false(flush(world, false));
		assert_true(times_said(world, cases[i].said) > 0);
		assert_int_equal(times_said(world, "word"), 0);
		assert_answer(world, "EXISTS " S " " P "servers", "0");
		assert_false(flush_later(world, 40)); /* said again */
		assert_int_equal(times_said(world, "trying again"), 2);
		end_world(world);
	}
}

static void
the_permissions_of_the_manual_suffice(void **state)
{
	struct world *world = world_with(users_without(""), false);
	char password[256];

	(void)state;
	snprintf(password, sizeof password, "%s",
	    redis_server_file(world->server, "password", "word\n"));
	world->options.redis.username = "sensor";
	world->options.redis.password_file = password;
	assert_true(redis_server_start(world->server));
	see(world, sample_sighting());
	assert_true(flush(world, true));
	assert_answer(world, "HGET " S " flows", "1");
	end_world(world);
}

static void
another_schema_is_refused(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	command(world, "HSET " P "meta schema 2");
	see(world, sample_sighting());
	assert_false(flush(world, false));
	assert_int_equal(times_said(world, "schema is 2"), 1);
	assert_answer(world, "EXISTS " S, "0");
	end_world(world);
}

static void
an_eviction_policy_that_loses_findings_is_warned_of(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	command(world, "CONFIG SET maxmemory-policy allkeys-lru");
	assert_true(flush(world, false));
	assert_int_equal(times_said(world, "allkeys-lru"), 1);
	end_world(world);
}

static void
a_server_that_redis_cannot_take_is_set_aside(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting other = sample_sighting();

	(void)state;
	other.server.port = 2526;
	assert_true(redis_server_start(world->server));
	command(world, "LPUSH " S " x");
	see(world, sample_sighting());
	see(world, other);
	assert_true(flush(world, false));
	assert_answer(
	    world, "HGET " P "server:default/10.0.0.5:2526 flows", "1");
	see(world, sample_sighting());
	assert_true(flush_later(world, 10));
	assert_int_equal(times_said(world, "WRONGTYPE"), 1);
	assert_false(redis_told_all(world->sink));
	end_world(world);
}

static void
a_redis_without_memory_is_told_when_it_has_some(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	assert_true(flush(world, false));
	command(world, "CONFIG SET maxmemory 1");
	see(world, sample_sighting());
	assert_false(flush_later(world, 1));
	assert_false(flush_later(world, 1));
	assert_int_equal(times_said(world, "OOM"), 1);
	command(world, "CONFIG SET maxmemory 0");
	assert_true(flush_later(world, 40));
	assert_answer(world, "HGET " S " flows", "1");
	end_world(world);
}

static void
more_servers_than_a_pipeline_holds_are_all_told(void **state)
{
	struct world *world = world_with(NULL, false);
	struct sighting sighting = sample_sighting();

	(void)state;
	world->options.servers_max = 1000;
	begin_again(world);
	assert_true(redis_server_start(world->server));
	for (uint16_t i = 0; i < 300; i++) {
		sighting.server.port = (uint16_t)(3000 + i);
		see(world, sighting);
	}
	assert_true(flush(world, true));
	assert_answer(world, "ZCARD " P "servers", "300");
	end_world(world);
}

static void
a_sensor_shows_that_it_lives(void **state)
{
	struct world *world = world_with(NULL, false);
	struct observation seen = { .kind = OBSERVED_TRAFFIC, .worker = 1 };

	(void)state;
	seen.traffic.packets = 1000;
	seen.traffic.tcp = 800;
	seen.traffic.gaps = 8;
	world->options.filter = "tcp";
	assert_true(redis_server_start(world->server));
	world->sink->verbs->traffic(world->sink, &seen);
	assert_true(flush(world, false));
	assert_answer(world, "ZCARD " P "sensors", "1");
	assert_answer(world, "HGET " P "sensor:s1 packets", "1000");
	assert_answer(world, "HGET " P "sensor:s1 run", "s1/8f3c02");
	assert_answer(world, "HGET " P "sensor:s1 filter", "tcp");
	assert_answer(world, "HGET " P "sensor:s1 ports", "25,465,587");
	assert_answer(world, "EXISTS " P "sensor:s1:alive", "1");
	assert_answer(world, "XLEN " P "sensor:s1:health", "1");
	assert_answer(world, "XLEN " P "events", "1"); /* sensor_start */
	assert_true(flush_later(world, 30));
	assert_answer(world, "XLEN " P "sensor:s1:health", "1");
	assert_true(flush_later(world, 30));
	assert_answer(world, "XLEN " P "sensor:s1:health", "2");
	begin_again(world); /* the first one has stopped */
	assert_answer(world, "XLEN " P "events", "2");
	end_world(world);
}

static void
reading_files_again_changes_nothing(void **state)
{
	struct world *world = world_with(NULL, true);
	struct sighting second = sample_sighting();

	(void)state;
	second.source = 1;
	second.end_ns += HOUR;
	second.start_ns += HOUR;
	assert_true(redis_server_start(world->server));
	for (int run = 0; run < 3; run++) {
		see(world, sample_sighting());
		if (run != 1) /* once, the first file is read alone */
			see(world, second);
		assert_true(flush(world, true));
		assert_answer(world, "HGET " S " flows", "2");
		assert_answer(world, "HLEN " S ":totals", "2");
		assert_answer(world, "XLEN " P "events", "2");
		begin_again(world);
	}
	assert_answer(world, "EXISTS " P "sensors", "0");
	end_world(world);
}

static void
a_capture_from_the_future_is_told_as_now(void **state)
{
	struct world *world = world_with(NULL, true);
	struct sighting sighting = sample_sighting();
	struct redis_client *client;
	uint64_t told_ms;

	(void)state;
	sighting.end_ns = wall_ns() + 1000 * HOUR;
	assert_true(redis_server_start(world->server));
	see(world, sighting);
	assert_true(flush(world, true));
	client = look_into(world->server);
	told_ms = (uint64_t)reply_number(ask(client, "HGET " S " last_seen"));
	assert_true(told_ms <= wall_ns() / 1000000);
	assert_true(told_ms > wall_ns() / 1000000 - 60000);
	redis_client_close(client);
	end_world(world);
}

static void
a_replay_without_redis_fails_at_its_end_and_says_so(void **state)
{
	struct world *world = world_with(NULL, true);
	uint64_t begun_ns;

	(void)state;
	assert_true(flush(world, false)); /* nothing is lost so far */
	see(world, sample_sighting());
	for (int i = 0; i < 100; i++)
		assert_false(flush_later(world, 3600));
	begun_ns = wall_ns();
	assert_false(flush(world, true));
	assert_false(flush(world, true)); /* it has given up */
	assert_true(wall_ns() - begun_ns < 2 * SECOND);
	begin_again(world);
	assert_int_equal(times_said(world, "did not take 1 server:"), 1);
	assert_int_equal(times_said(world, "trying again"), 1);
	end_world(world);
}

static void
names_that_are_no_part_of_a_key_are_refused(void **state)
{
	struct output_options options = sample_options();
	struct event_context context = { .options = &options };

	(void)state;
	options.redis.url = "unix:///tmp/none";
	options.redis.prefix = "a}b";
	assert_null(redis_open(&context, NULL));
	options.redis.prefix = "straymail";
	options.site = "a/b";
	assert_null(redis_open(&context, NULL));
	options.site = "default";
	options.redis.url = "rediss://h";
	assert_null(redis_open(&context, NULL));
	options.redis.url = "unix:///tmp/none";
	options.redis.username = "sensor";
	assert_null(redis_open(&context, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_new_server_is_told_at_once_and_its_totals_at_the_next_flush),
		cmocka_unit_test(a_standard_server_never_goes_to_redis),
		cmocka_unit_test(a_suspicion_is_told_as_one_and_taken_back),
		cmocka_unit_test(hostile_text_arrives_harmless),
		cmocka_unit_test(a_redis_that_comes_up_later_is_told_all),
		cmocka_unit_test(it_is_not_tried_again_before_its_time),
		cmocka_unit_test(
		    after_a_restart_without_data_the_counts_are_what_they_were),
		cmocka_unit_test(
		    data_lost_under_a_living_connection_are_told_again),
		cmocka_unit_test(a_forgotten_script_is_loaded_again),
		cmocka_unit_test(
		    a_missing_permission_is_named_and_nothing_is_told),
		cmocka_unit_test(the_permissions_of_the_manual_suffice),
		cmocka_unit_test(another_schema_is_refused),
		cmocka_unit_test(
		    an_eviction_policy_that_loses_findings_is_warned_of),
		cmocka_unit_test(a_server_that_redis_cannot_take_is_set_aside),
		cmocka_unit_test(
		    a_redis_without_memory_is_told_when_it_has_some),
		cmocka_unit_test(
		    more_servers_than_a_pipeline_holds_are_all_told),
		cmocka_unit_test(a_sensor_shows_that_it_lives),
		cmocka_unit_test(reading_files_again_changes_nothing),
		cmocka_unit_test(a_capture_from_the_future_is_told_as_now),
		cmocka_unit_test(
		    a_replay_without_redis_fails_at_its_end_and_says_so),
		cmocka_unit_test(names_that_are_no_part_of_a_key_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
