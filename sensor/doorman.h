/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doorman - turns away who is no mail server by the first bytes, and tells of
 * strangers on mail ports.
 *
 * A stranger is a server that speaks a foreign protocol on a standard port and
 * was named.  Asked is not accepted: what a client throws at a mail port says
 * nothing about the server, so a flow that was turned away by its client's
 * bytes is overheard until the server has answered in kind, or otherwise.
 */
#ifndef STRAYMAIL_DOORMAN_H
#define STRAYMAIL_DOORMAN_H

#include "output/options.h"
#include "sensor/conversation.h"
#include "sensor/counters.h"
#include "sensor/flow/flow_table.h"
#include "sensor/teller.h"

#include <stdbool.h>

/* Plain, as a part of its worker; everything in it is borrowed. */
struct doorman {
	const struct output_options *policy; /* which ports are mail's own */
	struct counters *counters;
	struct teller *teller;
};

/* The flow's first payload.  True: it is somebody else's, and was settled. */
bool doorman_turns_away(const struct doorman *doorman,
    const struct flow_hit *hit, const struct packet *packet);

/* A packet of a settled flow with the bit FLOW_OVERHEARD. */
void doorman_overhear(const struct doorman *doorman, const struct flow_hit *hit,
    const struct packet *packet);

/* A conversation has ended; its flow, if it still has one, is not yet given
 * up and its second opinion can be asked. */
void doorman_note_end(
    const struct doorman *doorman, const struct conversation *conversation);

#endif
