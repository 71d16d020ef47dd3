/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_decoys - each look-alike of the design's list is named, and no mail
 * server with an odd name is.
 */
#include "dissectors/decoys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct opening {
	struct slice bytes;
	bool replies;
	enum label label;
};

/* clang-format off */
static const struct opening openings[] = {
	{ SLICE("SSH-2.0-OpenSSH_9.2p1\r\n"),           true,  LABEL_SSH },
	{ SLICE("SSH-2.0-PuTTY\r\n"),                   false, LABEL_SSH },
	{ SLICE("+OK Dovecot ready.\r\n"),              true,  LABEL_POP3 },
	{ SLICE("-ERR too many connections\r\n"),       true,  LABEL_POP3 },
	{ SLICE("-ERR unknown command 'EHLO'\r\n"),     true,  LABEL_REDIS },
	{ SLICE("* OK [CAPABILITY IMAP4rev1] hi\r\n"),  true,  LABEL_IMAP },
	{ SLICE("* SASL PLAIN\r\n"),                    true,  LABEL_OTHER },
	{ SLICE("HTTP/1.1 200 OK\r\n"),                 true,  LABEL_HTTP },
	{ SLICE("<!DOCTYPE html>"),                     true,  LABEL_HTTP },
	{ SLICE("GET / HTTP/1.1\r\n"),                  false, LABEL_HTTP },
	{ SLICE("PROPFIND /dav HTTP/1.1\r\n"),          false, LABEL_HTTP },
	{ SLICE("OPTIONS sip:nm SIP/2.0\r\n"),          false, LABEL_SIP },
	{ SLICE("OPTIONS / RTSP/1.0\r\n"),              false, LABEL_RTSP },
	{ SLICE("MESSAGE im:b SIP/2.0\r\n"),            false, LABEL_SIP },
	{ SLICE("SIP/2.0 200 OK\r\n"),                  true,  LABEL_SIP },
	{ SLICE("RTSP/1.0 200 OK\r\n"),                 true,  LABEL_RTSP },
	{ SLICE("ICAP/1.0 200 OK\r\n"),                 true,  LABEL_OTHER },
	{ SLICE("MSRP d93kswow SEND\r\n"),              false, LABEL_OTHER },
	{ SLICE("RFB 003.008\n"),                       true,  LABEL_RFB },
	{ SLICE(":irc.x 001 a :Welcome\r\n"),           true,  LABEL_IRC },
	{ SLICE(":irc.x NOTICE * :*** Looking up\r\n"), true,  LABEL_IRC },
	{ SLICE("NICK a\r\n"),                          false, LABEL_IRC },
	{ SLICE("<22>Jan  1 00:00:00 mx postfix: "),    false, LABEL_SYSLOG },
	{ SLICE("*3\r\n$5\r\nRPUSH\r\n"),               false, LABEL_REDIS },
	{ SLICE("\xff\xfd\x18\xff\xfd\x20"),            true,  LABEL_TELNET },
	{ SLICE("\"IMPLEMENTATION\" \"Dovecot\"\r\n"),  true,  LABEL_MANAGESIEVE },
	{ SLICE("@RSYNCD: 31.0\n"),                     true,  LABEL_RSYNC },
	{ SLICE("200 news.example.org InterNetNews NNRP server ready\r\n"), true, LABEL_NNTP },
	{ SLICE("201 news, no posting\r\n"),            true,  LABEL_NNTP },
	{ SLICE("200 poppassd v1.8 hello, who are you?\r\n"), true, LABEL_OTHER },
	{ SLICE("STAT pid 220\r\n"),                    true,  LABEL_MEMCACHED },
	{ SLICE("INFO {\"server_id\":\"N\"}\r\n"),      true,  LABEL_NATS },
	{ SLICE("CONNECT\naccept-version:1.2\n"),       false, LABEL_STOMP },
	{ SLICE("@PJL INFO ID\r\n"),                    true,  LABEL_PRINTER },
	{ SLICE("USERNAME upsmon\n"),                   false, LABEL_OTHER },
	{ SLICE("VER 0 MSNP8 CVR0\r\n"),                false, LABEL_OTHER },
	{ SLICE("<?xml version='1.0'?>"),               false, LABEL_XMPP },
	{ SLICE("\x16\x03\x03\x00\x7a"),                true,  LABEL_TLS },
	{ SLICE("\x13" "BitTorrent protocol"),          true,  LABEL_OTHER },
	{ SLICE("\x15\x03\x01\x00\x02\x02\x28"),        true,  LABEL_TLS },
	{ SLICE("\x1b%-12345X@PJL\r\n"),               false, LABEL_PRINTER },
	{ SLICE("$5\r\nhello\r\n"),                    true,  LABEL_REDIS },
	{ SLICE("* PREAUTH hi\r\n"),                   true,  LABEL_IMAP },
	{ SLICE("* BYE too many\r\n"),                 true,  LABEL_IMAP },
	{ SLICE("* AUTH PLAIN\r\n"),                   true,  LABEL_OTHER },
	{ SLICE("+PONG\r\n"),                          true,  LABEL_REDIS },
	{ SLICE("-ERR wrong number of arguments\r\n"), true,  LABEL_REDIS },
	{ SLICE("-NOAUTH Authentication required\r\n"), true, LABEL_REDIS },
	{ SLICE("-DENIED Redis is running\r\n"),       true,  LABEL_REDIS },
	{ SLICE(":a!b@c PRIVMSG #d :e\r\n"),           false, LABEL_IRC },
	{ SLICE("<html><body>"),                       true,  LABEL_HTTP },
	{ SLICE("<stream:stream to='a'>"),             false, LABEL_XMPP },
	{ SLICE("AMQP\x00\x00\x09\x01"),               false, LABEL_AMQP },
	{ SLICE("CAP LS 302\r\n"),                     false, LABEL_IRC },
	{ SLICE("CONNECTED\nversion:1.2\n"),           true,  LABEL_STOMP },
	{ SLICE("DESCRIBE rtsp://a/b RTSP/1.0\r\n"),   false, LABEL_RTSP },
	{ SLICE("FLAPON\r\n\r\n"),                     false, LABEL_OTHER },
	{ SLICE("HEAD / HTTP/1.0\r\n"),                false, LABEL_HTTP },
	{ SLICE("ICY 200 OK\r\n"),                     true,  LABEL_HTTP },
	{ SLICE("INVITE sip:a@b SIP/2.0\r\n"),         false, LABEL_SIP },
	{ SLICE("JDWP-Handshake"),                     true,  LABEL_OTHER },
	{ SLICE("NOTICE AUTH :*** Checking\r\n"),      true,  LABEL_IRC },
	{ SLICE("OPTIONS rtsp://a RTSP/1.0\r\n"),      false, LABEL_RTSP },
	{ SLICE("POST /a HTTP/1.1\r\n"),               false, LABEL_HTTP },
	{ SLICE("PUT /a HTTP/1.1\r\n"),                false, LABEL_HTTP },
	{ SLICE("PRI * HTTP/2.0\r\n"),                 false, LABEL_HTTP },
	{ SLICE("REGISTER sip:a SIP/2.0\r\n"),         false, LABEL_SIP },
	{ SLICE("REQMOD icap://a/b ICAP/1.0\r\n"),     false, LABEL_OTHER },
	{ SLICE("STOMP\naccept-version:1.2\n"),        false, LABEL_STOMP },
	{ SLICE("ZBXD\x01"),                           false, LABEL_OTHER },
	{ SLICE("\xff\xfb\x01"),                       true,  LABEL_TELNET },
	{ SLICE("\xff\xfc\x01"),                       true,  LABEL_TELNET },
	{ SLICE("\xff\xfe\x01"),                       true,  LABEL_TELNET },
	{ SLICE("get / http/1.1\r\n"),                 false, LABEL_HTTP },
	{ SLICE("\r\n  SSH-2.0-x\r\n"),                 true,  LABEL_SSH },

	{ SLICE("220 mx ESMTP Postfix\r\n"),            true,  LABEL_NONE },
	{ SLICE("200 MacGyver SMTP Ready.\r\n"),        true,  LABEL_NONE },
	{ SLICE("EHLO h\r\n"),                          false, LABEL_NONE },
	{ SLICE("helo * HTTP is no version\r\n"),       false, LABEL_NONE },
	{ SLICE("VERB\r\n"),                            false, LABEL_NONE },
	{ SLICE("CONNECT mx:25 HTTP/1.1\r\n"),          false, LABEL_NONE }, /* mail may follow */
	{ SLICE("\x16\x03\x01\x02\x00\x01"),            false, LABEL_NONE }, /* scanners' junk */
	{ SLICE("GET / HTTP/1.1\r\n"),                  true,  LABEL_NONE }, /* X4's and X5's affair */
	{ SLICE(""),                                    true,  LABEL_NONE },
	{ SLICE("\r\n"),                                true,  LABEL_NONE },
	{ SLICE("H"),                                   true,  LABEL_NONE },
};

static const struct {
	struct slice text;
	enum label label;
} greetings[] = {
	/* FTP in its many names */
	{ SLICE("(vsFTPd 3.0.3)"),                                    LABEL_FTP },
	{ SLICE("mail.example.com FTP server ready"),                 LABEL_FTP },
	{ SLICE("ProFTPD Server ready"),                              LABEL_FTP },
	{ SLICE("Microsoft FTP Service"),                             LABEL_FTP },
	{ SLICE("---------- Welcome to Pure-FTPd [privsep] ----------"), LABEL_FTP },
	{ SLICE("FileZilla Server 0.9.60 beta"),                      LABEL_FTP },
	{ SLICE("Serv-U v15.1 ready..."),                             LABEL_FTP },
	{ SLICE("WS_FTP Server 7.5"),                                 LABEL_FTP },
	{ SLICE("smtp.example.com vsFTPd-3.0.3 ready"),               LABEL_FTP },
	{ SLICE("zFTPServer admin v4"),                               LABEL_FTP },
	{ SLICE("ftp FTP server ready"),                              LABEL_FTP },

	/* the other greeters with 220 */
	{ SLICE("mx LMTP"),                                           LABEL_LMTP },
	{ SLICE("fax.example.org server (HylaFAX (tm) Version 6.0.7) ready."), LABEL_FAX },
	{ SLICE("QuickPage v3.3 SNPP server ready"),                  LABEL_PAGER },
	{ SLICE("vdr SVDRP VideoDiskRecorder 1.6.0; Sat"),            LABEL_VDR },
	{ SLICE("dict.org dictd 1.12.1/rf <auth.mime> <1@dict.org>"), LABEL_DICT },
	{ SLICE("AVG daemon mode scanner (SMTP)"),                    LABEL_SCANNER },
	{ SLICE("VMware Authentication Daemon Version 1.10: SSL Required"), LABEL_VMWARE },
	{ SLICE("mac.local RMATE TextMate (Darwin 10.8.0)"),          LABEL_OTHER },
	{ SLICE("backup AMANDA index server (3.5.1) ready."),         LABEL_OTHER },
	{ SLICE("host SAFT server (sendfiled 20060311) ready."),      LABEL_OTHER },
	{ SLICE("HP GGW server (version 1.0) ready"),                 LABEL_OTHER },
	{ SLICE("Qtopia transfer service ready!"),                    LABEL_OTHER },

	/* mail servers, whatever their hosts are called */
	{ SLICE("ftp.example.com ESMTP"),                             LABEL_NONE },
	{ SLICE("ftp ESMTP"),                                         LABEL_NONE },
	{ SLICE("lmtp.example.org ESMTP Postfix"),                    LABEL_NONE },
	{ SLICE("Welcome to [ftp.example.com] ESMTP"),                LABEL_NONE },
	{ SLICE("snpp.example.net Microsoft ESMTP MAIL Service ready"), LABEL_NONE },
	{ SLICE("mx.example.org ESMTP Postfix"),                      LABEL_NONE },
	{ SLICE("**************************"),                        LABEL_NONE },
	{ SLICE(""),                                                  LABEL_NONE },
	{ SLICE("mx ESMTP Bienvenue \xe0 tous"),                      LABEL_NONE },
};

static const struct {
	struct slice line;
	bool ftp;
} verbs[] = {
	{ SLICE("USER anonymous"), true },
	{ SLICE("pass x"),         true },
	{ SLICE("PASV"),           true },
	{ SLICE("AUTH TLS"),       true },
	{ SLICE("auth ssl"),       true },
	{ SLICE("ADAT AAAA"),      true },
	{ SLICE("AUTH GSSAPI"),    false }, /* SMTP has it, too */
	{ SLICE("AUTH PLAIN"),     false },
	{ SLICE("AUTH"),           false },
	{ SLICE("PASSIVE"),        false },
	{ SLICE("NOOP"),           false },
	{ SLICE("EHLO user"),      false },
	{ SLICE(""),               false },
};
/* clang-format on */

static void
a_foreign_first_line_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(openings); i++) {
		enum label label =
		    decoy_opening(openings[i].bytes, openings[i].replies);

		if (label != openings[i].label)
			fail_msg("row %zu is %s, wanted %s", i,
			    label_name(label), label_name(openings[i].label));
	}
}

static void
what_is_named_does_not_depend_on_the_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(openings); i++)
		for (size_t n = 0; n < openings[i].bytes.len; n++) {
			enum label early =
			    decoy_opening(slice_first(openings[i].bytes, n),
				openings[i].replies);

			if (early != LABEL_NONE && early != openings[i].label)
				fail_msg("row %zu cut at %zu is %s", i, n,
				    label_name(early));
		}
}

static void
a_greeter_that_is_no_mail_server_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(greetings); i++) {
		enum label label = decoy_greeting(greetings[i].text);

		if (label != greetings[i].label)
			fail_msg("greeting %zu is %s, wanted %s", i,
			    label_name(label), label_name(greetings[i].label));
	}
}

static void
ftp_verbs_are_told_from_those_it_shares(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (decoy_ftp_verb(verbs[i].line) != verbs[i].ftp)
			fail_msg("verb %zu", i);
}

static void
only_ftp_gives_these_codes(void **state)
{
	unsigned codes = 0;

	(void)state;
	for (unsigned code = 0; code < 1000; code++)
		codes += decoy_ftp_code(code);
	assert_int_equal(codes, 8);
	assert_true(decoy_ftp_code(331));
	assert_true(decoy_ftp_code(230));
	assert_false(decoy_ftp_code(220));
	assert_false(decoy_ftp_code(250));
	assert_false(decoy_ftp_code(235)); /* SMTP's AUTH */
}

static void
each_label_has_a_name_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(label_name(LABEL_NONE), "");
	for (unsigned a = 1; a < LABELS; a++)
		for (unsigned b = 0; b < a; b++)
			assert_string_not_equal(label_name((enum label)a),
			    label_name((enum label)b));
}

static void
a_whole_line_does_not_wait_for_more(void **state)
{
	const struct slice refused = slice_of("-ERR", 4);

	(void)state;
	assert_int_equal(decoy_opening(refused, true), LABEL_NONE);
	assert_int_equal(decoy_first_line(refused, true), LABEL_POP3);
	assert_int_equal(decoy_first_line(refused, false), LABEL_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_line_does_not_wait_for_more),
		cmocka_unit_test(a_foreign_first_line_is_named),
		cmocka_unit_test(what_is_named_does_not_depend_on_the_cut),
		cmocka_unit_test(a_greeter_that_is_no_mail_server_is_named),
		cmocka_unit_test(ftp_verbs_are_told_from_those_it_shares),
		cmocka_unit_test(only_ftp_gives_these_codes),
		cmocka_unit_test(each_label_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
