/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis - findings to Redis, counted once whatever happens on the way.
 *
 * Sends the running totals of every tally that changed, with the ingest script
 * (output/redis/ingest.lua), pipelined; a tally counts as told when its own
 * reply came.  Connects by itself, tests itself, backs off, and tells all
 * again when Redis has lost its memory.  Never blocks longer than its
 * time-outs (connect 2 s, command 5 s), and only the publisher's thread.
 */
#ifndef STRAYMAIL_REDIS_H
#define STRAYMAIL_REDIS_H

#include "output/event.h"
#include "output/sinks/sink.h"

/*
 * The first connection is tried at the first flush, so a Redis that is down
 * does not keep the sensor from starting.  NULL: no memory, or the URL is none
 * (said in one line).
 */
struct sink *redis_open(
    const struct event_context *context, struct ledger *ledger);

/* Redis has taken all; false as long as something waits or it is away. */
bool redis_told_all(struct sink *sink);

#endif
