/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ingest - one call of the ingest script: what a source has counted so far of
 * one server.  ingest.lua beside this file says what becomes of it.
 */
#ifndef STRAYMAIL_INGEST_H
#define STRAYMAIL_INGEST_H

#include "output/ledger.h"
#include "output/redis/command.h"
#include "output/redis/keys.h"
#include "output/redis/reply.h"

#include <stddef.h>
#include <stdint.h>

/* The script's text, a string; made from ingest.lua when it is built. */
extern const char ingest_script[];

/* What SCRIPT LOAD answers, and EVALSHA wants. */
#define SCRIPT_NAME_MAX  41

#define INGEST_FACTS_MAX 32

/* A field of the server's hash that is what the newest dialog says. */
struct fact {
	const char *name, *value;
};

/* Texts are borrowed until the command was handed to the client. */
struct ingest {
	const char *prefix;
	const char *source, *sensor, *server; /* server: its id */
	uint64_t first_seen_ms, last_seen_ms;
	uint64_t flows, bytes_toserver, bytes_toclient, messages; /* totals */
	uint64_t suspected_flows; /* of this sensor, that are still open */
	const char *verdict;
	unsigned score;
	const char *digest; /* differs when the change is one in kind */
	uint32_t retention_s, stream_length;
	const char *json; /* the event */
	size_t fact_count;
	struct fact facts[INGEST_FACTS_MAX];
	const struct client *clients;
	bool rehearsal; /* plays on the self-test's keys, and says nothing */
};

#define RETENTION_S ((uint32_t)90 * 86400)

/* script: its name. */
void ingest_command(const struct ingest *ingest, const char *script,
    struct command *ret_command);

/* What Redis made of it. */
enum ingested {
	INGESTED_NOTHING_NEW,
	INGESTED_NEW, /* Redis did not know this server */
	INGESTED_SIGHTING,
	INGESTED_CHANGED,
	INGESTED_STRANGE, /* no answer of ours */
};

/* reply: of class OK or DUP. */
enum ingested ingest_outcome(const struct reply *reply);

/* All keys that a rehearsal plays on, as KEYS of the script.  Returns how
 * many, at most INGEST_KEYS_MAX. */
#define INGEST_KEYS_MAX 9
size_t ingest_keys(
    const struct ingest *ingest, char ret_keys[INGEST_KEYS_MAX][KEY_MAX]);

#endif
