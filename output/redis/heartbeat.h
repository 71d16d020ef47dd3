/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat - a sensor in `watch` says that it lives, and what it sees.
 *
 * Every 30 s: P:sensors, P:sensor:<name>, and P:sensor:<name>:alive, which is
 * gone when the sensor has been silent for 90 s.  Once a minute: an entry of
 * P:sensor:<name>:health with what was counted since the one before, in numbers
 * only.  At the start and the stop: an entry of the events stream.
 */
#ifndef STRAYMAIL_HEARTBEAT_H
#define STRAYMAIL_HEARTBEAT_H

#include "output/event.h"
#include "output/redis/client.h"

#include <stdbool.h>
#include <stdint.h>

struct observation;
struct heartbeat;

/* The context is borrowed.  NULL: no memory. */
struct heartbeat *heartbeat_new(const struct event_context *context);
void heartbeat_free(struct heartbeat *heartbeat);

/* A worker's totals so far. */
void heartbeat_traffic(
    struct heartbeat *heartbeat, const struct observation *seen);

bool heartbeat_due(const struct heartbeat *heartbeat, uint64_t now_ns);

enum beat {
	BEAT_FINE,
	BEAT_MEMORY_LOST, /* fine, but Redis no longer knows its own P:meta */
	BEAT_REFUSED,     /* ret_trouble says what Redis did not like */
	BEAT_BROKEN       /* the connection has failed */
};

/* What the sink knows of its own work. */
struct backlog {
	uint64_t untold;      /* tallies that wait to be told */
	uint64_t stray_flows; /* confirmed dialogs off the standard ports */
};

enum beat heartbeat_beat(struct heartbeat *heartbeat,
    struct redis_client *client, struct command *command,
    const struct backlog *backlog, struct trouble *ret_trouble);

/* To be called at every flush: the longest time between two is how long an
 * observation may have waited. */
void heartbeat_pulse(struct heartbeat *heartbeat, uint64_t now_ns);

/* The entry sensor_stop, if the start was told. */
void heartbeat_stop(struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command);

#endif
