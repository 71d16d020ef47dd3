/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ingest - one call of the ingest script.
 */
#include "output/redis/ingest.h"

#include <string.h>

#define CLIENTS_KEPT 256

/* The script's KEYS; a server's hours are named by the day, and have no row. */
#define HOURS_AT 4
static const enum key order[INGEST_KEYS_MAX] = {
	KEY_SERVER,
	KEY_TOTALS,
	KEY_CLIENTS,
	KEY_CLIENTS_HLL,
	KEY_SERVER, /* HOURS_AT */
	KEY_SERVERS,
	KEY_RISK,
	KEY_NEW,
	KEY_EVENTS,
};

static const char *
of_what(enum key key, const struct ingest *ingest)
{
	return key >= KEY_SERVER ? ingest->server : "";
}

size_t
ingest_keys(
    const struct ingest *ingest, char ret_keys[INGEST_KEYS_MAX][KEY_MAX])
{
	for (size_t i = 0; i < INGEST_KEYS_MAX; i++)
		if (ingest->rehearsal)
			key_selftest(i == HOURS_AT ? KEY_META : order[i],
			    ingest->prefix, ingest->sensor, ret_keys[i]);
		else if (i == HOURS_AT)
			key_hours(ingest->prefix, ingest->server,
			    ingest->last_seen_ms, ret_keys[i]);
		else
			key_name(order[i], ingest->prefix,
			    of_what(order[i], ingest), ret_keys[i]);
	return INGEST_KEYS_MAX;
}

static void
add_keys(const struct ingest *ingest, struct command *command)
{
	char keys[INGEST_KEYS_MAX][KEY_MAX];
	size_t count = ingest_keys(ingest, keys);

	command_add_number(command, count);
	for (size_t i = 0; i < count; i++)
		command_add_format(command, "%s", keys[i]);
}

static void
add_clients(const struct client *clients, struct command *command)
{
	for (const struct client *at = clients; at != NULL; at = at->next) {
		struct endpoint endpoint = { .family = at->family };
		char text[ENDPOINT_TEXT_MAX];

		memcpy(endpoint.address, at->address, sizeof at->address);
		endpoint_address_text(&endpoint, text);
		command_add_format(command, "%s", text);
		command_add_number(command, at->flows);
	}
}

/* In the order of arg_names in the script. */
void
ingest_command(const struct ingest *ingest, const char *script,
    struct command *ret_command)
{
	char channel[KEY_MAX] = "";

	if (!ingest->rehearsal)
		key_name(KEY_LIVE, ingest->prefix, "", channel);
	command_begin(ret_command, "EVALSHA", script, NULL);
	add_keys(ingest, ret_command);
	command_add(ret_command, ingest->source);
	command_add(ret_command, ingest->sensor);
	command_add(ret_command, ingest->server);
	command_add_number(ret_command, ingest->first_seen_ms);
	command_add_number(ret_command, ingest->last_seen_ms);
	command_add_number(ret_command, ingest->flows);
	command_add_number(ret_command, ingest->bytes_toserver);
	command_add_number(ret_command, ingest->bytes_toclient);
	command_add_number(ret_command, ingest->messages);
	command_add_number(ret_command, ingest->suspected_flows);
	command_add(ret_command, ingest->verdict);
	command_add_number(ret_command, ingest->score);
	command_add(ret_command, ingest->digest);
	command_add_number(ret_command, ingest->retention_s);
	command_add_number(ret_command, ingest->stream_length);
	command_add_number(ret_command, CLIENTS_KEPT);
	command_add_format(ret_command, "%s", channel);
	command_add(ret_command, ingest->json);
	command_add_number(ret_command, ingest->fact_count);
	for (size_t i = 0; i < ingest->fact_count; i++) {
		command_add(ret_command, ingest->facts[i].name);
		command_add(ret_command, ingest->facts[i].value);
	}
	add_clients(ingest->clients, ret_command);
}

enum ingested
ingest_outcome(const struct reply *reply)
{
	static const struct {
		const char *word;
		enum ingested outcome;
	} words[] = {
		{ "dup", INGESTED_NOTHING_NEW },
		{ "server_new", INGESTED_NEW },
		{ "server_sighting", INGESTED_SIGHTING },
		{ "server_changed", INGESTED_CHANGED },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (reply_says(reply_item(reply, 0), words[i].word))
			return words[i].outcome;
	return INGESTED_STRANGE;
}
