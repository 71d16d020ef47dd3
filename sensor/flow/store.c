/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - the cells of a shelf as a list, in the order of sequence numbers.
 *
 * Its window bounds a list to REASSEMBLY_PIECES cells, and no cell on it is
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
	struct store_numbers numbers;
};

struct store *
store_new(uint32_t cells, uint64_t seed, const struct store_numbers *numbers)
{
	struct store *store = calloc(1, sizeof(*store));

	if (store == NULL)
		return NULL;
	store->random = seed;
	store->numbers = *numbers;
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

/* Gives the cell back that a link leads to; returns how many bytes were still
 * in it. */
static uint32_t
drop_at(struct store *store, struct shelf *shelf, uint32_t *link)
{
	uint32_t index = *link;
	const struct cell *cell = cell_at(store, index);
	uint32_t left = cell_held(cell);

	*link = cell->next;
	shelf->cells--;
	pool_give(store->cells, index);
	*store->numbers.held -= left;
	++*store->numbers.given;
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
	struct shelf *victim;

	if (index != POOL_NONE)
		return index;
	index = draw(store, pool_size(store->cells));
	victim = cell_at(store, index)->owner;
	++*store->numbers.robbed;
	*store->numbers.lost += store_drop(store, victim);
	victim->robbed = true;
	index = pool_take(store->cells);
	assert(index != POOL_NONE);
	return index;
}

/* Where the index of the cell at `first` is kept, or is to be put. */
static uint32_t *
link_of(const struct store *store, struct shelf *shelf, uint32_t first)
{
	uint32_t *link = &shelf->first;

	while (*link != POOL_NONE &&
	    serial_before(cell_at(store, *link)->first, first))
		link = &cell_at(store, *link)->next;
	return link;
}

/* The shelf's cell at `first`, found or made. */
static struct cell *
cell_of(
    struct store *store, struct shelf *shelf, uint32_t first, uint64_t tick_ns)
{
	uint32_t *link = link_of(store, shelf, first);
	uint32_t index;
	struct cell *cell;

	if (*link != POOL_NONE && cell_at(store, *link)->first == first)
		return cell_at(store, *link);
	index = take_cell(store);
	++*store->numbers.taken;
	cell = cell_at(store, index);
	cell_begin(cell, first, shelf, tick_ns);
	link = link_of(store, shelf, first); /* we may have been the victim */
	cell->next = *link;
	*link = index;
	shelf->cells++;
	return cell;
}

/* The cell that has this sequence number; NULL: there is none. */
static const struct cell *
cell_with(const struct store *store, const struct shelf *shelf, uint32_t seq)
{
	const struct cell *cell;

	for (uint32_t i = shelf->first; i != POOL_NONE; i = cell->next) {
		cell = cell_at(store, i);
		if (cell->first == cell_start(seq))
			return cell;
	}
	return NULL;
}

size_t
store_put(struct store *store, struct shelf *shelf, uint32_t seq,
    struct slice bytes, uint64_t tick_ns)
{
	struct cell *cell;
	size_t fresh = 0;
	uint32_t put, room;

	while (bytes.len > 0) {
		cell = cell_of(store, shelf, cell_start(seq), tick_ns);
		put = cell_put(cell, seq - cell->first, bytes);
		*store->numbers.held += put;
		fresh += put;
		room = CELL_BYTES - (seq - cell->first);
		bytes = slice_after(bytes, room);
		seq += room;
	}
	return fresh;
}

void
store_over(
    struct store *store, struct shelf *shelf, uint32_t seq, struct slice bytes)
{
	struct cell *cell;
	uint32_t before, room;

	while (bytes.len > 0) {
		cell = cell_of(store, shelf, cell_start(seq), 0);
		before = cell_held(cell);
		cell_over(cell, seq - cell->first, bytes);
		*store->numbers.held += cell_held(cell) - before;
		room = CELL_BYTES - (seq - cell->first);
		bytes = slice_after(bytes, room);
		seq += room;
	}
}

bool
store_unlike(const struct store *store, const struct shelf *shelf, uint32_t seq,
    struct slice bytes)
{
	const struct cell *cell;
	uint32_t room;

	for (; bytes.len > 0; bytes = slice_after(bytes, room), seq += room) {
		room = CELL_BYTES - seq % CELL_BYTES;
		cell = cell_with(store, shelf, seq);
		if (cell != NULL && cell_unlike(cell, seq - cell->first, bytes))
			return true;
	}
	return false;
}

bool
store_holds(const struct shelf *shelf)
{
	return shelf->first != POOL_NONE;
}

uint32_t
store_first(const struct store *store, const struct shelf *shelf)
{
	const struct cell *cell = cell_at(store, shelf->first);

	return cell->first + cell_find(cell, 0);
}

uint64_t
store_since(const struct store *store, const struct shelf *shelf)
{
	return cell_at(store, shelf->first)->since_ns;
}

struct slice
store_take(struct store *store, struct shelf *shelf, uint32_t end)
{
	struct cell *cell = cell_at(store, shelf->first);
	uint32_t until = serial_first(end, cell->first + CELL_BYTES);
	struct slice bytes =
	    cell_take(cell, cell_find(cell, 0), until - cell->first);

	*store->numbers.held -= bytes.len;
	if (cell_held(cell) == 0) /* its bytes stay as they are */
		drop_at(store, shelf, &shelf->first);
	return bytes;
}

struct slice
store_look(const struct store *store, const struct shelf *shelf, uint32_t seq,
    uint32_t end)
{
	const struct cell *cell = cell_with(store, shelf, seq);

	if (cell == NULL)
		return (struct slice){ 0 };
	end = serial_first(end, cell->first + CELL_BYTES);
	return cell_run(cell, seq - cell->first, end - cell->first);
}

void
store_move(struct store *store, struct shelf *to)
{
	for (uint32_t i = to->first; i != POOL_NONE;
	     i = cell_at(store, i)->next)
		cell_at(store, i)->owner = to;
}

void
store_thin(struct store *store, struct shelf *shelf, uint32_t from, uint32_t to)
{
	uint32_t *link = link_of(store, shelf, from);

	while (*link != POOL_NONE &&
	    !serial_before(to, cell_at(store, *link)->first + CELL_BYTES))
		drop_at(store, shelf, link);
}

size_t
store_drop(struct store *store, struct shelf *shelf)
{
	size_t left = 0;

	while (store_holds(shelf))
		left += drop_at(store, shelf, &shelf->first);
	return left;
}
