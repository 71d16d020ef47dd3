/* SPDX-License-Identifier: Apache-2.0 */
/* Reply lines, and the words that make them SMTP's. */
#include "dissectors/evidence.h"
#include "dissectors/smtp_greeting.h"
#include "dissectors/smtp_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
reply_lines_are_told_from_text(void **state)
{
	static const struct {
		struct slice line;
		uint16_t code; /* 0: no reply line */
		bool more, enhanced;
		struct slice text;
	} cases[] = {
		{ SLICE("220 mx"), 220, false, false, SLICE("mx") },
		{ SLICE("220-mx"), 220, true, false, SLICE("mx") },
		{ SLICE("220"), 220, false, false, SLICE("") },
		{ SLICE("220\tx"), 220, false, false, SLICE("x") },
		{ SLICE("250 2.1.0 Ok"), 250, false, true, SLICE("2.1.0 Ok") },
		{ SLICE("550 5.1.1"), 550, false, true, SLICE("5.1.1") },
		{ SLICE("250 2.1 Ok"), 250, false, false, SLICE("2.1 Ok") },
		{ SLICE("250 2.1.0.3 Ok"), 250, false, false,
		    SLICE("2.1.0.3 Ok") },
		{ SLICE("250 3.1.0 Ok"), 250, false, false, SLICE("3.1.0 Ok") },
		{ SLICE("250 2.1234.0 Ok"), 250, false, false,
		    SLICE("2.1234.0 Ok") },
		{ SLICE("4.7.0 later"), 400, false, true, SLICE("later") },
		{ SLICE("150 data"), 150, false, false, SLICE("data") },
		{ SLICE("650 x"), 0, false, false, SLICE("") },
		{ SLICE("22 x"), 0, false, false, SLICE("") },
		{ SLICE("2200 x"), 0, false, false, SLICE("") },
		{ SLICE("220.x"), 0, false, false, SLICE("") },
		{ SLICE(""), 0, false, false, SLICE("") },
	};
	struct smtp_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    smtp_reply_of(cases[i].line, &reply), cases[i].code != 0);
		if (cases[i].code == 0)
			continue;
		assert_int_equal(reply.code, cases[i].code);
		assert_int_equal(reply.more, cases[i].more);
		assert_int_equal(reply.enhanced, cases[i].enhanced);
		assert_true(slice_equal(reply.text, cases[i].text));
	}
}

static void
smtp_wording_is_a_word_or_two_verbs_without_ftp(void **state)
{
	static const struct {
		struct slice text;
		bool smtp;
	} cases[] = {
		{ SLICE("no SMTP service"), true },
		{ SLICE("no mail, please"), true },
		{ SLICE("ESMTP;"), true },
		{ SLICE("mail.example.com closing"), false },
		{ SLICE("an e-mail"), false },
		{ SLICE("EHLO HELO"), true },
		{ SLICE("NOOP DATA"), false },
		{ SLICE("DATA DATA"), false },
		{ SLICE("HELO MAIL USER PASS"), false },
		{ SLICE("goodbye"), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    smtp_wording_is_smtp(smtp_wording(cases[i].text)),
		    cases[i].smtp);
}

#define G1 (1U << ATOM_G1)
#define G2 (1U << ATOM_G2)
#define G3 (1U << ATOM_G3)

static void
a_greeting_is_weighed_by_its_words(void **state)
{
	static const struct {
		struct slice line;
		uint32_t atoms;
	} cases[] = {
		{ SLICE("220 mx ESMTP"), G1 | G2 },
		{ SLICE("220 mx.example.com SMTP ready"), G1 | G2 },
		{ SLICE("220-mx ESMTP Exim 4.96"), G1 | G2 },
		{ SLICE("220 ESMTP"), G1 }, /* the host is called so */
		{ SLICE("220 mx (SMTP)"), G1 },
		{ SLICE("220 mx [a (b) ESMTP]"), G1 },
		{ SLICE("220 mx (a) ESMTP"), G1 | G2 },
		{ SLICE("220 mx"), G1 },
		{ SLICE("220"), G1 },
		{ SLICE("220 2*****0**0"), G1 }, /* when it is whole */
		{ SLICE("220 ftp.example.com ESMTP"), G1 | G2 },
		{ SLICE("220 mail.example.com FTP server"), G1 },
		{ SLICE("220 mx ESMTP FTP"), G1 },
		{ SLICE("220-AVG daemon mode scanner (SMTP)"), G1 },
		{ SLICE("200 MacGyver SMTP Ready."), 0 },
		{ SLICE("554 no SMTP service here"), G3 },
		{ SLICE("554 go away"), 0 },
		{ SLICE("554 5.7.1 go away"), G3 },
		{ SLICE("521 go away"), G3 },
		{ SLICE("530 5.7.0 x"), G3 },
		{ SLICE("450 4.7.0 no SMTP"), 0 },
	};
	struct smtp_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(smtp_reply_of(cases[i].line, &reply));
		assert_int_equal(
		    smtp_greeting_of(&reply).atoms, cases[i].atoms);
	}
}

static void
stars_mask_a_line_that_has_no_letters_left(void **state)
{
	static const struct {
		struct slice text;
		bool masked;
	} cases[] = {
		{ SLICE("****"), true },
		{ SLICE("2*****0**0 ***"), true },
		{ SLICE("***"), false },
		{ SLICE(""), false },
		{ SLICE("**** FTP ****"), false },
		{ SLICE("****************z"), false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    smtp_greeting_masked(cases[i].text), cases[i].masked);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reply_lines_are_told_from_text),
		cmocka_unit_test(
		    smtp_wording_is_a_word_or_two_verbs_without_ftp),
		cmocka_unit_test(a_greeting_is_weighed_by_its_words),
		cmocka_unit_test(stars_mask_a_line_that_has_no_letters_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
