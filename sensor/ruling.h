/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruling - the bytes by which a connection was ruled out, so that it can be
 * told when they are contradicted.
 *
 * One that is ruled out is settled at once and costs nothing further: that is
 * most of a network.  But whoever hides could say garbage that no server takes
 * (its checksum is wrong, or it does not get there), and then the same bytes
 * again as SMTP.  So of what ruled a flow out there remains where it began and
 * a mark, and if something else is said there that may be SMTP, the flow is
 * heard from there on.
 */
#ifndef STRAYMAIL_RULING_H
#define STRAYMAIL_RULING_H

#include "dissectors/side.h"
#include "dissectors/slice.h"
#include "sensor/flow/flow_table.h"

#include <stdbool.h>
#include <stdint.h>

struct ruling {
	bool given;
	uint8_t side;  /* who said it */
	uint16_t mark; /* of its first bytes */
	uint32_t seq;  /* where it began */
};

struct ruling ruling_of(enum side side, uint32_t seq, struct slice bytes);

/* That flow is settled by it. */
void ruling_settle(struct flow *flow, const struct ruling *ruling);

/* A packet of a settled flow contradicts what it was ruled out by.  Then the
 * flow is embryonic again, for a conversation that begins with that packet. */
bool ruling_reversed(const struct flow_hit *hit, const struct packet *packet);

#endif
