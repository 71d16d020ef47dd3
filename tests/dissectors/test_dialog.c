/* SPDX-License-Identifier: Apache-2.0 */
/* The front door: news, ends and bounds. */
#include "dissectors/dialog.h"
#include "dissectors/ndpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
begin(struct dialog *dialog)
{
	const struct dialog_opening opening = { .handshake = true };

	dialog_begin(dialog, &opening);
	dialog_notice(dialog, SIDE_INITIATOR, false);
	dialog_notice(dialog, SIDE_RESPONDER, false);
}

static enum dialog_news
client(struct dialog *dialog, const char *text)
{
	return dialog_hear(dialog, SIDE_INITIATOR, slice_of_text(text));
}

static enum dialog_news
server(struct dialog *dialog, const char *text)
{
	return dialog_hear(dialog, SIDE_RESPONDER, slice_of_text(text));
}

static void
confirm(struct dialog *dialog)
{
	begin(dialog);
	server(dialog, "220 mx\r\n");
	client(dialog, "EHLO h\r\n");
	assert_int_equal(server(dialog, "250 mx\r\n"), NEWS_VERDICT);
	assert_int_equal(dialog->verdict, VERDICT_CONFIRMED);
}

static void
news_tell_what_is_worth_an_update(void **state)
{
	struct dialog dialog;

	(void)state;
	begin(&dialog);
	assert_int_equal(server(&dialog, "220 mx ESMTP"), NEWS_NONE);
	assert_int_equal(server(&dialog, "\r\n"), NEWS_VERDICT);
	assert_int_equal(dialog.verdict, VERDICT_SUSPECTED);
	assert_int_equal(client(&dialog, "EHLO h\r\n"), NEWS_NONE);
	assert_int_equal(server(&dialog, "250 mx\r\n"), NEWS_VERDICT);
	assert_int_equal(client(&dialog, "AUTH PLAIN x\r\n"), NEWS_FACTS);
	assert_int_equal(server(&dialog, "235 ok\r\n"), NEWS_NONE);
	assert_int_equal(client(&dialog, "MAIL FROM:<a>\r\n"), NEWS_NONE);
	server(&dialog, "250 ok\r\n");
	client(&dialog, "RCPT TO:<a>\r\n");
	server(&dialog, "250 ok\r\n");
	client(&dialog, "DATA\r\n");
	server(&dialog, "354 go\r\n");
	assert_int_equal(client(&dialog, "x\r\n.\r\n"), NEWS_NONE);
	assert_int_equal(server(&dialog, "250 ok\r\n"), NEWS_FACTS);
	client(&dialog, "STARTTLS\r\n");
	assert_int_equal(server(&dialog, "220 go\r\n"), NEWS_NONE);
	assert_false(dialog_over(&dialog));
	assert_int_equal(client(&dialog, "\x16\x03\x01"), NEWS_FACTS);
	assert_true(dialog_over(&dialog));
	assert_int_equal(dialog.session.facts.starttls, STARTTLS_USED);
	assert_int_equal(dialog_end(&dialog), NEWS_NONE);
}

/* A NUL may begin a SOCKS answer, so the server waits for its client's words. */
static void
what_was_held_back_is_heard_where_the_client_has_a_gap(void **state)
{
	static const char early[] = "\0"
				    "421 busy\r\n";
	struct dialog dialog;
	const struct facts *facts = &dialog.session.facts;

	(void)state;
	begin(&dialog);
	dialog_hear(
	    &dialog, SIDE_RESPONDER, slice_of(early, sizeof(early) - 1));
	assert_int_equal(facts->greeting_len, 0);
	dialog_gap(&dialog, SIDE_INITIATOR);
	assert_int_equal(facts->greeting_code, 421);
	server(&dialog, "220 mx\r\n");
	assert_int_equal(facts->greeting_len, strlen("421 busy"));
	assert_memory_equal(facts->greeting, "421 busy", facts->greeting_len);
	dialog_end(&dialog);
}

static void
the_end_gives_the_verdicts_that_waited(void **state)
{
	struct dialog dialog;

	(void)state;
	begin(&dialog);
	server(&dialog, "220 x\r\n");
	assert_false(dialog_over(&dialog));
	assert_int_equal(dialog_end(&dialog), NEWS_VERDICT);
	assert_int_equal(dialog.verdict, VERDICT_UNDECIDED);
	assert_true(dialog_over(&dialog));
	assert_int_equal(server(&dialog, "250 x\r\n"), NEWS_NONE);

	confirm(&dialog);
	assert_int_equal(dialog_end(&dialog), NEWS_NONE);
	assert_int_equal(dialog.verdict, VERDICT_CONFIRMED);
}

static void
a_foreign_first_line_ends_it_at_once(void **state)
{
	struct dialog dialog;

	(void)state;
	begin(&dialog);
	assert_int_equal(server(&dialog, "SSH-2.0-x"), NEWS_VERDICT);
	assert_int_equal(dialog.verdict, VERDICT_REFUTED);
	assert_int_equal(dialog.label, LABEL_SSH);
	assert_true(dialog_over(&dialog));
}

static void
progress_counts_whole_lines(void **state)
{
	struct dialog dialog;

	(void)state;
	begin(&dialog);
	server(&dialog, "220-a\r\n220-b\r\n220");
	assert_int_equal(dialog_progress(&dialog), 2);
	server(&dialog, " c\r\n");
	assert_int_equal(dialog_progress(&dialog), 3);
}

static void
an_undecided_dialog_hears_so_many_lines_and_bytes(void **state)
{
	static const struct {
		const char *line;
		unsigned heard; /* so many do not end it, one more does */
	} cases[] = {
		{ "250 hello\r\n", 64 },
		{ "220-hello\r\n", 65536 / 11 },
		{ "what is this\r\n", 64 },
		/* 8192 bytes and 256 a line */
		{ "250 "
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaaaa\r\n",
		    32 },
	};
	struct dialog dialog;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&dialog);
		for (unsigned n = 0; n < cases[i].heard; n++)
			server(&dialog, cases[i].line);
		assert_false(dialog_over(&dialog));
		server(&dialog, cases[i].line);
		assert_true(dialog_over(&dialog));
		assert_int_equal(dialog.verdict, VERDICT_UNDECIDED);
	}
}

static void
a_confirmed_dialog_hears_on(void **state)
{
	struct dialog dialog;

	(void)state;
	confirm(&dialog);
	for (int i = 0; i < 5000; i++) {
		client(&dialog, "NOOP\r\n");
		server(&dialog, "250 ok\r\n");
	}
	assert_false(dialog_over(&dialog));
}

static void
a_second_opinion_is_asked_only_of_what_may_be_smtp(void **state)
{
	struct ndpi *ndpi = ndpi_new(1);
	const struct dialog_opening opening = { .handshake = true,
		.ndpi = ndpi };
	struct dialog dialog;

	(void)state;
	if (ndpi == NULL)
		skip();               /* a build without */
	for (int i = 0; i < 2; i++) { /* the only one is given up */
		dialog_begin(&dialog, &opening);
		client(&dialog, "anything\r\n");
		assert_null(dialog.opinion);
		server(&dialog, "220 mx\r\n");
		assert_non_null(dialog.opinion);
		dialog_end(&dialog);
		assert_null(dialog.opinion);
		dialog_wipe(&dialog);
	}
	ndpi_close(ndpi);
}

/* What is open costs 2 KiB at most, nDPI's own apart; a verdict gives that up
 * as well, so that one opinion serves any number of confirmed dialogs. */
static void
a_verdict_gives_the_second_opinion_up_and_keeps_its_label(void **state)
{
	struct ndpi *ndpi = ndpi_new(1);
	const struct dialog_opening opening = { .handshake = true,
		.ndpi = ndpi };
	struct dialog dialog[8];

	(void)state;
	assert_in_range(sizeof(dialog[0]), 0, 2048);
	if (ndpi == NULL)
		skip(); /* a build without */
	for (size_t i = 0; i < sizeof(dialog) / sizeof(dialog[0]); i++) {
		dialog_begin(&dialog[i], &opening);
		server(&dialog[i], "220 mx ESMTP Postfix\r\n");
		client(&dialog[i], "EHLO h\r\n");
		assert_non_null(dialog[i].opinion);
		server(&dialog[i], "250-mx\r\n250 PIPELINING\r\n");
		assert_int_equal(dialog[i].verdict, VERDICT_CONFIRMED);
		assert_null(dialog[i].opinion);
		assert_string_equal(dialog_opinion(&dialog[i]), "SMTP");
	}
	for (size_t i = 0; i < sizeof(dialog) / sizeof(dialog[0]); i++) {
		dialog_end(&dialog[i]);
		assert_string_equal(dialog_opinion(&dialog[i]), "SMTP");
		dialog_wipe(&dialog[i]);
		assert_string_equal(dialog_opinion(&dialog[i]), "");
	}

	dialog_begin(&dialog[0], &opening);
	server(&dialog[0], "220 a\r\n");
	assert_non_null(dialog[0].opinion);
	client(&dialog[0], "USER a\r\n");
	server(&dialog[0], "331 b\r\n");
	assert_int_equal(dialog[0].verdict, VERDICT_REFUTED);
	assert_null(dialog[0].opinion);
	ndpi_close(ndpi);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_tell_what_is_worth_an_update),
		cmocka_unit_test(
		    what_was_held_back_is_heard_where_the_client_has_a_gap),
		cmocka_unit_test(the_end_gives_the_verdicts_that_waited),
		cmocka_unit_test(a_foreign_first_line_ends_it_at_once),
		cmocka_unit_test(progress_counts_whole_lines),
		cmocka_unit_test(
		    an_undecided_dialog_hears_so_many_lines_and_bytes),
		cmocka_unit_test(a_confirmed_dialog_hears_on),
		cmocka_unit_test(
		    a_second_opinion_is_asked_only_of_what_may_be_smtp),
		cmocka_unit_test(
		    a_verdict_gives_the_second_opinion_up_and_keeps_its_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
