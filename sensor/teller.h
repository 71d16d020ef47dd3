/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teller - a worker's end of its ring.
 *
 * What a full ring does not take is owed, not lost: live, the conversation
 * keeps it until there is room; in a replay the worker waits.
 */
#ifndef STRAYMAIL_TELLER_H
#define STRAYMAIL_TELLER_H

#include "output/observation.h"
#include "sensor/report.h"

#include <stdbool.h>
#include <stdint.h>

struct publisher;
struct ring;
struct traffic;

/* Plain, as a part of its worker; everything in it is borrowed. */
struct teller {
	struct ring *ring;
	struct publisher *publisher;
	struct traffic *traffic; /* where it counts */
	uint8_t worker;          /* whose it is */
	bool replay;             /* wait where there is no room */
	bool pushed;             /* something since the last hand-over */
};

/* What is new about a conversation, if anything is.  False: it is owed. */
bool teller_tell(struct teller *teller, struct conversation *conversation,
    enum report_why why);

/* Something else on a mail port; without room it is left out, and counted. */
void teller_stranger(struct teller *teller, struct observation *seen);

/* A mark about the capture itself; without room it is left out. */
void teller_mark(struct teller *teller, enum observation_kind kind,
    uint32_t source, uint64_t when_ns);

/*
 * After each batch: wakes the publisher.  A replay waits until it has caught
 * up, but not after each batch: only if that is due, or the ring half full.
 * What the publisher makes of a replay follows from the order of observations
 * and the times in them alone, so it may see them later.
 */
void teller_hand_over(struct teller *teller, bool due);

/* Waits until the ring is empty. */
void teller_wait(struct teller *teller);

#endif
