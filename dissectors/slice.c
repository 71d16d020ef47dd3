/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice - the readers of borrowed bytes that are too long to be inline.
 *
 * Bytes are compared without a locale: what is a letter or a blank on the wire
 * does not depend on where the sensor stands.
 */
#include "dissectors/slice.h"

#include <string.h>

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* A letter, a digit, '-' or '_': it would make a longer word. */
static bool
goes_on(uint8_t c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_';
}

struct slice
slice_of_text(const char *text)
{
	return slice_of(text, strlen(text));
}

struct slice
slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.at_[0]))
		s = slice_after(s, 1);
	while (s.len > 0 && is_blank(s.at_[s.len - 1]))
		s.len--;
	return s;
}

size_t
slice_find(struct slice s, uint8_t byte)
{
	const uint8_t *at = s.len > 0 ? memchr(s.at_, byte, s.len) : NULL;

	return at != NULL ? (size_t)(at - s.at_) : s.len;
}

bool
slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.at_, b.at_, a.len) == 0);
}

bool
slice_goes_nocase(struct slice s, struct slice with)
{
	for (size_t i = 0; i < with.len; i++)
		if (lower(s.at_[i]) != lower(with.at_[i]))
			return false;
	return true;
}

bool
slice_has_word(struct slice s, struct slice word)
{
	bool fresh = true; /* no word runs into this place */

	if (word.len == 0)
		return false;
	for (; s.len >= word.len; s = slice_after(s, 1)) {
		if (fresh && slice_starts_nocase(s, word) &&
		    !goes_on(slice_at(s, word.len)))
			return true;
		fresh = !goes_on(slice_at(s, 0));
	}
	return false;
}

struct slice
slice_word(struct slice *rest)
{
	const uint8_t *at = rest->at_, *end = at + rest->len, *begin;

	while (at < end && is_blank(*at))
		at++;
	begin = at;
	while (at < end && !is_blank(*at))
		at++;
	*rest = slice_of(at, (size_t)(end - at));
	return slice_of(begin, (size_t)(at - begin));
}

size_t
slice_copy(char *dst, size_t cap, struct slice s)
{
	size_t n;

	if (cap == 0)
		return 0;
	n = slice_bytes(dst, cap - 1, s);
	dst[n] = '\0';
	return n;
}

/* Eight bytes at once, as they lie. */
static uint64_t
eight_at(const uint8_t *at)
{
	uint64_t eight;

	memcpy(&eight, at, sizeof(eight));
	return eight;
}

/* Is one of the eight below a blank?  It is one that the subtraction takes
 * below zero, and that had no highest bit before. */
static bool
has_low(uint64_t eight)
{
	const uint64_t ones = UINT64_MAX / UINT8_MAX; /* 0x0101... */

	return ((eight - ones * ' ') & ~eight & ones * 0x80) != 0;
}

bool
slice_has_control(struct slice s)
{
	while (s.len >= 8 && !has_low(eight_at(s.at_)))
		s = slice_after(s, 8);
	for (size_t i = 0; i < s.len; i++)
		if (s.at_[i] < ' ' && s.at_[i] != '\t' && s.at_[i] != '\r')
			return true;
	return false;
}

/* A multiplication for eight bytes; what is left over is filled up with zeros,
 * and the length tells it from a line that has them. */
uint32_t
slice_digest(struct slice s)
{
	uint64_t digest = s.len + 1, left = 0;

	for (; s.len >= 8; s = slice_after(s, 8)) {
		digest =
		    (digest ^ eight_at(s.at_)) * UINT64_C(0x9e3779b97f4a7c15);
		digest ^= digest >> 32;
	}
	slice_bytes(&left, sizeof(left), s);
	digest = (digest ^ left) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(digest >> 32);
}
