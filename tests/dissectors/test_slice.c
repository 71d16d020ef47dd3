/* SPDX-License-Identifier: Apache-2.0 */
/* Slices never run off their end, and the cursor's failure sticks. */
#include "dissectors/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct slice nothing = SLICE("");

static void
parts_that_are_not_there_are_left_out(void **state)
{
	const struct slice s = SLICE("abc");

	(void)state;
	assert_true(slice_equal(slice_first(s, 9), s));
	assert_int_equal(slice_after(s, 9).len, 0);
	assert_int_equal(slice_at(s, 2), 'c');
	assert_int_equal(slice_at(s, 3), 0);
	assert_int_equal(slice_find(s, 'b'), 1);
	assert_int_equal(slice_find(s, 'x'), 3);
	assert_int_equal(slice_find(nothing, 'x'), 0);
}

static void
letters_are_equal_in_any_case(void **state)
{
	const struct slice low = SLICE("ehlo"), high = SLICE("EHLO h");

	(void)state;
	assert_true(slice_equal_nocase(low, slice_first(high, 4)));
	assert_false(slice_equal(low, slice_first(high, 4)));
	assert_false(slice_equal_nocase(low, high));
	assert_true(slice_starts_nocase(high, low));
	assert_false(slice_starts_nocase(low, high));
	assert_true(slice_starts(high, slice_first(high, 5)));
}

static void
a_word_is_not_part_of_another(void **state)
{
	static const struct {
		struct slice text;
		bool found;
	} cases[] = {
		{ SLICE("x ESMTP y"), true },
		{ SLICE("esmtp"), true },
		{ SLICE("(ESMTP)"), true },
		{ SLICE("ESMTPS"), false },
		{ SLICE("XESMTP"), false },
		{ SLICE("x-ESMTP"), false },
		{ SLICE("ESMTPS ESMTP"), true },
		{ SLICE(""), false },
	};
	const struct slice word = SLICE("ESMTP");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    slice_has_word(cases[i].text, word), cases[i].found);
	assert_false(slice_has_word(word, nothing));
}

static void
words_are_divided_by_blanks(void **state)
{
	struct slice rest = SLICE(" a\tbc  ");
	const struct slice a = SLICE("a"), bc = SLICE("bc");

	(void)state;
	assert_true(slice_equal(slice_trim(rest), slice_of_text("a\tbc")));
	assert_true(slice_equal(slice_word(&rest), a));
	assert_true(slice_equal(slice_word(&rest), bc));
	assert_int_equal(slice_word(&rest).len, 0);
	assert_int_equal(rest.len, 0);
}

static void
copies_keep_to_their_room(void **state)
{
	const struct slice s = SLICE("abcdef");
	char text[4] = "xyz";

	(void)state;
	assert_int_equal(slice_copy(text, sizeof(text), s), 3);
	assert_string_equal(text, "abc");
	assert_int_equal(slice_bytes(text, 2, s), 2);
	assert_int_equal(slice_copy(text, 0, s), 0);
	assert_int_equal(slice_copy(text, sizeof(text), nothing), 0);
	assert_string_equal(text, "");
}

static void
control_bytes_are_told_from_text(void **state)
{
	const struct slice text = SLICE("a\tb\r\xe0"), nul = SLICE("a\0b");
	const struct slice escape = SLICE("\x1b[2J");

	(void)state;
	assert_false(slice_has_control(text));
	assert_true(slice_has_control(nul));
	assert_true(slice_has_control(escape));
}

static void
lines_that_differ_have_other_digests(void **state)
{
	const struct slice a = SLICE("EHLO a"), b = SLICE("EHLO b");

	(void)state;
	assert_int_equal(slice_digest(a), slice_digest(a));
	assert_int_not_equal(slice_digest(a), slice_digest(b));
}

static void
a_spent_cursor_stays_spent(void **state)
{
	const struct slice s = SLICE("\x01\x02\x03\x04\x05\x06\x07\x08");
	struct cursor c = cursor_over(s);

	(void)state;
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_be16(&c), 0x0203);
	assert_int_equal(cursor_be32(&c), 0x04050607);
	assert_true(cursor_ok(&c));
	assert_int_equal(cursor_be16(&c), 0);
	assert_false(cursor_ok(&c));
	assert_int_equal(cursor_u8(&c), 0);
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_false(cursor_ok(&c));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_that_are_not_there_are_left_out),
		cmocka_unit_test(letters_are_equal_in_any_case),
		cmocka_unit_test(a_word_is_not_part_of_another),
		cmocka_unit_test(words_are_divided_by_blanks),
		cmocka_unit_test(copies_keep_to_their_room),
		cmocka_unit_test(control_bytes_are_told_from_text),
		cmocka_unit_test(lines_that_differ_have_other_digests),
		cmocka_unit_test(a_spent_cursor_stays_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
