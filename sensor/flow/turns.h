/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns - which bytes of a direction wait until the other was heard.
 *
 * A segment tells by its acknowledgement what its sender had heard before it
 * spoke.  Mirrors reorder across the two directions, so that an answer may
 * come before its question; heard in that order a dialog means something else.
 *
 * A byte may be sent several times, each time with a later acknowledgement, and
 * what is sent behind it acknowledges no less (RFC 9293 3.4).  So it waits for
 * the least that any segment acknowledged which ends behind it, and a few pairs
 * (end, acknowledgement), both ascending, say that of all bytes.
 *
 * Part of reassembly, and for its use only.
 */
#ifndef STRAYMAIL_TURNS_H
#define STRAYMAIL_TURNS_H

#include "sensor/flow/reassembly.h"

#define TURNS_WAIT_NS UINT64_C(250000000)

struct turns; /* what all directions of a worker wait for */

/* For that many directions at once, at most.  numbers: where they are counted.
 * NULL: no memory. */
struct turns *turns_new(uint32_t most, struct reassembly_numbers *numbers);
void turns_free(struct turns *turns);

/* The segment's bytes wait for the other side's before its acknowledgement.
 * When there is no room they wait no longer than what is before them. */
void turns_add(struct turns *turns, struct half *half,
    const struct segment *segment, const struct answer *answer);

/* half.turns is not POOL_NONE: all is gathered, and it begins at half.next. */
void turns_start(struct turns *turns, struct half *half);

/* half.turns is not POOL_NONE: bytes before this wait for nobody. */
uint32_t turns_until(const struct turns *turns, const struct half *half);

/* What is before it was heard, and so was the other side up to `heard`: is it
 * the turn of the next bytes?  vain: also if they waited for too long, or their
 * half is alone. */
enum turn turns_come(struct turns *turns, struct half *half, uint32_t heard,
    uint64_t tick_ns, bool vain);

/* The half waits for nothing any more. */
void turns_drop(struct turns *turns, struct half *half);

#endif
