/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkup - what a sensor makes sure of on a new connection.
 */
#include "output/redis/checkup.h"

#include "output/redis/keys.h"
#include "output/redis/selftest.h"

#include <stdio.h>
#include <string.h>

/* "name:value" on a line of its own, as INFO says it; "" where it is not. */
static void
info_field(const char *info, const char *name, char *ret_value, size_t cap)
{
	size_t length = strlen(name);

	ret_value[0] = '\0';
	for (const char *line = info; *line != '\0';) {
		size_t to_end = strcspn(line, "\r\n");

		if (to_end > length && line[length] == ':' &&
		    memcmp(line, name, length) == 0) {
			snprintf(ret_value, cap, "%.*s",
			    (int)(to_end - length - 1), line + length + 1);
			return;
		}
		line += to_end;
		line += strspn(line, "\r\n");
	}
}

/* Without the permission to ask, the answer is simply not known. */
static bool
ask_info(struct redis_client *client, struct command *command,
    struct checkup *checkup, struct trouble *ret_trouble)
{
	const struct reply *reply;

	command_begin(command, "INFO", "server", NULL);
	reply = redis_client_ask(client, command);
	if (reply != NULL && reply->kind != REPLY_ERROR)
		info_field(reply_text(reply), "run_id", checkup->run_id,
		    sizeof checkup->run_id);
	command_begin(command, "INFO", "memory", NULL);
	reply = redis_client_ask(client, command);
	if (reply != NULL && reply->kind != REPLY_ERROR)
		info_field(reply_text(reply), "maxmemory_policy",
		    checkup->eviction, sizeof checkup->eviction);
	if (reply != NULL)
		return true;
	*ret_trouble = *redis_client_trouble(client);
	return false;
}

uint64_t
checkup_clock(struct redis_client *client, struct command *command)
{
	const struct reply *reply;
	int64_t seconds, micros;

	command_begin(command, "TIME", NULL);
	reply = redis_client_ask(client, command);
	seconds = reply_number(reply_item(reply, 0));
	micros = reply_number(reply_item(reply, 1));
	if (seconds <= 0 || seconds > INT64_MAX / 1000 || micros < 0)
		return 0;
	return (uint64_t)seconds * 1000 + (uint64_t)micros / 1000;
}

static bool
check_schema(struct redis_client *client, struct command *command,
    const char *prefix, struct trouble *ret_trouble)
{
	char key[KEY_MAX], reason[CLIENT_WHY_MAX];
	const struct reply *reply;

	key_name(KEY_META, prefix, "", key);
	command_begin(command, "HGET", key, "schema", NULL);
	reply = redis_client_ask(client, command);
	if (reply == NULL) {
		*ret_trouble = *redis_client_trouble(client);
		return false;
	}
	if (reply->kind == REPLY_NIL || reply_number(reply) == KEYS_SCHEMA)
		return true;
	if (reply->kind == REPLY_ERROR)
		snprintf(reason, sizeof reason, "hget meta: %s", reply->text);
	else
		snprintf(reason, sizeof reason,
		    "its schema is %s, and this sensor writes schema %d",
		    reply_text(reply), KEYS_SCHEMA);
	trouble_set(ret_trouble, CLASS_AUTH, reason);
	return false;
}

bool
checkup_meta(struct redis_client *client, struct command *command,
    const char *prefix, uint64_t now_ms)
{
	char key[KEY_MAX];
	const struct reply *reply;

	key_name(KEY_META, prefix, "", key);
	command_begin(command, "EXISTS", key, NULL);
	reply = redis_client_ask(client, command);
	if (reply == NULL || reply->kind != REPLY_INTEGER ||
	    reply->integer != 0)
		return false;
	command_begin(command, "HSET", key, "schema", NULL);
	command_add_number(command, KEYS_SCHEMA);
	command_add(command, "created");
	command_add_number(command, now_ms);
	command_add(command, "min_reader");
	command_add_number(command, KEYS_SCHEMA);
	redis_client_ask(client, command);
	return true;
}

bool
checkup(struct redis_client *client, struct command *command,
    const struct output_options *options, struct checkup *ret_checkup,
    struct trouble *ret_trouble)
{
	const struct ingest who = {
		.prefix = options->redis.prefix,
		.sensor = options->sensor_name,
	};
	struct checkup found = { .redis_ms = 0 };

	if (!check_schema(client, command, who.prefix, ret_trouble) ||
	    !ask_info(client, command, &found, ret_trouble) ||
	    !selftest_load(client, command, found.script, ret_trouble) ||
	    !selftest_play(client, command, &who, found.script, ret_trouble))
		return false;
	found.redis_ms = checkup_clock(client, command);
	checkup_meta(client, command, who.prefix, found.redis_ms);
	*ret_checkup = found;
	return true;
}
