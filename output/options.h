/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options - what the output room is told at start; sensor/config.c fills it.
 *
 * Texts are borrowed from the configuration, which outlives every user.
 */
#ifndef STRAYMAIL_OUTPUT_OPTIONS_H
#define STRAYMAIL_OUTPUT_OPTIONS_H

#include "output/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_PORTS_MAX    64
#define OPTIONS_NETWORKS_MAX 64

#define COMMUNITY_ID_SHOWN   32

struct redis_options {
	const char
	    *url; /* unix:///path, redis://host[:port][/db]; NULL: none */
	const char *username;      /* NULL: the default user */
	const char *password_file; /* NULL: none; first line is the password */
	const char *prefix;        /* "straymail" */
	uint32_t stream_maxlen;
	uint32_t flush_ms;
};

struct output_options {
	/* who tells */
	const char *sensor_name, *site, *version;

	/* what it listens to, in words, for its heartbeat; NULL: not set */
	const char *interfaces, *filter, *ndpi;

	/* What all sensors call a connection, by who asks and who was asked;
	 * "" where they do not.  It costs more than all else that is said of
	 * one, so it is asked for where it is told.  NULL: never. */
	void (*community_id)(const struct endpoint *from,
	    const struct endpoint *to,
	    char ret_text[static COMMUNITY_ID_SHOWN]);

	/* what is judged */
	uint16_t standard_ports[OPTIONS_PORTS_MAX];
	size_t standard_port_count;
	struct network internal[OPTIONS_NETWORKS_MAX];
	size_t internal_count;
	bool lmtp_ignored;
	bool all; /* standard servers are shown too */

	/* how much is kept */
	uint32_t servers_max;

	/* `read`: capture time is the only time, and ids come from digests */
	bool replay;

	struct redis_options redis;
};

#endif
