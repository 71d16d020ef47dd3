/* SPDX-License-Identifier: Apache-2.0 */
/* What servers say when they refuse by a list, and what only looks like it. */
#include "dissectors/blocklist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* NULL: no list; "": one without a name that we know. */
struct line {
	const char *text, *list;
};

static void
assert_lines(const struct line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned got = blocklist_of(slice_of_text(lines[i].text));
		const char *list = lines[i].list;

		if ((list == NULL) != (got == BLOCKLIST_NONE) ||
		    (list != NULL && strcmp(list, blocklist_name(got)) != 0))
			fail_msg("\"%s\": %u \"%s\"", lines[i].text, got,
			    blocklist_name(got));
	}
}

#define ASSERT_LINES(lines)                                                    \
	assert_lines(lines, sizeof(lines) / sizeof(*(lines)))

static void
a_list_is_known_by_its_name(void **state)
{
	static const struct line lines[] = {
		{ "blocked using ZEN.Spamhaus.org", "spamhaus" },
		{ "(https://www.spamhaus.org/sbl/query/1)", "spamhaus" },
		{ "<http://www.spamcop.net/bl.shtml?192.0.2.9>", "spamcop" },
		{ "found in dnsbl-1.uceprotect.net", "uceprotect" },
		{ "Dynamic IP, see dul.dnsbl.sorbs.net", "sorbs" },
		{ "blacklisted: bl.blocklist.de", "blocklist.de" },
		{ "https://ipcheck.proofpoint.com/?ip=192.0.2.9",
		    "proofpoint" },
		{ "your ip is on a blacklist (psbl.surriel.com)", "psbl" },
	};

	(void)state;
	ASSERT_LINES(lines);
}

static void
any_list_is_known_by_its_words(void **state)
{
	static const struct line lines[] = {
		{ "IP address is blacklisted", "" },
		{ "IP is on our Blacklists.", "" },
		{ "Your host is in a BLACK-LIST", "" },
		{ "part of their network is on our block list (S3140)", "" },
		{ "Denied by DNSBL", "" },
		{ "RBL: listed", "" },
		{ "listed at rbl.example.net", "" },
		{ "host blocked by blacklist.example.net", "" },
		{ "the low reputation of your IP", "" },
		{ "Access denied, banned sending IP [192.0.2.9]", "" },
		{ "blocked using their list", "" },
		{ "http://mx.example/blacklist", "" },
	};

	(void)state;
	ASSERT_LINES(lines);
}

static void
other_refusals_are_none(void **state)
{
	static const struct line lines[] = {
		{ "", NULL },
		{ "<spamhaus@b.example>: User unknown", NULL },
		{ "<\"a black list\"@b.example>: User unknown", NULL },
		{ "rbl@b.example is not known here", NULL },
		{ "no such list: black list@b.example", NULL },
		{ "user@blacklist.example does not exist", NULL },
		{ "Sender's domain rbl.example has no MX", NULL },
		{ "no relaying for mx.blacklist.example", NULL },
		{ "user not listed in Domino Directory", NULL },
		{ "marblrbl, turblist and warbler are not here", NULL },
		{ "No white list, no greylist", NULL },
		{ "blocked by policy", NULL },
		{ "unlisted using nothing", NULL },
		{ "your reputation is fine", NULL },
		{ "spamhausen is a village", NULL },
		{ "<", NULL },
		{ "< @ >", NULL },
		{ "@", NULL },
	};

	(void)state;
	ASSERT_LINES(lines);
}

static void
every_name_fits_and_there_is_a_last_one(void **state)
{
	unsigned list = BLOCKLIST_UNNAMED + 1;

	(void)state;
	assert_string_equal(blocklist_name(BLOCKLIST_NONE), "");
	assert_string_equal(blocklist_name(BLOCKLIST_UNNAMED), "");
	for (; *blocklist_name(list) != '\0'; list++)
		assert_true(strlen(blocklist_name(list)) <= 15);
	assert_true(list > 20);
	assert_string_equal(blocklist_name(UINT8_MAX), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_known_by_its_name),
		cmocka_unit_test(any_list_is_known_by_its_words),
		cmocka_unit_test(other_refusals_are_none),
		cmocka_unit_test(every_name_fits_and_there_is_a_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
