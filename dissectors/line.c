/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line - each byte is looked at once, by memchr; a line that never ends costs
 * no more than one that does.
 */
#include "dissectors/line.h"

#include <string.h>

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice
without_crs(struct slice text)
{
	while (text.len > 0 && slice_at(text, text.len - 1) == '\r')
		text.len--;
	return text;
}

/* Keeps what still fits of a line that does not end here. */
static void
keep(struct line_splitter *splitter, struct slice part)
{
	const size_t room = (size_t)LINE_MAX_KEPT - splitter->kept;

	if (part.len > room)
		splitter->cut = true;
	splitter->kept = (uint16_t)(splitter->kept +
	    slice_bytes(splitter->head + splitter->kept, room, part));
	if (splitter->used < splitter->kept)
		splitter->used = splitter->kept;
}

/* The line that ends behind part; what was kept of it goes before. */
static struct line
completed(struct line_splitter *splitter, struct slice part)
{
	struct line line = { .text = part, .cut = part.len > LINE_MAX_KEPT };

	if (splitter->kept > 0) {
		keep(splitter, part);
		line.text = slice_of(splitter->head, splitter->kept);
		line.cut = splitter->cut;
	}
	splitter->kept = 0;
	splitter->cut = false;
	line.text = without_crs(slice_first(line.text, LINE_MAX_KEPT));
	return line;
}

/* One byte at a time, each once. */
void
line_skip_blanks(struct slice *bytes)
{
	while (bytes->len > 0 && is_blank(slice_at(*bytes, 0)))
		*bytes = slice_after(*bytes, 1);
}

void
line_skip_torn(struct line_splitter *splitter, struct slice *bytes)
{
	size_t end;

	if (!splitter->skipping)
		return;
	end = slice_find(*bytes, '\n');
	splitter->skipping = end == bytes->len;
	*bytes = slice_after(*bytes, end + 1);
}

void
line_begin(struct line_splitter *splitter)
{
	splitter->used = 0;
	line_drop(splitter);
}

void
line_drop(struct line_splitter *splitter)
{
	splitter->kept = 0;
	splitter->cut = false;
	splitter->skipping = false;
}

void
line_wipe(struct line_splitter *splitter)
{
	explicit_bzero(splitter->head, splitter->used);
	line_begin(splitter);
}

bool
line_next(
    struct line_splitter *splitter, struct slice *bytes, struct line *ret_line)
{
	struct slice part;
	size_t end;

	line_skip_torn(splitter, bytes);
	if (splitter->kept == 0)
		line_skip_blanks(bytes);
	if (bytes->len == 0)
		return false;

	end = slice_find(*bytes, '\n');
	part = slice_first(*bytes, end);
	if (end == bytes->len) {
		keep(splitter, part);
		*bytes = slice_after(*bytes, end);
		return false;
	}
	*bytes = slice_after(*bytes, end + 1);
	*ret_line = completed(splitter, part);
	return true;
}

bool
line_break_off(struct line_splitter *splitter, struct line *ret_line)
{
	if (splitter->kept == 0)
		return false;
	*ret_line = completed(splitter, slice_of(splitter->head, 0));
	return true;
}

void
line_hold(struct line_splitter *splitter, struct slice bytes)
{
	keep(splitter, bytes);
}

void
line_shed(struct line_splitter *splitter, size_t n)
{
	const size_t rest = n < splitter->kept ? splitter->kept - n : 0;

	memmove(splitter->head, splitter->head + splitter->kept - rest, rest);
	memset(splitter->head + rest, 0, splitter->kept - rest);
	splitter->kept = (uint16_t)rest;
}

void
line_gap(struct line_splitter *splitter)
{
	line_drop(splitter);
	splitter->skipping = true;
}

struct slice
line_unfinished(const struct line_splitter *splitter)
{
	return slice_of(splitter->head, splitter->kept);
}

struct slice
line_unfinished_text(const struct line_splitter *splitter)
{
	return without_crs(line_unfinished(splitter));
}
