/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies - a store in which the last copy stays, and what is compared with it.
 *
 * Of a byte that was heard the first copy is put here, unless a later one came
 * before it was heard.  Of one that was not heard yet there is nothing here
 * until copies differ: up to then the first is the last.
 */
#include "sensor/flow/copies.h"

#include "sensor/flow/cell.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"

#include <stdlib.h>

/* Cells of 4 KiB that begin anywhere in the first.  A direction has its first
 * 4 KiB, its latest, and while these move on those before. */
#define CELLS_A_RUN  (COPIES_BYTES / CELL_BYTES + 1)
#define CELLS_A_HALF ((size_t)4 * CELLS_A_RUN)

struct copies {
	struct store *last;
	uint64_t lost, held, taken, given; /* nobody asks */
};

struct copies *
copies_new(size_t bytes, uint64_t seed, uint64_t *unchecked)
{
	struct copies *copies = calloc(1, sizeof(*copies));
	size_t cells = bytes / sizeof(struct cell);

	if (copies == NULL)
		return NULL;
	if (cells < CELLS_A_HALF)
		cells = CELLS_A_HALF;
	if (cells > INT32_MAX)
		cells = INT32_MAX;
	copies->last = store_new((uint32_t)cells, seed,
	    &(struct store_numbers){
		.robbed = unchecked,
		.lost = &copies->lost,
		.held = &copies->held,
		.taken = &copies->taken,
		.given = &copies->given,
	    });
	if (copies->last == NULL) {
		free(copies);
		return NULL;
	}
	return copies;
}

void
copies_free(struct copies *copies)
{
	if (copies == NULL)
		return;
	store_free(copies->last);
	free(copies);
}

uint32_t
copies_live(const struct copies *copies)
{
	return store_live(copies->last);
}

/* Of bytes that begin at seq, those among the half's first. */
static struct slice
among_first(const struct half *half, uint32_t seq, struct slice bytes)
{
	uint32_t at = seq - half->first;

	return slice_first(bytes, at < COPIES_BYTES ? COPIES_BYTES - at : 0);
}

/* One byte before what is wanted, when all was acknowledged, asks whether the
 * other is still there, and says nothing (RFC 9293 3.8.4). */
static bool
is_keep_alive(const struct half *half, uint32_t seq, struct slice bytes)
{
	return bytes.len == 1 && seq == half->next - 1 && half->ack_known &&
	    !serial_before(half->acked, half->next);
}

static bool
contradicts_heard(const struct copies *copies, const struct half *half,
    uint32_t seq, struct slice bytes)
{
	uint32_t heard = half->next - seq;

	return store_holds(&half->last) && serial_before(seq, half->next) &&
	    store_unlike(
		copies->last, &half->last, seq, slice_first(bytes, heard));
}

void
copies_meet(struct copies *copies, const struct store *held, struct half *half,
    uint32_t seq, struct slice bytes)
{
	if (half->sure)
		return;
	if (serial_before(seq, half->first)) {
		bytes = slice_after(bytes, half->first - seq);
		seq = half->first;
	}
	if (is_keep_alive(half, seq, bytes))
		return;
	if (contradicts_heard(copies, half, seq, bytes)) {
		half->rewritten = true;
		half->conflict = true;
	}
	if (store_holds(&half->held) &&
	    store_unlike(held, &half->held, seq, bytes))
		half->conflict = true;
	if (half->conflict)
		store_over(copies->last, &half->last, seq,
		    among_first(half, seq, bytes));
}

void
copies_heard(struct copies *copies, struct half *half, struct slice bytes)
{
	const uint32_t seq = half->next - (uint32_t)bytes.len;
	struct slice first = among_first(half, seq, bytes);
	struct slice rest = slice_after(bytes, first.len);

	if (half->sure)
		return;
	store_put(copies->last, &half->last, seq, first, 0);
	if (rest.len == 0)
		return;
	if (rest.len > COPIES_BYTES)
		rest = slice_after(rest, rest.len - COPIES_BYTES);
	store_put(copies->last, &half->last, half->next - (uint32_t)rest.len,
	    rest, 0);
	store_thin(copies->last, &half->last, half->first + COPIES_BYTES,
	    half->next - COPIES_BYTES);
}

void
copies_sure(struct copies *copies, struct half *half)
{
	store_drop(copies->last, &half->last);
	half->sure = true;
}

void
copies_swapped(struct copies *copies, struct half *a, struct half *b)
{
	store_move(copies->last, &a->last);
	store_move(copies->last, &b->last);
}

bool
copies_whole(const struct half *half)
{
	return !half->sure && !half->last.robbed;
}

struct slice
copies_look(const struct copies *copies, const struct half *half, uint32_t at,
    uint32_t end)
{
	return store_look(
	    copies->last, &half->last, half->first + at, half->first + end);
}
