/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sanitize - whatever the network said, the result is plain ASCII.
 */
#include "tests/output/hostile.h"

#include "output/sanitize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
assert_fit_to_show(const char *text, size_t len)
{
	assert_int_equal(strlen(text), len);
	for (size_t i = 0; i < len; i++) {
		assert_in_range(text[i], 0x20, 0x7e);
		assert_int_not_equal(text[i], '"');
		if (text[i] == '\\') { /* only as the head of a whole escape */
			assert_true(len - i >= 4);
			assert_int_equal(text[i + 1], 'x');
			assert_non_null(
			    strchr("0123456789ABCDEF", text[i + 2]));
			assert_non_null(
			    strchr("0123456789ABCDEF", text[i + 3]));
		}
	}
}

static void
each_byte_stays_or_is_escaped(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
		bool changed;
	} cases[] = {
		{ "220 mx ESMTP", 12, "220 mx ESMTP", false },
		{ "", 0, "", false },
		{ "~ ", 2, "~ ", false },
		{ "a\"b", 3, "a\\x22b", true },
		{ "a\\b", 3, "a\\x5Cb", true },
		{ "a\0b", 3, "a\\x00b", true },
		{ "\x1b[2J", 4, "\\x1B[2J", true },
		{ "\x7f\x80\xff", 3, "\\x7F\\x80\\xFF", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[SANITIZE_MAX + 1];
		bool changed;
		size_t len = sanitize(
		    text, sizeof(text), cases[i].in, cases[i].len, &changed);

		assert_string_equal(text, cases[i].out);
		assert_int_equal(len, strlen(cases[i].out));
		assert_int_equal(changed, cases[i].changed);
	}
}

static void
hostile_texts_become_plain_ascii(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		char text[SANITIZE_MAX + 1];
		size_t len = sanitize(text, sizeof(text),
		    hostile_texts[i].bytes, hostile_texts[i].len, NULL);

		assert_fit_to_show(text, len);
	}
}

static void
the_cap_never_cuts_an_escape(void **state)
{
	uint8_t all[256];
	char text[SANITIZE_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	for (size_t cap = 1; cap <= sizeof(text); cap++) {
		bool changed = false;
		size_t len = sanitize(text, cap, all, sizeof(all), &changed);

		assert_true(len < cap);
		assert_true(changed);
		assert_fit_to_show(text, len);
	}
}

static void
a_cut_text_counts_as_changed(void **state)
{
	char text[4];
	bool changed;

	(void)state;
	assert_int_equal(sanitize(text, sizeof(text), "abc", 3, &changed), 3);
	assert_false(changed);
	assert_int_equal(sanitize(text, sizeof(text), "abcd", 4, &changed), 3);
	assert_true(changed);
	assert_string_equal(text, "abc");
}

static void
no_room_writes_nothing(void **state)
{
	char text[1] = { 'x' };

	(void)state;
	assert_int_equal(sanitize(text, 0, "abc", 3, NULL), 0);
	assert_int_equal(text[0], 'x');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_stays_or_is_escaped),
		cmocka_unit_test(hostile_texts_become_plain_ascii),
		cmocka_unit_test(the_cap_never_cuts_an_escape),
		cmocka_unit_test(a_cut_text_counts_as_changed),
		cmocka_unit_test(no_room_writes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
