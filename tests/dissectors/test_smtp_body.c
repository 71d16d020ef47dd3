/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies end where they end, in any cut, and take nothing behind it. */
#include "dissectors/smtp_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* How many bytes the body took; the length where it did not end. */
static size_t
taken(struct smtp_body body, struct slice text, size_t step)
{
	size_t before = text.len;
	struct slice part;

	for (size_t i = 0; i < before; i += part.len) {
		struct slice rest = part =
		    slice_first(slice_after(text, i), step);

		if (smtp_body_skip(&body, &rest)) {
			assert_false(smtp_body_open(&body));
			return i + part.len - rest.len;
		}
		assert_int_equal(rest.len, 0);
	}
	assert_true(smtp_body_open(&body));
	return before;
}

static void
a_dot_alone_ends_it(void **state)
{
	static const struct {
		struct slice text;
		size_t taken;
	} cases[] = {
		{ SLICE(".\r\nQUIT"), 3 },
		{ SLICE("a\r\n.\r\nQUIT"), 6 },
		{ SLICE("a\n.\nQUIT"), 4 },
		{ SLICE("a\r\n.\r\r\nQUIT"), 7 },
		{ SLICE("\n\n.\nQUIT"), 4 },
		{ SLICE("a\r\n..\r\nb"), 8 },
		{ SLICE("a\r\n.b\r\nc"), 8 },
		{ SLICE("a.\r\nb"), 5 },
		{ SLICE(" .\r\nb"), 5 },
		{ SLICE("a\r\n.\rb\r\n"), 8 },
	};
	struct smtp_body body;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t step = 1; step < 12; step++) {
			smtp_body_data(&body);
			assert_int_equal(
			    taken(body, cases[i].text, step), cases[i].taken);
		}
}

static void
a_chunk_ends_with_its_octets(void **state)
{
	const struct slice text = SLICE("12345\r\n.\r\nQUIT");
	struct smtp_body body;

	(void)state;
	for (uint32_t octets = 1; octets < 14; octets++)
		for (size_t step = 1; step < 15; step++) {
			smtp_body_chunk(&body, octets);
			assert_int_equal(taken(body, text, step), octets);
		}
	smtp_body_chunk(&body, 0);
	assert_false(smtp_body_open(&body));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dot_alone_ends_it),
		cmocka_unit_test(a_chunk_ends_with_its_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
