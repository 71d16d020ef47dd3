/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store - what all directions hold, in cells of one pool.
 *
 * Part of reassembly, and for its use only: it knows which bytes are held, and
 * nothing of why they wait.  Putting always succeeds: when no cell is free,
 * one direction drawn at random loses everything that it holds.
 */
#ifndef STRAYMAIL_STORE_H
#define STRAYMAIL_STORE_H

#include "sensor/flow/reassembly.h"

struct store;

/* numbers: where over_budget and bytes.held are counted.  NULL: no memory. */
struct store *store_new(
    uint32_t cells, uint64_t seed, struct reassembly_numbers *numbers);
void store_free(struct store *store);
uint32_t store_live(const struct store *store); /* cells held */

/* Holds the bytes that begin at seq; the first copy of each stays.  Returns
 * how many were new. */
size_t store_put(struct store *store, struct half *half, uint32_t seq,
    struct slice bytes, uint64_t tick_ns);

/* The half holds something; the three that follow may be asked. */
bool store_holds(const struct half *half);
uint32_t store_first(const struct store *store, const struct half *half);
uint64_t store_since(const struct store *store, const struct half *half);
/* The run of bytes from store_first() on, up to `end`, which is behind that;
 * lent until the next store_put(). */
struct slice store_take(struct store *store, struct half *half, uint32_t end);

/* What the half holds is another's: it was copied there. */
void store_move(struct store *store, struct half *to);

/* The half holds nothing any more; returns how many bytes that were. */
size_t store_drop(struct store *store, struct half *half);

#endif
