/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkup - what a sensor makes sure of on a new connection, before it tells
 * anything: that the schema is one it knows, that Redis will not throw findings
 * away, that every permission is there, and which Redis it is.
 */
#ifndef STRAYMAIL_CHECKUP_H
#define STRAYMAIL_CHECKUP_H

#include "output/options.h"
#include "output/redis/client.h"
#include "output/redis/ingest.h"

#include <stdbool.h>
#include <stdint.h>

#define RUN_ID_MAX 64
#define POLICY_MAX 32

struct checkup {
	char script[SCRIPT_NAME_MAX]; /* the ingest script's name */
	char run_id[RUN_ID_MAX];      /* another one: Redis was restarted */
	char eviction[POLICY_MAX];    /* "noeviction" is the one that is safe */
	uint64_t redis_ms;            /* Redis's clock, since the epoch */
};

/* command is room to work in.  False: ret_trouble says why, and the connection
 * is not to be used. */
bool checkup(struct redis_client *client, struct command *command,
    const struct output_options *options, struct checkup *ret_checkup,
    struct trouble *ret_trouble);

/* Redis's clock; 0: it does not say. */
uint64_t checkup_clock(struct redis_client *client, struct command *command);

/* Writes P:meta unless it is there; the schema is known to be ours.  Returns
 * true if it was not there: a new Redis, or one that has lost its data. */
bool checkup_meta(struct redis_client *client, struct command *command,
    const char *prefix, uint64_t now_ms);

#endif
