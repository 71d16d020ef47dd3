/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_overlaps - copies of bytes that contradict each other: named cases.
 *
 * Whoever hides says two things in one place and knows which of them his server
 * takes; so SMTP is found whichever copy it is, and the sighting says that
 * there was another.  What neither copy says alone is not found.
 */
#include "tests/sensor/packet_case.h"

#define GARBAGE                                                                \
	"XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"

/* --- what is not in a talk's packets --- */

/* Packets that begin with that text are sent like this. */
struct treatment {
	const char *text;
	uint8_t ttl;
	uint16_t urgent;
	uint8_t option; /* of TCP: its kind, with 12 or 20 bytes in all */
	bool bad_checksum;
	bool torn; /* in fragments that contradict each other */
};

static const struct treatment *treatment;

#define IP_LEN 20

static bool
is_treated(const uint8_t *packet, size_t len)
{
	const size_t head = IP_LEN + (packet[IP_LEN + 12] >> 4) * 4U;
	const size_t text = strlen(treatment->text);

	return len >= head + text &&
	    memcmp(packet + head, treatment->text, text) == 0;
}

/* The same packet with an option: its kind and length, and NOPs. */
static void
add_option(struct talk *talk, struct wire *whole)
{
	const uint8_t *packet = wire_bytes(whole);
	const uint8_t *tcp = packet + IP_LEN;
	const bool client = (tcp[0] << 8 | tcp[1]) == talk->port[TALK_CLIENT];
	const uint8_t len = treatment->option == 19 ? 20 : 12;
	uint8_t option[20];

	wire_begin(&talk->wire, tcp + 20, whole->len - IP_LEN - 20);
	wire_tcp(&talk->wire,
	    &(struct wire_tcp){
		.source_port = (uint16_t)(tcp[0] << 8 | tcp[1]),
		.destination_port = (uint16_t)(tcp[2] << 8 | tcp[3]),
		.seq = (uint32_t)tcp[4] << 24 | (uint32_t)tcp[5] << 16 |
		    (uint32_t)tcp[6] << 8 | tcp[7],
		.ack = (uint32_t)tcp[8] << 24 | (uint32_t)tcp[9] << 16 |
		    (uint32_t)tcp[10] << 8 | tcp[11],
		.flags = tcp[13],
		.options_len = len,
	    });
	memset(option, 1, sizeof(option));
	option[0] = treatment->option;
	option[1] = len == 20 ? 18 : 10;
	memcpy(talk->wire.bytes + talk->wire.at + 20, option, len);
	wire_ip4(&talk->wire, talk->address[client ? TALK_CLIENT : TALK_SERVER],
	    talk->address[client ? TALK_SERVER : TALK_CLIENT], 0);
}

/* Its second eight bytes, other ones, and then what is right. */
static void
tear(struct talk *talk, const struct wire *whole)
{
	const size_t head = 24, carried = wire_carried(whole);
	struct wire other = *whole;

	memset(other.bytes + other.at + IP_LEN + head, 'X', 8);
	wire_fragment(&talk->wire, whole, (struct wire_part){ 0, head, 99 });
	packet_out(talk);
	wire_fragment(&talk->wire, &other, (struct wire_part){ head, 8, 99 });
	packet_out(talk);
	wire_fragment(
	    &talk->wire, whole, (struct wire_part){ head, carried - head, 99 });
	packet_out(talk);
}

static void
send_treated(struct talk *talk)
{
	static struct wire whole;
	uint8_t *packet = talk->wire.bytes + talk->wire.at;

	if (is_treated(packet, talk->wire.len)) {
		whole = talk->wire;
		if (treatment->torn) {
			tear(talk, &whole);
			return;
		}
		if (treatment->option != 0)
			add_option(talk, &whole);
		packet = talk->wire.bytes + talk->wire.at;
		if (treatment->ttl != 0)
			packet[8] = treatment->ttl;
		packet[IP_LEN + 18] = (uint8_t)(treatment->urgent >> 8);
		packet[IP_LEN + 19] = (uint8_t)treatment->urgent;
		if (treatment->bad_checksum)
			packet[IP_LEN + 16] ^= 0x55;
	}
	packet_out(talk);
}

/* --- cases --- */

/* Other bytes in the place of that packet's, from its byte `from` on. */
static struct talk_shot
other(const struct play *play, size_t at, size_t from, const char *text)
{
	struct talk_shot shot = part_of(play, at, from, strlen(text));

	shot.bytes = text;
	return shot;
}

/* All of that packet's, as garbage. */
static struct talk_shot
garbage(const struct play *play, size_t at)
{
	struct talk_shot shot = play->shot[at];

	assert_true(shot.len < sizeof(GARBAGE));
	shot.bytes = GARBAGE;
	return shot;
}

static void
tcp_07_the_greeting_and_then_garbage(struct play *play)
{
	say_all(play);
	insert(play, EHLO, garbage(play, GREETING));
}

static void
tcp_07_ehlo_and_then_garbage(struct play *play)
{
	say_all(play);
	insert(play, EHLO_REPLY, other(play, EHLO, 0, "XXXX x"));
}

static void
tcp_08_garbage_and_then_the_greeting(struct play *play)
{
	say_all(play);
	insert(play, GREETING, garbage(play, GREETING));
}

static void
tcp_08_garbage_and_then_ehlo(struct play *play)
{
	say_all(play);
	insert(play, EHLO, garbage(play, EHLO));
}

static void
tcp_08_garbage_before_all(struct play *play)
{
	say_all(play);
	for (size_t at = QUIT_REPLY; at >= GREETING; at--)
		insert(play, at, garbage(play, at));
}

static void
tcp_08_garbage_that_is_longer(struct play *play)
{
	struct talk_shot longer;

	say_all(play);
	longer = play->shot[GREETING];
	longer.bytes = GARBAGE GARBAGE;
	longer.len = strlen(GARBAGE GARBAGE);
	insert(play, GREETING, longer);
}

static void
tcp_08_garbage_byte_by_byte(struct play *play)
{
	struct talk_shot one;
	size_t at = GREETING;

	say_all(play);
	for (size_t i = play->shot[GREETING].len; i-- > 0;) {
		one = part_of(play, GREETING, i, 1);
		insert(play, GREETING + 1, one);
		one.bytes = "X";
		insert(play, GREETING + 1, one);
	}
	take_out(play, at);
}

/* These rule a connection out at once. */
/* These rule a connection out at once. */
static void
tcp_08_another_protocol_and_then_the_greeting(struct play *play)
{
	say_all(play);
	insert(play, GREETING,
	    other(play, GREETING, 0, "SSH-2.0-OpenSSH_9.2p1\r\n"));
}

static void
tcp_08_another_protocol_of_news(struct play *play)
{
	say_all(play);
	insert(play, GREETING,
	    other(play, GREETING, 0,
		"200 news.example NNTP ready (posting ok)\r\n"));
}

static void
tcp_62_an_injected_answer_comes_first(struct play *play)
{
	say_all(play);
	insert(play, GREETING,
	    other(play, GREETING, 0,
		"HTTP/1.1 302 Found\r\nLocation: http://x.example/\r\n\r\n"));
}

/* Far in, what is heard of it again begins there. */
static void
tcp_08_control_bytes_and_then_a_reply(struct play *play)
{
	static const char bytes[] = "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\r\n";

	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	say(play, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.0 Ok\r\n");
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.5 Ok\r\n");
	play_hang_up(play, TALK_CLIENT);
	insert(play, EHLO_REPLY, other(play, EHLO_REPLY, 0, bytes));
}

static void
another_protocol_and_then_the_same(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "SSH-2.0-OpenSSH_9.2p1\r\n");
	insert(play, EHLO, play->shot[GREETING]);
	say(play, TALK_CLIENT, "SSH-2.0-OpenSSH_9.2p1\r\n");
	say_rest(play); /* it is not heard */
}

static void
tcp_08_another_protocol_and_then_ehlo(struct play *play)
{
	say_all(play);
	insert(play, EHLO, other(play, EHLO, 0, "GET / HTTP/1.1\r\n"));
}

static void
tcp_62_an_injected_answer_comes_late(struct play *play)
{
	say_all(play);
	insert(play, EHLO,
	    other(play, GREETING, 0,
		"HTTP/1.1 302 Found\r\nLocation: http://x.example/\r\n\r\n"));
}

static void
p29_garbage_over_what_is_held(struct play *play)
{
	struct talk_shot first, rest;

	say_all(play);
	first = part_of(play, GREETING, 0, 15);
	rest = part_of(play, GREETING, 15, 15);
	take_out(play, GREETING);
	insert(play, GREETING, rest);
	rest.bytes = GARBAGE;
	insert(play, GREETING + 1, rest);
	insert(play, GREETING + 2, first);
}

static void
p29_garbage_is_held_first(struct play *play)
{
	struct talk_shot first, rest;

	say_all(play);
	first = part_of(play, GREETING, 0, 2);
	rest = part_of(play, GREETING, 2, 28);
	take_out(play, GREETING);
	insert(play, GREETING, rest);
	rest.bytes = GARBAGE;
	insert(play, GREETING, rest);
	insert(play, GREETING + 2, first);
}

static void
tcp_30_rst_in_sequence(struct play *play)
{
	struct talk_shot rst;

	say_all(play);
	rst = part_of(play, EHLO_REPLY, 0, 0);
	rst.flags = WIRE_RST;
	insert(play, EHLO_REPLY, rst);
}

static void
tcp_31_rst_with_data(struct play *play)
{
	struct talk_shot rst;

	say_all(play);
	rst = garbage(play, EHLO_REPLY);
	rst.flags = WIRE_RST | WIRE_ACK;
	insert(play, EHLO_REPLY, rst);
}

static void
tcp_36_the_numbers_wrap_inside_what_is_held(struct play *play)
{
	struct talk_shot a, b, c;

	say_all(play);
	a = part_of(play, GREETING, 0, 6);
	b = part_of(play, GREETING, 6, 12);
	c = part_of(play, GREETING, 18, 12);
	take_out(play, GREETING);
	insert(play, GREETING, c);
	insert(play, GREETING + 1, b);
	insert(play, GREETING + 2, a);
}

static void
tcp_37_the_first_and_the_last_number(struct play *play)
{
	play_begin(play, UINT32_MAX, 0);
	say_all(play);
}

static void
tcp_37_the_last_and_the_first_number(struct play *play)
{
	play_begin(play, 0, UINT32_MAX);
	say_all(play);
}

static void
tcp_47_chaff_that_does_not_get_there(struct play *play)
{
	tcp_08_garbage_before_all(play);
}

/* An urgent byte is in the stream for some, and beside it for others. */
static void
answer_urgently(struct play *play, const char *text)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	play_packet(play, TALK_SERVER, WIRE_PSH | WIRE_ACK | WIRE_URG, text,
	    strlen(text));
	play_hang_up(play, TALK_CLIENT);
}

static void
tcp_42_an_urgent_byte_in_the_stream(struct play *play)
{
	answer_urgently(play, "250 mx.example\r\n");
}

static void
tcp_42_an_urgent_byte_beside_the_stream(struct play *play)
{
	answer_urgently(play, "2X50 mx.example\r\n");
}

/* A reply that is one of SMTP as its last copy only, to what is asked, and asked
 * again in other words. */
static void
answer_twice(struct play *play, const char *asked, const char *asked_again)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, asked);
	insert(play, play->count, other(play, EHLO, 0, asked_again));
	say(play, TALK_SERVER, "nothing of your concern\r\n");
	insert(play, play->count,
	    other(play, play->count - 1, 0, "250-mx.example\r\n250 OK!\r\n"));
	play_hang_up(play, TALK_CLIENT);
}

static void
all_of_smtp_in_the_last_copy(struct play *play)
{
	answer_twice(
	    play, "what is it, then ??\r\n", "EHLO client.example\r\n");
}

static void
half_of_smtp_in_each_copy(struct play *play)
{
	answer_twice(
	    play, "EHLO client.example\r\n", "what is it, then ??\r\n");
}

/* A case of packet_case.h, and what is done to packets of it. */
static const struct overlap_case {
	struct packet_case packet; /* refuted: at first, by one of the copies */
	struct treatment treatment;
} cases[] = {
#define OVERLAP_CASE(test, said, ...)                                          \
	{                                                                      \
		.packet.name = #test, .packet.write = test,                    \
		.packet.flags = said, __VA_ARGS__                              \
	}
#define CHAFF(...) .treatment = { .text = "XXXX", __VA_ARGS__ }
#define OVERLAP    SIGHTING_OVERLAP
/* Replies in the place of garbage that was heard are not heard, once what they
 * would prove is known. */
#define UNANSWERED SIGHTING_PIPELINED
	/* clang-format off */
	OVERLAP_CASE(tcp_07_the_greeting_and_then_garbage, OVERLAP, ),
	OVERLAP_CASE(tcp_07_ehlo_and_then_garbage, OVERLAP, ),
	OVERLAP_CASE(tcp_08_garbage_and_then_the_greeting, OVERLAP, ),
	OVERLAP_CASE(tcp_08_garbage_and_then_ehlo, OVERLAP, ),
	OVERLAP_CASE(tcp_08_garbage_before_all, OVERLAP, ),
	OVERLAP_CASE(tcp_08_garbage_that_is_longer, OVERLAP | UNANSWERED, ),
	OVERLAP_CASE(tcp_08_garbage_byte_by_byte, OVERLAP, ),
	OVERLAP_CASE(tcp_08_another_protocol_and_then_the_greeting, OVERLAP, .packet.refuted = 1),
	OVERLAP_CASE(tcp_08_another_protocol_of_news, OVERLAP, .packet.refuted = 1),
	OVERLAP_CASE(tcp_08_control_bytes_and_then_a_reply, OVERLAP | SIGHTING_MIDSTREAM,
	    .packet.blind = true, .packet.refuted = 1),
	OVERLAP_CASE(tcp_62_an_injected_answer_comes_first, OVERLAP, .packet.refuted = 1),
	OVERLAP_CASE(another_protocol_and_then_the_same, 0, .packet.nobody = true),
	OVERLAP_CASE(tcp_08_another_protocol_and_then_ehlo, OVERLAP, ),
	OVERLAP_CASE(tcp_62_an_injected_answer_comes_late, OVERLAP | UNANSWERED, ),
	OVERLAP_CASE(p29_garbage_over_what_is_held, OVERLAP, .packet.blind = true),
	OVERLAP_CASE(p29_garbage_is_held_first, OVERLAP, ),
	OVERLAP_CASE(tcp_30_rst_in_sequence, 0, ),
	OVERLAP_CASE(tcp_31_rst_with_data, 0, ),
	OVERLAP_CASE(tcp_31_rst_with_data, 0, CHAFF(.option = 19)), /* an MD5 digest */
	OVERLAP_CASE(tcp_36_the_numbers_wrap_inside_what_is_held, 0, ),
	OVERLAP_CASE(tcp_37_the_first_and_the_last_number, 0, ),
	OVERLAP_CASE(tcp_37_the_last_and_the_first_number, 0, ),
	OVERLAP_CASE(tcp_42_an_urgent_byte_in_the_stream, 0,
	    .treatment = { .text = "250", .urgent = 1 }),
	OVERLAP_CASE(tcp_42_an_urgent_byte_in_the_stream, 0,
	    .treatment = { .text = "250", .urgent = 2 }),
	OVERLAP_CASE(tcp_42_an_urgent_byte_in_the_stream, 0,
	    .treatment = { .text = "250", .urgent = 999 }),
	OVERLAP_CASE(tcp_42_an_urgent_byte_beside_the_stream, OVERLAP,
	    .treatment = { .text = "2X50", .urgent = 2 }),
	/* PAWS: sent with an old timestamp, a checksum that is wrong, too few
	 * hops to get there. */
	{ .packet.name = "tcp_43_garbage_of_an_old_timestamp_comes_last", .packet.write = tcp_07_ehlo_and_then_garbage,
	    .packet.flags = OVERLAP, CHAFF(.option = 8) },
	{ .packet.name = "tcp_43_garbage_of_an_old_timestamp_comes_first", .packet.write = tcp_08_garbage_and_then_ehlo,
	    .packet.flags = OVERLAP, CHAFF(.option = 8) },
	{ .packet.name = "tcp_45_garbage_of_a_bad_checksum_comes_last", .packet.write = tcp_07_the_greeting_and_then_garbage,
	    .packet.flags = OVERLAP, CHAFF(.bad_checksum = true) },
	{ .packet.name = "tcp_45_garbage_of_a_bad_checksum_comes_first", .packet.write = tcp_08_garbage_and_then_the_greeting,
	    .packet.flags = OVERLAP, CHAFF(.bad_checksum = true) },
	OVERLAP_CASE(tcp_47_chaff_that_does_not_get_there, OVERLAP, CHAFF(.ttl = 1)),
	{ .packet.name = "ip_05_fragments", .packet.write = say_all,
	    .packet.flags = OVERLAP,
	    .packet.blind = true, .treatment = { .text = "220", .torn = true } },
	OVERLAP_CASE(all_of_smtp_in_the_last_copy, OVERLAP, ),
	OVERLAP_CASE(half_of_smtp_in_each_copy, OVERLAP, .packet.suspected = true),
	/* clang-format on */
};

static void
each_case_is_the_same_from_every_view(void **state)
{
	const size_t count = sizeof(views) / sizeof(views[0]);
	struct play *play = calloc(1, sizeof(*play));
	size_t run = 0, wrong = 0;

	(void)state;
	assert_non_null(play);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct packet_case packet = cases[i].packet;

		treatment = &cases[i].treatment;
		if (treatment->text != NULL)
			packet.send = send_treated;
		for (size_t v = 0; v < count; v++, run++)
			wrong += !packet_play(play, &packet, &views[v]);
	}
	play_free(play);
	print_message("%zu plays, %zu wrong\n", run, wrong);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_the_same_from_every_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
