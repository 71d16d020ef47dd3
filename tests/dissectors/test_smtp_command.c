/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs as they are written, accepted, and ordered. */
#include "dissectors/smtp_command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
a_verb_is_asked_only_where_it_is_well_made(void **state)
{
	static const struct {
		struct slice line;
		enum smtp_verb verb;
		enum atom asked;
	} cases[] = {
		{ SLICE("EHLO h"), VERB_EHLO, ATOM_V1 },
		{ SLICE("ehlo"), VERB_EHLO, ATOM_V1 },
		{ SLICE("HeLo h"), VERB_HELO, ATOM_V1 },
		{ SLICE("EHLOX h"), VERB_OTHER, ATOM_NO },
		{ SLICE("LHLO h"), VERB_LHLO, ATOM_NO },
		{ SLICE("MAIL FROM:<a>"), VERB_MAIL, ATOM_V2 },
		{ SLICE("mail from: <a> SIZE=1"), VERB_MAIL, ATOM_V2 },
		{ SLICE("MAIL it"), VERB_MAIL, ATOM_NO },
		{ SLICE("RCPT TO:<a>"), VERB_RCPT, ATOM_V3 },
		{ SLICE("RCPT FROM:<a>"), VERB_RCPT, ATOM_NO },
		{ SLICE("DATA"), VERB_DATA, ATOM_V4 },
		{ SLICE("DATA x"), VERB_DATA, ATOM_NO },
		{ SLICE("BDAT 10"), VERB_BDAT, ATOM_V5 },
		{ SLICE("BDAT 10 last"), VERB_BDAT_LAST, ATOM_V5 },
		{ SLICE("BDAT x"), VERB_BDAT, ATOM_NO },
		{ SLICE("BDAT 9999999999"), VERB_BDAT, ATOM_NO },
		{ SLICE("AUTH PLAIN x"), VERB_AUTH, ATOM_V6 },
		{ SLICE("AUTH NONSENSE"), VERB_AUTH, ATOM_NO },
		{ SLICE("AUTH TLS"), VERB_FTP, ATOM_NO },
		{ SLICE("STARTTLS"), VERB_STARTTLS, ATOM_V7 },
		{ SLICE("X-ANONYMOUSTLS"), VERB_STARTTLS, ATOM_V7 },
		{ SLICE("XCLIENT A=b"), VERB_XCLIENT, ATOM_V8 },
		{ SLICE("ETRN x"), VERB_QUEUE, ATOM_V9 },
		{ SLICE("TURN"), VERB_TURN, ATOM_V9 },
		{ SLICE("QUIT"), VERB_QUIT, ATOM_NO },
		{ SLICE("USER x"), VERB_FTP, ATOM_NO },
		{ SLICE("GET / HTTP/1.0"), VERB_OTHER, ATOM_NO },
		{ SLICE("\x16\x03\x01"), VERB_JUNK, ATOM_NO },
		{ SLICE(""), VERB_OTHER, ATOM_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_command command = smtp_command_of(cases[i].line);

		assert_int_equal(command.verb, cases[i].verb);
		assert_int_equal(command.asked, cases[i].asked);
	}
}

static void
a_chunk_has_its_octets(void **state)
{
	const struct slice line = SLICE("BDAT 123456789 LAST");

	(void)state;
	assert_int_equal(smtp_command_of(line).octets, 123456789);
	assert_true(smtp_command_of(line).last);
}

static void
replies_accept_only_what_they_are_for(void **state)
{
	static const struct {
		enum smtp_verb verb;
		uint16_t code;
		enum acceptance acceptance;
	} cases[] = {
		{ VERB_EHLO, 250, ACCEPTED },
		{ VERB_EHLO, 220, NOT_ACCEPTED },
		{ VERB_EHLO, 500, NOT_ACCEPTED },
		{ VERB_MAIL, 250, ACCEPTED },
		{ VERB_MAIL, 251, NOT_ACCEPTED },
		{ VERB_RCPT, 251, ACCEPTED },
		{ VERB_RCPT, 450, ACCEPTED_WEAKLY },
		{ VERB_RCPT, 550, ACCEPTED_WEAKLY },
		{ VERB_RCPT, 500, NOT_ACCEPTED },
		{ VERB_DATA, 354, ACCEPTED },
		{ VERB_DATA, 250, NOT_ACCEPTED },
		{ VERB_AUTH, 334, ACCEPTED },
		{ VERB_AUTH, 235, ACCEPTED },
		{ VERB_AUTH, 535, ACCEPTED_WEAKLY },
		{ VERB_AUTH, 534, NOT_ACCEPTED },
		{ VERB_STARTTLS, 220, ACCEPTED },
		{ VERB_STARTTLS, 454, NOT_ACCEPTED },
		{ VERB_XCLIENT, 220, ACCEPTED },
		{ VERB_XCLIENT, 250, ACCEPTED },
		{ VERB_QUEUE, 252, ACCEPTED },
		{ VERB_QUEUE, 214, ACCEPTED },
		{ VERB_QUEUE, 550, NOT_ACCEPTED },
		{ VERB_OTHER, 250, NOT_ACCEPTED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(smtp_acceptance(cases[i].verb, cases[i].code),
		    cases[i].acceptance);
	assert_int_equal(smtp_accepted_atom(VERB_BDAT_LAST), ATOM_R5);
	assert_int_equal(smtp_accepted_atom(VERB_QUIT), ATOM_NO);
}

static void
verbs_out_of_order_begin_anew(void **state)
{
	struct smtp_order order = { 0 };

	(void)state;
	smtp_order_step(&order, ATOM_V3); /* begins nothing */
	assert_int_equal(order.run, 0);
	smtp_order_step(&order, ATOM_V1);
	smtp_order_step(&order, ATOM_V2);
	smtp_order_step(&order, ATOM_V3);
	assert_int_equal(
	    order.run, 1U << ATOM_V1 | 1U << ATOM_V2 | 1U << ATOM_V3);
	smtp_order_step(&order, ATOM_V2); /* not behind RCPT */
	assert_int_equal(order.run, 1U << ATOM_V2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verb_is_asked_only_where_it_is_well_made),
		cmocka_unit_test(a_chunk_has_its_octets),
		cmocka_unit_test(replies_accept_only_what_they_are_for),
		cmocka_unit_test(verbs_out_of_order_begin_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
