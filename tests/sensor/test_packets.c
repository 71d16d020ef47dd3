/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packets - what TCP does, and what is done to it: named cases.
 */
#include "tests/sensor/packet_case.h"

static void
tcp_01_normal(struct play *play)
{
	say_all(play);
}

static void
tcp_03_reversed_inside_each_flight(struct play *play)
{
	say_all(play);
	CUT(play, { 24, 6 }, { 18, 6 }, { 12, 6 }, { 6, 6 }, { 0, 6 });
}

static void
p29_out_of_order_and_sent_again(struct play *play)
{
	say_all(play);
	CUT(play, { 15, 15 }, { 0, 15 }, { 10, 10 });
}

static void
tcp_06_overlap_with_the_same(struct play *play)
{
	say_all(play);
	CUT(play, { 0, 10 }, { 5, 10 }, { 14, 16 });
}

static void
tcp_10_a_segment_that_covers_queued_ones(struct play *play)
{
	say_all(play);
	CUT(play, { 4, 3 }, { 9, 3 }, { 2, 20 }, { 0, 2 }, { 22, 8 });
}

static void
tcp_11_a_segment_inside_a_queued_one(struct play *play)
{
	say_all(play);
	CUT(play, { 4, 20 }, { 8, 3 }, { 0, 4 }, { 24, 6 });
}

static void
tcp_12_overlaps_by_one_byte(struct play *play)
{
	say_all(play);
	CUT(play, { 4, 6 }, { 3, 2 }, { 9, 2 }, { 3, 8 }, { 0, 4 }, { 11, 19 });
}

/* What a SYN-ACK does not acknowledge the server never took. */
static void
tcp_13_data_on_a_syn_that_is_ignored(struct play *play)
{
	say_all(play);
	play->shot[SYN].bytes = "GET / HTTP/1.0\r\n\r\n";
	play->shot[SYN].len = 18;
}

static void
tcp_14_fast_open(struct play *play)
{
	play_packet(play, TALK_CLIENT, WIRE_SYN, "EHLO client.example\r\n", 21);
	play_packet(play, TALK_SERVER, WIRE_SYN | WIRE_ACK, NULL, 0);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	say(play, TALK_CLIENT, "QUIT\r\n");
	say(play, TALK_SERVER, "221 2.0.0 Bye\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static void
tcp_15_fast_open_that_is_ignored(struct play *play)
{
	struct talk_shot syn;

	say_all(play);
	syn = part_of(play, EHLO, 0, play->shot[EHLO].len);
	syn.seq--;
	syn.flags = WIRE_SYN;
	play->shot[SYN] = syn;
}

static void
tcp_16_data_in_the_syn_ack(struct play *play)
{
	play_packet(play, TALK_CLIENT, WIRE_SYN, NULL, 0);
	play_packet(play, TALK_SERVER, WIRE_SYN | WIRE_ACK,
	    "220 mx.example ESMTP Postfix\r\n", 30);
	say_rest(play);
}

static void
tcp_17_data_with_the_third_packet(struct play *play)
{
	say_all(play);
	take_out(play, ACK);
}

static void
tcp_18_no_syn(struct play *play)
{
	say_all(play);
	take_out(play, SYN);
}

/* Who began is known; that nothing of the server is missing is not. */
static void
tcp_18_no_syn_ack(struct play *play)
{
	say_all(play);
	take_out(play, SYN_ACK);
}

/* The SYN-ACK behind all that the client ever sent. */
static void
tcp_18_the_client_before_the_syn_ack(struct play *play)
{
	struct talk_shot syn_ack;

	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	play_packet(play, TALK_CLIENT, WIRE_FIN | WIRE_ACK, NULL, 0);
	insert(play, ACK, play->shot[GREETING + 1]);
	take_out(play, GREETING + 2);
	syn_ack = play->shot[SYN_ACK];
	take_out(play, SYN_ACK);
	insert(play, GREETING, syn_ack);
}

/* Nor is the server alone, though what it says begins before its SYN-ACK. */
static void
tcp_18_a_silent_client_before_all(struct play *play)
{
	struct talk_shot first;

	play_connect(play, TALK_CLIENT);
	say_bytewise(play, TALK_SERVER, "220 mx\r\n250-mx\r\n250 SIZE\r\n");
	first = play->shot[ACK];
	take_out(play, ACK);
	insert(play, SYN, first);
	first = play->shot[GREETING];
	take_out(play, GREETING);
	insert(play, SYN + 2, first);
}

static void
tcp_19_no_handshake(struct play *play)
{
	say_all(play);
	for (int i = 0; i < 3; i++)
		take_out(play, SYN);
}

/* The greeting is so long that by then the client is known to be silent. */
static void
tcp_19_no_handshake_and_the_answer_first(struct play *play)
{
	size_t ehlo;

	say_bytewise(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	ehlo = play->count;
	say_rest(play);
	insert(play, ehlo + 2, play->shot[ehlo]);
	take_out(play, ehlo);
}

static void
join_inside_a_body(struct play *play, const char *line)
{
	char text[1440];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = line[i % strlen(line)];
	for (int i = 0; i < 40; i++)
		play_packet(play, TALK_CLIENT, WIRE_ACK, text, sizeof(text));
	say(play, TALK_CLIENT, "\r\n.\r\n");
	say(play, TALK_SERVER, "250 2.0.0 Ok: queued as 1\r\n");
	say(play, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.0 Ok\r\n");
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.5 Ok\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static void
tcp_20_joined_inside_a_body(struct play *play)
{
	join_inside_a_body(play, "a line of a mail that was begun before\r\n");
}

/* Whose lines they are is not known, so nothing is said of it. */
static void
tcp_20_joined_inside_a_body_of_replies(struct play *play)
{
	join_inside_a_body(play, "220 a line of a mail, begun before\r\n");
}

static void
tcp_21_server_only(struct play *play)
{
	say_all(play);
	for (size_t i = play->count; i-- > 0;)
		if (play->shot[i].from == TALK_CLIENT)
			take_out(play, i);
}

static void
tcp_22_client_only(struct play *play)
{
	say_all(play);
	for (size_t i = play->count; i-- > 0;)
		if (play->shot[i].from == TALK_SERVER)
			take_out(play, i);
}

static void
tcp_22_client_only_and_its_syn_late(struct play *play)
{
	struct talk_shot syn;

	tcp_22_client_only(play);
	syn = play->shot[SYN];
	take_out(play, SYN);
	insert(play, SYN + 3, syn);
}

/* Nobody answers for longer than anybody is waited for; then a line's last byte
 * comes behind the two lines that follow it. */
static void
tcp_22_client_only_and_out_of_order(struct play *play)
{
	char name[300];
	size_t mail;

	memset(name, 'x', sizeof(name));
	memcpy(name, "NOOP ", 5);
	memcpy(name + sizeof(name) - 3, "\r\n", 3);
	play_packet(play, TALK_CLIENT, WIRE_SYN, NULL, 0);
	play->seq[TALK_SERVER] += 50;
	say(play, TALK_CLIENT, "NOOP\r\n");
	play->seq[TALK_SERVER] += 10;
	say_bytewise(play, TALK_CLIENT, name);
	mail = play->count;
	play->seq[TALK_SERVER] += 10;
	say(play, TALK_CLIENT, "MAIL FROM:<a@client.example>\r");
	say(play, TALK_CLIENT, "\n");
	play->seq[TALK_SERVER] += 10;
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	play->seq[TALK_SERVER] += 10;
	say(play, TALK_CLIENT, "DATA\r\n");
	insert(play, mail + 4, play->shot[mail + 2]); /* RCPT */
	insert(play, mail + 5, play->shot[mail + 1]); /* the last byte */
	take_out(play, mail + 1);
	take_out(play, mail + 1);
}

static void
tcp_23_syn_again_with_another_number(struct play *play)
{
	struct talk_shot syn;

	say_all(play);
	syn = play->shot[SYN];
	syn.seq += 77777;
	insert(play, SYN, syn);
}

static void
tcp_24_syn_ack_again_with_another_number(struct play *play)
{
	struct talk_shot syn_ack;

	say_all(play);
	syn_ack = play->shot[SYN_ACK];
	syn_ack.seq += 77777;
	insert(play, SYN_ACK, syn_ack);
}

static void
tcp_25_a_forged_syn_ack_comes_first(struct play *play)
{
	struct talk_shot syn_ack;

	say_all(play);
	syn_ack = play->shot[SYN_ACK];
	syn_ack.ack += 99999;
	insert(play, SYN_ACK, syn_ack);
}

static void
tcp_29_rst_out_of_sequence(struct play *play)
{
	say_all(play);
	insert(play, EHLO_REPLY,
	    (struct talk_shot){ .from = TALK_SERVER,
		.flags = WIRE_RST,
		.seq = play->shot[EHLO].ack + 5000000 });
}

static void
tcp_33_fin_before_missing_data(struct play *play)
{
	struct talk_shot quit;

	say_all(play);
	quit = play->shot[QUIT];
	take_out(play, QUIT);
	insert(play, FIN, quit);
}

static void
tcp_34_fin_again_and_data_behind_it(struct play *play)
{
	struct talk_shot fin, late;

	say_all(play);
	fin = play->shot[FIN];
	insert(play, FIN, fin);
	fin.flags |= WIRE_SYN;
	insert(play, FIN + 1, fin);
	late = part_of(play, EHLO, 0, 4);
	late.seq = fin.seq + 1;
	insert(play, FIN + 2, late);
}

static void
tcp_35_half_close(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\nQUIT\r\n");
	play_packet(play, TALK_CLIENT, WIRE_FIN | WIRE_ACK, NULL, 0);
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	say(play, TALK_SERVER, "221 2.0.0 Bye\r\n");
	play_packet(play, TALK_SERVER, WIRE_FIN | WIRE_ACK, NULL, 0);
}

static void
tcp_38_keep_alive(struct play *play)
{
	struct talk_shot probe;

	say_all(play);
	probe = part_of(play, EHLO, 0, 1);
	probe.seq--;
	probe.bytes = "X";
	insert(play, EHLO, probe);
	probe.len = 0;
	insert(play, EHLO, probe);
}

static void
tcp_39_window_probe(struct play *play)
{
	say_all(play);
	insert(play, EHLO, part_of(play, EHLO, 0, 1));
}

static void
tcp_41_far_out_of_the_window(struct play *play)
{
	struct talk_shot far;

	say_all(play);
	far = part_of(play, EHLO, 0, 4);
	far.seq += 2 << 20;
	insert(play, EHLO, far);
}

static void
tcp_48_impossible_flags(struct play *play)
{
	static const uint8_t flags[] = { 0, 0x29, WIRE_SYN | WIRE_FIN,
		WIRE_SYN | WIRE_RST, 0xC0 | WIRE_ACK };
	struct talk_shot odd;

	say_all(play);
	for (size_t i = 0; i < sizeof(flags); i++) {
		odd = part_of(play, MAIL, 0, 0);
		odd.flags = flags[i];
		if ((odd.flags & WIRE_FIN) == 0)
			insert(play, MAIL, odd);
	}
}

static void
tcp_52_lost_by_the_mirror(struct play *play)
{
	say_all(play);
	take_out(play, MAIL);
}

static void
tcp_53_sent_again_in_other_pieces(struct play *play)
{
	say_all(play);
	CUT(play, { 0, 12 }, { 6, 12 }, { 0, 30 }, { 20, 10 });
}

static void
tcp_57_pipelined(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT,
	    "EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nQUIT\r\n");
	say(play, TALK_SERVER,
	    "250-mx.example\r\n250 8BITMIME\r\n250 2.1.0 Ok\r\n"
	    "221 2.0.0 Bye\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static const struct packet_case cases[] = {
	CASE(tcp_01_normal, 0),
	CASE(tcp_03_reversed_inside_each_flight, 0),
	CASE(p29_out_of_order_and_sent_again, 0),
	CASE(tcp_06_overlap_with_the_same, 0),
	CASE(tcp_10_a_segment_that_covers_queued_ones, 0),
	CASE(tcp_11_a_segment_inside_a_queued_one, 0),
	CASE(tcp_12_overlaps_by_one_byte, 0),
	CASE(tcp_13_data_on_a_syn_that_is_ignored, 0),
	CASE(tcp_14_fast_open, SIGHTING_EARLY_TALKER),
	CASE(tcp_15_fast_open_that_is_ignored, 0),
	CASE(tcp_16_data_in_the_syn_ack, 0),
	CASE(tcp_17_data_with_the_third_packet, 0),
	CASE(tcp_18_no_syn, 0),
	CASE(tcp_18_no_syn_ack, SIGHTING_MIDSTREAM),
	{ .name = "tcp_18_the_client_before_the_syn_ack",
	    .write = tcp_18_the_client_before_the_syn_ack,
	    .suspected = true },
	{ .name = "tcp_18_a_silent_client_before_all",
	    .write = tcp_18_a_silent_client_before_all,
	    .nobody = true },
	CASE(tcp_19_no_handshake, SIGHTING_MIDSTREAM),
	CASE(tcp_19_no_handshake_and_the_answer_first, SIGHTING_MIDSTREAM),
	{ .name = "tcp_20_joined_inside_a_body",
	    .write = tcp_20_joined_inside_a_body,
	    .flags = SIGHTING_MIDSTREAM,
	    .blind = true },
	{ .name = "tcp_20_joined_inside_a_body_of_replies",
	    .write = tcp_20_joined_inside_a_body_of_replies,
	    .nobody = true },
	CASE(tcp_21_server_only, SIGHTING_ONE_SIDED),
	{ .name = "tcp_22_client_only",
	    .write = tcp_22_client_only,
	    .flags = SIGHTING_ONE_SIDED,
	    .suspected = true,
	    .blind = true },
	{ .name = "tcp_22_client_only_and_its_syn_late",
	    .write = tcp_22_client_only_and_its_syn_late,
	    .flags = SIGHTING_ONE_SIDED,
	    .suspected = true,
	    .blind = true },
	{ .name = "tcp_22_client_only_and_out_of_order",
	    .write = tcp_22_client_only_and_out_of_order,
	    .flags = SIGHTING_ONE_SIDED,
	    .blind = true },
	CASE(tcp_23_syn_again_with_another_number, 0),
	CASE(tcp_24_syn_ack_again_with_another_number, 0),
	CASE(tcp_25_a_forged_syn_ack_comes_first, 0),
	CASE(tcp_29_rst_out_of_sequence, 0),
	CASE(tcp_33_fin_before_missing_data, 0),
	CASE(tcp_34_fin_again_and_data_behind_it, 0),
	CASE(tcp_35_half_close, SIGHTING_PIPELINED),
	CASE(tcp_38_keep_alive, 0),
	CASE(tcp_39_window_probe, 0),
	CASE(tcp_41_far_out_of_the_window, 0),
	CASE(tcp_48_impossible_flags, 0),
	CASE(tcp_52_lost_by_the_mirror, SIGHTING_GAP),
	CASE(tcp_53_sent_again_in_other_pieces, 0),
	CASE(tcp_57_pipelined, SIGHTING_PIPELINED),
};

static void
each_case_is_the_same_from_every_view(void **state)
{
	(void)state;
	assert_int_equal(
	    packet_play_all(cases, sizeof(cases) / sizeof(cases[0])), 0);
}

/* Ports do not decide what is SMTP; what they are called is output's. */
static void
a_dialog_is_found_on_any_port(void **state)
{
	static const struct {
		const char *id;
		uint16_t client, server;
	} rows[] = {
		{ "p43", 40000, 587 },
		{ "p44", 40000, 25 },
		{ "p45", 40000, 465 },
		{ "p46", 40000, 26 },
		{ "p46", 40000, 2525 },
		{ "p47", 40000, 80 },
		{ "p47", 40000, 443 },
		{ "p47", 40000, 53 },
		{ "p47", 40000, 110 },
		{ "p48", 25, 40025 },
		{ "p49", 53, 40025 },
	};
	struct play *play = calloc(1, sizeof(*play));
	struct sighting seen;
	struct path path;

	(void)state;
	assert_non_null(play);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].id);
		path_begin(&path);
		path.talk.port[TALK_CLIENT] = rows[i].client;
		path.talk.port[TALK_SERVER] = rows[i].server;
		play_begin(play, CLIENT_ISN, SERVER_ISN);
		say_all(play);
		play_write(play, &path.talk);
		path_run(&path);
		assert_true(path_told(&path, &seen));
		while (seen.verdict != SIGHTING_CONFIRMED)
			assert_true(path_told(&path, &seen));
		assert_int_equal(seen.server.port, rows[i].server);
		assert_int_equal(seen.client.port, rows[i].client);
		path_end(&path);
	}
	play_free(play);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialog_is_found_on_any_port),
		cmocka_unit_test(each_case_is_the_same_from_every_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
