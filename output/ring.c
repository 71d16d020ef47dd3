/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring - head and tail only ever grow; a slot is (count & mask).
 *
 * Each count is written by one thread.  Releasing it publishes the slot it
 * passed; acquiring it on the other side makes that slot safe to touch.  The
 * two counts sit on cache lines of their own so that the threads do not
 * invalidate each other's line on every step.
 */
#include "output/ring.h"

#include "output/observation.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

struct ring {
	alignas(CACHE_LINE) atomic_size_t pushed; /* written by the producer */
	alignas(CACHE_LINE) atomic_size_t popped; /* written by the consumer */
	alignas(CACHE_LINE) size_t mask;
	struct observation slot[];
};

struct ring *
ring_new(size_t slots)
{
	struct ring *ring;
	size_t size;

	assert(slots > 0 && (slots & (slots - 1)) == 0);
	size = sizeof(*ring) + slots * sizeof(ring->slot[0]);
	size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	ring = aligned_alloc(CACHE_LINE, size);
	if (ring == NULL)
		return NULL;
	/* The slots too: their pages are wanted now, not under load. */
	memset(ring, 0, size);
	atomic_init(&ring->pushed, 0);
	atomic_init(&ring->popped, 0);
	ring->mask = slots - 1;
	return ring;
}

void
ring_free(struct ring *ring)
{
	free(ring);
}

bool
ring_push(struct ring *ring, const struct observation *seen)
{
	size_t pushed =
	    atomic_load_explicit(&ring->pushed, memory_order_relaxed);
	size_t popped =
	    atomic_load_explicit(&ring->popped, memory_order_acquire);

	if (pushed - popped > ring->mask)
		return false;
	ring->slot[pushed & ring->mask] = *seen;
	atomic_store_explicit(&ring->pushed, pushed + 1, memory_order_release);
	return true;
}

bool
ring_pop(struct ring *ring, struct observation *ret_seen)
{
	size_t popped =
	    atomic_load_explicit(&ring->popped, memory_order_relaxed);
	size_t pushed =
	    atomic_load_explicit(&ring->pushed, memory_order_acquire);

	if (popped == pushed)
		return false;
	*ret_seen = ring->slot[popped & ring->mask];
	atomic_store_explicit(&ring->popped, popped + 1, memory_order_release);
	return true;
}

size_t
ring_length(const struct ring *ring)
{
	/* Popped first: the length is then never negative. */
	size_t popped =
	    atomic_load_explicit(&ring->popped, memory_order_acquire);
	size_t pushed =
	    atomic_load_explicit(&ring->pushed, memory_order_acquire);

	return pushed - popped;
}

bool
ring_half_full(const struct ring *ring)
{
	return ring_length(ring) > ring->mask / 2;
}
