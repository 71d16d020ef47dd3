/* SPDX-License-Identifier: Apache-2.0 */
/* Lines are the same however the stream is cut, and bounded. */
#include "dissectors/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* All lines of the text, heard in segments of that size, joined by '|'. */
static void
cut(const char *text, size_t step, char *ret_lines, size_t cap)
{
	struct line_splitter splitter;
	struct slice all = slice_of_text(text), part;
	struct line line;
	size_t used = 0;

	line_begin(&splitter);
	while (all.len > 0) {
		part = slice_first(all, step);
		all = slice_after(all, step);
		while (line_next(&splitter, &part, &line)) {
			used +=
			    slice_copy(ret_lines + used, cap - used, line.text);
			used += slice_copy(
			    ret_lines + used, cap - used, slice_of_text("|"));
		}
		assert_int_equal(part.len, 0);
	}
	ret_lines[used] = '\0';
}

static void
line_ends_blanks_and_empty_lines_do_not_count(void **state)
{
	static const struct {
		const char *text, *lines;
	} cases[] = {
		{ "a\r\nb\n", "a|b|" },
		{ "a\r\r\nb\r\n", "a|b|" },
		{ "\r\n\r\n \ta\r\n\n\nb\n", "a|b|" },
		{ "a b \r\n", "a b |" },
		{ "a\rb\n", "a\rb|" },
		{ "unfinished", "" },
		{ "\n\n\n", "" },
	};
	char lines[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t step = 1; step < 8; step++) {
			cut(cases[i].text, step, lines, sizeof(lines));
			assert_string_equal(lines, cases[i].lines);
		}
}

static void
a_long_line_is_cut_at_the_same_place_in_any_cut(void **state)
{
	static const size_t steps[] = { 1, 100, 511, 512, 513, 2000 };
	char text[LINE_MAX_KEPT + 101];
	struct line_splitter splitter;
	struct line line;
	bool whole;

	(void)state;
	for (size_t len = LINE_MAX_KEPT - 1; len <= LINE_MAX_KEPT + 99; len++) {
		memset(text, 'a', len);
		text[len] = '\n';
		for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
			struct slice all = slice_of(text, len + 1), part;

			line_begin(&splitter);
			whole = false;
			while (all.len > 0) {
				part = slice_first(all, steps[i]);
				all = slice_after(all, steps[i]);
				whole = line_next(&splitter, &part, &line);
			}
			assert_true(whole);
			assert_int_equal(line.cut, len > LINE_MAX_KEPT);
			assert_int_equal(line.text.len,
			    len > LINE_MAX_KEPT ? LINE_MAX_KEPT : len);
		}
	}
}

static void
after_a_gap_the_rest_of_a_line_is_skipped(void **state)
{
	struct line_splitter splitter;
	struct slice before = SLICE("250 h"), after = SLICE("ello\r\n220 x\n");
	struct line line;

	(void)state;
	line_begin(&splitter);
	assert_false(line_next(&splitter, &before, &line));
	line_gap(&splitter);
	assert_true(line_next(&splitter, &after, &line));
	assert_true(slice_equal(line.text, slice_of_text("220 x")));
}

static void
an_unfinished_line_can_be_seen_and_broken_off(void **state)
{
	struct line_splitter splitter;
	struct slice bytes = SLICE("220 x\r");
	struct line line;

	(void)state;
	line_begin(&splitter);
	assert_false(line_break_off(&splitter, &line));
	assert_false(line_next(&splitter, &bytes, &line));
	assert_int_equal(line_unfinished(&splitter).len, 6);
	assert_int_equal(line_unfinished_text(&splitter).len, 5);
	assert_true(line_break_off(&splitter, &line));
	assert_true(slice_equal(line.text, slice_of_text("220 x")));
	assert_int_equal(line_unfinished(&splitter).len, 0);
}

static void
wiping_leaves_nothing_of_what_was_said(void **state)
{
	static const uint8_t nothing[LINE_MAX_KEPT];
	struct line_splitter splitter = { 0 };
	struct slice bytes = slice_of_text("PASS secret");
	struct line line;

	(void)state;
	line_begin(&splitter);
	assert_false(line_next(&splitter, &bytes, &line));
	bytes = slice_of_text(" word\r\n");
	assert_true(line_next(&splitter, &bytes, &line));
	bytes = slice_of_text("PA"); /* shorter than what was kept before */
	assert_false(line_next(&splitter, &bytes, &line));
	line_drop(&splitter);
	line_wipe(&splitter);
	assert_memory_equal(splitter.head, nothing, sizeof(nothing));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_ends_blanks_and_empty_lines_do_not_count),
		cmocka_unit_test(
		    a_long_line_is_cut_at_the_same_place_in_any_cut),
		cmocka_unit_test(after_a_gap_the_rest_of_a_line_is_skipped),
		cmocka_unit_test(wiping_leaves_nothing_of_what_was_said),
		cmocka_unit_test(an_unfinished_line_can_be_seen_and_broken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
