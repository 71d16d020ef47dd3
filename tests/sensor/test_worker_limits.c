/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_limits - what a worker does when something is full, late or
 * missing: rings, pools and tables, long silences, packets that never came.
 * None of it may cost a finding or count one twice.
 */
#include "tests/sensor/bench.h"

#define MINUTE (60 * SECOND)

/* Each dialog of them. */
#define MAILS_BYTES_TOSERVER 115
#define MAILS_BYTES_TOCLIENT 142

/* Takes up a connection where it was left, to say more. */
struct left {
	uint16_t port[2];
	uint32_t seq[2];
};

static struct left
leave(const struct talk *t)
{
	struct left left;

	memcpy(left.port, t->port, sizeof(left.port));
	memcpy(left.seq, t->seq, sizeof(left.seq));
	return left;
}

static void
come_back(struct talk *t, const struct left *left)
{
	memcpy(t->port, left->port, sizeof(t->port));
	memcpy(t->seq, left->seq, sizeof(t->seq));
}

/* Time passes for a worker when some packet comes, whosever it is. */
static void
pass_time(struct talk *t, uint64_t ns)
{
	struct left left = leave(t);

	talk_wait(t, ns);
	talk_connect(t, 1, 9);
	come_back(t, &left);
}

static void
greet_only(struct talk *t)
{
	talk_say(t, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
}

/* --- a ring that is full --------------------------------------------------- */

/* 25 that end, 25 that are open when the capture ends. */
static void
fifty_mails(struct talk *t)
{
	for (uint16_t i = 0; i < 50; i++) {
		talk_connect(t, (uint16_t)(30000 + i), 2525);
		greet(t);
		send_mail(t);
		if (i % 2 == 0)
			talk_hang_up(t);
	}
}

static void
live_a_full_ring_delays_what_is_told_and_loses_nothing(void **state)
{
	struct bench *b = *state;
	const struct server *server;

	b->path.rig.slots = 1;
	b->path.rig.worker_options.replay =
	    false; /* it never waits for the publisher */
	fifty_mails(&b->path.talk);
	run(b);
	server = lone_server(b);
	assert_true(traffic(b)->ring_full > 0);
	assert_int_equal(server->flows, 50);
	assert_int_equal(server->messages, 50);
	assert_int_equal(server->bytes_toserver, 50 * MAILS_BYTES_TOSERVER);
	assert_int_equal(server->bytes_toclient, 50 * MAILS_BYTES_TOCLIENT);
	assert_int_equal(server->suspected_flows, 0);
	assert_int_equal(traffic(b)->confirmed, 50);
}

static void
live_a_full_ring_keeps_suspicions_until_there_is_room(void **state)
{
	struct bench *b = *state;

	b->path.rig.slots = 1;
	b->path.rig.worker_options.replay = false;
	for (uint16_t i = 0; i < 40; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i), 2525);
		greet_only(&b->path.talk);
	}
	pass_time(&b->path.talk, 6 * SECOND); /* all become due at once */
	for (int i = 0; i < 100; i++)
		pass_time(&b->path.talk, SECOND / 100);
	run(b);
	assert_true(traffic(b)->ring_full > 0);
	assert_int_equal(lone_server(b)->suspected_flows, 40);
	assert_int_equal(traffic(b)->suspected, 40);
}

/* --- pools and tables that are full ---------------------------------------- */

static void
a_dialog_whose_place_in_a_full_table_is_taken_was_told(void **state)
{
	struct bench *b = *state;

	b->path.rig.worker_options.flows = 8; /* one set */
	for (uint16_t i = 0; i < 40; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i), 2525);
		greet(&b->path.talk);
	}
	run(b);
	assert_int_equal(traffic(b)->flows_evicted, 32);
	assert_int_equal(lone_server(b)->flows, 40);
	assert_int_equal(traffic(b)->confirmed, 40);
}

static void
a_suspect_never_makes_place_for_a_newcomer(void **state)
{
	struct bench *b = *state;
	struct left suspect;

	b->path.rig.worker_options.dialogs = 4;
	for (uint16_t i = 0; i < 4; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i), 2525);
		greet_only(&b->path.talk);
		suspect = leave(&b->path.talk);
	}
	for (uint16_t i = 0; i < 20; i++) {
		talk_connect(&b->path.talk, (uint16_t)(40000 + i), 9000);
		talk_say(&b->path.talk, TALK_CLIENT, "x");
	}
	come_back(&b->path.talk, &suspect);
	talk_say(&b->path.talk, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(&b->path.talk, TALK_SERVER, "250 mx.example\r\n");
	run(b);
	assert_int_equal(traffic(b)->dialogs_refused, 20);
	assert_int_equal(traffic(b)->dialogs_evicted, 0);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_int_equal(lone_server(b)->suspected_flows, 3);
	assert_int_equal(lone_server(b)->latest.flags & SIGHTING_MIDSTREAM, 0);
}

static void
who_found_no_place_is_joined_midway_when_there_is_one(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;
	struct left suspects[4], late;

	b->path.rig.worker_options.dialogs = 4;
	for (uint16_t i = 0; i < 4; i++) {
		talk_connect(t, (uint16_t)(30000 + i), 9000);
		greet_only(t);
		suspects[i] = leave(t);
	}
	talk_connect(t, 40000, 2525);
	greet_only(t); /* nobody listens */
	late = leave(t);
	for (int i = 0; i < 4; i++) {
		come_back(t, &suspects[i]);
		talk_hang_up(t);
	}
	pass_time(t, 6 * SECOND);
	come_back(t, &late);
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(t, TALK_SERVER, "250-mx.example\r\n250 PIPELINING\r\n");
	run(b);
	assert_int_equal(traffic(b)->dialogs_refused, 1);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 1);
	assert_int_equal(ledger_count(b->path.rig.ledger).suspected, 1);
}

static void
junk_in_the_middle_of_an_unheard_dialog_settles_nothing(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;
	struct left late;

	b->path.rig.worker_options.dialogs = 1;
	talk_connect(t, 30000, 9000);
	greet_only(t);
	talk_connect(t, 40000, 2525);
	greet_only(t); /* nobody listens */
	late = leave(t);
	pass_time(t, 6 * SECOND);  /* the suspicion is told, */
	pass_time(t, 16 * MINUTE); /* and its place is free */
	come_back(t, &late);
	talk_say(t, TALK_CLIENT, "GET / HTTP/1.0\r\n"); /* a scanner */
	talk_say(t, TALK_SERVER, "500 5.5.1 What?\r\n");
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(t, TALK_SERVER, "250-mx.example\r\n250 PIPELINING\r\n");
	run(b);
	assert_int_equal(traffic(b)->dialogs_refused, 1);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 1);
}

static void
a_confirmed_dialog_that_was_told_makes_place_if_nobody_else_can(void **state)
{
	struct bench *b = *state;

	b->path.rig.worker_options.dialogs = 4;
	for (uint16_t i = 0; i < 20; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i), 2525);
		greet(&b->path.talk);
	}
	run(b);
	assert_int_equal(traffic(b)->dialogs_evicted, 16);
	assert_int_equal(traffic(b)->dialogs_refused, 0);
	assert_int_equal(lone_server(b)->flows, 20);
}

/* --- silence ---------------------------------------------------------------- */

static void
a_suspicion_is_told_after_5_s_of_silence_and_leaves_when_proven(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 26);
	greet_only(t);
	pass_time(t, 6 * SECOND);
	talk_say(t, TALK_CLIENT, "HELO client.example\r\n");
	talk_say(t, TALK_SERVER, "250 mx.example\r\n");
	run(b);
	assert_int_equal(b->memory.count, 2);
	assert_int_equal(b->memory.told[0].verdict, SIGHTING_SUSPECTED);
	assert_int_equal(b->memory.told[0].suspected_flows, 1);
	assert_int_equal(b->memory.told[0].flows, 0);
	assert_int_equal(b->memory.told[1].verdict, SIGHTING_CONFIRMED);
	assert_int_equal(b->memory.told[1].suspected_flows, 0);
	assert_int_equal(b->memory.told[1].flows, 1);
}

static void
a_suspicion_that_is_refuted_is_taken_back(void **state)
{
	struct bench *b = *state;
	const struct server *const *servers;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 26);
	greet_only(t);
	pass_time(t, 6 * SECOND);
	talk_say(t, TALK_CLIENT, "USER a\r\n");
	talk_say(t, TALK_SERVER, "331 Please specify.\r\n");
	run(b);
	assert_int_equal(b->memory.count, 2);
	assert_int_equal(b->memory.told[0].verdict, SIGHTING_SUSPECTED);
	assert_int_equal(b->memory.told[1].verdict, SIGHTING_REFUTED);
	assert_int_equal(b->memory.told[1].suspected_flows, 0);
	assert_int_equal(ledger_servers(b->path.rig.ledger, &servers), 0);
	assert_int_equal(ledger_count(b->path.rig.ledger).suspected, 0);
}

static void
before_5_s_of_silence_no_suspicion_is_told(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 26);
	greet_only(&b->path.talk);
	pass_time(&b->path.talk, 4 * SECOND);
	talk_say(&b->path.talk, TALK_CLIENT, "HELO client.example\r\n");
	talk_say(&b->path.talk, TALK_SERVER, "250 mx.example\r\n");
	run(b);
	assert_int_equal(b->memory.told[0].verdict, SIGHTING_CONFIRMED);
	assert_int_equal(b->memory.told[0].suspected_flows, 0);
}

/* Says too little, falls silent, and speaks SMTP after all. */
static void
hesitate(struct bench *b, uint64_t ns)
{
	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(&b->path.talk, TALK_CLIENT, "\r\n");
	pass_time(&b->path.talk, ns);
	greet(&b->path.talk);
	run(b);
}

static void
nobody_listens_after_5_minutes_without_a_verdict(void **state)
{
	struct bench *b = *state;

	hesitate(b, 5 * MINUTE + SECOND);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 0);
	assert_int_equal(traffic(b)->undecided, 1);
}

static void
somebody_listens_for_5_minutes_without_a_verdict(void **state)
{
	struct bench *b = *state;

	hesitate(b, 5 * MINUTE - SECOND);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 1);
	assert_int_equal(traffic(b)->undecided, 0);
}

static void
pause_before_the_mail(struct bench *b, uint64_t ns)
{
	talk_connect(&b->path.talk, 40000, 2525);
	greet(&b->path.talk);
	pass_time(&b->path.talk, ns);
	send_mail(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_int_equal(lone_server(b)->messages, 1);
}

static void
a_proven_dialog_may_be_silent_for_15_minutes(void **state)
{
	struct bench *b = *state;

	pause_before_the_mail(b, 15 * MINUTE - SECOND);
	assert_int_equal(traffic(b)->dialogs, 1);
	assert_int_equal(lone_server(b)->flows, 1);
}

static void
after_15_minutes_of_silence_a_proven_dialog_has_ended(void **state)
{
	struct bench *b = *state;

	pause_before_the_mail(b, 15 * MINUTE + SECOND);
	assert_int_equal(traffic(b)->dialogs, 2);
}

/* --- after the end ----------------------------------------------------------- */

static void
stragglers_within_5_s_of_the_end_are_no_dialog_of_their_own(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	greet(t);
	quit(t);
	pass_time(t, 4 * SECOND);
	t->seq[TALK_SERVER] -= 16; /* its 221 and its FIN, again */
	talk_say(t, TALK_SERVER, "221 2.0.0 Bye\r\n");
	run(b);
	assert_int_equal(traffic(b)->dialogs, 1);
	assert_int_equal(lone_server(b)->bytes_toclient, 30 + 46 + 15);
}

static void
a_reset_ends_a_dialog_as_a_farewell_does(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	greet(t);
	talk_packet(t, TALK_CLIENT, WIRE_RST, NULL);
	pass_time(t, 6 * SECOND);
	/* the next of the tuple is another, though it has old numbers */
	talk_say(t, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	run(b);
	assert_int_equal(traffic(b)->dialogs, 2);
	assert_int_equal(lone_server(b)->flows, 1);
}

static void
a_foreign_connection_that_goes_on_is_not_listened_to_again(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_SERVER, "220 (vsFTPd 3.0.3)\r\n");
	talk_say(t, TALK_CLIENT, "USER a\r\n");
	talk_say(t, TALK_SERVER, "331 Please specify.\r\n");
	greet(t); /* as a file on it might read */
	send_mail(t);
	run(b);
	assert_int_equal(traffic(b)->dialogs, 1);
	assert_int_equal(traffic(b)->refuted, 1);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 0);
}

/* --- what was not seen -------------------------------------------------------- */

static void
a_hole_that_was_acknowledged_is_told_and_costs_no_finding(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	greet(t);
	t->seq[TALK_SERVER] += 700;           /* never captured */
	talk_say(t, TALK_CLIENT, "RSET\r\n"); /* acknowledges it */
	pass_time(t, SECOND);
	send_mail(t);
	quit(t);
	run(b);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_int_equal(lone_server(b)->latest.gaps, 1);
	assert_true((lone_server(b)->latest.flags & SIGHTING_GAP) != 0);
	assert_int_equal(traffic(b)->gaps, 1);
}

static void
under_tls_packets_are_counted_and_not_heard(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;
	const struct server *server;

	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(t, TALK_SERVER, "250-mx.example\r\n250 STARTTLS\r\n");
	talk_say(t, TALK_CLIENT, "STARTTLS\r\n");
	talk_say(t, TALK_SERVER, "220 2.0.0 Ready to start TLS\r\n");
	talk_say(t, TALK_CLIENT, "\x16\x03\x01");
	for (int i = 0; i < 500; i++) {
		talk_say(t, TALK_SERVER, "331 x\r\n"); /* as if deciphered */
		talk_say(
		    t, TALK_CLIENT, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
	}
	talk_hang_up(t);
	run(b);
	server = lone_server(b);
	assert_int_equal(server->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(server->starttls, SIGHTING_TLS_USED);
	assert_int_equal(server->messages, 0);
	assert_int_equal(server->latest.rcpt_accepted, 0);
	assert_int_equal(server->latest.flags & SIGHTING_MULTI_PROTOCOL, 0);
	assert_int_equal(server->latest.pkts_toclient, 3 + 500 + 1);
	assert_int_equal(traffic(b)->dialogs, 1);
}

/* --- bounds that bite -------------------------------------------------------- */

static void
say_often(struct talk *t, enum talker from, const char *text, int times)
{
	for (int i = 0; i < times; i++)
		talk_say(t, from, text);
}

static void
a_line_too_long(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_SERVER, "220 mx.example");
	say_often(t, TALK_SERVER, " and more of it, without an end", 20);
	talk_say(t, TALK_SERVER, "\r\n");
}

static void
verbs_without_replies(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	greet(t);
	say_often(t, TALK_CLIENT, "NOOP\r\nRSET\r\n", 9);
}

static void
lines_without_proof(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	say_often(t, TALK_SERVER, "250 what\r\n", 65);
}

static void
bytes_without_proof(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_SERVER, "250 ");
	say_often(t, TALK_SERVER, "what was that ", 8192 / 14);
}

static void
greeting_without_end(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	say_often(t, TALK_SERVER,
	    "220-mx.example may be all that is ever said\r\n", 65536 / 45 + 1);
}

static void
body_without_proof(struct talk *t)
{
	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_CLIENT, "BDAT 100000\r\n");
	say_often(t, TALK_CLIENT, "sixteen bytes of", 65536 / 16 + 1);
}

static void
replies_midway(struct talk *t)
{
	t->port[TALK_CLIENT] = 40000;
	t->port[TALK_SERVER] = 2525;
	talk_say(t, TALK_SERVER, "550 what\r\n");
	say_often(t, TALK_SERVER, "550 what\r\n", 17);
}

static void
each_bound_of_a_dialog_has_its_counter(void **state)
{
	static const struct {
		void (*play)(struct talk *t);
		enum session_bound bites;
	} cases[] = {
		{ a_line_too_long, BOUND_LINE },
		{ verbs_without_replies, BOUND_VERBS },
		{ lines_without_proof, BOUND_LINES },
		{ bytes_without_proof, BOUND_BYTES },
		{ greeting_without_end, BOUND_ASIDE },
		{ body_without_proof, BOUND_ASIDE },
		{ replies_midway, BOUND_MIDWAY },
	};
	void *each;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(begin(&each), 0);
		struct bench *b = each;

		cases[i].play(&b->path.talk);
		run(b);
		for (unsigned bit = 0; bit < SESSION_BOUNDS; bit++)
			assert_int_equal(
			    worker_counters(b->path.rig.worker)->bound[bit],
			    (unsigned)cases[i].bites == 1U << bit);
		finish(&each);
	}
}

/* Both time-outs, and neither by an end that was seen. */
static void
who_falls_silent_is_counted(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	talk_say(t, TALK_CLIENT, "\r\n");
	pass_time(t, 4 * MINUTE);
	talk_connect(t, 40001, 2525);
	greet(t);
	pass_time(t, 2 * MINUTE); /* the first is silent for six */
	pass_time(t, 14 * MINUTE);
	talk_connect(t, 40002, 2525);
	greet(t);
	talk_hang_up(t);
	talk_connect(t, 40003, 2525);
	greet(t); /* until the end */
	run(b);
	assert_int_equal(traffic(b)->dialogs, 4);
	assert_int_equal(worker_counters(b->path.rig.worker)->silent, 2);
}

int
main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, finish)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bound_of_a_dialog_has_its_counter),
		EACH(who_falls_silent_is_counted),
		EACH(live_a_full_ring_delays_what_is_told_and_loses_nothing),
		EACH(live_a_full_ring_keeps_suspicions_until_there_is_room),
		EACH(a_dialog_whose_place_in_a_full_table_is_taken_was_told),
		EACH(a_suspect_never_makes_place_for_a_newcomer),
		EACH(who_found_no_place_is_joined_midway_when_there_is_one),
		EACH(junk_in_the_middle_of_an_unheard_dialog_settles_nothing),
		EACH(
		    a_confirmed_dialog_that_was_told_makes_place_if_nobody_else_can),
		EACH(
		    a_suspicion_is_told_after_5_s_of_silence_and_leaves_when_proven),
		EACH(a_suspicion_that_is_refuted_is_taken_back),
		EACH(before_5_s_of_silence_no_suspicion_is_told),
		EACH(nobody_listens_after_5_minutes_without_a_verdict),
		EACH(somebody_listens_for_5_minutes_without_a_verdict),
		EACH(a_proven_dialog_may_be_silent_for_15_minutes),
		EACH(after_15_minutes_of_silence_a_proven_dialog_has_ended),
		EACH(
		    stragglers_within_5_s_of_the_end_are_no_dialog_of_their_own),
		EACH(a_reset_ends_a_dialog_as_a_farewell_does),
		EACH(
		    a_foreign_connection_that_goes_on_is_not_listened_to_again),
		EACH(a_hole_that_was_acknowledged_is_told_and_costs_no_finding),
		EACH(under_tls_packets_are_counted_and_not_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
