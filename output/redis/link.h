/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - the sensor's connection to Redis over time: up, or away and why, and
 * when to try again.
 *
 * Any trouble but with a single server takes the link down: a new connection
 * begins with a checkup, which shows whether the trouble is over.  Each change
 * is one line in the log; what a person must repair is said every 30 s.
 */
#ifndef STRAYMAIL_LINK_H
#define STRAYMAIL_LINK_H

#include "output/options.h"
#include "output/redis/client.h"
#include "output/redis/command.h"

#include <stdbool.h>
#include <stdint.h>

struct link;

/* Options are borrowed.  NULL: no memory. */
struct link *link_new(const struct output_options *options);
void link_free(struct link *link);

enum link_state {
	LINK_AWAY,
	LINK_UP,
	LINK_BACK,      /* a new connection, just now */
	LINK_RESTARTED, /* ... and Redis is not the one that it was */
};

/*
 * Connects if it is away and time to try; the first of the last calls is always
 * such a time.  In a replay, whose time is the capture's, it is tried at the
 * first call, and a few times within a second at the first of the last.
 */
enum link_state link_connect(struct link *link, uint64_t now_ns, bool last);

/* NULL: away. */
struct redis_client *link_client(struct link *link);

/* Closes the connection for this reason. */
void link_lost(
    struct link *link, const struct trouble *trouble, uint64_t now_ns);

/* Why it is away. */
const struct trouble *link_trouble(const struct link *link);

/* The ingest script's name on this connection, and how to load it again after
 * Redis forgot it; false: the link is down. */
const char *link_script(const struct link *link);
bool link_reload_script(struct link *link, uint64_t now_ns);

/* Redis's clock in ms; 0: unknown. */
uint64_t link_clock(struct link *link);

/* Room in which every command on this link is made, one after the other. */
struct command *link_command(struct link *link);

#endif
