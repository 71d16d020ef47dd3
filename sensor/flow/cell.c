/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell - bits that say which bytes are here, and the runs that they form.
 */
#include "sensor/flow/cell.h"

#include <assert.h>
#include <string.h>

static_assert(CELL_BYTES % 64 == 0, "whole words of bits");
static_assert((CELL_BYTES & (CELL_BYTES - 1)) == 0, "divides 2^32");

/* The first offset in [from, end) that is here, or is not; else end.  What is
 * left of a word without one is stepped over. */
static uint32_t
scan(const struct cell *cell, uint32_t from, uint32_t end, bool here)
{
	uint64_t left;

	while (from < end) {
		left = here ? cell->here[from / 64] : ~cell->here[from / 64];
		left >>= from % 64;
		if ((left & 1) != 0)
			return from;
		from += left == 0 ? 64 - from % 64 : 1;
	}
	return end;
}

/* Of word `word`, the bits for offsets in [from, end). */
static uint64_t
bits_of(uint32_t word, uint32_t from, uint32_t end)
{
	uint64_t bits = UINT64_MAX;

	if (from > word * 64)
		bits <<= from - word * 64;
	if (end < word * 64 + 64)
		bits &= (UINT64_C(1) << (end - word * 64)) - 1;
	return bits;
}

static void
mark(struct cell *cell, uint32_t from, uint32_t end)
{
	for (uint32_t i = from / 64; i * 64 < end; i++)
		cell->here[i] |= bits_of(i, from, end);
}

static void
unmark(struct cell *cell, uint32_t from, uint32_t end)
{
	for (uint32_t i = from / 64; i * 64 < end; i++)
		cell->here[i] &= ~bits_of(i, from, end);
}

/* Up to where bytes that are put at that offset fit. */
static uint32_t
end_of(uint32_t offset, struct slice bytes)
{
	return bytes.len < CELL_BYTES - offset ? offset + (uint32_t)bytes.len
					       : CELL_BYTES;
}

void
cell_begin(
    struct cell *cell, uint32_t first, struct shelf *owner, uint64_t since_ns)
{
	cell->first = first;
	cell->next = UINT32_MAX;
	cell->owner = owner;
	cell->since_ns = since_ns;
	memset(cell->here, 0, sizeof(cell->here));
}

uint32_t
cell_put(struct cell *cell, uint32_t offset, struct slice bytes)
{
	uint32_t from, to, fresh = 0;
	const uint32_t end = end_of(offset, bytes);

	for (from = offset; from < end; from = to) {
		from = scan(cell, from, end, false);
		to = scan(cell, from, end, true);
		slice_bytes(cell->byte + from, to - from,
		    slice_after(bytes, from - offset));
		mark(cell, from, to);
		fresh += to - from;
	}
	return fresh;
}

void
cell_over(struct cell *cell, uint32_t offset, struct slice bytes)
{
	const uint32_t end = end_of(offset, bytes);

	slice_bytes(cell->byte + offset, end - offset, bytes);
	mark(cell, offset, end);
}

bool
cell_unlike(const struct cell *cell, uint32_t offset, struct slice bytes)
{
	const uint32_t end = end_of(offset, bytes);
	struct slice here;

	for (uint32_t from = scan(cell, offset, end, true); from < end;
	     from = scan(cell, from + (uint32_t)here.len, end, true)) {
		here = cell_run(cell, from, end);
		if (!slice_starts(slice_after(bytes, from - offset), here))
			return true;
	}
	return false;
}

struct slice
cell_run(const struct cell *cell, uint32_t from, uint32_t to)
{
	return slice_of(cell->byte + from, scan(cell, from, to, false) - from);
}

uint32_t
cell_find(const struct cell *cell, uint32_t from)
{
	return scan(cell, from, CELL_BYTES, true);
}

struct slice
cell_take(struct cell *cell, uint32_t from, uint32_t to)
{
	struct slice run = cell_run(cell, from, to);

	unmark(cell, from, from + (uint32_t)run.len);
	return run;
}

/* Pairs of bits, of four and of eight are added up side by side. */
static uint32_t
bits_in(uint64_t word)
{
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) +
	    (word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

uint32_t
cell_held(const struct cell *cell)
{
	uint32_t held = 0;

	for (uint32_t i = 0; i < CELL_BYTES / 64; i++)
		held += bits_in(cell->here[i]);
	return held;
}
