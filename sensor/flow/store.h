/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - what all directions hold, in cells of one pool.
 *
 * Part of reassembly, and for its use only: it knows which bytes are held, and
 * nothing of why.  Putting always succeeds: when no cell is free, one shelf
 * drawn at random loses everything that is on it.
 */
#ifndef STRAYMAIL_STORE_H
#define STRAYMAIL_STORE_H

#include "sensor/flow/reassembly.h"

struct store;

/* Where it counts, as it goes: they outlive it. */
struct store_numbers {
	uint64_t *robbed;        /* times that a victim lost what it held, */
	uint64_t *lost;          /* ... and its bytes */
	uint64_t *held;          /* bytes that are held now */
	uint64_t *taken, *given; /* cells of the pool, and back to it */
};

/* NULL: no memory. */
struct store *store_new(
    uint32_t cells, uint64_t seed, const struct store_numbers *numbers);
void store_free(struct store *store);
uint32_t store_live(const struct store *store); /* cells held */

/* Holds the bytes that begin at seq; the first copy of each stays.  Returns
 * how many were new. */
size_t store_put(struct store *store, struct shelf *shelf, uint32_t seq,
    struct slice bytes, uint64_t tick_ns);

/* The same, but the last copy of each stays. */
void store_over(
    struct store *store, struct shelf *shelf, uint32_t seq, struct slice bytes);

/* Of those bytes one that is held is another. */
bool store_unlike(const struct store *store, const struct shelf *shelf,
    uint32_t seq, struct slice bytes);

/* The shelf holds something; the three that follow may be asked. */
bool store_holds(const struct shelf *shelf);
uint32_t store_first(const struct store *store, const struct shelf *shelf);
uint64_t store_since(const struct store *store, const struct shelf *shelf);
/* The run of bytes from store_first() on, up to `end`, which is behind that;
 * lent until the next store_put(). */
struct slice store_take(struct store *store, struct shelf *shelf, uint32_t end);

/* The bytes held at seq, up to `end`, which is behind that, or to where their
 * cell ends: ask on.  They stay, and are lent until the next store_put(). */
struct slice store_look(const struct store *store, const struct shelf *shelf,
    uint32_t seq, uint32_t end);

/* What is on the shelf was copied there from another. */
void store_move(struct store *store, struct shelf *to);

/* Nothing is held any more of the cells that lie within [from, to). */
void store_thin(
    struct store *store, struct shelf *shelf, uint32_t from, uint32_t to);

/* The shelf holds nothing any more; returns how many bytes that were. */
size_t store_drop(struct store *store, struct shelf *shelf);

#endif
