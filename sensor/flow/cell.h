/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cell - a fixed stretch of one direction's sequence space, partly here.
 *
 * What comes early is held on a grid: each cell stands for 512 sequence
 * numbers that begin at a multiple of 512, and has a bit for every byte that
 * is here.  So segments may be cut, doubled and overlapped in any way, one
 * byte at a time if need be, without lists of pieces that grow and merge: the
 * window alone bounds the memory and the work.  512 divides 2^32, so no cell
 * crosses the wrap.
 */
#ifndef STRAYMAIL_CELL_H
#define STRAYMAIL_CELL_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define CELL_BYTES 512

struct shelf;

struct cell {
	uint32_t first;      /* its first sequence number */
	uint32_t next;       /* pool index of the next cell up, or POOL_NONE */
	struct shelf *owner; /* it is held on that */
	uint64_t since_ns;   /* tick at which its first byte came */
	uint64_t here[CELL_BYTES / 64]; /* one bit a byte */
	uint8_t byte[CELL_BYTES];
};

/* Where the cell that has this sequence number begins. */
static inline uint32_t
cell_start(uint32_t seq)
{
	return seq - seq % CELL_BYTES;
}

/* An empty one; first is a cell_start(). */
void cell_begin(
    struct cell *cell, uint32_t first, struct shelf *owner, uint64_t since_ns);

/* Puts bytes at an offset, as far as they fit.  What is here already stays:
 * the first copy wins.  Returns how many were new. */
uint32_t cell_put(struct cell *cell, uint32_t offset, struct slice bytes);

/* The same, but what is here already gives way: the last copy wins. */
void cell_over(struct cell *cell, uint32_t offset, struct slice bytes);

/* Of those bytes one that is here is another. */
bool cell_unlike(const struct cell *cell, uint32_t offset, struct slice bytes);

/* The run of bytes here from `from` on, before `to`; empty if it is not. */
struct slice cell_run(const struct cell *cell, uint32_t from, uint32_t to);

/* The first offset from `from` on that is here; CELL_BYTES: none. */
uint32_t cell_find(const struct cell *cell, uint32_t from);

/* The run of bytes here from `from` on, before `to`, taken out of the cell's
 * count.  The bytes themselves stay in place until the cell is begun again. */
struct slice cell_take(struct cell *cell, uint32_t from, uint32_t to);

/* How many bytes are here. */
uint32_t cell_held(const struct cell *cell);

#endif
