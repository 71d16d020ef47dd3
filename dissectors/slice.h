/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice - a borrowed run of bytes, and a cursor that reads one safely.
 *
 * Everything that came off the wire travels as a struct slice.  slice.[ch] are
 * the only files that look inside one: no other file names ->at_, so no other
 * file can run off the end of a packet.  tests/layers.sh holds us to that.
 *
 * A slice owns nothing and must not outlive the frame it points into.  What
 * has to be kept is copied, with slice_copy(), into a buffer of fixed size.
 */
#ifndef STRAYMAIL_SLICE_H
#define STRAYMAIL_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *at_; /* the underscore: slice.[ch] only */
	size_t len;
};

/* A slice over a string literal, without its NUL; usable in static tables. */
#define SLICE(literal)                                                         \
	{                                                                      \
		(const uint8_t *)("" literal), sizeof(literal) - 1             \
	}

static inline struct slice
slice_of(const void *data, size_t len)
{
	return (struct slice){ .at_ = data, .len = len };
}

struct slice slice_of_text(const char *text);

/* Parts of a slice; what is not there is left out. */
static inline struct slice
slice_first(struct slice s, size_t n)
{
	if (n < s.len)
		s.len = n;
	return s;
}

static inline struct slice
slice_after(struct slice s, size_t n)
{
	if (n > s.len)
		n = s.len;
	s.at_ += n;
	s.len -= n;
	return s;
}

struct slice slice_trim(struct slice s); /* blanks at both ends */

/* The byte at i, or 0 where there is none. */
static inline uint8_t
slice_at(struct slice s, size_t i)
{
	return i < s.len ? s.at_[i] : 0;
}

/* Where byte first occurs, or s.len. */
size_t slice_find(struct slice s, uint8_t byte);

bool slice_equal(struct slice a, struct slice b);

/* In any case of letters; s is no shorter than with. */
bool slice_goes_nocase(struct slice s, struct slice with);

/* Tables are searched with these three: most of what is there is ruled out here,
 * by its length or its first byte (0x20 is what the cases differ by). */
static inline bool
slice_starts(struct slice s, struct slice with)
{
	if (s.len < with.len)
		return false;
	return with.len == 0 ||
	    (s.at_[0] == with.at_[0] &&
		slice_equal(slice_first(s, with.len), with));
}

static inline bool
slice_starts_nocase(struct slice s, struct slice with)
{
	if (s.len < with.len)
		return false;
	return with.len == 0 ||
	    (((s.at_[0] ^ with.at_[0]) & ~0x20) == 0 &&
		slice_goes_nocase(s, with));
}

static inline bool
slice_equal_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && slice_starts_nocase(a, b);
}

/* word stands in s and no letter, digit, '-' or '_' touches it; any case. */
bool slice_has_word(struct slice s, struct slice word);

/* The next word of *rest (blanks divide words); *rest is moved behind it. */
struct slice slice_word(struct slice *rest);

/* Copies as much as fits, always ends dst with a NUL; returns bytes copied. */
size_t slice_copy(char *dst, size_t cap, struct slice s);

/* Copies at most cap bytes, no NUL; returns bytes copied. */
static inline size_t
slice_bytes(void *dst, size_t cap, struct slice s)
{
	s = slice_first(s, cap);
	if (s.len > 0)
		memcpy(dst, s.at_, s.len);
	return s.len;
}

/* A control byte stands in s; tabs and CRs are none. */
bool slice_has_control(struct slice s);

/* A 32 bit digest for comparing lines within one dialog; not for keys, and not
 * to be shown: machines differ in it. */
uint32_t slice_digest(struct slice s);

/*
 * A cursor reads a slice from the front.  The first read that asks for more
 * than is left marks the cursor spent, and from then on every read gives zero
 * or an empty slice.  So a parser reads a whole header straight through and
 * asks once, at the end, whether it was all there.
 */
struct cursor {
	struct slice rest;
	bool spent;
};

static inline struct cursor
cursor_over(struct slice s)
{
	return (struct cursor){ .rest = s, .spent = false };
}

static inline bool
cursor_ok(const struct cursor *c)
{
	return !c->spent;
}

static inline struct slice
cursor_take(struct cursor *c, size_t n)
{
	struct slice taken = { c->rest.at_, 0 };

	if (c->spent || n > c->rest.len) {
		c->spent = true;
		c->rest.len = 0;
		return taken;
	}
	taken.len = n;
	c->rest.at_ += n;
	c->rest.len -= n;
	return taken;
}

static inline uint8_t
cursor_u8(struct cursor *c)
{
	return slice_at(cursor_take(c, 1), 0);
}

static inline uint16_t
cursor_be16(struct cursor *c)
{
	struct slice s = cursor_take(c, 2);

	return (uint16_t)(slice_at(s, 0) << 8 | slice_at(s, 1));
}

static inline uint32_t
cursor_be32(struct cursor *c)
{
	uint32_t high = cursor_be16(c);

	return high << 16 | cursor_be16(c);
}

#endif
