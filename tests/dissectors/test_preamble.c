/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preambles by themselves: however they are cut, what is behind them comes out
 * whole, and nothing of them.
 */
#include "dissectors/preamble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CANARY       "CANARY"

#define METHOD       "\x05\x01\x00"
#define TO_V4        "\x05\x01\x00\x01\xcb\x00\x71\x09\x09\xdd"
#define CHOSEN       "\x05\x00"
#define GRANTED      "\x05\x00\x00\x01\0\0\0\0\0\0"
#define V2           "\r\n\r\n\0\r\nQUIT\n"

/* clang-format off */
static const struct {
	const char *name;
	struct slice client, server; /* what is taken away */
	uint8_t via[PREAMBLES_MAX];
	enum preamble_host kind;
	struct slice host;
	uint16_t port;
} preambles[] = {
	{ "proxy v1", SLICE("PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n"), SLICE(""),
	    { VIA_PROXY_V1 }, HOST_NONE, SLICE(""), 0 },
	{ "proxy v2", SLICE(V2 "\x21\x11\x00\x0c" "abcdefgh\0\1\0\2"), SLICE(""),
	    { VIA_PROXY_V2 }, HOST_NONE, SLICE(""), 0 },
	{ "socks4", SLICE("\x04\x01\x09\xdd\xcb\x00\x71\x09" CANARY "\0"),
	    SLICE("\0\x5a\0\0\0\0\0\0"),
	    { VIA_SOCKS4 }, HOST_V4, SLICE("\xcb\x00\x71\x09"), 2525 },
	{ "socks4a", SLICE("\x04\x01\x09\xdd\0\0\0\x07" CANARY "\0mx.example\0"),
	    SLICE("\0\x5a\0\0\0\0\0\0"),
	    { VIA_SOCKS4A }, HOST_TEXT, SLICE("mx.example"), 2525 },
	{ "socks5", SLICE(METHOD TO_V4), SLICE(CHOSEN GRANTED),
	    { VIA_SOCKS5 }, HOST_V4, SLICE("\xcb\x00\x71\x09"), 2525 },
	{ "socks5 with a login",
	    SLICE("\x05\x02\x00\x02" "\x01\x06" CANARY "\x06" CANARY TO_V4),
	    SLICE("\x05\x02" "\x01\x00" GRANTED),
	    { VIA_SOCKS5 }, HOST_V4, SLICE("\xcb\x00\x71\x09"), 2525 },
	{ "connect",
	    SLICE("CONNECT " CANARY "@mx.example:2525 HTTP/1.1\r\n"
		"Proxy-Authorization: " CANARY "\r\n\r\n"),
	    SLICE("HTTP/1.1 200 OK\r\nX: " CANARY "\r\n\r\n"),
	    { VIA_HTTP_CONNECT }, HOST_TEXT, SLICE("mx.example"), 2525 },
	{ "proxy v2 and socks4", SLICE(V2 "\x20\0\0\0"
	    "\x04\x01\x09\xdd\xcb\x00\x71\x09\0"), SLICE("\0\x5a\0\0\0\0\0\0"),
	    { VIA_PROXY_V2, VIA_SOCKS4 }, HOST_V4, SLICE("\xcb\x00\x71\x09"), 2525 },
	{ "connect and socks5",
	    SLICE("CONNECT 10.0.0.1:1080 HTTP/1.1\r\n\r\n" METHOD TO_V4),
	    SLICE("HTTP/1.1 200 OK\r\n\r\n" CHOSEN GRANTED),
	    { VIA_HTTP_CONNECT, VIA_SOCKS5 }, HOST_V4,
	    SLICE("\xcb\x00\x71\x09"), 2525 },
};
/* clang-format on */

static const struct slice rest[SIDES] = { SLICE("EHLO h\r\n"),
	SLICE("220 mx ESMTP\r\n") };

/* Two sides, and what came out of each. */
struct ear {
	struct preamble preamble;
	struct line_splitter line[SIDES];
	char out[SIDES][2048];
	size_t len[SIDES];
};

static void
ear_begin(struct ear *ear)
{
	memset(ear, 0, sizeof(*ear));
	preamble_begin(&ear->preamble, true);
	line_begin(&ear->line[0]);
	line_begin(&ear->line[1]);
}

static void
put_out(struct ear *ear, enum side side, struct slice bytes)
{
	ear->len[side] += slice_bytes(ear->out[side] + ear->len[side],
	    sizeof(ear->out[side]) - ear->len[side], bytes);
}

/* A buffer of its own, so that an over-read is seen. */
static void
say(struct ear *ear, enum side from, struct slice said)
{
	uint8_t *copy = malloc(said.len > 0 ? said.len : 1);
	struct slice bytes = slice_of(
	    copy, slice_bytes(copy, said.len > 0 ? said.len : 1, said));
	unsigned freed = preamble_hear(&ear->preamble, ear->line, from, &bytes);

	for (int i = 0; i < SIDES; i++) {
		struct line_splitter *line = &ear->line[i];

		if ((freed >> i & 1) == 0)
			continue;
		put_out(ear, (enum side)i, line_unfinished(line));
		line_shed(line, line_unfinished(line).len);
	}
	put_out(ear, from, bytes);
	free(copy);
}

static void
expect_taken(const struct ear *ear, size_t i)
{
	const struct preamble_target *target = &ear->preamble.target;

	if (!preamble_over(&ear->preamble) || ear->preamble.refused ||
	    memcmp(ear->preamble.via, preambles[i].via, PREAMBLES_MAX) != 0 ||
	    target->kind != preambles[i].kind ||
	    target->port != preambles[i].port ||
	    !slice_equal(
		slice_of(target->host, target->len), preambles[i].host))
		fail_msg("%s: not understood", preambles[i].name);
	for (int side = 0; side < SIDES; side++)
		if (!slice_equal(
			slice_of(ear->out[side], ear->len[side]), rest[side]))
			fail_msg("%s: side %d: %zu bytes came out",
			    preambles[i].name, side, ear->len[side]);
	if (memmem(ear, sizeof(*ear), CANARY, strlen(CANARY)) != NULL)
		fail_msg("%s: a secret is kept", preambles[i].name);
}

static void
say_in_parts(struct ear *ear, enum side from, struct slice said, size_t parts)
{
	for (; said.len > 0; said = slice_after(said, parts))
		say(ear, from, slice_first(said, parts));
}

static void
a_preamble_is_taken_away_in_parts_of_any_size(void **state)
{
	struct ear ear;

	(void)state;
	for (size_t i = 0; i < COUNT(preambles); i++)
		for (size_t parts = 1; parts < 100; parts++) {
			ear_begin(&ear);
			say_in_parts(
			    &ear, SIDE_INITIATOR, preambles[i].client, parts);
			say_in_parts(
			    &ear, SIDE_RESPONDER, preambles[i].server, parts);
			say(&ear, SIDE_RESPONDER, rest[SIDE_RESPONDER]);
			say(&ear, SIDE_INITIATOR, rest[SIDE_INITIATOR]);
			expect_taken(&ear, i);
		}
}

/* The client's bytes with what is behind them, cut once anywhere; then all of
 * the server's. */
static void
a_client_that_waits_for_nothing_is_understood_wherever_it_is_cut(void **state)
{
	uint8_t whole[512];
	struct ear ear;

	(void)state;
	for (size_t i = 0; i < COUNT(preambles); i++) {
		size_t len = slice_bytes(whole, 256, preambles[i].client);

		len += slice_bytes(whole + len, 64, rest[SIDE_INITIATOR]);
		for (size_t cut = 0; cut <= len; cut++) {
			ear_begin(&ear);
			say(&ear, SIDE_INITIATOR, slice_of(whole, cut));
			say(&ear, SIDE_INITIATOR,
			    slice_of(whole + cut, len - cut));
			say(&ear, SIDE_RESPONDER, preambles[i].server);
			say(&ear, SIDE_RESPONDER, rest[SIDE_RESPONDER]);
			expect_taken(&ear, i);
		}
	}
}

/* clang-format off */
static const struct slice strangers[] = {
	SLICE("EHLO h\r\n"), SLICE("GET / HTTP/1.1\r\n"), SLICE("P"), SLICE("CONN\r\n"),
	SLICE("\r\n\r\nEHLO h\r\n"), SLICE("\r\n\r\n\0\r\nQUIT\r\n"),
	SLICE("PROXY TCP7 1 2 3 4\r\n"), SLICE("CONNECT mx:0 HTTP/1.1\r\n"),
	SLICE("CONNECT mx:65536 HTTP/1.1\r\n"), SLICE("CONNECT :25 HTTP/1.1\r\n"),
	SLICE("CONNECT mx:25 FTP/1.1\r\n"), SLICE("CONNECT mx:2x5 HTTP/1.1\r\n"),
	SLICE("CONNECT mx:+25 HTTP/1.1\r\n"),
	SLICE("\x05\x00\x0b\x03\x10\0\0\0"), SLICE("\x04\x02\0\x19\1\2\3\4\0"),
	SLICE("\x04\x01\0\0\1\2\3\4\0"), SLICE(V2 "\x33"),
};
/* clang-format on */

static void
what_is_no_preamble_is_given_back(void **state)
{
	struct ear ear;

	(void)state;
	for (size_t i = 0; i < COUNT(strangers); i++)
		for (size_t step = 1; step <= strangers[i].len; step++) {
			ear_begin(&ear);
			for (size_t at = 0; at < strangers[i].len; at += step)
				say(&ear, SIDE_INITIATOR,
				    slice_first(
					slice_after(strangers[i], at), step));
			put_out(&ear, SIDE_INITIATOR,
			    line_unfinished(&ear.line[SIDE_INITIATOR]));
			if (!slice_equal(
				slice_of(ear.out[0], ear.len[0]), strangers[i]))
				fail_msg("stranger %zu by %zu", i, step);
			assert_int_equal(ear.preamble.layers, 0);
		}
}

/* Settled after a handful of bytes, whatever they are: see gate.h. */
static void
noise_behind_a_four_or_a_five_is_given_up_soon(void **state)
{
	struct slice noise[] = { SLICE("\x05\x03\1\2\3\xff\xff\xff"),
		SLICE("\x04\x01\2\3\4\5\6\7\x08"),
		SLICE("\x05\x01\x00\x05\x01\x00\x07"),
		SLICE("\x05\x01\x00\x05\x02\x00\x01") };
	struct ear ear;

	(void)state;
	for (size_t i = 0; i < COUNT(noise); i++) {
		ear_begin(&ear);
		say(&ear, SIDE_INITIATOR, noise[i]);
		assert_true(preamble_passed(&ear.preamble, SIDE_INITIATOR));
		assert_int_equal(ear.preamble.layers, 0);
	}
}

static void
a_server_is_held_for_sixteen_bytes_at_most(void **state)
{
	const struct slice zero = SLICE("\0");
	struct ear ear;

	(void)state;
	ear_begin(&ear);
	for (int i = 0; i < 16; i++)
		say(&ear, SIDE_RESPONDER, zero);
	assert_true(preamble_passed(&ear.preamble, SIDE_RESPONDER));
	assert_int_equal(ear.len[SIDE_RESPONDER], 16);
}

static void
no_side_is_passed_over_for_ever(void **state)
{
	static const struct slice begin[] = { SLICE(
						  "CONNECT mx:25 HTTP/1.1\r\n"),
		SLICE("\x04\x01\0\x19\1\2\3\4"), SLICE(V2 "\x21\x11\xff\xff"),
		SLICE("PROXY ") };
	const struct slice more = SLICE("x");
	struct ear ear;

	(void)state;
	for (size_t i = 0; i < COUNT(begin); i++) {
		ear_begin(&ear);
		say(&ear, SIDE_INITIATOR, begin[i]);
		for (int n = 0; n < 65536; n++) {
			ear.len[SIDE_INITIATOR] = 0;
			say(&ear, SIDE_INITIATOR, more);
		}
		assert_true(preamble_passed(&ear.preamble, SIDE_INITIATOR));
	}
}

static void
a_long_name_is_cut(void **state)
{
	char request[7 + 255] = { 5, 1, 0, 3, (char)255 };
	struct ear ear;

	(void)state;
	memset(request + 5, 'a', 255);
	request[261] = 25;
	ear_begin(&ear);
	say(&ear, SIDE_INITIATOR, (struct slice)SLICE(METHOD));
	say(&ear, SIDE_INITIATOR, slice_of(request, sizeof(request)));
	assert_int_equal(ear.preamble.target.len, PREAMBLE_HOST_MAX);
	assert_int_equal(ear.preamble.target.port, 25);
	assert_false(ear.preamble.refused);
}

static void
a_dialog_joined_midway_has_none(void **state)
{
	struct preamble preamble;

	(void)state;
	preamble_begin(&preamble, false);
	assert_true(preamble_over(&preamble));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preamble_is_taken_away_in_parts_of_any_size),
		cmocka_unit_test(
		    a_client_that_waits_for_nothing_is_understood_wherever_it_is_cut),
		cmocka_unit_test(what_is_no_preamble_is_given_back),
		cmocka_unit_test(
		    noise_behind_a_four_or_a_five_is_given_up_soon),
		cmocka_unit_test(a_server_is_held_for_sixteen_bytes_at_most),
		cmocka_unit_test(no_side_is_passed_over_for_ever),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(a_dialog_joined_midway_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
