/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software_pattern - on a mismatch the newest '*' takes on to where the next sign
 * could stand, so no more than pattern times text is ever looked at.
 */
#include "dissectors/software_pattern.h"

#include <stddef.h>
#include <stdint.h>

bool
software_pattern_ends(struct slice *pattern, uint8_t mark)
{
	const bool ends =
	    pattern->len > 0 && slice_at(*pattern, pattern->len - 1) == mark;

	if (ends)
		*pattern = slice_first(*pattern, pattern->len - 1);
	return ends;
}

/* Where, from t on, what stands at p could begin: a byte that is itself is
 * looked for, and the end of the text is nowhere. */
static size_t
next_place(struct slice pattern, size_t p, struct slice text, size_t t)
{
	const uint8_t sign = slice_at(pattern, p);

	if (p == pattern.len || sign == '?' || sign == '*')
		return t;
	return t + slice_find(slice_after(text, t), sign);
}

bool
software_pattern_fits(
    struct slice pattern, struct slice text, struct slice *ret_tail)
{
	const bool exact = software_pattern_ends(&pattern, '$');
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	for (;;) {
		if (p == pattern.len && (!exact || t == text.len)) {
			*ret_tail = slice_after(text, t);
			return true;
		}
		if (p < pattern.len && slice_at(pattern, p) == '*') {
			star = ++p;
			from = next_place(pattern, p, text, t);
			t = from;
			continue;
		}
		if (p < pattern.len && t < text.len &&
		    (slice_at(pattern, p) == '?' ||
			slice_at(pattern, p) == slice_at(text, t))) {
			p++;
			t++;
			continue;
		}
		if (star == SIZE_MAX || from >= text.len)
			return false;
		p = star;
		from = next_place(pattern, p, text, from + 1);
		t = from;
	}
}
