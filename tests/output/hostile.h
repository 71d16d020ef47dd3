/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile - texts that an attacker puts into greetings, for every field and
 * every sink: terminal control, protocol injection, broken UTF-8, markup,
 * spreadsheet formulas, separators.
 */
#ifndef STRAYMAIL_TESTS_HOSTILE_H
#define STRAYMAIL_TESTS_HOSTILE_H

#include <stddef.h>

struct hostile_text {
	const char *bytes;
	size_t len;
};

#define HOSTILE(literal)                                                       \
	{                                                                      \
		"" literal, sizeof(literal) - 1                                \
	}

/* clang-format off */
static const struct hostile_text hostile_texts[] = {
	HOSTILE("\x1b[2J\x1b]0;pwn\x07"),
	HOSTILE("\x1b]52;c;cHduZWQ=\x07"),
	HOSTILE("\x9b" "31m"),
	HOSTILE("220 ok\b\b\b\rowned"),
	HOSTILE("\r\n*1\r\n$8\r\nFLUSHALL\r\n"),
	HOSTILE("\r\nCONFIG SET dir /etc\r\n"),
	HOSTILE("nul\0inside"),
	HOSTILE("%n%s%p"),
	HOSTILE("\"},{\"admin\":true}"),
	HOSTILE("\\u0000"),
	HOSTILE("\xed\xa0\x80"),
	HOSTILE("\xc0\xaf"),
	HOSTILE("cut \xe2\x82"),
	HOSTILE("\xe2\x80\xae\xe2\x81\xa6"),
	HOSTILE("\xef\xbb\xbf\xe2\x80\xa8"),
	HOSTILE("<script>alert(1)</script>"),
	HOSTILE("\"><img src=x onerror=alert(1)>"),
	HOSTILE("javascript:"),
	HOSTILE("{{7*7}}"),
	HOSTILE("${jndi:ldap://x}"),
	HOSTILE("=cmd|'/c calc'!A0"),
	HOSTILE("+1"),
	HOSTILE("-1+1"),
	HOSTILE("@SUM(1)"),
	HOSTILE("\t=1"),
	HOSTILE("\xc2\xa0=1"),
	HOSTILE("../../etc/passwd"),
	HOSTILE("'; DROP TABLE x"),
	HOSTILE("*?["),
	HOSTILE("{tag}"),
	HOSTILE("a:b|c"),
	HOSTILE(""),
	HOSTILE("\n2026-01-01 CRIT forged"),
	HOSTILE("<0>syslog"),
	HOSTILE("label\"\n"),
	HOSTILE("\x7f\x80\xff"),
};
/* clang-format on */

#define HOSTILE_TEXTS (sizeof(hostile_texts) / sizeof(hostile_texts[0]))

#endif
