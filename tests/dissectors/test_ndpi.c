/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ndpi - the second opinion names the four it was let in for, is shown
 * no secrets, gives back what it took, and is not missed where there is none.
 */
#include "dissectors/ndpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LINES_MAX    8

#ifdef STRAYMAIL_NO_NDPI
#define WANTED(label) ""
#else
#define WANTED(label) label
#endif

struct said {
	enum side from;
	struct slice line;
};

struct chat {
	const char *label;
	struct said said[LINES_MAX];
};

#define S(text)                                                                \
	{                                                                      \
		SIDE_RESPONDER, SLICE(text)                                    \
	}
#define C(text)                                                                \
	{                                                                      \
		SIDE_INITIATOR, SLICE(text)                                    \
	}

/* clang-format off */
static const struct chat chats[] = {
	{ WANTED("SMTP"), { S("220 mx ESMTP Postfix"), C("EHLO h"),
		S("250-mx"), S("250 8BITMIME"), C("MAIL FROM:<a@b>"), S("250 Ok") } },
	{ WANTED("SMTP"), { S("220 mx ESMTP"), C("ehlo h"), S("250 mx") } },
	{ WANTED("IMAP"), { S("* OK IMAP4rev1 ready"), C("a1 LOGIN x y"),
		S("a1 OK done") } },
	{ WANTED("POP3"), { S("+OK ready"), C("USER x"), S("+OK"), C("PASS y") } },
	/* a password may look like a verb */
	{ WANTED("POP3"), { S("+OK ready"), C("USER x"), S("+OK"),
		C("PASS USER y") } },
	{ WANTED("FTP_CONTROL"), { S("220 FTP server"), C("USER x"),
		S("331 Password"), C("PASS y"), S("230 In") } },
	{ "", { S("HTTP/1.1 200 OK"), S("Server: x") } },
	{ "", { S("SSH-2.0-x"), C("SSH-2.0-y") } },
	{ "", { { SIDE_INITIATOR, SLICE("") } } },
};
/* clang-format on */

static void
hear(struct ndpi_opinion *opinion, const struct chat *chat)
{
	for (size_t i = 0; i < LINES_MAX && chat->said[i].line.len > 0; i++)
		ndpi_opinion_hear(
		    opinion, chat->said[i].from, chat->said[i].line);
}

static void
it_names_what_it_was_let_in_for(void **state)
{
	struct ndpi *ndpi = ndpi_new(2);

	(void)state;
	for (size_t i = 0; i < COUNT(chats); i++) {
		struct ndpi_opinion *opinion = ndpi_opinion_begin(ndpi);

		hear(opinion, &chats[i]);
		assert_string_equal(
		    ndpi_opinion_label(opinion), chats[i].label);
		ndpi_opinion_end(ndpi, opinion);
	}
	ndpi_close(ndpi);
}

static void
what_one_dialog_said_is_forgotten_for_the_next(void **state)
{
	struct ndpi *ndpi = ndpi_new(1);
	struct ndpi_opinion *opinion = ndpi_opinion_begin(ndpi);

	(void)state;
	hear(opinion, &chats[0]);
	ndpi_opinion_end(ndpi, opinion);
	opinion = ndpi_opinion_begin(ndpi);
	assert_string_equal(ndpi_opinion_label(opinion), "");
	ndpi_opinion_end(ndpi, opinion);
	ndpi_close(ndpi);
}

static void
it_hears_nothing_from_auth_on(void **state)
{
	static const struct slice secrets[] = {
		SLICE("AUTH PLAIN AGEAYg=="),
		SLICE("auth login"),
		SLICE("a1 AUTHENTICATE PLAIN"),
		SLICE("X-EXPS GSSAPI"),
	};
	struct ndpi *ndpi = ndpi_new(1);

	(void)state;
	for (size_t i = 0; i < COUNT(secrets); i++) {
		struct ndpi_opinion *opinion = ndpi_opinion_begin(ndpi);

		ndpi_opinion_hear(opinion, SIDE_INITIATOR, secrets[i]);
		hear(opinion, &chats[0]);
		assert_string_equal(ndpi_opinion_label(opinion), "");
		ndpi_opinion_end(ndpi, opinion);
	}
	ndpi_close(ndpi);
}

static void
it_hears_twelve_lines_and_no_more(void **state)
{
	static const struct slice idle = SLICE("hello");
	struct ndpi *ndpi = ndpi_new(1);
	struct ndpi_opinion *opinion = ndpi_opinion_begin(ndpi);

	(void)state;
	for (int i = 0; i < 12; i++)
		ndpi_opinion_hear(opinion, SIDE_RESPONDER, idle);
	hear(opinion, &chats[0]);
	assert_string_equal(ndpi_opinion_label(opinion), "");
	ndpi_opinion_end(ndpi, opinion);
	ndpi_close(ndpi);
}

static void
lines_of_any_bytes_and_length_are_survived(void **state)
{
	static uint8_t bytes[4096];
	struct ndpi *ndpi = ndpi_new(1);
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct ndpi_opinion *opinion = ndpi_opinion_begin(ndpi);

		for (int i = 0; i < 12; i++) {
			for (size_t b = 0; b < sizeof(bytes); b++) {
				seed = seed * 1664525 + 1013904223;
				bytes[b] = (uint8_t)(seed >> 24);
			}
			ndpi_opinion_hear(opinion, (enum side)(seed >> 31),
			    slice_of(bytes, (seed >> 8) % sizeof(bytes)));
		}
		ndpi_opinion_end(ndpi, opinion);
	}
	ndpi_close(ndpi);
}

static void
when_all_are_in_use_a_dialog_goes_without(void **state)
{
	struct ndpi *ndpi = ndpi_new(2);
	struct ndpi_opinion *a = ndpi_opinion_begin(ndpi);
	struct ndpi_opinion *b = ndpi_opinion_begin(ndpi);

	(void)state;
	assert_null(ndpi_opinion_begin(ndpi));
	ndpi_opinion_hear(NULL, SIDE_INITIATOR, chats[0].said[0].line);
	assert_string_equal(ndpi_opinion_label(NULL), "");
	ndpi_opinion_end(ndpi, NULL);
	ndpi_opinion_end(ndpi, a);
#ifndef STRAYMAIL_NO_NDPI
	a = ndpi_opinion_begin(ndpi);
	assert_non_null(a);
	ndpi_opinion_end(ndpi, a);
#endif
	ndpi_opinion_end(ndpi, b);
	ndpi_close(ndpi);
	ndpi_close(NULL);
}

/* The vectors of the specification's reference implementation. */
static const struct {
	uint8_t source[16], destination[16];
	size_t len;
	uint16_t source_port, destination_port;
	const char *id;
} vectors[] = {
	{ { 128, 232, 110, 120 }, { 66, 35, 250, 204 }, 4, 34855, 80,
	    "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ { 0x20, 0x01, 0x04, 0x70, 0xe5, 0xbf, 0xde, 0xad, 0x49, 0x57, 0x21,
	      0x74, 0xe8, 0x2c, 0x48, 0x87 },
	    { 0x26, 0x07, 0xf8, 0xb0, 0x40, 0x0c, 0x0c, 0x03, 0, 0, 0, 0, 0, 0,
		0, 0x1a },
	    16, 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=" },
};

static void
a_community_id_is_the_same_from_both_ends(void **state)
{
	char there[COMMUNITY_ID_MAX] = "?", back[COMMUNITY_ID_MAX] = "?";

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		const struct slice source =
		    slice_of(vectors[i].source, vectors[i].len);
		const struct slice destination =
		    slice_of(vectors[i].destination, vectors[i].len);
		const bool wanted = *WANTED("x") != '\0';

		assert_int_equal(
		    community_id(&(struct community_tuple){ source, destination,
				     vectors[i].source_port,
				     vectors[i].destination_port },
			there),
		    wanted);
		assert_int_equal(
		    community_id(&(struct community_tuple){ destination, source,
				     vectors[i].destination_port,
				     vectors[i].source_port },
			back),
		    wanted);
		assert_string_equal(there, wanted ? vectors[i].id : "");
		assert_string_equal(back, there);
	}
}

static void
a_community_id_of_no_address_is_empty(void **state)
{
	const struct community_tuple odd = { slice_of("abc", 3),
		slice_of("abcd", 4), 1, 2 };
	char text[COMMUNITY_ID_MAX] = "?";

	(void)state;
	assert_false(community_id(&odd, text));
	assert_string_equal(text, "");
}

static void
it_says_which_release_it_is(void **state)
{
	(void)state;
	assert_true(strlen(ndpi_version()) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_names_what_it_was_let_in_for),
		cmocka_unit_test(
		    what_one_dialog_said_is_forgotten_for_the_next),
		cmocka_unit_test(it_hears_nothing_from_auth_on),
		cmocka_unit_test(it_hears_twelve_lines_and_no_more),
		cmocka_unit_test(lines_of_any_bytes_and_length_are_survived),
		cmocka_unit_test(when_all_are_in_use_a_dialog_goes_without),
		cmocka_unit_test(a_community_id_is_the_same_from_both_ends),
		cmocka_unit_test(a_community_id_of_no_address_is_empty),
		cmocka_unit_test(it_says_which_release_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
