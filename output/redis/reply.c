/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply - what Redis answered, and what is to be done about it.
 */
#include "output/redis/reply.h"

#include <stdlib.h>
#include <string.h>

/* Error codes; one that is not here is our own fault or a key of a wrong type,
 * and would be so again. */
static const struct {
	const char *code;
	enum reply_class class;
} codes[] = {
	{ "NOSCRIPT", CLASS_NOSCRIPT },
	{ "LOADING", CLASS_RETRY },
	{ "BUSY", CLASS_RETRY },
	{ "TRYAGAIN", CLASS_RETRY },
	{ "MASTERDOWN", CLASS_RETRY },
	{ "NOREPLICAS", CLASS_RETRY },
	{ "OOM", CLASS_RETRY },
	{ "MISCONF", CLASS_RETRY },
	{ "CLUSTERDOWN", CLASS_RETRY },
	{ "READONLY", CLASS_RECONNECT },
	{ "MOVED", CLASS_RECONNECT },
	{ "ASK", CLASS_RECONNECT },
	{ "NOAUTH", CLASS_AUTH },
	{ "WRONGPASS", CLASS_AUTH },
	{ "NOPERM", CLASS_AUTH },
};

/*
 * Before version 7 Redis wraps what goes wrong inside a script: "ERR Error
 * running script (...): @user_script:1: -OOM command not allowed".  The code
 * that counts is the one after the last " -".
 */
static const char *
unwrapped(const char *error)
{
	static const char wrapper[] = "ERR Error running script";
	const char *inner = error;

	if (strncmp(error, wrapper, sizeof wrapper - 1) != 0)
		return error;
	for (const char *at = error; (at = strstr(at, " -")) != NULL; at++)
		inner = at + 2;
	return inner;
}

enum reply_class
reply_class(const struct reply *reply)
{
	const char *error;
	size_t length;

	if (reply == NULL)
		return CLASS_RECONNECT;
	if (reply->kind != REPLY_ERROR)
		return reply_says(reply_item(reply, 0), "dup") ? CLASS_DUP
							       : CLASS_OK;
	error = unwrapped(reply->text);
	length = strcspn(error, " ");
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (strlen(codes[i].code) == length &&
		    memcmp(codes[i].code, error, length) == 0)
			return codes[i].class;
	return CLASS_POISON;
}

const char *
reply_text(const struct reply *reply)
{
	if (reply == NULL)
		return "";
	switch (reply->kind) {
	case REPLY_TEXT:
	case REPLY_STATUS:
	case REPLY_ERROR:
		return reply->text;
	case REPLY_NIL:
	case REPLY_INTEGER:
	case REPLY_ARRAY:
		break;
	}
	return "";
}

bool
reply_says(const struct reply *reply, const char *text)
{
	return reply != NULL && reply->kind != REPLY_ERROR &&
	    strcmp(reply_text(reply), text) == 0;
}

int64_t
reply_number(const struct reply *reply)
{
	const char *text = reply_text(reply);
	char *end;
	long long number;

	if (reply != NULL && reply->kind == REPLY_INTEGER)
		return reply->integer;
	number = strtoll(text, &end, 10);
	return *end == '\0' ? number : 0;
}

size_t
reply_count(const struct reply *reply)
{
	return reply != NULL && reply->kind == REPLY_ARRAY ? reply->count : 0;
}

const struct reply *
reply_item(const struct reply *reply, size_t i)
{
	return i < reply_count(reply) ? reply->items[i] : NULL;
}
