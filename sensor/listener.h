/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener - what a worker does with a packet of a connection that is worth
 * listening to: the second half of its page.
 *
 *	flow -> conversation (reassembly, dialog) -> teller
 *
 * A conversation begins with a flow's first payload, unless the doorman turns
 * it away, and ends by its verdict, its silence, or because somebody else needs
 * its place.  Each tells what it has to tell before it is given up.
 */
#ifndef STRAYMAIL_LISTENER_H
#define STRAYMAIL_LISTENER_H

#include "sensor/accounting.h"
#include "sensor/counters.h"
#include "sensor/flow/flow_table.h"
#include "sensor/teller.h"
#include "sensor/worker.h"

#include <stdint.h>

struct listener;

/* All borrowed, all outlive it. */
struct listener_parts {
	struct flow_table *flows;
	struct teller *teller;
	struct counters *counters;
};

/* All its memory is allocated here.  NULL: not enough of it. */
struct listener *listener_new(
    const struct worker_options *options, const struct listener_parts *parts);
void listener_free(struct listener *listener);

/* A packet of that flow comes soon: ask for what will be wanted then. */
void listener_prefetch(
    const struct listener *listener, const struct flow *flow);

/* A packet of that flow. */
void listener_hear(struct listener *listener, const struct flow_hit *hit,
    const struct packet *packet);

/* The flow's place was given to another connection; index is what it had as
 * its conversation, and not POOL_NONE. */
void listener_evict(
    struct listener *listener, uint32_t index, uint64_t tick_ns);

/* Whoever waited for long enough by that tick is attended to. */
void listener_expire(struct listener *listener, uint64_t tick_ns);

/* Whatever is still open has had its say, and is told. */
void listener_finish(struct listener *listener);

/* Takes what reassembly has counted so far over into the counters, and fills in
 * its own lines of the books.  Between two batches. */
void listener_count(
    struct listener *listener, struct accounting_books *ret_books);

#endif
