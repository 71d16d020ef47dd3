/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ingest script on a real Redis: what is told is counted once, however
 * often, late or out of order it is told.
 */
#include "tests/output/redis/asking.h"

#include "output/redis/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define P      "{straymail}:v1:"
#define SERVER "default/10.0.0.5:2525"
#define T0     1764000000000 /* 2025-11-24 16:00:00 UTC */

struct world {
	struct redis_server *server;
	struct redis_client *client;
	char script[SCRIPT_NAME_MAX];
	struct command command;
};

static const struct ingest first_said = {
	.prefix = "straymail",
	.source = "s1/8f3c02",
	.sensor = "s1",
	.server = SERVER,
	.first_seen_ms = T0,
	.last_seen_ms = T0 + 1000,
	.flows = 1,
	.bytes_toserver = 800,
	.bytes_toclient = 900,
	.messages = 1,
	.verdict = "confirmed",
	.score = 60,
	.digest = "aaaa",
	.retention_s = RETENTION_S,
	.stream_length = 1000,
	.json = "{\"a\":1}",
	.fact_count = 2,
	.facts = { { "banner", "220 mx ESMTP" }, { "software", "Postfix" } },
};

static void
load_script(struct world *world)
{
	const struct reply *reply;

	command_begin(&world->command, "SCRIPT", "LOAD", ingest_script, NULL);
	reply = redis_client_ask(world->client, &world->command);
	assert_int_equal(reply_class(reply), CLASS_OK);
	snprintf(world->script, sizeof world->script, "%s", reply_text(reply));
}

static int
begin(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	*state = world;
	world->server = redis_server_new(NULL);
	if (world->server == NULL)
		return 0;
	if (!redis_server_start(world->server))
		return -1;
	world->client = look_into(world->server);
	load_script(world);
	return 0;
}

static int
end(void **state)
{
	struct world *world = *state;

	redis_client_close(world->client);
	redis_server_free(world->server);
	free(world);
	return 0;
}

/* Every test begins with nothing in Redis. */
static struct world *
empty_world(void **state)
{
	struct world *world = *state;

	if (world->server == NULL)
		skip();
	ask(world->client, "FLUSHALL");
	return world;
}

static const struct reply *
tell(struct world *world, const struct ingest *ingest)
{
	const struct reply *reply;

	ingest_command(ingest, world->script, &world->command);
	reply = redis_client_ask(world->client, &world->command);
	assert_non_null(reply);
	if (reply->kind == REPLY_ERROR)
		print_error("%s\n", reply->text);
	return reply;
}

static void
assert_told(
    struct world *world, const struct ingest *ingest, enum ingested outcome)
{
	assert_int_equal(ingest_outcome(tell(world, ingest)), outcome);
}

static void
assert_answer(struct world *world, const char *question, const char *answer)
{
	const struct reply *reply = ask(world->client, question);
	char number[32];

	assert_non_null(reply);
	snprintf(number, sizeof number, "%lld", (long long)reply->integer);
	assert_string_equal(
	    reply->kind == REPLY_INTEGER ? number : reply_text(reply), answer);
}

static void
assert_field(struct world *world, const char *field, const char *value)
{
	char question[256];

	snprintf(
	    question, sizeof question, "HGET %sserver:%s %s", P, SERVER, field);
	assert_answer(world, question, value);
}

static void
a_new_server_has_all_its_keys(void **state)
{
	struct world *world = empty_world(state);
	struct client client = {
		.address = { 10, 9, 9, 1 }, .family = 4, .flows = 1
	};
	struct ingest said = first_said;

	said.clients = &client;
	assert_told(world, &said, INGESTED_NEW);
	assert_field(world, "id", SERVER);
	assert_field(world, "state", "new");
	assert_field(world, "flows", "1");
	assert_field(world, "flows@s1", "1");
	assert_field(world, "suspected_flows@s1", "0");
	assert_field(world, "bytes_toserver", "800");
	assert_field(world, "first_seen", "1764000000000");
	assert_field(world, "last_seen", "1764000001000");
	assert_field(world, "last_sensor", "s1");
	assert_field(world, "banner", "220 mx ESMTP");
	assert_field(world, "verdict", "confirmed");
	assert_answer(world, "ZSCORE " P "servers " SERVER, "1764000001000");
	assert_answer(world, "ZSCORE " P "risk " SERVER, "60");
	assert_answer(world, "ZCARD " P "state:new", "1");
	assert_answer(
	    world, "ZSCORE " P "server:" SERVER ":clients 10.9.9.1", "1");
	assert_answer(world, "PFCOUNT " P "server:" SERVER ":clients:hll", "1");
	assert_answer(world, "HGET " P "server:" SERVER ":h:20251124 16", "1");
	assert_answer(world, "TTL " P "server:" SERVER, "7776000");
	assert_answer(world, "HGET " P "server:" SERVER ":totals s1/8f3c02",
	    "1 800 900 1 1764000001000 aaaa");
}

static void
a_stream_entry_has_its_fields_in_their_order(void **state)
{
	static const char *const fields[] = { "kind", "server_new", "server",
		SERVER, "state", "new", "sensor", "s1", "score", "60", "ts",
		"1764000001000", "flows", "1", "bytes_toserver", "800",
		"bytes_toclient", "900", "messages", "1", "json", "{\"a\":1}" };
	struct world *world = empty_world(state);
	const struct reply *entry;

	assert_told(world, &first_said, INGESTED_NEW);
	entry = reply_item(ask(world->client, "XRANGE " P "events - +"), 0);
	entry = reply_item(entry, 1);
	assert_int_equal(reply_count(entry), sizeof fields / sizeof fields[0]);
	for (size_t i = 0; i < reply_count(entry); i++)
		assert_string_equal(
		    reply_text(reply_item(entry, i)), fields[i]);
}

static void
said_twice_is_counted_once(void **state)
{
	struct world *world = empty_world(state);

	assert_told(world, &first_said, INGESTED_NEW);
	assert_told(world, &first_said, INGESTED_NOTHING_NEW);
	assert_field(world, "flows", "1");
	assert_answer(world, "XLEN " P "events", "1");
}

static void
a_larger_total_adds_what_it_grew_by(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;
	const struct reply *entry;

	tell(world, &said);
	said.flows = 5;
	said.messages = 3;
	said.last_seen_ms += 3600000;
	assert_told(world, &said, INGESTED_SIGHTING);
	assert_field(world, "flows", "5");
	assert_field(world, "messages", "3");
	assert_field(world, "bytes_toserver", "800");
	assert_answer(world, "HGET " P "server:" SERVER ":h:20251124 17", "4");
	entry = reply_item(ask(world->client, "XREVRANGE " P "events + -"), 0);
	entry = reply_item(entry, 1);
	assert_string_equal(reply_text(reply_item(entry, 13)), "4");
	assert_string_equal(reply_text(reply_item(entry, 15)), "0");
}

static void
an_older_total_that_comes_late_changes_nothing(void **state)
{
	struct world *world = empty_world(state);
	struct ingest newer = first_said;

	newer.flows = 7;
	newer.last_seen_ms += 5000;
	newer.digest = "bbbb";
	tell(world, &newer);
	assert_told(world, &first_said, INGESTED_NOTHING_NEW);
	assert_field(world, "flows", "7");
	assert_field(world, "last_seen", "1764000006000");
}

static void
a_total_never_shrinks(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	said.flows = 5;
	tell(world, &said);
	said.flows = 3;
	said.digest = "bbbb";
	said.last_seen_ms += 1000;
	assert_told(world, &said, INGESTED_CHANGED);
	assert_field(world, "flows", "5");
	said.flows = 6;
	assert_told(world, &said, INGESTED_SIGHTING);
	assert_field(world, "flows", "6");
	assert_answer(world, "HGET " P "server:" SERVER ":totals s1/8f3c02",
	    "6 800 900 1 1764000002000 bbbb");
}

static void
a_change_in_kind_is_an_event_though_nothing_grew(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	tell(world, &said);
	said.digest = "bbbb";
	said.score = 80;
	said.facts[1].value = "Exim";
	assert_told(world, &said, INGESTED_CHANGED);
	assert_field(world, "software", "Exim");
	assert_answer(world, "ZSCORE " P "risk " SERVER, "80");
	assert_field(world, "flows", "1");
}

static void
two_sources_of_a_sensor_add_up(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	tell(world, &said);
	said.source = "pcap/9d01f2";
	said.flows = 2;
	assert_told(world, &said, INGESTED_SIGHTING);
	assert_told(world, &first_said, INGESTED_NOTHING_NEW);
	assert_field(world, "flows", "3");
	assert_field(world, "flows@s1", "3");
}

static void
two_sensors_keep_their_shares(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	tell(world, &said);
	said.source = "s2/77aa01";
	said.sensor = "s2";
	said.flows = 4;
	said.first_seen_ms -= 9000;
	assert_told(world, &said, INGESTED_SIGHTING);
	assert_field(world, "flows", "5");
	assert_field(world, "flows@s1", "1");
	assert_field(world, "flows@s2", "4");
	assert_field(world, "first_seen", "1763999991000");
	assert_answer(world, "ZCARD " P "servers", "1");
}

static void
after_a_loss_of_data_the_same_totals_give_the_same_counts(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	said.flows = 9;
	tell(world, &said);
	ask(world->client, "FLUSHALL");
	assert_told(world, &said, INGESTED_NEW);
	assert_field(world, "flows", "9");
	assert_told(world, &said, INGESTED_NOTHING_NEW);
}

static void
an_older_observation_does_not_change_the_facts(void **state)
{
	struct world *world = empty_world(state);
	struct ingest late = first_said;

	tell(world, &first_said);
	late.source = "pcap/9d01f2";
	late.last_seen_ms -= 500;
	late.facts[1].value = "Exim";
	assert_told(world, &late, INGESTED_SIGHTING);
	assert_field(world, "software", "Postfix");
	assert_field(world, "last_seen", "1764000001000");
}

static void
proof_is_never_withdrawn(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	tell(world, &said);
	said.verdict = "refuted";
	said.digest = "cccc";
	said.last_seen_ms += 10;
	tell(world, &said);
	assert_field(world, "verdict", "confirmed");
}

static void
proof_that_comes_late_is_taken(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	said.verdict = "suspected";
	said.flows = 0;
	said.messages = 0;
	said.suspected_flows = 3;
	tell(world, &said);
	assert_field(world, "verdict", "suspected");
	assert_field(world, "flows", "0");
	assert_field(world, "suspected_flows@s1", "3");
	said = first_said;
	said.source = "pcap/9d01f2";
	said.last_seen_ms -= 500;
	tell(world, &said);
	assert_field(world, "verdict", "confirmed");
}

static void
a_suspicion_is_taken_back(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	said.verdict = "suspected";
	said.flows = 0;
	said.suspected_flows = 1;
	tell(world, &said);
	said.verdict = "refuted";
	said.digest = "bbbb";
	said.suspected_flows = 0;
	assert_told(world, &said, INGESTED_CHANGED);
	assert_field(world, "verdict", "refuted");
	assert_field(world, "suspected_flows@s1", "0");
}

static void
large_totals_stay_exact(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;

	said.bytes_toserver = 4503599627370497;
	tell(world, &said);
	assert_field(world, "bytes_toserver", "4503599627370497");
	said.source = "other/1";
	said.bytes_toserver = 2;
	tell(world, &said);
	assert_field(world, "bytes_toserver", "4503599627370499");
}

static void
only_the_busiest_clients_are_kept(void **state)
{
	struct world *world = empty_world(state);
	static struct client clients[300];
	struct ingest said = first_said;

	for (unsigned i = 0; i < 300; i++) {
		clients[i].family = 4;
		clients[i].address[0] = 10;
		clients[i].address[2] = (uint8_t)(i >> 8);
		clients[i].address[3] = (uint8_t)i;
		clients[i].flows = i + 1;
		clients[i].next = i < 299 ? &clients[i + 1] : NULL;
	}
	said.clients = clients;
	assert_told(world, &said, INGESTED_NEW);
	assert_answer(world, "ZCARD " P "server:" SERVER ":clients", "256");
	assert_answer(
	    world, "ZSCORE " P "server:" SERVER ":clients 10.0.0.0", "");
	assert_answer(
	    world, "ZSCORE " P "server:" SERVER ":clients 10.0.1.43", "300");
}

static void
a_key_of_a_wrong_type_is_refused_before_anything_is_written(void **state)
{
	static const char *const taken[] = { "server:" SERVER, "risk", "events",
		"server:" SERVER ":clients:hll" };
	struct world *world = empty_world(state);

	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
		char question[256];

		ask(world->client, "FLUSHALL");
		snprintf(
		    question, sizeof question, "LPUSH %s%s x", P, taken[i]);
		ask(world->client, question);
		assert_int_equal(
		    reply_class(tell(world, &first_said)), CLASS_POISON);
		assert_answer(world, "DBSIZE", "1");
	}
}

static void
without_memory_nothing_is_written(void **state)
{
	struct world *world = empty_world(state);

	ask(world->client, "CONFIG SET maxmemory 1");
	assert_int_equal(reply_class(tell(world, &first_said)), CLASS_RETRY);
	ask(world->client, "CONFIG SET maxmemory 0");
	assert_answer(world, "DBSIZE", "0");
	assert_told(world, &first_said, INGESTED_NEW);
}

static void
the_event_is_published_to_whoever_listens(void **state)
{
	struct world *world = empty_world(state);
	struct redis_client *listener = look_into(world->server);

	ask(listener, "SUBSCRIBE " P "live");
	tell(world, &first_said);
	assert_string_equal(
	    reply_text(reply_item(redis_client_receive(listener), 2)),
	    first_said.json);
	redis_client_close(listener);
}

static void
a_rehearsal_touches_no_other_key(void **state)
{
	struct world *world = empty_world(state);
	struct ingest said = first_said;
	const struct reply *keys;

	said.rehearsal = true;
	assert_told(world, &said, INGESTED_NEW);
	keys = ask(world->client, "KEYS *");
	assert_true(reply_count(keys) > 0);
	for (size_t i = 0; i < reply_count(keys); i++)
		assert_int_equal(
		    strncmp(reply_text(reply_item(keys, i)),
			P "selftest:s1:", strlen(P "selftest:s1:")),
		    0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_server_has_all_its_keys),
		cmocka_unit_test(a_stream_entry_has_its_fields_in_their_order),
		cmocka_unit_test(said_twice_is_counted_once),
		cmocka_unit_test(a_larger_total_adds_what_it_grew_by),
		cmocka_unit_test(
		    an_older_total_that_comes_late_changes_nothing),
		cmocka_unit_test(a_total_never_shrinks),
		cmocka_unit_test(
		    a_change_in_kind_is_an_event_though_nothing_grew),
		cmocka_unit_test(two_sources_of_a_sensor_add_up),
		cmocka_unit_test(two_sensors_keep_their_shares),
		cmocka_unit_test(
		    after_a_loss_of_data_the_same_totals_give_the_same_counts),
		cmocka_unit_test(
		    an_older_observation_does_not_change_the_facts),
		cmocka_unit_test(proof_is_never_withdrawn),
		cmocka_unit_test(proof_that_comes_late_is_taken),
		cmocka_unit_test(a_suspicion_is_taken_back),
		cmocka_unit_test(large_totals_stay_exact),
		cmocka_unit_test(only_the_busiest_clients_are_kept),
		cmocka_unit_test(
		    a_key_of_a_wrong_type_is_refused_before_anything_is_written),
		cmocka_unit_test(without_memory_nothing_is_written),
		cmocka_unit_test(the_event_is_published_to_whoever_listens),
		cmocka_unit_test(a_rehearsal_touches_no_other_key),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
