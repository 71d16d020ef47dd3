/* SPDX-License-Identifier: Apache-2.0 */
/* First bytes: a reply, a verb, somebody else's, or too few to tell. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_bytes_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
