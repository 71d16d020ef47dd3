/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_software - greetings as programs write them, and what they claim.
 */
#include "dissectors/facts.h"
#include "dissectors/software.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
	struct slice text;
	const char *product, *version;
} greetings[] = {
	{ SLICE("mx.example.org ESMTP Postfix"), "Postfix", "" },
	{ SLICE("mx.example.org ESMTP Postfix (Debian/GNU)"), "Postfix", "" },
	{ SLICE("mx.example.org ESMTP Postfix (2.11.0)"), "Postfix", "2.11.0" },
	{ SLICE("mx ESMTP Exim 4.96 Tue, 24 Nov 2026 03:10:15 +0000"), "Exim", "4.96" },
	{ SLICE("mx ESMTP Exim 4.97-RC1 #2 Tue"), "Exim", "4.97-RC1" },
	{ SLICE("mx ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2; Tue"), "Sendmail", "8.17.1.9" },
	{ SLICE("mx ESMTP OpenSMTPD"), "OpenSMTPD", "" },
	{ SLICE("EX01.corp.example Microsoft ESMTP MAIL Service ready at Tue, 24 Nov"), "Exchange", "" },
	{ SLICE("WEB Microsoft ESMTP MAIL Service, Version: 10.0.14393.4169 ready at  Tue"), "Exchange", "10.0.14393.4169" },
	{ SLICE("mx.google.com ESMTP 5b1f17b1804b1-4a0 - gsmtp"), "Gmail", "" },
	{ SLICE("mail.example.org hMailServer ESMTP"), "hMailServer", "" },
	{ SLICE("mail ESMTP MailEnable Service, Version: 10.30-- ready at 11/24/26"), "MailEnable", "10.30" },
	{ SLICE("mail ESMTP MailEnable Service, Version: 10.48--10.48 ready"), "MailEnable", "10.48" },
	{ SLICE("box ESMTP Net::Server::Mail (Perl) Service ready"), "Net::Server::Mail", "" },
	{ SLICE("box -- E-MailRelay V2.1a -- Service ready"), "E-MailRelay", "2.1a" },
	{ SLICE("mx ESMTP Exim 4.96."), "Exim", "4.96" },
	{ SLICE("d.example ESMTP Service (IBM Domino Release 9.0.1FP8) ready at"), "Domino", "9.0.1FP8" },
	{ SLICE("d.example ESMTP Service (Lotus Domino Release 8.5.3) ready"), "Domino", "8.5.3" },
	{ SLICE("mx.example.org ESMTP Courier"), "Courier", "" },
	{ SLICE("mx.example.org ESMTP Haraka/3.0.2 ready"), "Haraka", "3.0.2" },
	{ SLICE("mx.example.org ESMTP Haraka 2.8.28 ready (8F1C)"), "Haraka", "2.8.28" },
	{ SLICE("box Python SMTP 1.4.3"), "aiosmtpd", "1.4.3" },
	{ SLICE("box Python SMTP proxy version 0.3"), "Python smtpd", "0.3" },
	{ SLICE("box NO UCE NO UBE NO RELAY PROBES ESMTP"), "Twisted", "" },
	{ SLICE("box Mailpit ESMTP Service ready"), "Mailpit", "" },
	{ SLICE("mailhog.example ESMTP MailHog"), "MailHog", "" },
	{ SLICE("EventMachine SMTP Server"), "MailCatcher", "" },
	{ SLICE("/127.0.0.1 GreenMail SMTP Service v2.0.1 ready"), "GreenMail", "2.0.1" },
	{ SLICE("box smtp4dev ready"), "smtp4dev", "" },
	{ SLICE("james SMTP Server (JAMES SMTP Server 2.3.2) ready"), "James", "2.3.2" },
	{ SLICE("mail.example.org Stalwart ESMTP at your service"), "Stalwart", "" },
	{ SLICE("mail.example.org Kerio Connect 9.2.1 ESMTP ready"), "Kerio Connect", "9.2.1" },
	{ SLICE("mail.example.org ESMTP MDaemon 13.0.5; Tue, 24 Nov"), "MDaemon", "13.0.5" },
	{ SLICE("foo.bar GroupWise Internet Agent 14.2.0 Ready"), "GroupWise", "14.2.0" },
	{ SLICE("foo.bar ESMTP CommuniGate Pro 5.4.10"), "CommuniGate", "5.4.10" },
	{ SLICE("mail.example.org Dovecot (Debian) ready."), "Dovecot", "" },
	{ SLICE("localhost ESMTP msmtpd"), "msmtpd", "" },
	{ SLICE("mail.inetsim.org INetSim Mail Service ready."), "INetSim", "" },
	{ SLICE("jeem.mail.pv ESMTP"), "Jeem", "" },
	{ SLICE("out.example (PowerMTA(TM) v4.0r8) ESMTP service ready"), "PowerMTA", "4.0r8" },
	{ SLICE("mail.example.org Mercury/32 v4.52 ESMTP server ready."), "Mercury/32", "4.52" },
	{ SLICE("[XMail 1.27 ESMTP Server] service ready; Tue"), "XMail", "1.27" },
	{ SLICE("mx.example.org ESMTP qpsmtpd 0.94 ready; send us your mail"), "qpsmtpd", "0.94" },
	{ SLICE("example.org Anti-spam GT for Coremail System (1example[20141201])"), "Coremail", "20141201" },
	{ SLICE("mx.example.org ESMTP YSmtpProxy service ready"), "Yahoo", "" },
	{ SLICE("mx.example.org ESMTP (0123456789abcdef0123456789abcdef)"), "Barracuda", "" },
	{ SLICE("mx.example.org ESMTP (0123456789abcdef)"), NULL, "" },
	{ SLICE("mx.example.org JAMES Linagora's SMTP awesome Server"), "James", "" },

	/* hosts are named after everything */
	{ SLICE("exim.example.org ESMTP Postfix"), "Postfix", "" },
	{ SLICE("postfix.example.org ESMTP"), NULL, "" },
	{ SLICE("mx.example.org ESMTP"), NULL, "" },
	{ SLICE("mx.example.org ESMTP Eximious"), NULL, "" },
	{ SLICE("mx.example.org ESMTP Exim-ish"), NULL, "" },
	{ SLICE("ESMTP service ready"), NULL, "" },
	{ SLICE("****************"), NULL, "" },
	{ SLICE(""), NULL, "" },

	/* more digits than there is room for */
	{ SLICE("mx ESMTP Exim 4.9600000000000000000000000000001"), "Exim", "4.96000000000000000" },
};
/* clang-format on */

static void
a_greeting_names_its_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(greetings); i++) {
		struct software software = { 0 };
		const char *product;

		software_hear_greeting(&software, greetings[i].text);
		product = software_product(&software);
		if (greetings[i].product == NULL) {
			assert_null(product);
		} else {
			assert_non_null(product);
			assert_string_equal(product, greetings[i].product);
		}
		assert_string_equal(software.version, greetings[i].version);
	}
}

static void
a_greeting_cut_anywhere_is_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(greetings); i++)
		for (size_t n = 0; n <= greetings[i].text.len; n++) {
			struct software software = { 0 };

			software_hear_greeting(
			    &software, slice_first(greetings[i].text, n));
			assert_true(
			    strlen(software.version) < SOFTWARE_VERSION_MAX);
		}
}

/* Every product of the sayings, and the points it can reach. */
static void
each_saying_is_well_made(void **state)
{
	(void)state;
	for (unsigned i = 0; i < software_saying_count; i++) {
		const struct software_saying *row = &software_sayings[i];

		assert_non_null(row->product);
		assert_true(strlen(row->product) < 24); /* what is told */
		for (size_t c = 0; c < row->also.len;
		     c++) /* commas alone divide */
			assert_false(slice_at(row->also, c) == ',' &&
			    slice_at(row->also, c + 1) == ' ');
		assert_true(row->points >= 1 && row->points <= 3);
		assert_true(row->occasion < SOFTWARE_OCCASIONS);
		assert_true((row->occasion == SAID_OFFER) == (row->code == 0));
	}
}

/* An order with a keyword that facts.c does not know can never be heard. */
static void
each_offer_is_of_known_keywords(void **state)
{
	(void)state;
	for (unsigned i = 0; i < software_saying_count; i++) {
		struct slice rest = software_sayings[i].text;

		if (software_sayings[i].occasion != SAID_OFFER)
			continue;
		while (rest.len > 0) {
			struct slice word = slice_word(&rest);

			if (slice_at(word, 0) == '+')
				word = slice_after(word, 1);
			if (keyword_of(word) < 0)
				fail_msg("%s", software_sayings[i].product);
		}
	}
}

/* The upper row is asked first: one that an upper one covers is dead. */
static void
no_saying_stands_twice(void **state)
{
	(void)state;
	for (unsigned i = 0; i < software_saying_count; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct software_saying *a = &software_sayings[i];
			const struct software_saying *b = &software_sayings[j];

			assert_false(a->occasion == b->occasion &&
			    a->code == b->code &&
			    slice_equal(a->text, b->text));
		}
}

/* clang-format off */
static const struct {
	const char *what;
	struct slice greeting;
	enum software_occasion occasion[3];
	uint16_t code[3];
	struct slice text[3];
	const char *product;
	enum software_source source;
	bool forged;
} dialogs[] = {
	{ "a hint is not enough", SLICE(""),
	  { SAID_MAIL }, { 250 }, { SLICE("2.1.0 Ok") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "case counts", SLICE(""),
	  { SAID_BODY }, { 250 }, { SLICE("Ok ID=1") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "so does the code", SLICE(""),
	  { SAID_BODY }, { 251 }, { SLICE("OK id=1") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "and what was asked", SLICE(""),
	  { SAID_RCPT }, { 250 }, { SLICE("OK id=1") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "an occasion votes once", SLICE(""),
	  { SAID_MAIL, SAID_MAIL, SAID_MAIL }, { 250, 250, 250 },
	  { SLICE("2.1.0 Ok"), SLICE("2.1.0 Ok"), SLICE("2.1.0 Ok") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "what nobody else says is enough", SLICE(""),
	  { SAID_BODY }, { 250 }, { SLICE("OK id=1") }, "Exim", SOFTWARE_BY_DIALOG, false },
	{ "a contradiction takes points", SLICE(""),
	  { SAID_BODY, SAID_DATA }, { 250, 354 },
	  { SLICE("OK id=1"), SLICE("Send it") }, NULL, SOFTWARE_UNKNOWN, false },
	{ "the greeting outranks the dialog", SLICE("mx ESMTP Postfix"),
	  { SAID_BODY }, { 250 }, { SLICE("OK id=1") }, "Postfix", SOFTWARE_BY_GREETING, true },
	{ "two points are no forgery", SLICE("mx ESMTP Postfix"),
	  { SAID_DATA }, { 354 }, { SLICE("Send it") }, "Postfix", SOFTWARE_BY_GREETING, false },
	{ "what fits the greeting weighs against", SLICE("mx ESMTP Postfix"),
	  { SAID_BODY, SAID_MAIL }, { 250, 250 },
	  { SLICE("OK id=1"), SLICE("2.1.0 Ok") }, "Postfix", SOFTWARE_BY_GREETING, false },
	{ "without '$' more may follow", SLICE(""),
	  { SAID_HELP }, { 214 }, { SLICE("2.0.0 This is sendmail version 8.17.1") }, "Sendmail", SOFTWARE_BY_DIALOG, false },
	{ "'?' is one byte", SLICE("mx ESMTP Exim"),
	  { SAID_BODY, SAID_OTHER }, { 250, 502 },
	  { SLICE("2.0.0 Ok: queued as Q1"), SLICE("5.5.2 Error: command not recognized") }, "Exim", SOFTWARE_BY_GREETING, false },
};
/* clang-format on */

static void
the_dialog_is_weighed_against_the_greeting(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dialogs); i++) {
		struct software software = { 0 };
		const char *product;

		software_hear_greeting(&software, dialogs[i].greeting);
		for (int n = 0; n < 3 && dialogs[i].code[n] != 0; n++)
			software_hear_reply(&software, dialogs[i].occasion[n],
			    dialogs[i].code[n], dialogs[i].text[n]);
		product = software_product(&software);
		if ((product == NULL) != (dialogs[i].product == NULL) ||
		    (product != NULL &&
			strcmp(product, dialogs[i].product) != 0) ||
		    software_source(&software) != dialogs[i].source ||
		    software_forged(&software) != dialogs[i].forged)
			fail_msg("%s: %s", dialogs[i].what,
			    product != NULL ? product : "(nobody)");
	}
}

/* '#' has to be the last: what is behind it is not looked at. */
static void
a_version_ends_its_pattern(void **state)
{
	(void)state;
	for (unsigned i = 0; i < software_saying_count; i++) {
		const struct slice text = software_sayings[i].text;
		const size_t mark = slice_find(text, '#');

		/* "(#5.5.1)" is qmail's own. */
		if (mark + 1 < text.len && slice_at(text, mark + 1) != '5')
			fail_msg("%s", software_sayings[i].product);
	}
}

/* A version of whom a dialog named first goes where it names another. */
static void
a_version_goes_with_its_program(void **state)
{
	struct software software = { 0 };

	(void)state;
	software_hear_reply(
	    &software, SAID_HELP, 214, slice_of_text("This is qpsmtpd 0.94"));
	assert_string_equal(software_product(&software), "qpsmtpd");
	assert_string_equal(software.version, "0.94");
	software_hear_reply(
	    &software, SAID_BODY, 250, slice_of_text("OK id=1"));
	assert_string_equal(software_product(&software), "Exim");
	assert_string_equal(software.version, "");

	software_hear_reply(
	    &software, SAID_QUIT, 221, slice_of_text("[XMail 1.27 ESMTP]"));
	assert_string_equal(software.version, "1.27");
	software_hear_greeting(&software, slice_of_text("mx ESMTP Postfix"));
	assert_string_equal(software_product(&software), "Postfix");
	assert_string_equal(software.version, "");
}

static const char *
product_of_offer(const char *const *names, unsigned count)
{
	struct software software = { 0 };
	uint8_t keywords[32];

	for (unsigned i = 0; i < count; i++)
		keywords[i] = (uint8_t)keyword_of(slice_of_text(names[i]));
	software_hear_offer(&software, keywords, count);
	return software_product(&software);
}

static void
the_order_of_an_offer_counts(void **state)
{
	static const char *const offer[] = { "PIPELINING", "SIZE",
		"ENHANCEDSTATUSCODES", "8BITMIME", "DSN" };
	static const char *const turned[] = { "SIZE", "PIPELINING",
		"ENHANCEDSTATUSCODES", "8BITMIME", "DSN" };
	static const char *const more[] = { "PIPELINING", "SIZE",
		"ENHANCEDSTATUSCODES", "8BITMIME", "DSN", "HELP" };

	(void)state;
	assert_string_equal(product_of_offer(offer, 5), "Postfix");
	assert_null(product_of_offer(offer, 3)); /* 8BITMIME is a must */
	assert_null(product_of_offer(turned, 5));
	assert_null(product_of_offer(more, 6));
	assert_null(product_of_offer(offer, 0));
}

/* Whatever is said, the counts stay in their bytes. */
static void
points_do_not_run_over(void **state)
{
	struct software software = { 0 };

	(void)state;
	software_hear_greeting(&software, slice_of_text("mx ESMTP Postfix"));
	for (int times = 0; times < 1000; times++)
		for (unsigned i = 0; i < software_saying_count; i++)
			software_hear_reply(&software,
			    (enum software_occasion)software_sayings[i]
				.occasion,
			    software_sayings[i].code, software_sayings[i].text);
	/* SETTLED, less one, and twice what a saying may add: HELP is late. */
	assert_true(software.points <= 11 && software.support <= 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_greeting_names_its_program),
		cmocka_unit_test(a_greeting_cut_anywhere_is_survived),
		cmocka_unit_test(each_saying_is_well_made),
		cmocka_unit_test(each_offer_is_of_known_keywords),
		cmocka_unit_test(no_saying_stands_twice),
		cmocka_unit_test(the_dialog_is_weighed_against_the_greeting),
		cmocka_unit_test(a_version_ends_its_pattern),
		cmocka_unit_test(a_version_goes_with_its_program),
		cmocka_unit_test(the_order_of_an_offer_counts),
		cmocka_unit_test(points_do_not_run_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
