/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry - what people read back: the servers known to Redis, or to a file
 * of events.
 */
#include "output/registry/registry.h"

#include "output/log.h"
#include "output/registry/filter.h"
#include "output/registry/from_file.h"
#include "output/registry/from_redis.h"
#include "output/registry/show.h"
#include "output/registry/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum exit_code {
	EXIT_FINE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2
};

/* False, after it was said why: there is nothing to read from. */
static bool
read_known(const struct registry_query *query, const char *wanted,
    struct known_list *ret_list)
{
	if (query->from != NULL)
		return from_file(query->from, ret_list);
	if (query->redis == NULL || query->redis->url == NULL) {
		log_warnx("nothing to read from: give --from FILE, or "
			  "-o redis.url=URL");
		return false;
	}
	return from_redis(query->redis, wanted, ret_list);
}

/* Keeps those that are asked for, in their order. */
static void
keep_wanted(struct known_list *list, const struct registry_query *query)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct known *known = &list->servers[i];

		if ((query->all || !known->standard) &&
		    filter_has(query->filters, query->filter_count, known))
			list->servers[kept++] = *known;
	}
	list->count = kept;
}

static int
written(bool fine)
{
	if (fine)
		return EXIT_FINE;
	log_warn("stdout");
	return EXIT_FAILED;
}

int
registry_list(const struct registry_query *query)
{
	const char *wrong = filter_wrong(query->filters, query->filter_count);
	struct known_list list = { .count = 0 };
	int code = EXIT_FAILED;

	if (wrong != NULL) {
		log_warnx("%s: no filter; there are port:2525 is:new "
			  "is:suspected sw:postfix site:default",
		    wrong);
		return EXIT_USAGE;
	}
	if (read_known(query, NULL, &list)) {
		keep_wanted(&list, query);
		known_sort(&list);
		if (list.count == 0 && query->format == FORMAT_TABLE)
			puts(query->filter_count > 0
				? "no server that these filters let through"
				: "no stray mail server is known");
		code = written(write_servers(stdout, &list, query->format));
	}
	known_free(&list);
	return code;
}

/* "10.0.0.5" or "[2001:db8::1]", which ends where the port begins. */
static bool
address_of(const char *where, const char *colon, struct endpoint *ret_endpoint)
{
	bool six = where[0] == '[' && colon[-1] == ']';
	int length = (int)(colon - where) - (six ? 2 : 0);
	char address[ENDPOINT_TEXT_MAX];
	struct network network;

	if (length <= 0 || (size_t)length >= sizeof address)
		return false;
	snprintf(address, sizeof address, "%.*s", length, where + six);
	if (!network_parse(address, &network) || (network.family == 6) != six)
		return false;
	memcpy(ret_endpoint->address, network.address, sizeof network.address);
	ret_endpoint->family = network.family;
	return true;
}

/* The same, or a name, which ends there as well. */
static bool
host_of(const char *where, const char *colon, struct endpoint *ret_endpoint,
    char ret_name[ENDPOINT_NAME_MAX])
{
	if (address_of(where, colon, ret_endpoint))
		return true;
	endpoint_of_host(
	    where, (size_t)(colon - where), ret_endpoint, ret_name);
	/* written as a name is, and none of numbers: nothing is guessed */
	return ret_endpoint->family == 0 &&
	    strncasecmp(where, ret_name, (size_t)(colon - where)) == 0 &&
	    strpbrk(ret_name, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

/* "10.0.0.5:2525", "[2001:DB8::1]:26", "mx.example:2525", each with "site/" in front: as it is
 * written in an id.  False: it is none of these. */
static bool
server_name(const char *name, char ret_name[SERVER_ID_MAX])
{
	const char *slash = strrchr(name, '/');
	const char *where = slash != NULL ? slash + 1 : name;
	const char *colon = strrchr(where, ':');
	struct endpoint endpoint = { .port = 0 };
	char name_of_host[ENDPOINT_NAME_MAX] = "";
	char text[ENDPOINT_TEXT_MAX];
	unsigned long port;

	if (slash == name || where - name > KEY_NAME_MAX || colon == NULL ||
	    colon == where || colon[1] == '\0' ||
	    colon[1 + strspn(colon + 1, "0123456789")] != '\0')
		return false;
	port = strtoul(colon + 1, NULL, 10);
	if (port > UINT16_MAX ||
	    !host_of(where, colon, &endpoint, name_of_host))
		return false;
	endpoint.port = (uint16_t)port;
	endpoint_named_text(&endpoint, name_of_host, text);
	snprintf(
	    ret_name, SERVER_ID_MAX, "%.*s%s", (int)(where - name), name, text);
	return true;
}

static void
keep_named(struct known_list *list, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *id = list->servers[i].id;
		const char *slash = strchr(id, '/');

		if (strcmp(id, name) == 0 ||
		    (slash != NULL && strcmp(slash + 1, name) == 0))
			list->servers[kept++] = list->servers[i];
	}
	list->count = kept;
}

static bool
show_all(const struct registry_query *query, const struct known_list *list)
{
	struct visitor visitors[VISITORS_MAX];

	if (query->format != FORMAT_TABLE)
		return write_servers(stdout, list, query->format);
	for (size_t i = 0; i < list->count; i++) {
		size_t count = query->from != NULL
		    ? 0
		    : from_redis_visitors(
			  query->redis, list->servers[i].id, visitors);

		if (i > 0)
			putchar('\n');
		show_server(stdout, &list->servers[i], visitors, count);
	}
	return fflush(stdout) == 0;
}

int
registry_show(const struct registry_query *query)
{
	const char *asked = query->server != NULL ? query->server : "";
	struct known_list list = { .count = 0 };
	char name[SERVER_ID_MAX];
	int code = EXIT_FAILED;

	if (!server_name(asked, name)) {
		log_warnx("\"%s\" is no server; say 10.0.0.5:2525, "
			  "[2001:db8::1]:26 or default/10.0.0.5:2525",
		    asked);
		return EXIT_USAGE;
	}
	if (read_known(query, name, &list)) {
		keep_named(&list, name);
		if (list.count > 0)
			code = written(show_all(query, &list));
		else
			log_warnx("%s: not known", name);
	}
	known_free(&list);
	return code;
}
