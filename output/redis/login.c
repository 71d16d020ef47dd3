/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login - a connection to Redis, ready for use.
 */
#include "output/redis/login.h"

#include "output/redis/command.h"
#include "output/redis/url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD_MAX 512

static bool
read_password(
    const char *path, char ret_password[PASSWORD_MAX], struct trouble *trouble)
{
	FILE *file = fopen(path, "re");
	char reason[CLIENT_WHY_MAX], text[64];
	bool got;

	/* Without a buffer, no copy of the password is left behind in one. */
	if (file != NULL)
		setvbuf(file, NULL, _IONBF, 0);
	got = file != NULL && fgets(ret_password, PASSWORD_MAX, file) != NULL;
	if (!got) {
		snprintf(reason, sizeof reason, "password file %s: %s", path,
		    file == NULL ? strerror_r(errno, text, sizeof text)
				 : "it is empty");
		trouble_set(trouble, CLASS_AUTH, reason);
	}
	if (file != NULL)
		fclose(file);
	if (got)
		ret_password[strcspn(ret_password, "\r\n")] = '\0';
	return got;
}

/* False: the connection failed, or Redis refused. */
static bool
demand_ok(struct redis_client *client, struct trouble *trouble,
    struct command *command, enum reply_class otherwise)
{
	const struct reply *reply = redis_client_ask(client, command);

	if (reply == NULL) {
		*trouble = *redis_client_trouble(client);
		return false;
	}
	if (reply->kind != REPLY_ERROR)
		return true;
	if (reply_class(reply) != CLASS_POISON)
		otherwise = reply_class(reply);
	trouble_set(trouble, otherwise, reply->text);
	return false;
}

static bool
authenticate(struct redis_client *client, const struct redis_options *options,
    struct command *command, struct trouble *trouble)
{
	char password[PASSWORD_MAX] = "";
	bool fine;

	if (options->password_file == NULL)
		return true;
	if (!read_password(options->password_file, password, trouble))
		return false;
	command_begin(command, "AUTH", NULL);
	if (options->username != NULL)
		command_add(command, options->username);
	command_add(command, password);
	fine = demand_ok(client, trouble, command, CLASS_AUTH);
	explicit_bzero(password, sizeof password);
	return fine;
}

static bool
greet(struct redis_client *client, struct command *command, const char *name,
    struct trouble *trouble)
{
	/* PING is answered with LOADING while Redis starts. */
	command_begin(command, "PING", NULL);
	if (!demand_ok(client, trouble, command, CLASS_RECONNECT))
		return false;
	/* For people who look at CLIENT LIST; Redis may refuse the name. */
	command_begin(command, "CLIENT", "SETNAME", NULL);
	command_add_format(command, "straymail-%s", name);
	if (redis_client_ask(client, command) != NULL)
		return true;
	*trouble = *redis_client_trouble(client);
	return false;
}

static bool
select_db(struct redis_client *client, struct command *command, uint16_t db,
    struct trouble *trouble)
{
	if (db == 0)
		return true;
	command_begin(command, "SELECT", NULL);
	command_add_number(command, db);
	return demand_ok(client, trouble, command, CLASS_AUTH);
}

struct redis_client *
redis_login(const struct redis_options *options, const char *name,
    uint32_t limit_ms, struct trouble *ret_trouble)
{
	struct command *command = malloc(sizeof *command);
	struct redis_client *client = NULL;
	struct redis_url url;
	char why[URL_WHY_MAX];

	*ret_trouble = (struct trouble){ .class = CLASS_RETRY };
	if (command == NULL)
		trouble_set(ret_trouble, CLASS_RETRY, "no memory");
	else if (!redis_url_parse(options->url, &url, why))
		trouble_set(ret_trouble, CLASS_AUTH, why);
	else
		client = redis_client_open(&url, limit_ms, ret_trouble);
	if (client != NULL &&
	    !(authenticate(client, options, command, ret_trouble) &&
		greet(client, command, name, ret_trouble) &&
		select_db(client, command, url.db, ret_trouble))) {
		redis_client_close(client);
		client = NULL;
	}
	free(command);
	return client;
}
