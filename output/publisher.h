/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publisher - the one thread that drains the rings, keeps the ledger and feeds
 * the sinks.
 *
 * A slow sink never slows capture: workers only push into their ring.  In a
 * replay the publisher has no clock but the observations' own, and a worker
 * waits for it after each batch that pushed something, so that the same file
 * gives the same bytes.
 */
#ifndef STRAYMAIL_PUBLISHER_H
#define STRAYMAIL_PUBLISHER_H

#include "output/ledger.h"
#include "output/options.h"
#include "output/ring.h"
#include "output/sinks/sink.h"

struct publisher;

#define PUBLISHER_SINKS_MAX 4

struct publisher_parts {
	const struct output_options *options;
	struct ledger *ledger;
	struct ring *const *rings; /* one a worker */
	unsigned ring_count;
	struct sink *const *sinks; /* the publisher closes them at its stop */
	unsigned sink_count;
};

/* Parts are borrowed.  NULL after it has said why. */
struct publisher *publisher_new(const struct publisher_parts *parts);

/*
 * Starts and joins the thread.  Stop comes once, after the workers have
 * returned: it drains the rings, flushes the sinks (retried for 5 s) and closes
 * them, also where the thread was never started.  False: something was not
 * taken.
 */
bool publisher_start(struct publisher *publisher);
bool publisher_stop(struct publisher *publisher);

/* A worker has pushed something (cheap, any thread). */
void publisher_nudge(struct publisher *publisher);

/* Waits until everything pushed before the call was handled; between start and
 * stop only. */
void publisher_settle(struct publisher *publisher);

/* Asks for log files to be reopened, at the next opportunity. */
void publisher_reopen(struct publisher *publisher);

/* Servers on mail ports that speak something else, once a protocol; after
 * stop. */
uint64_t publisher_strangers(const struct publisher *publisher);

void publisher_free(struct publisher *publisher);

#endif
