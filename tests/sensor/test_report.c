/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A dialog with 10.0.0.2:2525 of that verdict, with some bytes each way. */
static struct conversation
spoken(enum verdict verdict)
{
	struct conversation c = {
		.handshake = true,
		.end = { { .address = { 10, 0, 0, 1 },
			     .port = 40000,
			     .family = 4 },
		    { .address = { 10, 0, 0, 2 }, .port = 2525, .family = 4 } },
		.bytes = { 30, 50 },
		.packets = { 4, 5 },
		.start_ns = 1000,
		.end_ns = 2000,
		.dialog = { .verdict = verdict },
	};

	return c;
}

static void
an_open_or_undecided_dialog_is_not_told(void **state)
{
	static const enum verdict silent[] = { VERDICT_NONE, VERDICT_REFUTED,
		VERDICT_UNDECIDED };
	struct observation seen;

	(void)state;
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
		struct conversation c = spoken(silent[i]);

		assert_false(report(&c, REPORT_NEWS, &seen));
		assert_false(report(&c, REPORT_SILENT, &seen));
		assert_false(report(&c, REPORT_ENDED, &seen));
	}
}

static void
a_proof_counts_its_flow_once(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct observation seen;

	(void)state;
	c.dialog.session.facts.messages = 1;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.verdict, SIGHTING_CONFIRMED);
	assert_int_equal(seen.sighting.flows, 1);
	assert_int_equal(seen.sighting.suspected_flows, 0);
	assert_int_equal(seen.sighting.messages, 1);
	assert_int_equal(seen.sighting.bytes_toserver, 30);
	assert_int_equal(seen.sighting.bytes_toclient, 50);
	report_told(&c, &seen.sighting);

	c.bytes[SIDE_INITIATOR] += 7;
	c.dialog.session.facts.messages = 3;
	assert_true(report(&c, REPORT_ENDED, &seen));
	assert_int_equal(seen.sighting.flows, 0);
	assert_int_equal(seen.sighting.messages, 2);
	assert_int_equal(seen.sighting.dialog_messages, 3);
	assert_int_equal(seen.sighting.bytes_toserver, 7);
	assert_int_equal(seen.sighting.bytes_toclient, 0);
	assert_int_equal(seen.sighting.dialog_bytes_toserver, 37);
}

static void
every_reply_code_that_was_heard_is_told(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct facts *facts = &c.dialog.session.facts;
	struct observation seen;

	(void)state;
	facts_code(facts, 220);
	facts_code(facts, 250);
	facts_code(facts, 250);
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.reply_count, 2);
	assert_int_equal(seen.sighting.replies[0].code, 220);
	assert_int_equal(seen.sighting.replies[0].count, 1);
	assert_int_equal(seen.sighting.replies[1].code, 250);
	assert_int_equal(seen.sighting.replies[1].count, 2);
}

static void
what_the_ring_did_not_take_is_told_in_full_again(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct observation first, again;

	(void)state;
	assert_true(report(&c, REPORT_NEWS, &first));
	assert_true(report(&c, REPORT_NEWS, &again));
	assert_memory_equal(&first, &again, sizeof(first));
}

static void
a_suspicion_waits_for_silence_or_the_end(void **state)
{
	struct conversation c = spoken(VERDICT_SUSPECTED);
	struct observation seen;

	(void)state;
	assert_false(report(&c, REPORT_NEWS, &seen));
	assert_true(report(&c, REPORT_SILENT, &seen));
	assert_int_equal(seen.sighting.verdict, SIGHTING_SUSPECTED);
	assert_int_equal(seen.sighting.suspected_flows, 1);
	assert_int_equal(seen.sighting.flows, 0);
	report_told(&c, &seen.sighting);
	assert_false(report(&c, REPORT_SILENT, &seen));
	assert_true(report(&c, REPORT_ENDED, &seen));
	assert_int_equal(seen.sighting.suspected_flows, 0);
}

static void
a_dialog_is_in_one_count_only(void **state)
{
	struct conversation c = spoken(VERDICT_SUSPECTED);
	struct observation seen;

	(void)state;
	assert_true(report(&c, REPORT_SILENT, &seen));
	report_told(&c, &seen.sighting);
	c.dialog.verdict = VERDICT_CONFIRMED;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.flows, 1);
	assert_int_equal(seen.sighting.suspected_flows, -1);
}

static void
a_refuted_suspicion_is_taken_back_once(void **state)
{
	struct conversation c = spoken(VERDICT_SUSPECTED);
	struct observation seen;

	(void)state;
	assert_true(report(&c, REPORT_SILENT, &seen));
	report_told(&c, &seen.sighting);
	c.dialog.verdict = VERDICT_REFUTED;
	c.dialog.label = LABEL_FTP;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.verdict, SIGHTING_REFUTED);
	assert_string_equal(seen.sighting.reason, "ftp");
	assert_int_equal(seen.sighting.suspected_flows, -1);
	report_told(&c, &seen.sighting);
	assert_false(report(&c, REPORT_ENDED, &seen));
}

static void
lmtp_is_suspected_and_says_so(void **state)
{
	struct conversation c = spoken(VERDICT_REFUTED);
	struct observation seen;

	(void)state;
	c.dialog.label = LABEL_LMTP;
	c.dialog.session.facts.variant = VARIANT_LMTP;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.verdict, SIGHTING_SUSPECTED);
	assert_int_equal(seen.sighting.variant, SIGHTING_LMTP);
	report_told(&c, &seen.sighting);
	assert_false(report(&c, REPORT_ENDED, &seen));
}

static void
a_suspicion_that_turns_out_to_be_lmtp_is_told_once_more(void **state)
{
	struct conversation c = spoken(VERDICT_SUSPECTED);
	struct observation seen;

	(void)state;
	assert_true(report(&c, REPORT_SILENT, &seen));
	report_told(&c, &seen.sighting);
	c.dialog.verdict = VERDICT_REFUTED;
	c.dialog.label = LABEL_LMTP;
	c.dialog.session.facts.variant = VARIANT_LMTP;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.verdict, SIGHTING_SUSPECTED);
	assert_int_equal(seen.sighting.suspected_flows, 0);
	assert_string_equal(seen.sighting.reason, "lmtp");
	report_told(&c, &seen.sighting);
	assert_false(report(&c, REPORT_ENDED, &seen));
}

static void
the_responder_listens_where_the_handshake_was_seen(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct observation seen;

	(void)state;
	c.dialog.session.server = SIDE_INITIATOR; /* content says otherwise */
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.server.port, 2525);
	c.handshake = false;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.server.port, 40000);
	assert_int_equal(seen.sighting.bytes_toserver, 50);
	assert_int_equal(seen.sighting.pkts_toclient, 4);
}

static void
word_lists_hold_whole_words_only(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct facts *facts = &c.dialog.session.facts;
	struct observation seen;
	const char *ehlo = seen.sighting.ehlo;
	size_t len;

	(void)state;
	while (facts->keyword_count < FACTS_KEYWORDS_MAX) {
		facts->keywords[facts->keyword_count] = 0;
		facts->keyword_count++;
	}
	assert_true(report(&c, REPORT_NEWS, &seen));
	len = strlen(keyword_name(0));
	assert_true(strlen(ehlo) > len);
	assert_memory_equal(ehlo + strlen(ehlo) - len, keyword_name(0), len);
	assert_int_equal((strlen(ehlo) + 1) % (len + 1), 0);
}

static void
a_tunnels_target_is_the_server(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct preamble *preamble = &c.dialog.preamble;
	struct observation seen;
	const struct sighting *s = &seen.sighting;
	char direct[COMMUNITY_ID_SHOWN], told[COMMUNITY_ID_SHOWN];

	(void)state;
	assert_true(report(&c, REPORT_NEWS, &seen));
	report_community_id(&s->client, sighting_peer(s), direct);

	preamble->layers = 1;
	preamble->via[0] = VIA_SOCKS5;
	preamble->target = (struct preamble_target){
		.kind = HOST_V4, .len = 4, .host = { 192, 0, 2, 7 }, .port = 26
	};
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_memory_equal(s->server.address, "\xc0\0\2\7", 4);
	assert_int_equal(s->server.port, 26);
	assert_int_equal(s->server.family, 4);
	assert_int_equal(s->proxy.port, 2525);
	assert_int_equal(s->via[0], SIGHTING_SOCKS5);
	assert_string_equal(s->name, "");
	/* the connection is still the one that was seen */
	report_community_id(&s->client, sighting_peer(s), told);
	assert_string_equal(told, direct);

	preamble->target.kind = HOST_TEXT;
	memcpy(preamble->target.host, "MX.x", 4);
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(s->server.family, 0);
	assert_int_equal(s->server.port, 26);
	assert_string_equal(s->name, "mx.x");
}

static void
behind_a_proxy_header_the_responder_serves(void **state)
{
	struct conversation c = spoken(VERDICT_CONFIRMED);
	struct observation seen;

	(void)state;
	c.dialog.preamble.layers = 1;
	c.dialog.preamble.via[0] = VIA_PROXY_V1;
	assert_true(report(&c, REPORT_NEWS, &seen));
	assert_int_equal(seen.sighting.server.port, 2525);
	assert_int_equal(seen.sighting.proxy.port, 40000);
	assert_int_equal(seen.sighting.via[0], SIGHTING_PROXY_V1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_or_undecided_dialog_is_not_told),
		cmocka_unit_test(a_proof_counts_its_flow_once),
		cmocka_unit_test(every_reply_code_that_was_heard_is_told),
		cmocka_unit_test(
		    what_the_ring_did_not_take_is_told_in_full_again),
		cmocka_unit_test(a_suspicion_waits_for_silence_or_the_end),
		cmocka_unit_test(a_dialog_is_in_one_count_only),
		cmocka_unit_test(a_refuted_suspicion_is_taken_back_once),
		cmocka_unit_test(lmtp_is_suspected_and_says_so),
		cmocka_unit_test(
		    a_suspicion_that_turns_out_to_be_lmtp_is_told_once_more),
		cmocka_unit_test(
		    the_responder_listens_where_the_handshake_was_seen),
		cmocka_unit_test(word_lists_hold_whole_words_only),
		cmocka_unit_test(a_tunnels_target_is_the_server),
		cmocka_unit_test(behind_a_proxy_header_the_responder_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
