/* SPDX-License-Identifier: Apache-2.0 */
/*
 * from_redis - the servers that Redis knows.
 *
 * Ids come from one index, a page at a time; their hashes are asked for in
 * pipelines.  A hash that has gone in between is passed over.
 */
#include "output/registry/from_redis.h"

#include "output/log.h"
#include "output/redis/command.h"
#include "output/redis/login.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 64

#define TEXT(field)                                                            \
	{                                                                      \
#field, offsetof(struct known, field),                         \
		    sizeof((struct known *)NULL)->field                        \
	}
static const struct {
	const char *name;
	size_t offset, cap;
} texts[] = {
	TEXT(site),
	TEXT(ip),
	TEXT(state),
	TEXT(state_by),
	TEXT(state_note),
	TEXT(severity),
	TEXT(verdict),
	TEXT(variant),
	TEXT(software),
	TEXT(version),
	TEXT(banner),
	TEXT(ehlo),
	TEXT(starttls),
	TEXT(auth),
	TEXT(evidence),
	TEXT(flags),
	TEXT(reasons),
	TEXT(hint),
	TEXT(ndpi),
	TEXT(name),
	TEXT(community_id),
	TEXT(last_sensor),
};

static const struct {
	const char *name;
	size_t offset;
} numbers[] = {
	{ "port", offsetof(struct known, port) },
	{ "score", offsetof(struct known, score) },
	{ "messages", offsetof(struct known, messages) },
	{ "first_seen", offsetof(struct known, first_seen_ms) },
	{ "last_seen", offsetof(struct known, last_seen_ms) },
	/* of both directions: each is added */
	{ "bytes_toserver", offsetof(struct known, bytes) },
	{ "bytes_toclient", offsetof(struct known, bytes) },
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

struct reading {
	const struct redis_options *options;
	struct redis_client *client;
	struct command command;
	struct trouble trouble;
};

/* NULL: there is no answer, or an error; the trouble says which. */
static const struct reply *
sound(struct reading *reading, const struct reply *reply)
{
	if (reply == NULL)
		reading->trouble = *redis_client_trouble(reading->client);
	else if (reply->kind == REPLY_ERROR)
		trouble_set(&reading->trouble, reply_class(reply), reply->text);
	else
		return reply;
	return NULL;
}

static uint64_t
natural(const struct reply *reply)
{
	int64_t number = reply_number(reply);

	return number > 0 ? (uint64_t)number : 0;
}

static bool
begins(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* Of what several sensors have seen, the most is the best guess: their mirror
 * ports may show the same connections. */
static void
take_share(struct known *known, const char *name, uint64_t number)
{
	uint64_t *most = NULL;

	if (begins(name, "flows@"))
		most = &known->flows;
	else if (begins(name, "suspected_flows@")) {
		most = &known->suspected_flows;
		known->sensors++; /* each sensor says how many it has */
	}
	if (most != NULL && number > *most)
		*most = number;
}

static void
take_field(struct known *known, const char *name, const struct reply *value)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		if (strcmp(texts[i].name, name) == 0)
			known_text((char *)known + texts[i].offset,
			    texts[i].cap, reply_text(value),
			    strlen(reply_text(value)));
	for (size_t i = 0; i < COUNT(numbers); i++)
		if (strcmp(numbers[i].name, name) == 0) {
			uint64_t *number = (uint64_t *)(void *)((char *)known +
			    numbers[i].offset);

			*number += natural(value);
		}
	if (strcmp(name, "auth_cleartext") == 0)
		known->auth_cleartext = natural(value) != 0;
	take_share(known, name, natural(value));
}

/* The hash of a server, and how many clients it has; false: trouble. */
static bool
receive_server(struct reading *reading, const char *id, struct known_list *list)
{
	const struct reply *reply =
	    sound(reading, redis_client_receive(reading->client));
	struct known *known = NULL;

	if (reply == NULL)
		return false;
	if (reply_count(reply) > 0 && (known = known_of(list, id)) == NULL) {
		trouble_set(&reading->trouble, CLASS_POISON, "no memory");
		return false;
	}
	/* Pages may overlap while servers come and go. */
	if (known != NULL && known->ip[0] == '\0')
		for (size_t i = 0; i + 1 < reply_count(reply); i += 2)
			take_field(known, reply_text(reply_item(reply, i)),
			    reply_item(reply, i + 1));
	reply = sound(reading, redis_client_receive(reading->client));
	if (reply != NULL && known != NULL)
		known->clients = natural(reply);
	return reply != NULL;
}

static bool
read_servers(struct reading *reading, char ids[PAGE][SERVER_ID_MAX],
    size_t count, struct known_list *list)
{
	char key[KEY_MAX];

	for (size_t i = 0; i < count; i++) {
		key_name(KEY_SERVER, reading->options->prefix, ids[i], key);
		command_begin(&reading->command, "HGETALL", key, NULL);
		redis_client_send(reading->client, &reading->command);
		key_name(
		    KEY_CLIENTS_HLL, reading->options->prefix, ids[i], key);
		command_begin(&reading->command, "PFCOUNT", key, NULL);
		redis_client_send(reading->client, &reading->command);
	}
	for (size_t i = 0; i < count; i++)
		if (!receive_server(reading, ids[i], list))
			return false;
	return true;
}

/* wanted may leave the site out. */
static bool
is_wanted(const char *id, const char *wanted)
{
	const char *without_site = strchr(id, '/');

	return wanted == NULL || strcmp(id, wanted) == 0 ||
	    (without_site != NULL && strcmp(without_site + 1, wanted) == 0);
}

/* A page of the index; returns how many members it had, -1: trouble. */
static long
read_page(struct reading *reading, size_t from, const char *wanted,
    struct known_list *list)
{
	char key[KEY_MAX], ids[PAGE][SERVER_ID_MAX];
	const struct reply *page;
	size_t count = 0, members;

	key_name(KEY_SERVERS, reading->options->prefix, "", key);
	command_begin(&reading->command, "ZRANGE", key, NULL);
	command_add_number(&reading->command, from);
	command_add_number(&reading->command, from + PAGE - 1);
	page = sound(
	    reading, redis_client_ask(reading->client, &reading->command));
	if (page == NULL)
		return -1;
	members = reply_count(page);
	for (size_t i = 0; i < members && count < PAGE; i++) {
		const char *id = reply_text(reply_item(page, i));

		if (strlen(id) < SERVER_ID_MAX && is_wanted(id, wanted))
			snprintf(ids[count++], SERVER_ID_MAX, "%s", id);
	}
	return read_servers(reading, ids, count, list) ? (long)members : -1;
}

/* A newer schema may ask for readers that know more. */
static bool
readable(struct reading *reading)
{
	char key[KEY_MAX];
	const struct reply *reply;

	key_name(KEY_META, reading->options->prefix, "", key);
	command_begin(&reading->command, "HGET", key, "min_reader", NULL);
	reply = sound(
	    reading, redis_client_ask(reading->client, &reading->command));
	if (reply != NULL && reply_number(reply) > KEYS_SCHEMA)
		trouble_set(&reading->trouble, CLASS_POISON,
		    "its schema is newer than this program");
	return reply != NULL && reply_number(reply) <= KEYS_SCHEMA;
}

static struct reading *
begin_reading(const struct redis_options *options)
{
	struct reading *reading = calloc(1, sizeof *reading);

	if (reading == NULL) {
		log_warnx("redis: no memory");
		return NULL;
	}
	reading->options = options;
	reading->client = redis_login(
	    options, "reader", CLIENT_COMMAND_MS, &reading->trouble);
	return reading;
}

static void
end_reading(struct reading *reading)
{
	redis_client_close(reading->client);
	free(reading);
}

bool
from_redis(const struct redis_options *options, const char *wanted,
    struct known_list *ret_list)
{
	struct reading *reading = begin_reading(options);
	long members = -1;

	if (reading == NULL)
		return false;
	if (reading->client != NULL && readable(reading))
		for (size_t from = 0; members != 0; from += PAGE) {
			members = read_page(reading, from, wanted, ret_list);
			if (members < 0)
				break;
		}
	if (members < 0)
		log_warnx("redis %s: %s", options->url, reading->trouble.text);
	end_reading(reading);
	return members == 0;
}

size_t
from_redis_visitors(const struct redis_options *options, const char *id,
    struct visitor ret_visitors[VISITORS_MAX])
{
	struct reading *reading = begin_reading(options);
	const struct reply *reply = NULL;
	char key[KEY_MAX];
	size_t count = 0;

	if (reading == NULL)
		return 0;
	key_name(KEY_CLIENTS, options->prefix, id, key);
	command_begin(&reading->command, "ZREVRANGE", key, "0", NULL);
	command_add_number(&reading->command, VISITORS_MAX - 1);
	command_add(&reading->command, "WITHSCORES");
	if (reading->client != NULL)
		reply = redis_client_ask(reading->client, &reading->command);
	for (; count < VISITORS_MAX && 2 * count + 1 < reply_count(reply);
	     count++) {
		const struct reply *address = reply_item(reply, 2 * count);
		struct visitor *visitor = &ret_visitors[count];

		known_text(visitor->address, sizeof visitor->address,
		    reply_text(address), strlen(reply_text(address)));
		visitor->flows = natural(reply_item(reply, 2 * count + 1));
	}
	end_reading(reading);
	return count;
}
