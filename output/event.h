/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event - a server and its newest dialog as one JSON object
 * (straymail.event/1; event.schema.json beside this file is its contract).
 *
 * event.c writes such lines and event_read.c reads them back; no other file knows
 * jansson.
 */
#ifndef STRAYMAIL_EVENT_H
#define STRAYMAIL_EVENT_H

#include "output/ledger.h"
#include "output/options.h"
#include "output/sources.h"

struct ring;

/* What an event is made of, beside the server. */
struct event_context {
	const struct output_options *options;
	const struct sources *sources;
	const char *const
	    *interfaces; /* names by sighting.interface; NULL in `read` */
	struct ring *const
	    *rings; /* the workers', for the heartbeat: what waits */
	unsigned ring_count;
	uint64_t now_ns; /* the event's timestamp */
	uint64_t serial; /* of the event within the run and the sink */
};

/*
 * One line without its newline, plain ASCII, from malloc; NULL: no memory.  It
 * is about the tally's server; the numbers are running totals over all of its
 * sources.  For Redis (for_redis) it has no server.state and no totals: there
 * the hash has them.
 */
char *event_json(const struct event_context *context, enum change action,
    const struct tally *tally, bool for_redis);

/* The community id of a sighting's connection, whoever its server is. */
void event_community_id(const struct output_options *options,
    const struct sighting *sighting, char ret_text[static COMMUNITY_ID_SHOWN]);

/* The event `not_smtp_on_mail_port`, likewise; source: what it was seen in. */
struct stranger;
char *event_stranger_json(const struct event_context *context,
    const struct stranger *stranger, uint32_t source);

/* The event `diagnostic`, likewise. */
struct diagnostic;
char *event_diagnostic_json(const struct event_context *context,
    const struct diagnostic *diagnostic, uint32_t source);

#endif
