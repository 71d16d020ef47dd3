/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell - bits that say which bytes are here, and the runs that they form.
 */
#include "sensor/flow/cell.h"

#include <assert.h>
#include <string.h>

static_assert(CELL_BYTES % 64 == 0, "whole words of bits");
static_assert((CELL_BYTES & (CELL_BYTES - 1)) == 0, "divides 2^32");

static bool
is_here(const struct cell *cell, uint32_t offset)
{
	return (cell->here[offset / 64] >> (offset % 64) & 1) != 0;
}

/* The first offset in [from, end) that is here, or is not; else end.  Whole
 * words without one are stepped over. */
static uint32_t
scan(const struct cell *cell, uint32_t from, uint32_t end, bool here)
{
	uint64_t without = here ? 0 : UINT64_MAX;

	while (from < end && is_here(cell, from) != here)
		from +=
		    from % 64 == 0 && cell->here[from / 64] == without ? 64 : 1;
	return from < end ? from : end;
}

static void
mark(struct cell *cell, uint32_t from, uint32_t end)
{
	for (uint32_t i = from; i < end; i++)
		cell->here[i / 64] |= UINT64_C(1) << (i % 64);
}

static void
unmark(struct cell *cell, uint32_t from, uint32_t end)
{
	for (uint32_t i = from; i < end; i++)
		cell->here[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

void
cell_begin(
    struct cell *cell, uint32_t first, struct half *owner, uint64_t since_ns)
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
	uint32_t end = CELL_BYTES;

	if (bytes.len < CELL_BYTES - offset)
		end = offset + (uint32_t)bytes.len;
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

uint32_t
cell_find(const struct cell *cell, uint32_t from)
{
	return scan(cell, from, CELL_BYTES, true);
}

struct slice
cell_take(struct cell *cell, uint32_t from, uint32_t to)
{
	uint32_t end = scan(cell, from, to, false);

	unmark(cell, from, end);
	return slice_of(cell->byte + from, end - from);
}

uint32_t
cell_held(const struct cell *cell)
{
	uint32_t held = 0;

	for (uint32_t i = 0; i < CELL_BYTES; i++)
		held += is_here(cell, i);
	return held;
}
