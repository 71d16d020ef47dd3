/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places - where flows lie: sets of eight, found by a keyed hash.
 *
 * Part of the flow table, and for its use only: it knows which place is whose,
 * and nothing of connections or of time.
 */
#ifndef STRAYMAIL_PLACES_H
#define STRAYMAIL_PLACES_H

#include "sensor/flow/flow_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Places in a set.  Conversations are so few beside the places that only flows
 * without one have to go; and eight are read fast enough when that happens.
 */
#define PLACES_A_SET 8
#define PLACES_NONE  SIZE_MAX

/* Plain, as a part of its table. */
struct places {
	struct flow *flows; /* PLACES_A_SET a set */
	uint16_t *tags;     /* likewise; 0: the place is free */
	uint8_t *away; /* for each set: of its flows, in their second set */
	uint64_t set_mask;
};

/* flows: rounded up to a power of two.  False: no memory; places_end() even so. */
bool places_begin(struct places *places, uint32_t flows);
void places_end(struct places *places);

/* What they take for so many flows. */
uint64_t places_bytes(uint32_t flows);

/* The first place of the hash's set. */
static inline size_t
places_set(const struct places *places, uint64_t hash)
{
	return (size_t)(hash & places->set_mask) * PLACES_A_SET;
}

/* Asks for the line of the hash's tags. */
void places_prefetch(const struct places *places, uint64_t hash);

/* Guesses the place of the flow by its tag, and asks for its line.  The guess is
 * in lookup->likely; it stays as it is where there is none. */
void places_guess(const struct places *places, struct flow_lookup *lookup);

/* The flow that was guessed, unless that is somebody else's tag. */
const struct flow *places_guessed(
    const struct places *places, const struct flow_lookup *lookup);

/* The flow's place, or PLACES_NONE. */
size_t places_find(
    const struct places *places, const struct flow_lookup *lookup);

/* A free one of the hash's two sets becomes its; PLACES_NONE: there is none. */
size_t places_take(struct places *places, uint64_t hash);

/* That one, which was another's, becomes its. */
void places_inherit(struct places *places, size_t place, uint64_t hash);

/* Whether it is in the hash's second set; and that flow is gone from there. */
bool places_is_away(const struct places *places, size_t place, uint64_t hash);
void places_come_back(struct places *places, uint64_t hash);

/* It is free again. */
void places_give(struct places *places, size_t place);

#endif
