/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asking - a second connection to the tests' Redis, to look at what is there.
 */
#ifndef STRAYMAIL_TESTS_ASKING_H
#define STRAYMAIL_TESTS_ASKING_H

#include "tests/support/redis_server.h"

#include "output/redis/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One command, words parted by blanks; the reply is lent until the next one. */
static inline const struct reply *
ask(struct redis_client *client, const char *words)
{
	static struct command command;
	static char text[4096];
	char *rest = text;
	char *word;

	snprintf(text, sizeof text, "%s", words);
	command_begin(&command, strsep(&rest, " "), NULL);
	while ((word = strsep(&rest, " ")) != NULL)
		command_add(&command, word);
	return redis_client_ask(client, &command);
}

static inline struct redis_client *
look_into(const struct redis_server *server)
{
	struct redis_options options = { .url = redis_server_url(server) };
	struct trouble trouble;

	return redis_login(&options, "test", CLIENT_COMMAND_MS, &trouble);
}

#endif
