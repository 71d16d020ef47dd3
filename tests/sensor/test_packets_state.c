/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packets_state - how connections begin, end, and begin again; what is
 * lost for good; what is said in unusual lines and at an unusual pace.
 */
#include "tests/sensor/packet_case.h"

#define MINUTE (60 * UINT64_C(1000000000))

/* --- beginnings ------------------------------------------------------------ */

static void
bare(struct play *play, enum talker from, uint8_t flags)
{
	play_packet(play, from, flags, NULL, 0);
}

/* The same again; its number was counted. */
static void
again(struct play *play, enum talker from, uint8_t flags)
{
	play->seq[from]--;
	bare(play, from, flags);
}

static void
say_after_handshake(struct play *play)
{
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say_rest(play);
}

/* The server acknowledges, and then asks itself. */
static void
tcp_26_split_handshake_of_four(struct play *play)
{
	bare(play, TALK_CLIENT, WIRE_SYN);
	bare(play, TALK_SERVER, WIRE_SYN);
	again(play, TALK_CLIENT, WIRE_SYN | WIRE_ACK);
	bare(play, TALK_SERVER, WIRE_ACK);
	say_after_handshake(play);
}

static void
tcp_26_split_handshake_of_five(struct play *play)
{
	bare(play, TALK_CLIENT, WIRE_SYN);
	bare(play, TALK_SERVER, WIRE_ACK);
	bare(play, TALK_SERVER, WIRE_SYN);
	again(play, TALK_CLIENT, WIRE_SYN | WIRE_ACK);
	bare(play, TALK_SERVER, WIRE_ACK);
	say_after_handshake(play);
}

static void
tcp_27_simultaneous_open(struct play *play)
{
	bare(play, TALK_CLIENT, WIRE_SYN);
	bare(play, TALK_SERVER, WIRE_SYN);
	again(play, TALK_CLIENT, WIRE_SYN | WIRE_ACK);
	again(play, TALK_SERVER, WIRE_SYN | WIRE_ACK);
	say_after_handshake(play);
}

/* A SYN acknowledges nothing, whatever stands in that field. */
static void
acknowledge_on_the_syn(struct talk *talk)
{
	uint8_t *tcp = talk->wire.bytes + talk->wire.at + 20;

	if ((tcp[13] & (WIRE_SYN | WIRE_ACK)) == WIRE_SYN)
		memcpy(tcp + 8, "\xDE\xAD\xBE\xEF", 4);
	packet_out(talk);
}

static void
tcp_28_syn_with_an_acknowledgement(struct play *play)
{
	say_all(play);
}

/* --- ends ------------------------------------------------------------------ */

static void
reset(struct play *play, enum talker from)
{
	bare(play, from, WIRE_RST);
}

/* What was said was not acknowledged by anybody when it ends. */
static void
tcp_32_rst_before_data_is_acknowledged(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	reset(play, TALK_CLIENT);
}

/* The reply is queued behind a hole, which what comes after the RST fills. */
static void
tcp_32_rst_before_queued_data_is_whole(struct play *play)
{
	struct talk_shot rest;

	tcp_32_rst_before_data_is_acknowledged(play);
	rest = part_of(play, EHLO_REPLY, 0, 4);
	play->shot[EHLO_REPLY] =
	    part_of(play, EHLO_REPLY, 4, play->shot[EHLO_REPLY].len - 4);
	play_packet(play, TALK_SERVER, 0, NULL, 0);
	play->shot[play->count - 1] = rest;
}

static void
wait_before_last(struct play *play, uint64_t ns)
{
	play->shot[play->count - 1].wait_ns = ns;
}

static void
say_all_again(struct play *play, uint64_t after_ns)
{
	size_t first = play->count;

	say_all(play);
	play->shot[first].wait_ns = after_ns;
}

/* Within a minute of the first: its tuple is still in TIME_WAIT. */
static void
tcp_54_port_used_again(struct play *play)
{
	say_all(play);
	play->seq[TALK_CLIENT] += 100000;
	play->seq[TALK_SERVER] += 100000;
	say_all_again(play, MINUTE / 2);
}

static void
tcp_54_port_used_again_after_a_reset(struct play *play)
{
	say_all(play);
	play->count -= 3;
	reset(play, TALK_CLIENT);
	play->seq[TALK_CLIENT] += 100000;
	play->seq[TALK_SERVER] += 100000;
	say_all_again(play, MINUTE / 60);
}

static void
tcp_55_same_numbers_again(struct play *play)
{
	say_all(play);
	play->seq[TALK_CLIENT] = CLIENT_ISN;
	play->seq[TALK_SERVER] = SERVER_ISN;
	say_all_again(play, MINUTE / 2);
}

static void
tcp_56_http_before_smtp(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_CLIENT, "GET / HTTP/1.1\r\nHost: mx.example\r\n\r\n");
	say(play, TALK_SERVER, "HTTP/1.1 404 Not Found\r\n\r\n");
	play_hang_up(play, TALK_CLIENT);
	for (size_t i = 0; i < play->count; i++)
		play->shot[i].client_port = 39999;
	play->seq[TALK_CLIENT] += 100000;
	play->seq[TALK_SERVER] += 100000;
	say_all_again(play, MINUTE / 2);
}

/* --- what never comes ------------------------------------------------------ */

/* A recipient more: where the greeting is not whole, one answer is too little
 * and two are enough. */
static void
say_all_and_rcpt(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	say(play, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.0 Ok\r\n");
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.5 Ok\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static void
tcp_51_a_byte_of_the_greeting(struct play *play)
{
	say_all_and_rcpt(play);
	CUT(play, { 0, 10 }, { 11, 19 });
}

static void
tcp_51_most_of_the_greeting(struct play *play)
{
	say_all_and_rcpt(play);
	CUT(play, { 0, 3 }, { 28, 2 });
}

static void
tcp_51_the_beginning_of_the_greeting(struct play *play)
{
	say_all_and_rcpt(play);
	CUT(play, { 8, 22 });
}

static void
tcp_51_a_byte_and_one_answer(struct play *play)
{
	say_all(play);
	CUT(play, { 0, 10 }, { 11, 19 });
}

/* --- order and copies ------------------------------------------------------ */

static void
tcp_02_a_byte_a_segment(struct play *play)
{
	static const struct {
		enum talker from;
		const char *text;
	} lines[] = {
		{ TALK_SERVER, "220 mx.example ESMTP Postfix\r\n" },
		{ TALK_CLIENT, "EHLO client.example\r\n" },
		{ TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n" },
		{ TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n" },
		{ TALK_SERVER, "250 2.1.0 Ok\r\n" },
		{ TALK_CLIENT, "QUIT\r\n" },
		{ TALK_SERVER, "221 2.0.0 Bye\r\n" },
	};

	play_connect(play, TALK_CLIENT);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		say_bytewise(play, lines[i].from, lines[i].text);
	play_hang_up(play, TALK_CLIENT);
}

/* Each once more, behind the one that follows it. */
static void
tcp_04_every_segment_again(struct play *play)
{
	say_all(play);
	for (size_t i = FIN; i-- > GREETING;)
		insert(play, i + 2, play->shot[i]);
}

/* --- lines ----------------------------------------------------------------- */

static void
tcp_58_greeting_of_a_hundred_lines(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220-mx.example ESMTP Postfix\r\n");
	for (int i = 0; i < 98; i++)
		say(play, TALK_SERVER, "220-No spam, please, of any kind\r\n");
	say(play, TALK_SERVER, "220 mx.example\r\n");
	say_rest(play);
}

/* Longer than what is kept of a line. */
static void
tcp_58_greeting_of_a_hundred_long_lines(struct play *play)
{
	char line[600];

	memset(line, 'x', sizeof(line));
	memcpy(line, "220-", 4);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220-mx.example ESMTP Postfix\r\n");
	for (int i = 0; i < 98; i++)
		play_packet(play, TALK_SERVER, WIRE_ACK, line, sizeof(line));
	say(play, TALK_SERVER, "220 mx.example\r\n");
	say_rest(play);
}

static void
say_with(struct play *play, const char *end)
{
	static const struct {
		enum talker from;
		const char *text;
	} lines[] = {
		{ TALK_SERVER, "220 mx.example ESMTP Postfix" },
		{ TALK_CLIENT, "EHLO client.example" },
		{ TALK_SERVER, "250 mx.example" },
		{ TALK_CLIENT, "MAIL FROM:<a@client.example>" },
		{ TALK_SERVER, "250 2.1.0 Ok" },
		{ TALK_CLIENT, "QUIT" },
		{ TALK_SERVER, "221 2.0.0 Bye" },
	};
	char line[64];

	play_connect(play, TALK_CLIENT);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(line, sizeof(line), "%s%s", lines[i].text, end);
		say(play, lines[i].from, line);
	}
	play_hang_up(play, TALK_CLIENT);
}

static void
tcp_59_lf_alone(struct play *play)
{
	say_with(play, "\n");
}

static void
tcp_59_cr_alone(struct play *play)
{
	say_with(play, "\r");
}

static void
tcp_59_cr_cr_lf(struct play *play)
{
	say_with(play, "\r\r\n");
}

static void
tcp_59_nul_in_a_line(struct play *play)
{
	say_all(play);
	play->shot[EHLO_REPLY].bytes = "250-mx.exa\0ple\r\n250 8BITMIME\r\n";
}

static void
tcp_60_starttls(struct play *play)
{
	char record[600] = "\x16\x03\x01\x02\x53\x01";

	memset(record + 6, 0xA5, sizeof(record) - 6);
	memcpy(record + 100, "\r\n220 forged\r\nMAIL FROM:<x@y>\r\n", 31);
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 STARTTLS\r\n");
	say(play, TALK_CLIENT, "STARTTLS\r\n");
	say(play, TALK_SERVER, "220 2.0.0 Ready to start TLS\r\n");
	for (int i = 0; i < 6; i++)
		play_packet(play, i % 2 == 0 ? TALK_CLIENT : TALK_SERVER,
		    WIRE_PSH | WIRE_ACK, record, sizeof(record));
	play_hang_up(play, TALK_CLIENT);
}

/* --- pace ------------------------------------------------------------------ */

/* Two hours and more. */
static void
tcp_61_slow_drip(struct play *play)
{
	tcp_02_a_byte_a_segment(play);
	for (size_t i = 0; i < play->count; i++)
		play->shot[i].wait_ns = 29 * (MINUTE / 60);
	play_packet(play, TALK_CLIENT, WIRE_ACK, NULL, 0);
	wait_before_last(play, 3 * MINUTE);
}

static const struct packet_case cases[] = {
	CASE(tcp_02_a_byte_a_segment, 0),
	CASE(tcp_04_every_segment_again, 0),
	{ .name = "tcp_26_split_handshake_of_four",
	    .write = tcp_26_split_handshake_of_four,
	    .may = SIGHTING_ROLE_REVERSED },
	{ .name = "tcp_26_split_handshake_of_five",
	    .write = tcp_26_split_handshake_of_five,
	    .may = SIGHTING_ROLE_REVERSED },
	{ .name = "tcp_27_simultaneous_open",
	    .write = tcp_27_simultaneous_open,
	    .may = SIGHTING_ROLE_REVERSED },
	{ .name = "tcp_28_syn_with_an_acknowledgement",
	    .write = tcp_28_syn_with_an_acknowledgement,
	    .send = acknowledge_on_the_syn },
	CASE(tcp_32_rst_before_data_is_acknowledged, 0),
	CASE(tcp_32_rst_before_queued_data_is_whole, 0),
	{ .name = "tcp_51_a_byte_of_the_greeting",
	    .write = tcp_51_a_byte_of_the_greeting,
	    .flags = SIGHTING_GAP,
	    .blind = true },
	{ .name = "tcp_51_most_of_the_greeting",
	    .write = tcp_51_most_of_the_greeting,
	    .flags = SIGHTING_GAP,
	    .blind = true },
	{ .name = "tcp_51_the_beginning_of_the_greeting",
	    .write = tcp_51_the_beginning_of_the_greeting,
	    .flags = SIGHTING_GAP,
	    .blind = true },
	{ .name = "tcp_51_a_byte_and_one_answer",
	    .write = tcp_51_a_byte_and_one_answer,
	    .nobody = true },
	{ .name = "tcp_54_port_used_again",
	    .write = tcp_54_port_used_again,
	    .dialogs = 2,
	    .flows = 2 },
	{ .name = "tcp_54_port_used_again_after_a_reset",
	    .write = tcp_54_port_used_again_after_a_reset,
	    .dialogs = 2,
	    .flows = 2 },
	{ .name = "tcp_55_same_numbers_again",
	    .write = tcp_55_same_numbers_again,
	    .dialogs = 2,
	    .flows = 2 },
	{ .name = "tcp_56_http_before_smtp",
	    .write = tcp_56_http_before_smtp,
	    .flows = 2,
	    .refuted = 1 },
	{ .name = "tcp_58_greeting_of_a_hundred_lines",
	    .write = tcp_58_greeting_of_a_hundred_lines,
	    .blind = true },
	{ .name = "tcp_58_greeting_of_a_hundred_long_lines",
	    .write = tcp_58_greeting_of_a_hundred_long_lines,
	    .flags = SIGHTING_BOUND_HIT,
	    .blind = true },
	CASE(tcp_59_lf_alone, 0),
	{ .name = "tcp_59_cr_alone", .write = tcp_59_cr_alone, .nobody = true },
	CASE(tcp_59_cr_cr_lf, 0),
	CASE(tcp_59_nul_in_a_line, 0),
	CASE(tcp_60_starttls, 0),
	CASE(tcp_61_slow_drip, 0),
};

static void
each_case_is_the_same_from_every_view(void **state)
{
	(void)state;
	assert_int_equal(
	    packet_play_all(cases, sizeof(cases) / sizeof(cases[0])), 0);
}

/* --- any order ------------------------------------------------------------- */

#define SEEDS  100
#define PIECES 8

static unsigned random_state;

static size_t
draw(size_t below)
{
	random_state = random_state * 1103515245U + 12345U;
	return (random_state >> 16) % below;
}

/* A shot's bytes in pieces, in any order. */
static void
shuffle_shot(struct play *play, size_t at)
{
	struct talk_shot piece[PIECES];
	size_t len = play->shot[at].len, from = 0, count = 0;

	while (from < len) {
		size_t some =
		    count + 1 < PIECES ? 1 + draw(len - from) : len - from;

		piece[count++] = part_of(play, at, from, some);
		from += some;
	}
	take_out(play, at);
	while (count > 0) {
		size_t which = draw(count);

		insert(play, at, piece[which]);
		piece[which] = piece[--count];
	}
}

static void
tcp_05_any_order(struct play *play)
{
	say_all(play);
	for (size_t i = FIN; i-- > GREETING;)
		shuffle_shot(play, i);
}

static void
tcp_05_any_order_of_a_hundred_is_the_same(void **state)
{
	static const struct packet_case any = CASE(tcp_05_any_order, 0);
	struct play *play = calloc(1, sizeof(*play));

	(void)state;
	assert_non_null(play);
	for (unsigned seed = 0; seed < SEEDS; seed++)
		for (size_t v = 0; v < 4; v++) {
			random_state = seed;
			if (!packet_play(play, &any, &views[v]))
				fail_msg("seed %u", seed);
		}
	play_free(play);
}

/* --- what is counted besides ------------------------------------------------ */

/* Plays it as it is; the path is the caller's to look at and to end. */
static struct sighting
play_once(void (*write)(struct play *play), struct path *path)
{
	const struct packet_case of = { .name = "", .write = write };
	struct play *play = calloc(1, sizeof(*play));
	struct sighting seen = { 0 };

	assert_non_null(play);
	path_begin(path);
	packet_write(play, &of, &views[0], path);
	path_run(path);
	while (path_told(path, &seen))
		continue;
	play_free(play);
	return seen;
}

static void
tcp_04_what_comes_again_is_counted_as_that(void **state)
{
	struct path path;

	(void)state;
	play_once(tcp_04_every_segment_again, &path);
	assert_int_equal(path_counters(&path)->traffic.duplicates, 7);
	path_end(&path);
}

static void
tcp_58_what_is_beyond_a_bound_is_counted(void **state)
{
	const uint64_t *bound;
	struct path path;

	(void)state;
	play_once(tcp_58_greeting_of_a_hundred_long_lines, &path);
	bound = path_counters(&path)->bound;
	assert_int_equal(bound[0], 1); /* BOUND_LINE */
	for (int i = 1; i < SESSION_BOUNDS; i++)
		assert_int_equal(bound[i], 0);
	path_end(&path);
}

static void
tcp_60_under_tls_nothing_is_heard(void **state)
{
	struct path path;
	struct sighting seen;

	(void)state;
	seen = play_once(tcp_60_starttls, &path);
	assert_string_equal(
	    sighting_starttls_name((enum sighting_starttls)seen.starttls),
	    "used");
	assert_int_equal(seen.evidence & (1U << SIGHTING_V2), 0); /* no MAIL */
	assert_true(path_counters(&path)->not_followed >= 5 * 600);
	path_end(&path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_the_same_from_every_view),
		cmocka_unit_test(tcp_05_any_order_of_a_hundred_is_the_same),
		cmocka_unit_test(tcp_04_what_comes_again_is_counted_as_that),
		cmocka_unit_test(tcp_58_what_is_beyond_a_bound_is_counted),
		cmocka_unit_test(tcp_60_under_tls_nothing_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
