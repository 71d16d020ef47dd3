/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - each direction's cells as a list, in the order of sequence numbers.
 *
 * The window bounds a list to REASSEMBLY_PIECES cells, and no cell on it is
 * empty.
 */
#include "sensor/flow/store.h"

#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"

#include <assert.h>
#include <stdlib.h>

struct store {
	struct pool *cells;
	uint64_t random;
	struct reassembly_numbers *numbers;
};

struct store *
store_new(uint32_t cells, uint64_t seed, struct reassembly_numbers *numbers)
{
	struct store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		return NULL;
	store->random = seed;
	store->numbers = numbers;
	store->cells = pool_new(sizeof(struct cell), cells);
	if (store->cells == NULL) {
		free(store);
		return NULL;
	}
	return store;
}

void
store_free(struct store *store)
{
	if (store == NULL)
		return;
	pool_free(store->cells);
	free(store);
}

uint32_t
store_live(const struct store *store)
{
	return pool_live(store->cells);
}

static struct cell *
cell_at(const struct store *store, uint32_t index)
{
	return pool_at(store->cells, index);
}

/* Gives the first cell back; returns how many bytes were still in it. */
static uint32_t
drop_first(struct store *store, struct half *half)
{
	uint32_t index = half->held;
	const struct cell *cell = cell_at(store, index);
	uint32_t left = cell_held(cell);

	half->held = cell->next;
	half->pieces--;
	pool_give(store->cells, index);
	store->numbers->bytes.held -= left;
	return left;
}

/* A number in [0, below), by splitmix64: nobody who does not know the seed
 * can tell who the victim will be. */
static uint32_t
draw(struct store *store, uint32_t below)
{
	uint64_t z = store->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return (uint32_t)((z >> 32) * below >> 32);
}

/* A free cell.  An empty pool has lent every cell, so that any index names a
 * victim; and whoever holds more is the more likely one. */
static uint32_t
take_cell(struct store *store)
{
	uint32_t index = pool_take(store->cells);
	struct half *victim;

	if (index != POOL_NONE)
		return index;
	index = draw(store, pool_size(store->cells));
	victim = cell_at(store, index)->owner;
	store->numbers->over_budget++;
	store->numbers->bytes.over_budget += store_drop(store, victim);
	index = pool_take(store->cells);
	assert(index != POOL_NONE);
	return index;
}

/* Where the index of the cell at `first` is kept, or is to be put. */
static uint32_t *
link_of(const struct store *store, struct half *half, uint32_t first)
{
	uint32_t *link = &half->held;

	while (*link != POOL_NONE &&
	    serial_before(cell_at(store, *link)->first, first))
		link = &cell_at(store, *link)->next;
	return link;
}

/* The half's cell at `first`, found or made. */
static struct cell *
cell_of(
    struct store *store, struct half *half, uint32_t first, uint64_t tick_ns)
{
	uint32_t *link = link_of(store, half, first);
	uint32_t index;
	struct cell *cell;

	if (*link != POOL_NONE && cell_at(store, *link)->first == first)
		return cell_at(store, *link);
	index = take_cell(store);
	cell = cell_at(store, index);
	cell_begin(cell, first, half, tick_ns);
	link = link_of(store, half, first); /* we may have been the victim */
	cell->next = *link;
	*link = index;
	half->pieces++;
	return cell;
}

size_t
store_put(struct store *store, struct half *half, uint32_t seq,
    struct slice bytes, uint64_t tick_ns)
{
	struct cell *cell;
	size_t fresh = 0;
	uint32_t put, room;

	while (bytes.len > 0) {
		cell = cell_of(store, half, cell_start(seq), tick_ns);
		put = cell_put(cell, seq - cell->first, bytes);
		store->numbers->bytes.held += put;
		fresh += put;
		room = CELL_BYTES - (seq - cell->first);
		bytes = slice_after(bytes, room);
		seq += room;
	}
	return fresh;
}

bool
store_holds(const struct half *half)
{
	return half->held != POOL_NONE;
}

uint32_t
store_first(const struct store *store, const struct half *half)
{
	const struct cell *cell = cell_at(store, half->held);

	return cell->first + cell_find(cell, 0);
}

uint64_t
store_since(const struct store *store, const struct half *half)
{
	return cell_at(store, half->held)->since_ns;
}

struct slice
store_take(struct store *store, struct half *half, uint32_t end)
{
	struct cell *cell = cell_at(store, half->held);
	uint32_t until = serial_first(end, cell->first + CELL_BYTES);
	struct slice bytes =
	    cell_take(cell, cell_find(cell, 0), until - cell->first);

	store->numbers->bytes.held -= bytes.len;
	if (cell_held(cell) == 0)
		drop_first(store, half); /* its bytes stay as they are */
	return bytes;
}

void
store_move(struct store *store, struct half *to)
{
	for (uint32_t i = to->held; i != POOL_NONE; i = cell_at(store, i)->next)
		cell_at(store, i)->owner = to;
}

size_t
store_drop(struct store *store, struct half *half)
{
	size_t left = 0;

	while (store_holds(half))
		left += drop_first(store, half);
	return left;
}
