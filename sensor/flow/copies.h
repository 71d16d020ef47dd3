/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copies - the last copy of each byte, beside the first that was heard.
 *
 * A byte may be sent twice, and not alike: by whoever wants a sensor to hear
 * something else than the server does, or by somebody who answers in its place.
 * Which copy the receiver took nobody else can know.  The first is what
 * reassembly hands on; here are the last ones of a direction's first 4 KiB,
 * where they begin to differ.  To see that, what was handed on is kept as well:
 * these first 4 KiB and the latest 4 KiB, for as long as somebody asks.
 *
 * All are in cells of a pool with a bound of its own; when it is empty a victim
 * is drawn at random, and whether its copies agree is not known any more.
 */
#ifndef STRAYMAIL_COPIES_H
#define STRAYMAIL_COPIES_H

#include "sensor/flow/half.h"
#include "sensor/flow/store.h"

#define COPIES_BYTES 4096

struct copies;

/* bytes: the pool's size, at least one direction's copies.  unchecked: counts
 * the victims; it outlives this.  NULL: no memory. */
struct copies *copies_new(size_t bytes, uint64_t seed, uint64_t *unchecked);
void copies_free(struct copies *copies);
uint32_t copies_live(const struct copies *copies); /* cells */

/*
 * A segment came, and was not taken in yet; held: where what came early is.
 * half.conflict says whether any byte of it was here before and another, and
 * half.rewritten whether one of these was heard.
 */
void copies_meet(struct copies *copies, const struct store *held,
    struct half *half, uint32_t seq, struct slice bytes);

/* Bytes of that half were pulled just now, and heard: half.next is behind. */
void copies_heard(struct copies *copies, struct half *half, struct slice bytes);

/* Nobody asks for this half's copies any more. */
void copies_sure(struct copies *copies, struct half *half);

/* The halves have changed places. */
void copies_swapped(struct copies *copies, struct half *a, struct half *b);

/* Of the first COPIES_BYTES, all that was heard is here. */
bool copies_whole(const struct half *half);

/* The last copies from the byte at offset `at` on, up to `end`; fewer where
 * the rest lies elsewhere, and none where a byte was not heard. */
struct slice copies_look(const struct copies *copies, const struct half *half,
    uint32_t at, uint32_t end);

#endif
