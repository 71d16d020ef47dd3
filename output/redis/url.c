/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url - where Redis is: unix:///path or redis://host[:port][/db].
 */
#include "output/redis/url.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define REDIS_PORT 6379

static bool
refuse(char ret_why[URL_WHY_MAX], const char *why)
{
	snprintf(ret_why, URL_WHY_MAX, "%s", why);
	return false;
}

/* All of the text up to `end` is a number within 0 to 65535. */
static bool
number_of(const char *text, const char *end, uint16_t *ret_number)
{
	unsigned long number;
	char *stop;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, &stop, 10);
	if (stop != end || number > UINT16_MAX)
		return false;
	*ret_number = (uint16_t)number;
	return true;
}

static bool
copy_host(struct redis_url *url, const char *from, const char *end)
{
	size_t length = (size_t)(end - from);

	if (length == 0 || length >= sizeof url->host)
		return false;
	memcpy(url->host, from, length);
	url->host[length] = '\0';
	return true;
}

static bool
parse_unix(const char *path, struct redis_url *url, char ret_why[URL_WHY_MAX])
{
	/* A longer path would be cut off silently, and another socket found. */
	if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
		return refuse(ret_why, "the socket's path is too long");
	if (path[0] != '/')
		return refuse(ret_why, "the socket's path must begin with /");
	url->local = true;
	copy_host(url, path, path + strlen(path));
	return true;
}

/* An IPv6 address stands in brackets, which are not part of the host. */
static bool
parse_tcp(const char *text, struct redis_url *url, char ret_why[URL_WHY_MAX])
{
	const char *slash = text + strcspn(text, "/");
	const char *end =
	    text[0] == '[' ? strchr(text, ']') : text + strcspn(text, ":/");
	const char *host = text[0] == '[' ? text + 1 : text;
	const char *after;

	if (memchr(text, '@', (size_t)(slash - text)) != NULL)
		return refuse(ret_why,
		    "a user and password do not belong into the URL: use "
		    "redis.username and redis.password_file");
	if (end == NULL || end > slash || !copy_host(url, host, end))
		return refuse(ret_why, "no host in it");
	after = *end == ']' ? end + 1 : end;
	if (after != slash &&
	    (*after != ':' || !number_of(after + 1, slash, &url->port) ||
		url->port == 0))
		return refuse(ret_why, "the port is none");
	if (slash[0] == '/' && slash[1] != '\0' &&
	    !number_of(slash + 1, slash + strlen(slash), &url->db))
		return refuse(ret_why, "the database is no number");
	return true;
}

bool
redis_url_parse(
    const char *text, struct redis_url *ret_url, char ret_why[URL_WHY_MAX])
{
	static const char local[] = "unix://", tcp[] = "redis://",
			  tls[] = "rediss://";
	struct redis_url url = { .port = REDIS_PORT };
	bool fine;

	if (strncmp(text, local, sizeof local - 1) == 0)
		fine = parse_unix(text + sizeof local - 1, &url, ret_why);
	else if (strncmp(text, tcp, sizeof tcp - 1) == 0)
		fine = parse_tcp(text + sizeof tcp - 1, &url, ret_why);
	else if (strncmp(text, tls, sizeof tls - 1) == 0)
		fine = refuse(ret_why,
		    "this build has no TLS: use a unix socket, or a tunnel such "
		    "as stunnel");
	else
		fine = refuse(ret_why,
		    "must be unix:///path or redis://host[:port][/db]");
	if (fine)
		*ret_url = url;
	return fine;
}
