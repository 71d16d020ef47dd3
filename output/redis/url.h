/* SPDX-License-Identifier: Apache-2.0 */
/*
 * url - where Redis is: unix:///path or redis://host[:port][/db].
 *
 * Names and passwords are not taken from a URL, which everybody sees in a list
 * of processes.
 */
#ifndef STRAYMAIL_URL_H
#define STRAYMAIL_URL_H

#include <stdbool.h>
#include <stdint.h>

#define URL_HOST_MAX 256
#define URL_WHY_MAX  128

struct redis_url {
	bool local;              /* a unix socket */
	char host[URL_HOST_MAX]; /* ... or its path */
	uint16_t port;
	uint16_t db;
};

/* False: ret_why says what is wrong with it. */
bool redis_url_parse(
    const char *text, struct redis_url *ret_url, char ret_why[URL_WHY_MAX]);

#endif
