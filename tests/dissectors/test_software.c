/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_software - greetings as programs write them, and what they claim.
 */
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
	{ SLICE("mx ESMTP Exim 4.9600000000000000000000000000001"), "Exim", "4.960000000000000000000" },
};
/* clang-format on */

static void
a_greeting_names_its_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(greetings); i++) {
		struct software software =
		    software_of_greeting(greetings[i].text);

		if (greetings[i].product == NULL) {
			assert_null(software.product);
		} else {
			assert_non_null(software.product);
			assert_string_equal(
			    software.product, greetings[i].product);
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
			struct software software = software_of_greeting(
			    slice_first(greetings[i].text, n));

			assert_true(
			    strlen(software.version) < SOFTWARE_VERSION_MAX);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_greeting_names_its_program),
		cmocka_unit_test(a_greeting_cut_anywhere_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
