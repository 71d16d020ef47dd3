/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packets_headers - what stands in headers of TCP and IP, and does not
 * change what is said: options, windows, checksums, extension headers, padding,
 * fragments and very long packets.  What contradicts itself is counted, and
 * that is all that it does.
 */
#include "tests/sensor/packet_case.h"

#define IP4_LEN 20
#define IP6_LEN 40

static uint8_t *
ip_of(struct talk *talk)
{
	return talk->wire.bytes + talk->wire.at;
}

static uint8_t *
tcp_of(struct talk *talk)
{
	return ip_of(talk) + (ip_of(talk)[0] >> 4 == 6 ? IP6_LEN : IP4_LEN);
}

/* A segment more, which says otherwise, behind the EHLO's reply: its place is
 * that of MAIL, and it is for the case to damage. */
static void
say_all_and_an_odd_one(struct play *play)
{
	struct talk_shot odd;

	say_all(play);
	odd = play->shot[MAIL];
	odd.bytes = "220 forged.example FTP\r\n220 x";
	odd.len = 29;
	insert(play, MAIL, odd);
}

static bool
is_odd(void)
{
	return packet_shot == MAIL;
}

/* --- TCP ------------------------------------------------------------------- */

/* The largest scale there is (RFC 7323 2.3), and windows that make no sense. */
static void
tcp_40_absurd_windows(struct play *play)
{
	static const uint8_t scale[] = { 3, 3, 14, 0 };

	say_all(play);
	for (int i = SYN; i <= SYN_ACK; i++) {
		play->shot[i].options = scale;
		play->shot[i].options_len = sizeof(scale);
	}
	for (int i = 0; i < 20; i++)
		insert(play, MAIL, play->shot[ACK]);
}

static void
windows_up_and_down(struct talk *talk)
{
	static const uint8_t windows[][2] = { { 255, 255 }, { 0, 0 },
		{ 0, 1 } };

	memcpy(tcp_of(talk) + 14, windows[packet_shot % 3], 2);
	packet_out(talk);
}

/* NOP, NOP, timestamp (RFC 7323 3.2); it wraps in the middle. */
static void
put_timestamp(struct talk_shot *shot, uint32_t now)
{
	static uint8_t options[64][12];
	static size_t next;
	uint8_t *at = options[next++ % 64];

	memcpy(at, "\1\1\10\12", 4);
	for (int i = 0; i < 4; i++) {
		at[4 + i] = (uint8_t)(now >> (24 - 8 * i));
		at[8 + i] = (uint8_t)((now - 1) >> (24 - 8 * i));
	}
	shot->options = at;
	shot->options_len = 12;
}

static void
tcp_44_timestamps_wrap(struct play *play)
{
	say_all(play);
	for (size_t i = 0; i < play->count; i++)
		put_timestamp(
		    &play->shot[i], UINT32_MAX - 60 + 10 * (uint32_t)i);
}

static void
tcp_44_timestamps_end(struct play *play)
{
	say_all(play);
	for (size_t i = 0; i < MAIL; i++)
		put_timestamp(&play->shot[i], 1000 + (uint32_t)i);
}

static void
tcp_46_no_checksums(struct play *play)
{
	say_all(play);
}

static void
without_checksum(struct talk *talk)
{
	memset(tcp_of(talk) + 16, 0, 2);
	packet_out(talk);
}

static void
tcp_46_bad_checksums(struct play *play)
{
	say_all(play);
}

static void
with_a_bad_checksum(struct talk *talk)
{
	tcp_of(talk)[16] ^= 0x5A;
	packet_out(talk);
}

/* It dies on its way to the server, and says otherwise than what came. */
static void
tcp_47_a_segment_that_does_not_live_long(struct play *play)
{
	struct talk_shot chaff;

	say_all(play);
	chaff = play->shot[EHLO];
	chaff.bytes = "XXXX chaff.example\r\n";
	chaff.len = 20;
	insert(play, MAIL, chaff);
}

static void
odd_lives_short(struct talk *talk)
{
	if (is_odd())
		ip_of(talk)[8] = 1;
	packet_out(talk);
}

static void
tcp_50_a_header_that_is_too_short(struct play *play)
{
	say_all_and_an_odd_one(play);
}

static void
odd_offset_of_four(struct talk *talk)
{
	if (is_odd())
		tcp_of(talk)[12] = 4 << 4;
	packet_out(talk);
}

static void
tcp_50_a_header_that_is_longer_than_all(struct play *play)
{
	say_all_and_an_odd_one(play);
}

static void
odd_offset_of_fifteen(struct talk *talk)
{
	if (is_odd())
		tcp_of(talk)[12] = 15 << 4;
	packet_out(talk);
}

/* --- IPv4 ------------------------------------------------------------------ */

static struct wire whole;

/* Pieces of eight bytes: TCP's header alone is in three of them. */
static void
in_pieces(struct talk *talk)
{
	static uint32_t id;
	size_t carried;

	whole = talk->wire;
	carried = wire_carried(&whole);
	id++;
	for (size_t at = 0; at < carried; at += 8) {
		wire_fragment(&talk->wire, &whole,
		    (struct wire_part){ .offset = at,
			.len = carried - at < 8 ? carried - at : 8,
			.id = id });
		packet_out(talk);
	}
}

/* Each piece but the last is followed by one that says otherwise. */
static void
in_contradicting_pieces(struct talk *talk)
{
	static struct wire copy;
	static uint32_t id = 1U << 15;
	size_t carried, end;

	whole = copy = talk->wire;
	carried = wire_carried(&whole);
	end = copy.at + copy.len;
	for (size_t at = end - carried; at < end; at++)
		copy.bytes[at] ^= 0x20;
	id++;
	for (size_t at = 0; at < carried; at += 16) {
		struct wire_part part = { .offset = at,
			.len = carried - at < 16 ? carried - at : 16,
			.id = id };

		wire_fragment(&talk->wire, &whole, part);
		packet_out(talk);
		if (at + 16 >= carried)
			break;
		wire_fragment(&talk->wire, &copy, part);
		packet_out(talk);
	}
}

static void
ip_05_fragments_that_contradict_each_other(struct play *play)
{
	say_all(play);
}

/* Only what opens the connection. */
static void
syns_in_pieces(struct talk *talk)
{
	if ((tcp_of(talk)[13] & WIRE_SYN) != 0)
		in_pieces(talk);
	else
		packet_out(talk);
}

static void
ip_04_syn_in_fragments(struct play *play)
{
	static const uint8_t options[] = { 2, 4, 5, 180, 4, 2, 1, 1 };

	say_all(play);
	for (int i = SYN; i <= SYN_ACK; i++) {
		play->shot[i].options = options;
		play->shot[i].options_len = sizeof(options);
	}
}

static void
ip_07_tiny_fragments(struct play *play)
{
	say_all(play);
}

/* The packet's header again, with as many options as fit. */
static void
with_options(struct talk *talk)
{
	uint8_t head[60];

	memcpy(head, ip_of(talk), IP4_LEN);
	memset(head + IP4_LEN, 1, sizeof(head) - IP4_LEN);
	head[0] = 0x4F;
	whole = talk->wire;
	wire_begin(
	    &talk->wire, wire_bytes(&whole) + IP4_LEN, whole.len - IP4_LEN);
	head[2] = (uint8_t)((talk->wire.len + sizeof(head)) >> 8);
	head[3] = (uint8_t)(talk->wire.len + sizeof(head));
	wire_put(&talk->wire, head, sizeof(head));
	packet_out(talk);
}

static void
ip_16_options(struct play *play)
{
	say_all(play);
}

static void
odd_ihl_of_four(struct talk *talk)
{
	if (is_odd())
		ip_of(talk)[0] = 0x44;
	packet_out(talk);
}

static void
ip_16_a_header_that_is_too_short(struct play *play)
{
	say_all_and_an_odd_one(play);
}

static void
odd_total_of_sixteen(struct talk *talk)
{
	if (is_odd())
		memcpy(ip_of(talk) + 2, "\0\20", 2);
	packet_out(talk);
}

static void
ip_16_a_packet_shorter_than_its_header(struct play *play)
{
	say_all_and_an_odd_one(play);
}

static void
odd_total_of_more(struct talk *talk)
{
	if (is_odd())
		memcpy(ip_of(talk) + 2, "\5\0", 2);
	packet_out(talk);
}

static void
ip_16_a_packet_longer_than_its_frame(struct play *play)
{
	say_all_and_an_odd_one(play);
}

/* Ethernet fills up short frames; here with what would be a command. */
static void
padded(struct talk *talk)
{
	static const char padding[] = "USER x\r\n331 x\r\n230 x\r\n";
	struct wire *wire = &talk->wire;

	memcpy(
	    wire->bytes + wire->at + wire->len, padding, sizeof(padding) - 1);
	wire->len += sizeof(padding) - 1;
	packet_out(talk);
}

static void
ip_16_padding(struct play *play)
{
	say_all(play);
}

/* A mail whose body comes in segments of so many bytes. */
static void
say_a_mail(struct play *play, size_t len)
{
	static char body[65536];

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = "a line of a mail\r\n"[i % 18];
	say_all(play);
	play->count = QUIT;
	play->seq[TALK_CLIENT] = play->shot[QUIT].seq;
	play->seq[TALK_SERVER] = play->shot[QUIT_REPLY].seq;
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.5 Ok\r\n");
	say(play, TALK_CLIENT, "DATA\r\n");
	say(play, TALK_SERVER, "354 Go on\r\n");
	for (int i = 0; i < 4; i++)
		play_packet(play, TALK_CLIENT, WIRE_ACK, body, len);
	say(play, TALK_CLIENT, "\r\n.\r\n");
	say(play, TALK_SERVER, "250 2.0.0 Ok: queued as 1\r\n");
	say(play, TALK_CLIENT, "QUIT\r\n");
	say(play, TALK_SERVER, "221 2.0.0 Bye\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static void
ip_19_jumbo_frames(struct play *play)
{
	say_a_mail(play, 8960);
}

static void
ip_19_segments_put_together_by_the_card(struct play *play)
{
	say_a_mail(play, 65535 - IP4_LEN - 20);
}

/* 16 bits cannot hold its length, and zero stands for it. */
static void
ip_19_segments_beyond_what_ip_can_say(struct play *play)
{
	say_a_mail(play, 65536);
}

static void
beyond_is_zero(struct talk *talk)
{
	if (talk->wire.len > UINT16_MAX)
		memset(ip_of(talk) + 2, 0, 2);
	packet_out(talk);
}

/* --- IPv6 ------------------------------------------------------------------ */

/* Puts extension headers between IP and TCP, the last of them first. */
static void
put_extensions(struct talk *talk, const uint8_t *kinds, size_t count)
{
	uint8_t head[IP6_LEN];
	size_t len;

	memcpy(head, ip_of(talk), sizeof(head));
	whole = talk->wire;
	wire_begin(
	    &talk->wire, wire_bytes(&whole) + IP6_LEN, whole.len - IP6_LEN);
	wire_carry(&talk->wire, head[6]);
	for (size_t i = count; i-- > 0;)
		wire_extension(&talk->wire, kinds[i],
		    kinds[i] == WIRE_AUTHENTICATION ? 24 : 16);
	len = talk->wire.len;
	head[4] = (uint8_t)(len >> 8);
	head[5] = (uint8_t)len;
	head[6] = talk->wire.next;
	wire_put(&talk->wire, head, sizeof(head));
}

static void
with_each_extension(struct talk *talk)
{
	static const uint8_t kinds[] = { WIRE_HOP_BY_HOP,
		WIRE_DESTINATION_OPTIONS, WIRE_ROUTING, WIRE_MOBILITY,
		WIRE_AUTHENTICATION };

	put_extensions(talk, kinds, sizeof(kinds));
	packet_out(talk);
}

static void
ip_14_each_extension_header(struct play *play)
{
	say_all(play);
}

static const uint8_t nine[9] = { WIRE_DESTINATION_OPTIONS,
	WIRE_DESTINATION_OPTIONS, WIRE_DESTINATION_OPTIONS,
	WIRE_DESTINATION_OPTIONS, WIRE_DESTINATION_OPTIONS,
	WIRE_DESTINATION_OPTIONS, WIRE_DESTINATION_OPTIONS,
	WIRE_DESTINATION_OPTIONS, WIRE_DESTINATION_OPTIONS };

static void
with_eight_extensions(struct talk *talk)
{
	put_extensions(talk, nine, 8);
	packet_out(talk);
}

static void
ip_14_eight_extension_headers(struct play *play)
{
	say_all(play);
}

static void
odd_has_nine_extensions(struct talk *talk)
{
	if (is_odd())
		put_extensions(talk, nine, 9);
	packet_out(talk);
}

static void
ip_14_nine_extension_headers(struct play *play)
{
	say_all_and_an_odd_one(play);
}

static void
odd_overruns(struct talk *talk)
{
	if (is_odd()) {
		put_extensions(talk, nine, 1);
		ip_of(talk)[IP6_LEN + 1] = 255;
	}
	packet_out(talk);
}

static void
ip_14_an_extension_header_that_overruns(struct play *play)
{
	say_all_and_an_odd_one(play);
}

/* RFC 2675: the length is in a hop-by-hop option, and zero in its place. */
static void
odd_is_a_jumbogram(struct talk *talk)
{
	static const uint8_t kind = WIRE_HOP_BY_HOP;

	if (is_odd()) {
		put_extensions(talk, &kind, 1);
		memset(ip_of(talk) + 4, 0, 2);
		memcpy(ip_of(talk) + IP6_LEN + 2, "\xC2\4\0\1\1\0", 6);
	}
	packet_out(talk);
}

static void
ip_15_jumbogram(struct play *play)
{
	say_all_and_an_odd_one(play);
}

#define SENT(test, by)                                                         \
	{                                                                      \
		.name = #test, .write = test, .send = by                       \
	}
#define SENT6(test, by)                                                        \
	{                                                                      \
		.name = #test, .write = test, .send = by, .v6 = true           \
	}
#define ODD(test, by)                                                          \
	{                                                                      \
		.name = #test, .write = test, .send = by, .malformed = 1       \
	}
#define ODD6(test, by)                                                         \
	{                                                                      \
		.name = #test, .write = test, .send = by, .malformed = 1,      \
		.v6 = true                                                     \
	}

static const struct packet_case cases[] = {
	SENT(tcp_40_absurd_windows, windows_up_and_down),
	CASE(tcp_44_timestamps_wrap, 0),
	CASE(tcp_44_timestamps_end, 0),
	SENT(tcp_46_no_checksums, without_checksum),
	SENT(tcp_46_bad_checksums, with_a_bad_checksum),
	{ .name = "tcp_47_a_segment_that_does_not_live_long",
	    .write = tcp_47_a_segment_that_does_not_live_long,
	    .send = odd_lives_short,
	    .may = SIGHTING_OVERLAP },
	ODD(tcp_50_a_header_that_is_too_short, odd_offset_of_four),
	ODD(tcp_50_a_header_that_is_longer_than_all, odd_offset_of_fifteen),
	SENT(ip_04_syn_in_fragments, syns_in_pieces),
	SENT6(ip_04_syn_in_fragments, syns_in_pieces),
	{ .name = "ip_05_fragments_that_contradict_each_other",
	    .write = ip_05_fragments_that_contradict_each_other,
	    .send = in_contradicting_pieces,
	    .may = SIGHTING_OVERLAP },
	SENT(ip_07_tiny_fragments, in_pieces),
	SENT6(ip_07_tiny_fragments, in_pieces),
	SENT6(ip_14_each_extension_header, with_each_extension),
	SENT6(ip_14_eight_extension_headers, with_eight_extensions),
	ODD6(ip_14_nine_extension_headers, odd_has_nine_extensions),
	ODD6(ip_14_an_extension_header_that_overruns, odd_overruns),
	ODD6(ip_15_jumbogram, odd_is_a_jumbogram),
	SENT(ip_16_options, with_options),
	ODD(ip_16_a_header_that_is_too_short, odd_ihl_of_four),
	ODD(ip_16_a_packet_shorter_than_its_header, odd_total_of_sixteen),
	ODD(ip_16_a_packet_longer_than_its_frame, odd_total_of_more),
	SENT(ip_16_padding, padded),
	SENT6(ip_16_padding, padded),
	CASE(ip_19_jumbo_frames, 0),
	CASE(ip_19_segments_put_together_by_the_card, 0),
	SENT(ip_19_segments_beyond_what_ip_can_say, beyond_is_zero),
};

static void
each_case_is_the_same_from_every_view(void **state)
{
	(void)state;
	assert_int_equal(
	    packet_play_all(cases, sizeof(cases) / sizeof(cases[0])), 0);
}

/* --- options of TCP --------------------------------------------------------- */

static const struct option_row {
	const char *name;
	uint8_t len; /* a multiple of 4 */
	const char *bytes;
} option_rows[] = {
	{ "length 0", 4, "\2\0\1\1" },
	{ "length 1", 4, "\2\1\1\1" },
	{ "overrun", 4, "\3\50\1\1" },
	{ "a kind without length", 4, "\1\1\1\2" },
	{ "40 bytes of 255", 40,
	    "\377\377\377\377\377\377\377\377\377\377"
	    "\377\377\377\377\377\377\377\377\377\377"
	    "\377\377\377\377\377\377\377\377\377\377"
	    "\377\377\377\377\377\377\377\377\377\377" },
	{ "40 bytes that look like lines", 40,
	    "220 mx\r\n220 mx\r\n220 mx\r\n220 mx\r\n220 mx\r\n" },
	{ "MSS 0", 4, "\2\4\0\0" },
	{ "five blocks of SACK", 40,
	    "\5\52abcdefghijklmnopqrstuvwxyzabcdefghijkl" },
	{ "SACK of no block", 4, "\5\2\1\1" },
	{ "unknown, 27", 8, "\33\10abcdef" },
	{ "unknown, 253", 4, "\375\4ab" },
};

static const struct option_row *option_now;

static void
tcp_49_options(struct play *play)
{
	say_all(play);
	for (size_t i = 0; i < play->count; i++) {
		play->shot[i].options = option_now->bytes;
		play->shot[i].options_len = option_now->len;
	}
}

static void
tcp_49_options_of_all_kinds_are_passed_over(void **state)
{
	static const struct packet_case of = CASE(tcp_49_options, 0);

	(void)state;
	for (size_t i = 0; i < sizeof(option_rows) / sizeof(option_rows[0]);
	     i++) {
		option_now = &option_rows[i];
		print_message("%s\n", option_now->name);
		assert_int_equal(packet_play_all(&of, 1), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_the_same_from_every_view),
		cmocka_unit_test(tcp_49_options_of_all_kinds_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
