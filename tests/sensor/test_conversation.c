/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_conversation - packet by packet, what is heard at once and what waits.
 *
 * That a dialog is the same in the end, whatever came when, is told by others;
 * here is what is known of it in between.
 */
#include "sensor/conversation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MS       UINT64_C(1000000)
#define C_ISN    UINT32_C(1000)
#define S_ISN    UINT32_C(5000)
#define GREETING "220 mx.example ESMTP\r\n"
#define EHLO     "EHLO client.example\r\n"
#define OFFER    "250-mx.example\r\n250 8BITMIME\r\n"

/* A connection and what hears it; a side's numbers are kept by its stage. */
struct stage {
	struct flow_table *flows;
	struct reassembly *reassembly;
	struct conversation c;
	bool begun;
	uint32_t next[SIDES]; /* of the next byte of each */
	uint64_t now_ns;
};

static int
begin(void **state)
{
	static const uint8_t secret[32] = "a secret that is fixed for tests";
	struct stage *stage = test_calloc(1, sizeof(*stage));

	stage->flows = flow_table_new(64, secret);
	stage->reassembly = reassembly_new(1 << 20, 1 << 20, 1);
	assert_non_null(stage->flows);
	assert_non_null(stage->reassembly);
	stage->next[SIDE_INITIATOR] = C_ISN;
	stage->next[SIDE_RESPONDER] = S_ISN;
	stage->now_ns = 1000 * MS;
	*state = stage;
	return 0;
}

static int
finish(void **state)
{
	struct stage *stage = *state;

	if (stage->begun) {
		conversation_end(&stage->c, stage->reassembly, stage->now_ns);
		dialog_wipe(&stage->c.dialog);
	}
	assert_int_equal(reassembly_live(stage->reassembly), 0);
	assert_int_equal(copies_live(reassembly_copies(stage->reassembly)), 0);
	reassembly_free(stage->reassembly);
	flow_table_free(stage->flows);
	test_free(stage);
	return 0;
}

/* One packet, a millisecond after the one before it. */
static enum dialog_news
send(struct stage *stage, enum side from, unsigned flags, const char *text)
{
	struct packet packet = {
		.source = { 10, 0, 0, from == SIDE_INITIATOR ? 1 : 2 },
		.destination = { 10, 0, 0, from == SIDE_INITIATOR ? 2 : 1 },
		.source_port = from == SIDE_INITIATOR ? 40000 : 2525,
		.destination_port = from == SIDE_INITIATOR ? 2525 : 40000,
		.family = 4,
		.flags = (uint8_t)flags,
		.seq = stage->next[from],
		.ack = stage->next[side_other(from)],
		.payload_len = (uint32_t)strlen(text),
		.payload = slice_of(text, strlen(text)),
	};
	struct flow_lookup lookup;
	struct flow_hit hit;

	stage->now_ns += MS;
	packet.when_ns = packet.tick_ns = stage->now_ns;
	stage->next[from] +=
	    packet.payload_len + ((flags & (TCP_SYN | TCP_FIN)) != 0);
	flow_table_lookup(stage->flows, &packet, &lookup);
	if (flow_table_of(stage->flows, &packet, &lookup, &hit) == FLOW_NONE)
		return NEWS_NONE;
	if (!stage->begun && packet.payload_len == 0)
		return NEWS_NONE;
	if (!stage->begun)
		conversation_begin(&stage->c, &hit, &packet, NULL);
	stage->begun = true;
	return conversation_hear(
	    &stage->c, stage->reassembly, hit.side, &packet);
}

static void
connect(struct stage *stage)
{
	send(stage, SIDE_INITIATOR, TCP_SYN, "");
	send(stage, SIDE_RESPONDER, TCP_SYN | TCP_ACK, "");
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
}

static enum dialog_news
say(struct stage *stage, enum side from, const char *text)
{
	return send(stage, from, TCP_PSH | TCP_ACK, text);
}

/* Of what it says next, so many bytes are lost. */
static void
lose(struct stage *stage, enum side from, uint32_t bytes)
{
	stage->next[from] += bytes;
}

static void
a_packet_that_makes_a_hole_of_the_other_old_lets_it_be_heard(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	say(stage, SIDE_INITIATOR, EHLO);
	lose(stage, SIDE_RESPONDER, 20);
	say(stage, SIDE_RESPONDER, "\r\n" OFFER);
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
	assert_int_equal(stage->c.gaps, 0);
	stage->now_ns += 250 * MS;
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
	assert_int_equal(stage->c.gaps, 1);
	assert_int_equal(
	    stage->c.half[SIDE_RESPONDER].next, stage->next[SIDE_RESPONDER]);
}

static void
an_older_packets_time_is_not_when_it_ended(void **state)
{
	struct stage *stage = *state;
	uint64_t last_ns;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	say(stage, SIDE_INITIATOR, EHLO);
	last_ns = stage->now_ns;
	assert_int_equal(stage->c.end_ns, last_ns);
	stage->now_ns -= 100 * MS; /* as captured files may have it */
	say(stage, SIDE_RESPONDER, OFFER);
	assert_int_equal(stage->c.end_ns, last_ns);
	assert_int_equal(stage->c.start_ns, 1004 * MS);
}

static void
a_question_that_is_lost_holds_its_answer_for_a_while(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	lose(stage, SIDE_INITIATOR, 21);
	say(stage, SIDE_RESPONDER, OFFER);
	assert_int_equal(conversation_waits_for(&stage->c), WAIT_TURN);
	conversation_go_on(
	    &stage->c, stage->reassembly, stage->now_ns + 250 * MS);
	assert_int_not_equal(conversation_waits_for(&stage->c), WAIT_TURN);
	assert_int_equal(
	    stage->c.half[SIDE_RESPONDER].next, stage->next[SIDE_RESPONDER]);
}

/* Its SYN-ACK took longer than anything is gathered for. */
static void
data_on_a_syn_waits_for_no_time_out_to_be_heard(void **state)
{
	struct stage *stage = *state;

	send(stage, SIDE_INITIATOR, TCP_SYN, "GET / HTTP/1.0\r\n\r\n");
	stage->next[SIDE_INITIATOR] = C_ISN + 1;
	stage->now_ns += 300 * MS;
	conversation_go_on(&stage->c, stage->reassembly, stage->now_ns);
	stage->next[SIDE_INITIATOR] = C_ISN;
	send(stage, SIDE_INITIATOR, TCP_SYN, "GET / HTTP/1.0\r\n\r\n");
	stage->next[SIDE_INITIATOR] = C_ISN + 1;
	assert_int_equal(stage->c.bytes[SIDE_INITIATOR], 0);
	send(stage, SIDE_RESPONDER, TCP_SYN | TCP_ACK, "");
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
	say(stage, SIDE_RESPONDER, GREETING);
	say(stage, SIDE_INITIATOR, EHLO);
	assert_int_equal(say(stage, SIDE_RESPONDER, OFFER), NEWS_VERDICT);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_CONFIRMED);
	assert_int_equal(stage->c.bytes[SIDE_INITIATOR], strlen(EHLO));
}

static void
what_follows_a_fin_leaves_no_gap(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	send(stage, SIDE_RESPONDER, TCP_FIN | TCP_ACK, "");
	say(stage, SIDE_RESPONDER, "junk\r\n");
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_int_equal(stage->c.gaps, 0);
}

static void
what_was_acknowledged_and_never_seen_is_a_gap(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	lose(stage, SIDE_INITIATOR, 21);
	send(stage, SIDE_RESPONDER, TCP_ACK, "");
	stage->now_ns += 5000 * MS;
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
	assert_int_equal(stage->c.gaps, 0); /* it may yet come */
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_int_equal(stage->c.gaps, 1);
	assert_true((stage->c.dialog.session.facts.flags & FACT_GAP) != 0);
}

static void
a_fin_that_was_acknowledged_and_never_seen_is_no_gap(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	lose(stage, SIDE_INITIATOR, 1);
	send(stage, SIDE_RESPONDER, TCP_ACK, "");
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_int_equal(stage->c.gaps, 0);
}

/* The server's half of a dialog until TLS; nothing that is asked is seen. */
static void
answer_until_tls(struct stage *stage, bool acknowledged)
{
	static const char *const answers[] = {
		"250-mx.example\r\n250 STARTTLS\r\n",
		"220 ready\r\n",
		"\x16\x03\x03\x01\x7a\x02\x01\x01\x76\x03\x03\x0e\x0e\x0e\x0e\x0e\x0e",
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		lose(stage, SIDE_INITIATOR, 21);
		say(stage, SIDE_RESPONDER, answers[i]);
		if (acknowledged)
			send(stage, SIDE_INITIATOR, TCP_ACK, "");
	}
	stage->now_ns += 250 * MS;
	conversation_go_on(&stage->c, stage->reassembly, stage->now_ns);
}

static void
tls_after_a_question_that_was_lost_refutes_nobody(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	send(stage, SIDE_INITIATOR, TCP_ACK, "");
	answer_until_tls(stage, true);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_SUSPECTED);
	assert_int_equal(stage->c.dialog.session.facts.starttls, STARTTLS_USED);
	assert_int_equal(stage->c.gaps, 1);
}

static void
a_client_that_is_answered_and_seen_by_its_syn_alone_is_out_of_sight(
    void **state)
{
	struct stage *stage = *state;
	const struct facts *facts = &stage->c.dialog.session.facts;

	send(stage, SIDE_INITIATOR, TCP_SYN, "");
	send(stage, SIDE_RESPONDER, TCP_SYN | TCP_ACK, "");
	say(stage, SIDE_RESPONDER, GREETING);
	answer_until_tls(stage, false);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_CONFIRMED);
	assert_string_equal(dialog_reason(&stage->c.dialog), "server_alone");
	assert_true((facts->flags & FACT_ONE_SIDED) != 0);
	assert_int_equal(facts->starttls, STARTTLS_USED);
}

/* Nobody acknowledges a word of it: the server talks to itself. */
static void
a_client_that_keeps_silent_is_not_out_of_sight(void **state)
{
	struct stage *stage = *state;

	send(stage, SIDE_INITIATOR, TCP_SYN, "");
	send(stage, SIDE_RESPONDER, TCP_SYN | TCP_ACK, "");
	say(stage, SIDE_RESPONDER, GREETING);
	say(stage, SIDE_RESPONDER, OFFER);
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_SUSPECTED);
	assert_int_equal(stage->c.gaps, 0);
}

/* A question that comes after its answer was heard is one gap, and is heard. */
static void
what_was_missed_and_comes_late_is_heard(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, "220 mx\r\n");
	lose(stage, SIDE_INITIATOR, (uint32_t)strlen(EHLO));
	say(stage, SIDE_RESPONDER, OFFER);
	conversation_go_on(
	    &stage->c, stage->reassembly, stage->now_ns += 250 * MS);
	assert_int_equal(stage->c.gaps, 1);
	stage->next[SIDE_INITIATOR] -= (uint32_t)strlen(EHLO);
	say(stage, SIDE_INITIATOR, EHLO);
	assert_int_not_equal(
	    stage->c.dialog.session.heard & UINT32_C(1) << ATOM_V1, 0);
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_int_equal(stage->c.gaps, 1);
}

/* --- copies that contradict each other --- */

/* What it said last again, from `back` bytes before on. */
static void
say_over(struct stage *stage, enum side from, uint32_t back, const char *text)
{
	stage->next[from] -= back;
	say(stage, from, text);
}

static uint32_t
kept(const struct stage *stage)
{
	return copies_live(reassembly_copies(stage->reassembly));
}

static void
what_was_heard_is_kept_until_the_verdict(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, GREETING);
	say(stage, SIDE_INITIATOR, EHLO);
	assert_int_not_equal(kept(stage), 0);
	say(stage, SIDE_RESPONDER, OFFER);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_CONFIRMED);
	assert_int_equal(kept(stage), 0);
	assert_int_equal(stage->c.retake.takes, 0);
}

static void
a_dialog_whose_last_copies_are_open_is_not_foreign(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, "SS");
	say_over(stage, SIDE_RESPONDER, 2, "22");
	say(stage, SIDE_RESPONDER, "H-2.0-OpenSSH_9\r\n");
	assert_int_equal(stage->c.dialog.verdict, VERDICT_REFUTED);
	assert_false(conversation_is_foreign(&stage->c));
	say_over(stage, SIDE_RESPONDER, 17, "0 mx.example SMTP\r\n");
	say(stage, SIDE_INITIATOR, EHLO);
	assert_int_equal(say(stage, SIDE_RESPONDER, OFFER), NEWS_VERDICT);
	assert_int_equal(stage->c.dialog.verdict, VERDICT_CONFIRMED);
	assert_int_equal(kept(stage), 0);
}

static void
a_dialog_is_heard_again_so_many_times(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, "220-x\r\n");
	say_over(stage, SIDE_RESPONDER, 3, "y\r\n");
	for (int i = 0; i < RETAKES_MAX + 8; i++) {
		assert_int_equal(stage->c.retake.takes,
		    i < RETAKES_MAX ? i + 1 : RETAKES_MAX);
		say(stage, SIDE_RESPONDER, "220-x\r\n");
	}
	assert_false(retake_open(&stage->c));
}

static void
bytes_that_end_no_line_are_not_heard_again(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	say(stage, SIDE_RESPONDER, "220-x\r\n");
	say_over(stage, SIDE_RESPONDER, 3, "y\r\n");
	for (int i = 0; i < 100; i++)
		say(stage, SIDE_RESPONDER, "2");
	assert_int_equal(stage->c.retake.takes, 1);
}

static void
with_more_turns_than_are_remembered_nothing_is_heard_again(void **state)
{
	struct stage *stage = *state;

	connect(stage);
	for (int i = 0; i < RETAKE_TURNS / 2; i++) {
		say(stage, SIDE_RESPONDER, "220-x\r\n");
		say(stage, SIDE_INITIATOR, "E");
	}
	say_over(stage, SIDE_INITIATOR, 1, "H");
	assert_int_equal(stage->c.retake.takes, 1);
	say(stage, SIDE_RESPONDER, "220-x\r\n");
	assert_false(retake_open(&stage->c));
	conversation_end(&stage->c, stage->reassembly, stage->now_ns);
	assert_true((stage->c.dialog.session.facts.flags & FACT_OVERLAP) != 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(
		    a_packet_that_makes_a_hole_of_the_other_old_lets_it_be_heard),
		EACH(an_older_packets_time_is_not_when_it_ended),
		EACH(a_question_that_is_lost_holds_its_answer_for_a_while),
		EACH(data_on_a_syn_waits_for_no_time_out_to_be_heard),
		EACH(what_follows_a_fin_leaves_no_gap),
		EACH(what_was_acknowledged_and_never_seen_is_a_gap),
		EACH(a_fin_that_was_acknowledged_and_never_seen_is_no_gap),
		EACH(tls_after_a_question_that_was_lost_refutes_nobody),
		EACH(
		    a_client_that_is_answered_and_seen_by_its_syn_alone_is_out_of_sight),
		EACH(a_client_that_keeps_silent_is_not_out_of_sight),
		EACH(what_was_missed_and_comes_late_is_heard),
		EACH(what_was_heard_is_kept_until_the_verdict),
		EACH(a_dialog_whose_last_copies_are_open_is_not_foreign),
		EACH(a_dialog_is_heard_again_so_many_times),
		EACH(bytes_that_end_no_line_are_not_heard_again),
		EACH(
		    with_more_turns_than_are_remembered_nothing_is_heard_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
