/* SPDX-License-Identifier: Apache-2.0 */
/* First bytes: a reply, a verb, somebody else's, or too few to tell. */
#include "dissectors/dialog.h"
#include "dissectors/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
first_bytes_are_told_apart(void **state)
{
	static const struct {
		struct slice bytes;
		bool replies;
		enum gate gate;
		enum label label;
	} cases[] = {
		{ SLICE(""), true, GATE_MORE, LABEL_NONE },
		{ SLICE("\r\n "), true, GATE_MORE, LABEL_NONE },
		{ SLICE("2"), true, GATE_MORE, LABEL_NONE },
		{ SLICE("220"), true, GATE_MORE, LABEL_NONE },
		{ SLICE("220 "), true, GATE_REPLY, LABEL_NONE },
		{ SLICE("220-"), true, GATE_REPLY, LABEL_NONE },
		{ SLICE("220\r"), true, GATE_REPLY, LABEL_NONE },
		{ SLICE("\r\n554 no"), true, GATE_REPLY, LABEL_NONE },
		{ SLICE("4.7.0 later"), true, GATE_REPLY, LABEL_NONE },
		{ SLICE("2200"), true, GATE_MORE, LABEL_NONE },
		{ SLICE("2200 and on and on"), true, GATE_OTHER, LABEL_NONE },
		{ SLICE("150 opening a data connection"), true, GATE_OTHER,
		    LABEL_NONE },
		{ SLICE("EH"), false, GATE_MORE, LABEL_NONE },
		{ SLICE("EHLO"), false, GATE_MORE, LABEL_NONE },
		{ SLICE("ehlo h"), false, GATE_VERB, LABEL_NONE },
		{ SLICE("QUIT\r\n"), false, GATE_VERB, LABEL_NONE },
		{ SLICE("  MAIL FROM:<a>"), false, GATE_VERB, LABEL_NONE },
		{ SLICE("PROXY TCP4 "), false, GATE_PREAMBLE, LABEL_NONE },
		{ SLICE("\r\n\r\n\0\r\nQUIT\n"), false, GATE_PREAMBLE,
		    LABEL_NONE },
		{ SLICE("\x04\x01"), false, GATE_PREAMBLE, LABEL_NONE },
		{ SLICE("\x05\x01\x00"), false, GATE_PREAMBLE, LABEL_NONE },
		{ SLICE("\x05\x01\x00"), true, GATE_MORE, LABEL_NONE },
		{ SLICE("CONNECT a:25 HTTP/1.1"), false, GATE_PREAMBLE,
		    LABEL_NONE },
		{ SLICE("CONNECT\n"), false, GATE_FOREIGN, LABEL_STOMP },
		{ SLICE("what on earth is"), false, GATE_OTHER, LABEL_NONE },
		{ SLICE("what on earth i"), false, GATE_MORE, LABEL_NONE },
		{ SLICE("GET / HTTP/1.1"), false, GATE_FOREIGN, LABEL_HTTP },
		{ SLICE("HTTP/1.1 200 OK"), true, GATE_FOREIGN, LABEL_HTTP },
		{ SLICE("SSH-2.0-x"), true, GATE_FOREIGN, LABEL_SSH },
		{ SLICE("+OK "), true, GATE_FOREIGN, LABEL_POP3 },
		{ SLICE("\x16\x03\x01\x02\x00\x01"), true, GATE_FOREIGN,
		    LABEL_TLS },
		/* a scanner's, to a mail server that has not spoken yet */
		{ SLICE("\x16\x03\x01\x02\x00\x01"), false, GATE_MORE,
		    LABEL_NONE },
		{ SLICE("\x16\x03\x01\x02\x00\x01\xfc\x03\x03qwertyuiop"),
		    false, GATE_OTHER, LABEL_NONE },
	};
	enum label label;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		label = LABEL_NONE;
		assert_int_equal(
		    gate_opening(cases[i].bytes, cases[i].replies, &label),
		    cases[i].gate);
		assert_int_equal(label, cases[i].label);
	}
}

/* What both sides of somebody else's connection say first. */
struct foreign {
	const char *name;
	struct slice client, server;
};

static const struct foreign foreigners[] = {
	{ "TLS", SLICE("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03qwertyuiopas"),
	    SLICE("\x16\x03\x03\0\x7a\x02\0\0\x76\x03\x03qwertyuiopas") },
	{ "TLS refused",
	    SLICE("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03qwerty"),
	    SLICE("\x15\x03\x01\0\x02\x02\x28") },
	{ "SSH", SLICE("SSH-2.0-OpenSSH_9.2\r\n"),
	    SLICE("SSH-2.0-OpenSSH_9.2\r\n") },
	{ "HTTP GET", SLICE("GET / HTTP/1.1\r\nHost: a\r\n"),
	    SLICE("HTTP/1.1 200 OK\r\n") },
	{ "HTTP POST", SLICE("POST /login HTTP/1.0\r\n"),
	    SLICE("HTTP/1.0 404 a\r\n") },
	{ "HTTP of another method", SLICE("PROPFIND /calendar HTTP/1.1\r\n"),
	    SLICE("HTTP/1.1 207 Multi-Status\r\n") },
	{ "HTTP/2", SLICE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
	    SLICE("\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64\0\x04\0") },
	{ "HTTP 0.9", SLICE("GET /\r\n"), SLICE("<html><body>hello") },
	{ "IRC", SLICE("NICK a\r\nUSER a 0 * :a\r\n"),
	    SLICE(":irc.example.net NOTICE * :***\r\n") },
	{ "IRC with capabilities", SLICE("CAP LS 302\r\nNICK a\r\n"),
	    SLICE("NOTICE AUTH :*** Looking up\r\n") },
	{ "POP3", SLICE("CAPA\r\n"), SLICE("+OK ready\r\n") },
	{ "IMAP", SLICE("a1 CAPABILITY\r\n"), SLICE("* OK [CAPABILITY\r\n") },
	{ "ManageSieve", SLICE("NOOP\r\n"),
	    SLICE("\"IMPLEMENTATION\" \"a\"\r\n") },
	{ "Redis", SLICE("*1\r\n$4\r\nPING\r\n"), SLICE("+PONG\r\n") },
	{ "RFB", SLICE("RFB 003.008\n"), SLICE("RFB 003.008\n") },
	{ "telnet", SLICE("\xff\xfd\x03\xff\xfb\x18"),
	    SLICE("\xff\xfd\x18\xff\xfd\x20") },
	{ "rsync", SLICE("@RSYNCD: 31.0\n"), SLICE("@RSYNCD: 31.0\n") },
	{ "SIP", SLICE("OPTIONS sip:a@b SIP/2.0\r\n"),
	    SLICE("SIP/2.0 200 OK\r\n") },
	{ "RTSP", SLICE("OPTIONS rtsp://a RTSP/1.0\r\n"),
	    SLICE("RTSP/1.0 200 OK\r\n") },
	{ "XMPP", SLICE("<?xml version='1.0'?><stream:"),
	    SLICE("<?xml version='1.0'?><stream:") },
	{ "syslog", SLICE("<22>Jan  1 00:00:00 a b"), SLICE("") },
	{ "BitTorrent",
	    SLICE("\x13"
		  "BitTorrent protocol"),
	    SLICE("\x13"
		  "BitTorrent protocol") },
	{ "AMQP", SLICE("AMQP\0\0\x09\x01"),
	    SLICE("\x01\0\0\0\0\x01\xfd\0\x0a\0\x0a\0\x09\0\0\x01") },
	{ "NATS", SLICE("CONNECT {\"verbose\":false}\r\n"),
	    SLICE("INFO {\"server_id\":1}\r\n") },
	{ "memcached", SLICE("stats\r\n"), SLICE("STAT pid 220\r\n") },
	{ "MySQL", SLICE("\x20\0\0\x01\x85\xa6\xff\x01\0\0\0\x01\x21\0\0\0"),
	    SLICE("\x4a\0\0\0\x0a"
		  "8.0.32\0\x08\0\0\0abcdef") },
	{ "PostgreSQL", SLICE("\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x29\0\x03\0\0"),
	    SLICE("N"
		  "R\0\0\0\x0c\0\0\0\x05"
		  "abcdR\0\0") },
	{ "SMB", SLICE("\0\0\0\x45\xffSMB\x72\0\0\0\0\x18\x01\x28"),
	    SLICE("\0\0\0\x45\xfeSMB\x40\0\0\0\0\0\0\0") },
	{ "RDP", SLICE("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03"),
	    SLICE("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x0f\x08\0\x02") },
	{ "DNS",
	    SLICE("\0\x1d\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07"
		  "e"),
	    SLICE("\0\x2d\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x07"
		  "e") },
	{ "random bytes",
	    SLICE(
		"\x8f\x1c\xd2\x99\x07\xe4\x5b\xb0\x33\x71\xa8\xfe\x62\x0d\xc5\x94"),
	    SLICE(
		"\xe1\x42\x9a\xbd\x5f\x08\xc3\x76\x2d\x90\xfb\x14\xae\x67\xd9\x3c") },
	{ "words", SLICE("anything at all, and"),
	    SLICE("whatever may be said") },
	{ "short lines", SLICE("a\nbc\ndefgh\nijkl\nmnopqrstuvwxyz"),
	    SLICE("hello\r\nthere\r\nyou who are listening") },
	{ "digits that are no code", SLICE("123456789012345678"),
	    SLICE("220000000000000000") },
};

/* Says the side's next byte, if it has one and anybody asks for it. */
static void
say_one(struct dialog *dialog, enum side side, struct slice said,
    unsigned heard[SIDES])
{
	if (dialog_over(dialog) || heard[side] >= said.len)
		return;
	dialog_hear(
	    dialog, side, slice_first(slice_after(said, heard[side]), 1));
	heard[side]++;
}

static void
hear_byte_by_byte(
    const struct foreign *foreign, enum side first, unsigned heard[SIDES])
{
	const struct dialog_opening opening = { .handshake = true };
	const struct slice said[SIDES] = { foreign->client, foreign->server };
	struct dialog dialog;

	dialog_begin(&dialog, &opening);
	dialog_notice(&dialog, SIDE_INITIATOR, false);
	dialog_notice(&dialog, SIDE_RESPONDER, false);
	for (int i = 0; i < 2 * GATE_MAX; i++) {
		say_one(&dialog, first, said[first], heard);
		say_one(
		    &dialog, side_other(first), said[side_other(first)], heard);
	}
	if (!dialog_over(&dialog))
		fail_msg("%s: more bytes are asked for", foreign->name);
	assert_int_not_equal(dialog.verdict, VERDICT_CONFIRMED);
	assert_int_not_equal(dialog.verdict, VERDICT_SUSPECTED);
}

static void
a_foreign_flow_is_settled_after_sixteen_bytes_a_side(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(foreigners) / sizeof(foreigners[0]); i++)
		for (int first = 0; first < SIDES; first++) {
			const struct foreign *foreign = &foreigners[i];
			unsigned heard[SIDES] = { 0 };

			hear_byte_by_byte(foreign, (enum side)first, heard);
			if (heard[SIDE_INITIATOR] > GATE_MAX ||
			    heard[SIDE_RESPONDER] > GATE_MAX)
				fail_msg("%s: %u and %u bytes", foreign->name,
				    heard[SIDE_INITIATOR],
				    heard[SIDE_RESPONDER]);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_are_told_apart),
		cmocka_unit_test(
		    a_foreign_flow_is_settled_after_sixteen_bytes_a_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
