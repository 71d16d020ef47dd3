/* SPDX-License-Identifier: Apache-2.0 */
/* Work grows with the bytes and no faster, whatever is said for ever. */
#include "tests/dissectors/work.h"

#include "dissectors/dialog.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* --- floods --------------------------------------------------------------- */

/* What was said before, one side after the other, the client first. */
struct stand {
	const char *name;
	const char *said[8];
	bool midstream;
};

/* What is said for ever: by one side, or by both in turn. */
struct flood {
	const char *name;
	struct slice client, server;
};

#define GREETED "", "220 mx\r\n", "EHLO h\r\n", "250 mx\r\n"

static const struct stand stands[] = {
	{ "at first", { NULL }, false },
	{ "suspected", { "", "220 mx ESMTP\r\n" }, false },
	{ "confirmed", { GREETED }, false },
	{ "midway", { NULL }, true },
	{ "within a body",
	    { GREETED, "MAIL FROM:<a>\r\nRCPT TO:<a>\r\nDATA\r\n",
		"250 a\r\n250 a\r\n354 a\r\n" },
	    false },
	{ "before 354", { GREETED, "MAIL FROM:<a>\r\nDATA\r\n" }, false },
	{ "within AUTH", { GREETED, "AUTH LOGIN\r\n", "334 a\r\n" }, false },
	{ "within PROXY", { "PROXY TCP4 " }, false },
	{ "within SOCKS5", { "\x05\x01\x01\x05\x01" }, false },
	{ "within CONNECT", { "CONNECT a:25 HTTP/1.1\r\n" }, false },
	{ "behind CONNECT",
	    { "CONNECT a:25 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 a\r\n" }, false },
};

static const struct flood floods[] = {
	{ "an endless line", SLICE("a"), SLICE("a") },
	{ "an endless reply line", SLICE(""), SLICE("220 ") },
	{ "an endless verb", SLICE("EHLO"), SLICE("") },
	{ "CRs", SLICE("\r"), SLICE("\r") },
	{ "a letter and CRs", SLICE("a\r\r\r\r\r\r\r"),
	    SLICE("a\r\r\r\r\r\r\r") },
	{ "NULs", SLICE("\0"), SLICE("\0") },
	{ "dots", SLICE("."), SLICE(".") },
	{ "dots alone", SLICE(".\r\n"), SLICE(".\r\n") },
	{ "empty lines", SLICE("\n"), SLICE("\n") },
	{ "tiny lines", SLICE("a\n"), SLICE("a\n") },
	{ "headers", SLICE("a: b\r\n"), SLICE("a: b\r\n") },
	{ "a greeting that goes on", SLICE(""), SLICE("220-a\r\n") },
	{ "an offer that goes on", SLICE(""), SLICE("250-SIZE 1\r\n") },
	{ "greetings", SLICE(""), SLICE("220 mx SMTP\r\n") },
	{ "replies without questions", SLICE(""), SLICE("250 a\r\n550 a\r\n") },
	{ "equal verbs", SLICE("NOOP\r\n"), SLICE("") },
	{ "pipelining", SLICE("RCPT TO:<a>\r\nNOOP\r\n"), SLICE("") },
	{ "mails at once", SLICE("MAIL FROM:<a>\r\nRCPT TO:<a>\r\nDATA\r\n"),
	    SLICE("") },
	{ "bodies at once", SLICE("DATA\r\n.\r\n"), SLICE("") },
	{ "bodies", SLICE("DATA\r\na\r\n.\r\n"), SLICE("354 a\r\n250 a\r\n") },
	{ "chunks", SLICE("BDAT 3\r\nabc"), SLICE("250 a\r\n") },
	{ "empty chunks", SLICE("BDAT 0\r\n"), SLICE("") },
	{ "huge chunks", SLICE("BDAT 4294967295\r\n"), SLICE("250 a\r\n") },
	{ "questions and answers", SLICE("RSET\r\nNOOP\r\n"),
	    SLICE("250 2.0.0 a\r\n250-a\r\n250 a\r\n") },
	{ "EHLOs", SLICE("EHLO a\r\n"),
	    SLICE("220 a\r\n250-PIPELINING\r\n250 SIZE\r\n") },
	{ "AUTHs", SLICE("AUTH LOGIN\r\nYQ==\r\n"), SLICE("334 YQ==\r\n") },
	{ "challenges", SLICE("YQ==\r\n"), SLICE("334 YQ==\r\n") },
	{ "both of one side", SLICE("220 a\r\nEHLO a\r\n"),
	    SLICE("EHLO a\r\n250 a\r\n") },
	{ "an echo", SLICE("NOOP a\r\n"), SLICE("NOOP a\r\n") },
	{ "PROXY", SLICE("PROXY TCP4 a b 1 2\r\n"), SLICE("220 a\r\n") },
	{ "PROXY v2", SLICE("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"),
	    SLICE("") },
	{ "SOCKS4", SLICE("\x04\x01\0\x19\0\0\0\x01zz"), SLICE("\0\x5a") },
	{ "SOCKS5", SLICE("\x05\x01\0\x05\x01\0\x01\x01\x02\x03\x04\0\x19"),
	    SLICE("\x05\0\x05\0\0\x01\x01\x02\x03\x04\0\x19") },
	{ "CONNECT", SLICE("CONNECT a:25 HTTP/1.1\r\n\r\n"),
	    SLICE("HTTP/1.1 200 a\r\n\r\n") },
};

/*
 * How a flood is cut, what of it was heard before, and how many bytes are once;
 * as many again are twice.  Either ends before the bounds on lines, preambles
 * and bodies are reached, or begins when they are behind: at a bound a flood
 * becomes another, for which the same holds.
 */
static const struct {
	size_t segment, before, once;
} cuts[] = {
	{ 500, 0, 4000 },
	{ 1, 0, 4000 },
	{ 1460, 60 * 1460, 10 * 1460 },
};

#define SEGMENT_MAX 1460
#define TEXT_MAX    64

static void
take_stand(struct dialog *dialog, const struct stand *stand)
{
	const struct dialog_opening opening = { .handshake = true,
		.midstream = stand->midstream };
	enum side from = SIDE_INITIATOR;

	dialog_begin(dialog, &opening);
	dialog_notice(dialog, SIDE_INITIATOR, false);
	dialog_notice(dialog, SIDE_RESPONDER, false);
	for (size_t i = 0; i < COUNT(stand->said) && stand->said[i] != NULL;
	     i++) {
		dialog_hear(dialog, from, slice_of_text(stand->said[i]));
		from = side_other(from);
	}
}

/* The same text over and over, and where the next segment of it begins. */
struct repeated {
	uint8_t bytes[SEGMENT_MAX + TEXT_MAX];
	size_t period, at;
};

static struct repeated
repeat(struct slice text)
{
	struct repeated all = { .period = text.len };

	assert_true(text.len <= TEXT_MAX);
	for (size_t i = 0; i < sizeof(all.bytes) && text.len > 0; i++)
		all.bytes[i] = slice_at(text, i % text.len);
	return all;
}

static struct slice
next_segment(struct repeated *all, size_t len)
{
	const struct slice segment = slice_of(all->bytes + all->at, len);

	all->at = (all->at + len) % all->period;
	return segment;
}

/* The work of so many bytes more of each side that speaks. */
static uint64_t
cost(struct dialog *dialog, struct repeated said[SIDES], size_t cut,
    size_t bytes)
{
	uint64_t sum = 0;

	for (size_t heard = 0; heard < bytes; heard += cut)
		for (int side = 0; side < SIDES; side++) {
			if (said[side].period == 0)
				continue;
			const struct slice segment =
			    next_segment(&said[side], cut);

			work = 0;
			dialog_hear(dialog, (enum side)side, segment);
			sum += work;
		}
	return sum;
}

/* A tenth is for what is not done twice: tables that fill, a first verdict. */
static void
assert_linear(const struct stand *stand, const struct flood *flood, size_t cut,
    size_t before, size_t bytes)
{
	struct repeated said[SIDES] = { repeat(flood->client),
		repeat(flood->server) };
	struct dialog dialog;
	uint64_t once, twice;

	take_stand(&dialog, stand);
	cost(&dialog, said, cut, before);
	once = cost(&dialog, said, cut, bytes);
	twice = once + cost(&dialog, said, cut, bytes);
	if (once == 0 || twice * 10 > once * 22)
		fail_msg("%s, %s, by %zu: %" PRIu64 ", then %" PRIu64,
		    stand->name, flood->name, cut, once, twice);
}

/* Both sides of a flood, and each alone. */
static void
assert_linear_from_each_side(
    const struct stand *stand, const struct flood *flood, size_t which)
{
	const struct flood alone[] = {
		{ flood->name, flood->client, SLICE("") },
		{ flood->name, SLICE(""), flood->server },
	};
	const size_t cut = cuts[which].segment, before = cuts[which].before;
	const size_t once = cuts[which].once;

	assert_linear(stand, flood, cut, before, once);
	if (flood->client.len == 0 || flood->server.len == 0)
		return;
	assert_linear(stand, &alone[SIDE_INITIATOR], cut, before, once);
	assert_linear(stand, &alone[SIDE_RESPONDER], cut, before, once);
}

static void
work_grows_with_the_bytes_and_no_faster(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stands); i++)
		for (size_t j = 0; j < COUNT(floods); j++)
			for (size_t k = 0; k < COUNT(cuts); k++)
				assert_linear_from_each_side(
				    &stands[i], &floods[j], k);
}

static void
a_million_tiny_lines_are_as_cheap_as_half_of_them(void **state)
{
	static const struct stand confirmed = { "confirmed", { GREETED },
		false };
	static const struct flood tiny[] = {
		{ "tiny lines", SLICE("a\n"), SLICE("") },
		{ "tiny lines", SLICE(""), SLICE("a\n") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tiny); i++)
		assert_linear(&confirmed, &tiny[i], SEGMENT_MAX, 0, 1000000);
}

/* What the rest leans on: each byte of a line is looked at, and it counts. */
static void
work_is_counted(void **state)
{
	static const struct stand confirmed = { "confirmed", { GREETED },
		false };
	struct repeated said[SIDES] = { repeat(slice_of_text("a")),
		repeat(slice_of_text("")) };
	struct dialog dialog;
	uint64_t whole, byte_by_byte;

	(void)state;
	take_stand(&dialog, &confirmed);
	whole = cost(&dialog, said, SEGMENT_MAX, SEGMENT_MAX);
	byte_by_byte = cost(&dialog, said, 1, SEGMENT_MAX);
	assert_true(whole > SEGMENT_MAX);
	assert_true(byte_by_byte > whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_counted),
		cmocka_unit_test(work_grows_with_the_bytes_and_no_faster),
		cmocka_unit_test(
		    a_million_tiny_lines_are_as_cheap_as_half_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
