/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ledger - every dialog counts once, whatever the order.
 */
#include "tests/output/sample.h"

#include "output/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
	struct output_options options;
	struct ledger *ledger;
};

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->options = sample_options();
	f->ledger = ledger_new(&f->options);
	*state = f;
	return f->ledger != NULL ? 0 : -1;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	ledger_free(f->ledger);
	free(f);
	return 0;
}

static const struct server *
add(struct fixture *f, const struct sighting *sighting, enum change expected)
{
	struct tally *tally = NULL;

	assert_int_equal(
	    ledger_add(f->ledger, sighting, SAMPLE_T, &tally), expected);
	if (expected == CHANGE_REFUSED) {
		assert_null(tally);
		return NULL;
	}
	assert_int_equal(tally->source, sighting->source);
	return tally->server;
}

static void
a_proof_is_new_and_counts_once(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *server = add(f, &s, CHANGE_NEW);

	assert_int_equal(server->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(server->flows, 1);
	assert_int_equal(server->client_count, 1);

	s.flows = 0; /* the same dialog, at its end */
	s.messages = s.dialog_messages = 2;
	s.bytes_toserver = 100;
	s.bytes_toclient = 50;
	s.end_ns += 5 * SECOND;
	add(f, &s, CHANGE_TOTALS);
	assert_int_equal(server->flows, 1);
	assert_int_equal(server->messages, 2);
	assert_int_equal(server->bytes_toserver, 909);
	assert_int_equal(server->bytes_toclient, 1047);
	assert_int_equal(server->client_count, 1);
	assert_int_equal(server->clients->flows, 1);
	assert_int_equal(server->last_seen_ns, s.end_ns);
	assert_int_equal(ledger_count(f->ledger).findings, 1);
}

static void
times_take_the_extremes_in_any_order(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 },
		{ 1, 0, 2 } };

	for (size_t o = 0; o < 3; o++) {
		struct fixture *f = *state;
		const struct server *server = NULL;
		struct ledger *ledger = ledger_new(&f->options);
		struct tally *tally;

		for (size_t i = 0; i < 3; i++) {
			struct sighting s = sample_sighting();

			s.start_ns += (uint64_t)orders[o][i] * HOUR;
			s.end_ns += (uint64_t)orders[o][i] * HOUR;
			s.flow_id = (uint64_t)orders[o][i];
			ledger_add(ledger, &s, SAMPLE_T, &tally);
			server = tally->server;
		}
		assert_int_equal(server->first_seen_ns, SAMPLE_T);
		assert_int_equal(
		    server->last_seen_ns, SAMPLE_T + 2 * HOUR + SECOND);
		assert_int_equal(server->latest.flow_id, 2);
		assert_int_equal(server->flows, 3);
		assert_int_equal(
		    server->tallies->started_ns, SAMPLE_T + 2 * HOUR);
		ledger_free(ledger);
	}
}

static void
a_suspicion_counts_apart(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();
	const struct server *server = add(f, &s, CHANGE_NEW);

	assert_int_equal(server->verdict, SIGHTING_SUSPECTED);
	assert_int_equal(server->flows, 0);
	assert_int_equal(server->suspected_flows, 1);
	assert_int_equal(server->client_count, 0);
	assert_int_equal(server->bytes_toserver, 809);
	assert_int_equal(ledger_count(f->ledger).suspected, 1);
	assert_int_equal(ledger_count(f->ledger).findings, 0);
}

static void
a_suspected_server_becomes_confirmed(void **state)
{
	struct fixture *f = *state;
	struct sighting suspicion = sample_suspicion();
	struct sighting proof = sample_sighting();
	const struct server *server = add(f, &suspicion, CHANGE_NEW);

	proof.suspected_flows = -1; /* the same dialog */
	add(f, &proof, CHANGE_KIND);
	assert_int_equal(server->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(server->flows, 1);
	assert_int_equal(server->suspected_flows, 0);
	assert_int_equal(ledger_count(f->ledger).findings, 1);
	assert_int_equal(ledger_count(f->ledger).suspected, 0);
}

static void
confirmed_is_never_withdrawn(void **state)
{
	struct fixture *f = *state;
	struct sighting proof = sample_sighting();
	struct sighting suspicion = sample_suspicion();
	struct sighting refutation = sample_refutation();
	const struct server *server = add(f, &proof, CHANGE_NEW);

	suspicion.end_ns = refutation.end_ns = SAMPLE_T + HOUR;
	suspicion.flow_id = 77;
	add(f, &suspicion, CHANGE_TOTALS);
	assert_int_equal(server->suspected_flows, 1);
	assert_int_not_equal(server->latest.flow_id, 77); /* the lesser one */
	add(f, &refutation, CHANGE_TOTALS);
	assert_int_equal(server->suspected_flows, 0);
	assert_int_equal(server->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(ledger_count(f->ledger).findings, 1);
}

static void
the_last_refutation_withdraws_a_suspicion(void **state)
{
	struct fixture *f = *state;
	struct sighting suspicion = sample_suspicion();
	struct sighting refutation = sample_refutation();
	const struct server *const *servers;
	const struct server *server = add(f, &suspicion, CHANGE_NEW);

	add(f, &suspicion, CHANGE_TOTALS);
	add(f, &refutation, CHANGE_TOTALS); /* one suspicion is left */
	assert_int_equal(server->verdict, SIGHTING_SUSPECTED);
	add(f, &refutation, CHANGE_KIND);
	assert_int_equal(server->verdict, SIGHTING_REFUTED);
	assert_int_equal(ledger_servers(f->ledger, &servers), 0);
	assert_int_equal(ledger_count(f->ledger).suspected, 0);
	add(f, &refutation, CHANGE_TOTALS); /* nothing falls below zero */
	assert_int_equal(server->suspected_flows, 0);

	add(f, &suspicion, CHANGE_KIND); /* and it may come back */
	assert_int_equal(ledger_servers(f->ledger, &servers), 1);
}

static void
nothing_known_is_nothing_to_refute(void **state)
{
	struct fixture *f = *state;
	struct sighting refutation = sample_refutation();

	add(f, &refutation, CHANGE_REFUSED);
	assert_int_equal(ledger_count(f->ledger).refused, 0);
}

static void
a_suspicion_may_leave_in_another_source(void **state)
{
	struct fixture *f = *state;
	struct sighting suspicion = sample_suspicion();
	struct sighting refutation = sample_refutation();
	struct tally *tally;

	add(f, &suspicion, CHANGE_NEW);
	refutation.source = 1;
	assert_int_equal(
	    ledger_add(f->ledger, &refutation, SAMPLE_T, &tally), CHANGE_KIND);
	assert_int_equal(tally->source, 0);
	assert_null(tally->next_of_server);
}

static void
lmtp_is_suspected_and_counted_apart(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();

	s.variant = SIGHTING_LMTP;
	add(f, &s, CHANGE_NEW);
	assert_int_equal(ledger_count(f->ledger).lmtp, 1);
	assert_int_equal(ledger_count(f->ledger).suspected, 0);

	f->options.lmtp_ignored = true;
	s.server.port = 24;
	add(f, &s, CHANGE_REFUSED);
	assert_int_equal(ledger_count(f->ledger).lmtp, 1);
	assert_int_equal(ledger_count(f->ledger).refused, 0);
}

static void
a_suspicion_of_smtp_may_turn_out_to_be_lmtp(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();
	const struct server *server = add(f, &s, CHANGE_NEW);

	s.variant = SIGHTING_LMTP; /* the same dialog */
	s.suspected_flows = 0;
	add(f, &s, CHANGE_KIND);
	assert_int_equal(server->suspected_flows, 1);
	assert_int_equal(ledger_count(f->ledger).lmtp, 1);
	assert_int_equal(ledger_count(f->ledger).suspected, 0);

	f->options.lmtp_ignored = true;
	add(f, &s, CHANGE_KIND);
	assert_int_equal(server->verdict, SIGHTING_REFUTED);
	assert_int_equal(server->suspected_flows, 0);
	assert_int_equal(ledger_count(f->ledger).lmtp, 0);
}

static void
a_tunnel_leads_to_the_server_itself(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *server = add(f, &s, CHANGE_NEW);

	s = sample_tunnel();
	s.client = sample_v4(0x0a000063, 1);
	assert_ptr_equal(add(f, &s, CHANGE_TOTALS), server);
	assert_int_equal(server->flows, 2);
	assert_false(server->via_proxy);
}

static void
a_standard_port_behind_a_proxy_is_counted_apart(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_tunnel();
	const struct server *proxied;

	s.server.port = 25;
	proxied = add(f, &s, CHANGE_NEW);
	assert_true(proxied->standard && proxied->via_proxy);
	assert_int_equal(proxied->score.severity, SEVERITY_INFO);
	assert_int_equal(ledger_count(f->ledger).via_proxy, 1);
	assert_int_equal(ledger_count(f->ledger).standard, 0);
	assert_null(ledger_untold(f->ledger, NULL)); /* nothing for Redis */

	s = sample_sighting();
	s.server.port = 25;
	assert_ptr_not_equal(add(f, &s, CHANGE_NEW), proxied);
	s.via[0] = SIGHTING_PROXY_V1; /* no tunnel: the responder serves */
	assert_ptr_not_equal(add(f, &s, CHANGE_TOTALS), proxied);
	assert_int_equal(ledger_count(f->ledger).standard, 1);
	assert_int_equal(ledger_count(f->ledger).via_proxy, 1);
	assert_int_equal(ledger_count(f->ledger).findings, 0);
}

static void
servers_are_told_apart_by_their_names(void **state)
{
	struct fixture *f = *state;
	struct sighting one = sample_named("mx1.example");
	struct sighting two = sample_named("mx2.example");
	const struct server *first = add(f, &one, CHANGE_NEW);

	assert_ptr_not_equal(add(f, &two, CHANGE_NEW), first);
	two = sample_named("MX1.example.");
	assert_ptr_equal(add(f, &two, CHANGE_TOTALS), first);
	assert_int_equal(first->directions, 0); /* nobody knows where it is */
	assert_int_equal(ledger_count(f->ledger).findings, 2);
}

static void
a_change_of_kind_is_told_as_one(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	add(f, &s, CHANGE_NEW);
	s.starttls = SIGHTING_TLS_USED;
	add(f, &s, CHANGE_KIND);
	s.starttls = SIGHTING_TLS_OFFERED; /* the most is what stands */
	add(f, &s, CHANGE_TOTALS);
	sample_text(s.auth, sizeof(s.auth), "CRAM-MD5");
	add(f, &s, CHANGE_KIND);
	s.flags = SIGHTING_AUTH_CLEAR;
	add(f, &s, CHANGE_KIND);
	sample_text(s.version, sizeof(s.version), "3.7");
	add(f, &s, CHANGE_KIND);
	sample_text(s.software, sizeof(s.software), "Exim");
	add(f, &s, CHANGE_KIND);
	sample_greeting(&s, "220 another mood");
	add(f, &s, CHANGE_TOTALS);
	s.client = sample_v4(0xc0000209, 1); /* from outside: the score */
	add(f, &s, CHANGE_KIND);
	add(f, &s, CHANGE_TOTALS);
}

static void
what_a_dialog_did_not_hear_stays(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *server = add(f, &s, CHANGE_NEW);

	s.flow_id = 99;
	s.end_ns += HOUR;
	s.greeting_len = 0;
	s.software[0] = s.ehlo[0] = s.auth[0] = '\0';
	add(f, &s, CHANGE_TOTALS);
	assert_int_equal(server->latest.flow_id, 99);
	assert_string_equal(server->latest.software, "Postfix");
	assert_string_equal(server->latest.auth, "PLAIN LOGIN");
	assert_int_equal(server->latest.greeting_len, 32);
}

/* Points for a program can be lost again, as a dialog goes on. */
static void
a_name_that_its_dialog_takes_back_is_gone(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting(), other = sample_sighting();
	const struct server *server;

	s.software_by = SIGHTING_BY_DIALOG;
	server = add(f, &s, CHANGE_NEW);
	other.flow_id = 99;
	other.end_ns = ++s.end_ns;
	other.software[0] = other.version[0] = '\0';
	add(f, &other, CHANGE_TOTALS); /* it was too short to name anybody */
	assert_string_equal(server->latest.software, "Postfix");
	s.software[0] = s.version[0] = '\0';
	s.software_by = SIGHTING_BY_NOTHING;
	add(f, &s, CHANGE_KIND);
	assert_string_equal(server->latest.software, "");
	assert_string_equal(server->latest.version, "");
}

static void
a_scanners_suspicion_does_not_weigh_on_a_proof(void **state)
{
	struct fixture *f = *state;
	struct sighting scan = sample_suspicion();
	struct sighting proof = sample_sighting();
	const struct server *server;

	scan.client = sample_v4(0xc0000209, 1);
	server = add(f, &scan, CHANGE_NEW);
	assert_int_equal(server->score.points, 30 + 25 + 10);
	add(f, &proof, CHANGE_KIND);
	assert_int_equal(server->score.points, 30 + 10);
	add(f, &scan, CHANGE_TOTALS);
	assert_int_equal(server->score.points, 30 + 10);
}

static bool
scored_for(const struct server *server, const char *word)
{
	const char *name;

	for (unsigned i = 0; (name = score_term_name(i, NULL)) != NULL; i++)
		if (strcmp(name, word) == 0)
			return (server->score.terms & 1U << i) != 0;
	fail_msg("no such term: %s", word);
	return false;
}

static const struct server *
prove_port(struct fixture *f, uint16_t port)
{
	struct sighting s = sample_sighting();

	s.server.port = port;
	return add(f, &s, CHANGE_NEW);
}

static void
a_host_with_many_odd_ports_is_scored_on_each(void **state)
{
	struct fixture *f = *state;
	const struct server *first = prove_port(f, 4001);
	const struct server *second = prove_port(f, 4002), *third, *fourth;
	struct tally *also;
	unsigned count = 0;

	prove_port(f, 25); /* its own */
	assert_null(ledger_also_changed(f->ledger, second->tallies));
	assert_false(scored_for(first, "changing_ports"));
	third = prove_port(f, 4003);
	assert_true(scored_for(third, "changing_ports"));
	for (; (also = ledger_also_changed(f->ledger, third->tallies)) != NULL;
	     count++)
		assert_true(scored_for(also->server, "changing_ports"));
	assert_int_equal(count, 2);
	assert_true(scored_for(first, "changing_ports"));
	assert_true(scored_for(second, "changing_ports"));
	assert_true(first->tallies->urgent);
	assert_int_not_equal(first->tallies->revision, first->tallies->told);
	fourth = prove_port(f, 4004);
	assert_true(scored_for(fourth, "changing_ports"));
	assert_null(ledger_also_changed(f->ledger, fourth->tallies));
}

static void
only_proof_on_one_host_counts_as_its_ports(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();

	prove_port(f, 4001);
	prove_port(f, 4002);
	s.server.port = 4003;
	add(f, &s, CHANGE_NEW);
	s = sample_sighting();
	s.server = sample_v4(0x0a000006, 4003);
	add(f, &s, CHANGE_NEW);
	s = sample_named("mx.example"); /* names are hosts of their own */
	s.server.port = 4003;
	add(f, &s, CHANGE_NEW);
	s = sample_sighting();
	s.server.port = 4002;
	s.flow_id++;
	assert_false(scored_for(add(f, &s, CHANGE_TOTALS), "changing_ports"));
	s.server.port = 4003; /* the suspicion is proven */
	assert_true(scored_for(add(f, &s, CHANGE_KIND), "changing_ports"));
}

static void
each_source_has_its_own_totals(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *server = add(f, &s, CHANGE_NEW);

	s.source = 1;
	s.messages = 3;
	add(f, &s, CHANGE_TOTALS);
	s.source = 0;
	s.messages = 0;
	add(f, &s, CHANGE_TOTALS);
	assert_int_equal(server->flows, 3);
	assert_int_equal(server->tallies->source, 1);
	assert_int_equal(server->tallies->flows, 1);
	assert_int_equal(server->tallies->messages, 3);
	assert_int_equal(server->tallies->next_of_server->flows, 2);
	assert_int_equal(server->tallies->next_of_server->messages, 0);
}

static void
a_full_ledger_refuses_newcomers_only(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	for (uint16_t port = 1; port <= f->options.servers_max; port++) {
		s.server.port = (uint16_t)(4000 + port);
		add(f, &s, CHANGE_NEW);
	}
	s.server.port = 5000;
	add(f, &s, CHANGE_REFUSED);
	assert_int_equal(ledger_count(f->ledger).refused, 1);
	s.server.port = 4001;
	add(f, &s, CHANGE_TOTALS);
	assert_int_equal(
	    ledger_count(f->ledger).findings, f->options.servers_max);
}

static void
sources_without_end_are_refused(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	add(f, &s, CHANGE_NEW);
	for (s.source = 1; s.source < 4 * f->options.servers_max; s.source++)
		add(f, &s, CHANGE_TOTALS);
	add(f, &s, CHANGE_REFUSED);
	s.server.port = 4001;
	add(f, &s, CHANGE_REFUSED);
	assert_int_equal(ledger_count(f->ledger).refused, 2);
	assert_int_equal(ledger_count(f->ledger).findings, 1);
}

static void
clients_are_kept_up_to_a_bound(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *server = NULL;
	struct tally *tally;

	for (uint32_t i = 0; i < LEDGER_CLIENTS_MAX + 10; i++) {
		s.client = sample_v4(0x0a010000 + i, 1);
		ledger_add(f->ledger, &s, SAMPLE_T, &tally);
		server = tally->server;
	}
	/* four a server in all: 256 of the 64 servers of these options */
	assert_int_equal(server->client_count, LEDGER_CLIENTS_MAX);
	assert_int_equal(server->flows, LEDGER_CLIENTS_MAX + 10);
	s.server.port = 4001;
	server = add(f, &s, CHANGE_NEW);
	assert_int_equal(server->client_count, 0);
}

static void
untold_tallies_come_in_the_order_of_their_changes(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	struct tally *tally;
	size_t seen = 0;
	static const uint16_t order[] = { 4002, 4003, 4001 };

	assert_null(ledger_untold(f->ledger, NULL));
	for (uint16_t port = 4001; port <= 4003; port++) {
		s.server.port = port;
		add(f, &s, CHANGE_NEW);
	}
	s.server.port = 4001;
	add(f, &s, CHANGE_TOTALS);

	for (tally = NULL; (tally = ledger_untold(f->ledger, tally)) != NULL;) {
		assert_int_equal(tally->server->endpoint.port, order[seen++]);
		assert_true(tally->urgent);
	}
	assert_int_equal(seen, 3);

	tally = ledger_untold(f->ledger, NULL);
	tally->told = tally->revision;
	tally = ledger_untold(f->ledger, NULL);
	assert_int_equal(tally->server->endpoint.port, 4003);
	for (tally = NULL; (tally = ledger_untold(f->ledger, tally)) != NULL;)
		tally->told = tally->revision;
	assert_null(ledger_untold(f->ledger, NULL));

	s.server.port = 4002; /* told, and changed since */
	add(f, &s, CHANGE_TOTALS);
	tally = ledger_untold(f->ledger, NULL);
	assert_int_equal(tally->server->endpoint.port, 4002);
	assert_null(ledger_untold(f->ledger, tally));
}

static void
all_is_told_again_on_request(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	struct tally *tally;
	size_t seen = 0;

	for (uint16_t port = 4001; port <= 4003; port++) {
		s.server.port = port;
		add(f, &s, CHANGE_NEW);
	}
	for (tally = NULL; (tally = ledger_untold(f->ledger, tally)) != NULL;)
		tally->told = tally->revision;
	ledger_retell(f->ledger);
	for (tally = NULL; (tally = ledger_untold(f->ledger, tally)) != NULL;)
		seen++;
	assert_int_equal(seen, 3);
}

static void
standard_servers_are_inventory(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	s.server.port = 25;
	assert_true(add(f, &s, CHANGE_NEW)->standard);
	assert_null(ledger_untold(f->ledger, NULL));
	ledger_retell(f->ledger);
	assert_null(ledger_untold(f->ledger, NULL));
	assert_int_equal(ledger_count(f->ledger).standard, 1);
	assert_int_equal(ledger_count(f->ledger).findings, 0);
}

static void
servers_are_sorted_by_score_then_last_seen(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const struct server *const *servers;

	s.server.port = 4001;
	add(f, &s, CHANGE_NEW);
	s.server.port = 4002;
	s.end_ns += SECOND;
	add(f, &s, CHANGE_NEW);
	s.server.port = 443;
	s.end_ns -= SECOND;
	add(f, &s, CHANGE_NEW);
	assert_int_equal(ledger_servers(f->ledger, &servers), 3);
	assert_int_equal(servers[0]->endpoint.port, 443);
	assert_int_equal(servers[1]->endpoint.port, 4002);
	assert_int_equal(servers[2]->endpoint.port, 4001);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_proof_is_new_and_counts_once),
		TEST(times_take_the_extremes_in_any_order),
		TEST(a_suspicion_counts_apart),
		TEST(a_suspected_server_becomes_confirmed),
		TEST(confirmed_is_never_withdrawn),
		TEST(the_last_refutation_withdraws_a_suspicion),
		TEST(nothing_known_is_nothing_to_refute),
		TEST(a_suspicion_may_leave_in_another_source),
		TEST(lmtp_is_suspected_and_counted_apart),
		TEST(a_suspicion_of_smtp_may_turn_out_to_be_lmtp),
		TEST(a_tunnel_leads_to_the_server_itself),
		TEST(a_standard_port_behind_a_proxy_is_counted_apart),
		TEST(servers_are_told_apart_by_their_names),
		TEST(a_change_of_kind_is_told_as_one),
		TEST(what_a_dialog_did_not_hear_stays),
		TEST(a_name_that_its_dialog_takes_back_is_gone),
		TEST(a_scanners_suspicion_does_not_weigh_on_a_proof),
		TEST(a_host_with_many_odd_ports_is_scored_on_each),
		TEST(only_proof_on_one_host_counts_as_its_ports),
		TEST(each_source_has_its_own_totals),
		TEST(a_full_ledger_refuses_newcomers_only),
		TEST(sources_without_end_are_refused),
		TEST(clients_are_kept_up_to_a_bound),
		TEST(untold_tallies_come_in_the_order_of_their_changes),
		TEST(all_is_told_again_on_request),
		TEST(standard_servers_are_inventory),
		TEST(servers_are_sorted_by_score_then_last_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
