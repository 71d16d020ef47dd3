/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring - the way from one worker to the publisher: a bounded queue with one
 * producer and one consumer, and the only lock-free code there is.
 *
 * A full ring refuses; it never waits and never loses what it took.
 */
#ifndef STRAYMAIL_RING_H
#define STRAYMAIL_RING_H

#include <stdbool.h>
#include <stddef.h>

struct observation;
struct ring;

/* slots: a power of two.  NULL: no memory. */
struct ring *ring_new(size_t slots);
void ring_free(struct ring *ring);

/* The worker's end.  False: full, try again later. */
bool ring_push(struct ring *ring, const struct observation *seen);

/* The publisher's end.  False: empty. */
bool ring_pop(struct ring *ring, struct observation *ret_seen);

/* How many wait; exact only on a quiet ring. */
size_t ring_length(const struct ring *ring);

/* The producer's: time to wake the consumer, if nothing else has. */
bool ring_half_full(const struct ring *ring);

#endif
