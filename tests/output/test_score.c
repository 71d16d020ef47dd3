/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_score - every term alone, then the sum and its word.
 */
#include "tests/output/sample.h"

#include "output/ledger.h"
#include "output/policy.h"
#include "output/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* On an odd port for a week, and nothing else to be said. */
static struct server
plain_server(void)
{
	struct server server = { 0 };

	server.endpoint = sample_v4(0x0a000005, 4000);
	server.verdict = SIGHTING_CONFIRMED;
	server.directions = 1U << DIRECTION_INTERNAL;
	server.first_seen_ns = SAMPLE_T - 7 * 24 * HOUR;
	server.last_seen_ns = SAMPLE_T;
	return server;
}

static bool
counted(struct score score, const char *word)
{
	const char *name;

	for (unsigned i = 0; (name = score_term_name(i, NULL)) != NULL; i++)
		if (strcmp(name, word) == 0)
			return (score.terms & 1U << i) != 0;
	fail_msg("no such term: %s", word);
	return false;
}

/* What is changed about a plain server; 0: nothing. */
struct change_of {
	const char *word;
	int points;
	uint8_t directions, starttls;
	uint16_t flags, port;
	uint64_t messages;
	uint32_t clients;
	uint64_t age;
	uint8_t host_ports;
	const char *software;
};

static struct server
changed_server(const struct change_of *change)
{
	struct server server = plain_server();

	server.directions |= change->directions;
	server.starttls = change->starttls;
	server.flags = change->flags;
	server.messages = change->messages;
	server.client_count = change->clients;
	server.host_ports = change->host_ports;
	if (change->port != 0)
		server.endpoint.port = change->port;
	if (change->age != 0)
		server.first_seen_ns = SAMPLE_T - change->age;
	if (change->software != NULL)
		sample_text(server.latest.software, SIGHTING_NAME_MAX,
		    change->software);
	return server;
}

static void
each_term_counts_its_points(void **state)
{
	static const struct change_of cases[] = {
		{ "nonstandard_port", 30, .flags = 0 },
		{ "external_client", 55,
		    .directions = 1U << DIRECTION_INBOUND },
		{ "external_server", 45,
		    .directions = 1U << DIRECTION_OUTBOUND },
		{ "auth_cleartext", 50, .flags = SIGHTING_AUTH_CLEAR },
		{ "other_service_port", 50, .port = 443 },
		{ "high_port", 40, .port = 32768 },
		{ "high_port", 40, .port = 40000, .host_ports = 3 },
		{ "changing_ports", 40, .host_ports = LEDGER_PORTS_MANY },
		{ "role_reversed", 40, .flags = SIGHTING_ROLE_REVERSED },
		{ "many_messages", 40, .messages = 7 * 24 * 100 + 1 },
		{ "many_clients", 40, .clients = 21 },
		{ "forged_or_masked", 40, .flags = SIGHTING_MASKED },
		{ "forged_or_masked", 40, .flags = SIGHTING_FORGED_GREETING },
		{ "malware_greeting", 60, .flags = SIGHTING_MALWARE },
		{ "first_seen_24h", 40, .age = 24 * HOUR - 1 },
		{ "usual_on_port", 10, .port = 2525, .software = "Exchange" },
		{ "starttls_always", 20, .starttls = SIGHTING_TLS_USED },
	};
	struct output_options options = sample_options();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server = changed_server(&cases[i]);
		struct score score = score_of(&options, &server, SAMPLE_T);

		assert_int_equal(score.points, cases[i].points);
		assert_true(counted(score, cases[i].word));
	}
}

static void
one_less_does_not_count(void **state)
{
	struct output_options options = sample_options();
	struct server server = plain_server();

	(void)state;
	server.endpoint.port = 32767;
	server.messages = 7 * 24 * 100;
	server.client_count = 20;
	server.host_ports = LEDGER_PORTS_MANY - 1;
	server.first_seen_ns = SAMPLE_T - 7 * 24 * HOUR;
	assert_int_equal(score_of(&options, &server, SAMPLE_T).points, 30);
	server.first_seen_ns = SAMPLE_T - 24 * HOUR;
	server.messages = 0;
	assert_int_equal(score_of(&options, &server, SAMPLE_T).points, 30);
}

static void
a_short_time_counts_as_an_hour(void **state)
{
	struct output_options options = sample_options();
	struct server server = plain_server();

	(void)state;
	server.first_seen_ns = server.last_seen_ns = SAMPLE_T;
	server.messages = 100;
	assert_false(
	    counted(score_of(&options, &server, SAMPLE_T), "many_messages"));
	server.messages = 101;
	assert_true(
	    counted(score_of(&options, &server, SAMPLE_T), "many_messages"));
}

static void
clear_mail_or_auth_spoils_starttls(void **state)
{
	struct output_options options = sample_options();
	struct server server = plain_server();

	(void)state;
	server.starttls = SIGHTING_TLS_USED;
	server.clear_mail = true;
	assert_int_equal(score_of(&options, &server, SAMPLE_T).points, 30);
	server.clear_mail = false;
	server.flags = SIGHTING_AUTH_CLEAR;
	assert_int_equal(score_of(&options, &server, SAMPLE_T).points, 50);
}

static void
the_sum_stops_at_100(void **state)
{
	struct output_options options = sample_options();
	struct server server = plain_server();
	struct score score;

	(void)state;
	server.directions = 0xff;
	server.flags = SIGHTING_AUTH_CLEAR | SIGHTING_MASKED;
	server.endpoint.port = 3389;
	server.client_count = 200;
	score = score_of(&options, &server, SAMPLE_T);
	assert_int_equal(score.points, 100);
	assert_string_equal(severity_name(score.severity), "critical");
}

static void
severities_begin_at_their_points(void **state)
{
	static const struct {
		uint8_t directions;
		uint16_t flags;
		uint16_t port;
		int points;
		const char *severity;
	} cases[] = {
		{ 0, 0, 4000, 30, "low" },
		{ 0, SIGHTING_MASKED, 4000, 40, "medium" },
		{ 1U << DIRECTION_INBOUND, 0, 40000, 65, "high" },
		{ 1U << DIRECTION_INBOUND, SIGHTING_AUTH_CLEAR, 40000, 85,
		    "critical" },
	};
	struct output_options options = sample_options();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server server = plain_server();
		struct score score;

		server.directions = cases[i].directions;
		server.flags = cases[i].flags;
		server.endpoint.port = cases[i].port;
		score = score_of(&options, &server, SAMPLE_T);
		assert_int_equal(score.points, cases[i].points);
		assert_string_equal(
		    severity_name(score.severity), cases[i].severity);
	}
}

static void
a_standard_server_is_only_info(void **state)
{
	struct output_options options = sample_options();
	struct server server = plain_server();
	struct score score;

	(void)state;
	server.endpoint.port = 25;
	server.standard = true;
	server.directions = 1U << DIRECTION_INBOUND;
	score = score_of(&options, &server, SAMPLE_T);
	assert_string_equal(severity_name(score.severity), "info");
	assert_false(counted(score, "nonstandard_port"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_term_counts_its_points),
		cmocka_unit_test(one_less_does_not_count),
		cmocka_unit_test(a_short_time_counts_as_an_hour),
		cmocka_unit_test(clear_mail_or_auth_spoils_starttls),
		cmocka_unit_test(the_sum_stops_at_100),
		cmocka_unit_test(severities_begin_at_their_points),
		cmocka_unit_test(a_standard_server_is_only_info),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
