/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retake - a conversation's first bytes heard again, with the last copy of each
 * where they were sent twice and not alike (copies.h).
 *
 * Which of two copies the receiver took cannot be known here, and whoever hides
 * sends garbage as the one that a sensor believes.  So both are heard: the
 * first ones as they come, and when some were contradicted the last ones, from
 * the beginning and in a dialog of their own.  No dialog hears some of each,
 * so nothing is found that one of them would not have said alone.
 *
 * The order in which the sides spoke is remembered; a byte that came again, and
 * another, was said when it came last, and so was what follows it.  All is
 * bounded: the first 4 KiB of each side, in so many turns, and so many times.
 *
 * A byte that was sent as urgent is of the stream for some receivers and beside
 * it for others (RFC 6093 3.2): it is heard first and left out the other time.
 */
#ifndef STRAYMAIL_RETAKE_H
#define STRAYMAIL_RETAKE_H

#include "dissectors/dialog.h"
#include "sensor/decode/packet.h"
#include "sensor/flow/copies.h"

#include <stdbool.h>
#include <stdint.h>

#define RETAKE_TURNS  24
#define RETAKE_URGENT 4
#define RETAKES_MAX   32

struct conversation;

/* Plain, as part of a conversation; zero is its beginning. */
struct retake {
	/* Who spoke (RETAKE_RESPONDER or not), and up to which of its bytes. */
	uint16_t turn[RETAKE_TURNS];
	/* Who sent a byte as urgent, and which. */
	uint16_t urgent[RETAKE_URGENT];
	uint8_t turns, urgents;
	uint8_t takes; /* how often it was heard again */
	bool due;      /* a line may have come since */
	bool lost;     /* more turns than that */
};

#define RETAKE_RESPONDER (UINT16_C(1) << 15)

/* Those bytes of that side were pulled and heard just now: as long as the
 * verdict is open they are kept. */
void retake_heard(struct conversation *conversation, struct copies *copies,
    enum side side, struct slice bytes);

/* A packet of that side was pushed: what was heard of it may have come again
 * as other bytes (half.rewritten, which is taken). */
void retake_pushed(struct conversation *conversation, enum side side,
    const struct packet *packet);

/* There are other copies, and what these say is still open. */
bool retake_open(const struct conversation *conversation);

/*
 * All that can be heard now was: where copies contradict each other the dialog
 * is marked, and the last ones are heard if that can tell more than before.
 * Where they say more than the first, theirs is the conversation's dialog from
 * then on.  When SMTP is confirmed nothing is kept any more.
 */
enum dialog_news retake_hear(
    struct conversation *conversation, struct copies *copies);

/* Nothing more will come, and the dialog is ended. */
enum dialog_news retake_end(
    struct conversation *conversation, struct copies *copies);

#endif
