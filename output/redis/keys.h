/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys - the names of everything that is kept in Redis.
 *
 * All keys of a deployment begin with "{prefix}:v1:".  The braces put them into
 * one slot of a cluster, so one script may use them together; v1 is the schema's
 * major version.  Names are made of configured names, addresses and ports only;
 * of what came over the wire there are the names of servers behind a proxy, whose
 * letters endpoint.h chooses.
 */
#ifndef STRAYMAIL_KEYS_H
#define STRAYMAIL_KEYS_H

#include "output/endpoint.h"

#include <stdbool.h>
#include <stdint.h>

#define KEYS_SCHEMA   1

#define KEY_NAME_MAX  64 /* of a prefix, a site, a sensor */
#define SERVER_ID_MAX (KEY_NAME_MAX + 1 + ENDPOINT_TEXT_MAX)
#define KEY_MAX       320

enum key {
	/* of the deployment */
	KEY_META,    /* hash: schema, created, min_reader */
	KEY_EVENTS,  /* stream */
	KEY_LIVE,    /* channel */
	KEY_SERVERS, /* zset: server id by last_seen */
	KEY_RISK,    /* zset: server id by score */
	KEY_NEW,     /* zset: server id by when it became new */
	KEY_SENSORS, /* zset: sensor by its last heartbeat */
	/* of a server, by its id */
	KEY_SERVER,      /* hash */
	KEY_TOTALS,      /* hash: source to what it has told */
	KEY_CLIENTS,     /* zset: client by flows */
	KEY_CLIENTS_HLL, /* HyperLogLog */
	/* of a sensor, by its name */
	KEY_SENSOR, /* hash */
	KEY_ALIVE,  /* string that expires */
	KEY_HEALTH  /* stream */
};

/* of: a server id or a sensor's name; "" for a key of the deployment. */
void key_name(
    enum key key, const char *prefix, const char *of, char ret_name[KEY_MAX]);

/* Flows by hour of one UTC day: "...:server:<id>:h:20261124". */
void key_hours(const char *prefix, const char *server_id, uint64_t when_ms,
    char ret_name[KEY_MAX]);

/* Where the self-test plays the part of the key: "...:selftest:<sensor>:...". */
void key_selftest(enum key key, const char *prefix, const char *sensor,
    char ret_name[KEY_MAX]);

/* "default/10.0.0.5:2525", "default/mx.example:2525"; name: as endpoint.h makes
 * it of what came over the wire, "" where the endpoint has an address. */
void server_id(const char *site, const struct endpoint *endpoint,
    const char *name, char ret_id[SERVER_ID_MAX]);

/* Fit to be a prefix, a site or a sensor's name: 1 to 63 letters, digits and
 * any of ._-: */
bool key_part_fit(const char *name);

#endif
