/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selftest - the ingest script, rehearsed before anything real is told.
 */
#include "output/redis/selftest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_S 60

/* What a source says, one after the other, and what the script must make of
 * it: one row for each of its branches. */
static const struct {
	uint64_t flows;
	uint64_t last_seen_ms;
	const char *verdict, *digest;
	enum ingested outcome;
} scenes[] = {
	{ 0, 1000, "suspected", "a", INGESTED_NEW },
	{ 0, 1000, "suspected", "a", INGESTED_NOTHING_NEW },
	{ 2, 2000, "confirmed", "a", INGESTED_SIGHTING },
	{ 2, 2000, "confirmed", "b", INGESTED_CHANGED },
	{ 1, 1500, "confirmed", "a", INGESTED_NOTHING_NEW },
	{ 3, 3000, "confirmed", "c", INGESTED_CHANGED },
};

#define SCENES (sizeof scenes / sizeof scenes[0])

/*
 * The script's line that Redis stumbled over: its error says only "on
 * @user_script:57", and what people need is the command.
 */
static void
explain(const char *error, struct trouble *ret_trouble)
{
	static const char mark[] = "@user_script:";
	const char *at = strstr(error, mark);
	const char *line = ingest_script;
	char reason[CLIENT_WHY_MAX];
	unsigned long number = 0;

	if (at != NULL)
		number = strtoul(at + sizeof mark - 1, NULL, 10);
	for (unsigned long i = 1; i < number && *line != '\0'; i++) {
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	line += strspn(line, " ");
	if (number == 0)
		snprintf(reason, sizeof reason, "self-test: %s", error);
	else
		snprintf(reason, sizeof reason, "self-test at %.*s: %.*s",
		    (int)strcspn(line, "\n"), line, (int)strcspn(error, ":"),
		    error);
	trouble_set(ret_trouble, CLASS_AUTH, reason);
}

bool
selftest_load(struct redis_client *client, struct command *command,
    char ret_script[SCRIPT_NAME_MAX], struct trouble *ret_trouble)
{
	const struct reply *reply;

	command_begin(command, "SCRIPT", "LOAD", ingest_script, NULL);
	reply = redis_client_ask(client, command);
	if (reply == NULL) {
		*ret_trouble = *redis_client_trouble(client);
		return false;
	}
	if (reply->kind != REPLY_TEXT || reply->length != SCRIPT_NAME_MAX - 1) {
		char reason[CLIENT_WHY_MAX];

		snprintf(reason, sizeof reason, "script load: %s",
		    reply_text(reply));
		trouble_set(ret_trouble,
		    reply_class(reply) == CLASS_RETRY ? CLASS_RETRY
						      : CLASS_AUTH,
		    reason);
		return false;
	}
	memcpy(ret_script, reply->text, SCRIPT_NAME_MAX);
	return true;
}

/* Gives all keys of the rehearsal that long to live: 0 is at once. */
static void
send_expiry(struct redis_client *client, struct command *command,
    const struct ingest *ingest, unsigned seconds)
{
	char keys[INGEST_KEYS_MAX][KEY_MAX];
	size_t count = ingest_keys(ingest, keys);

	for (size_t i = 0; i < count; i++) {
		command_begin(command, "EXPIRE", keys[i], NULL);
		command_add_number(command, seconds);
		redis_client_send(client, command);
	}
}

static void
send_scenes(struct redis_client *client, struct command *command,
    struct ingest ingest, const char *script)
{
	for (size_t i = 0; i < SCENES; i++) {
		ingest.flows = scenes[i].flows;
		ingest.last_seen_ms = scenes[i].last_seen_ms;
		ingest.verdict = scenes[i].verdict;
		ingest.digest = scenes[i].digest;
		ingest_command(&ingest, script, command);
		redis_client_send(client, command);
	}
}

/* True: the reply is there, and no error. */
static bool
judge(struct redis_client *client, const struct reply *reply,
    struct trouble *ret_trouble)
{
	enum reply_class class = reply_class(reply);

	if (reply == NULL)
		*ret_trouble = *redis_client_trouble(client);
	else if (reply->kind != REPLY_ERROR)
		return true;
	else if (class == CLASS_RETRY || class == CLASS_RECONNECT)
		trouble_set(ret_trouble, class, reply->text);
	else
		explain(reply->text, ret_trouble);
	return false;
}

static bool
receive_expiry(struct redis_client *client, struct trouble *ret_trouble)
{
	for (size_t i = 0; i < INGEST_KEYS_MAX; i++)
		if (!judge(client, redis_client_receive(client), ret_trouble))
			return false;
	return true;
}

static bool
receive_scenes(struct redis_client *client, struct trouble *ret_trouble)
{
	for (size_t i = 0; i < SCENES; i++) {
		const struct reply *reply = redis_client_receive(client);
		char reason[CLIENT_WHY_MAX];

		if (!judge(client, reply, ret_trouble))
			return false;
		if (ingest_outcome(reply) == scenes[i].outcome)
			continue;
		snprintf(reason, sizeof reason,
		    "self-test: scene %zu was answered with \"%s\"", i + 1,
		    reply_text(reply_item(reply, 0)));
		trouble_set(ret_trouble, CLASS_AUTH, reason);
		return false;
	}
	return true;
}

bool
selftest_play(struct redis_client *client, struct command *command,
    const struct ingest *who, const char *script, struct trouble *ret_trouble)
{
	static const struct client visitor = {
		.address = { 192, 0, 2, 1 }, .family = 4, .flows = 1
	};
	struct ingest ingest = {
		.prefix = who->prefix,
		.sensor = who->sensor,
		.source = "selftest",
		.server = "selftest/192.0.2.2:2525",
		.retention_s = KEPT_S,
		.stream_length = 100,
		.json = "{}",
		.clients = &visitor,
		.rehearsal = true,
	};

	/* One pipeline: what an interrupted one left is gone at its start. */
	send_expiry(client, command, &ingest, 0);
	send_scenes(client, command, ingest, script);
	send_expiry(client, command, &ingest, KEPT_S);
	return receive_expiry(client, ret_trouble) &&
	    receive_scenes(client, ret_trouble) &&
	    receive_expiry(client, ret_trouble);
}
