/* SPDX-License-Identifier: Apache-2.0 */
/*
 * from_redis - the servers that Redis knows.
 */
#ifndef STRAYMAIL_FROM_REDIS_H
#define STRAYMAIL_FROM_REDIS_H

#include "output/options.h"
#include "output/registry/known.h"

#include <stdbool.h>

/*
 * wanted: an id, or one without its site ("10.0.0.5:2525"); NULL: all servers.
 * False, after it has said why in one line: Redis could not be asked.
 */
bool from_redis(const struct redis_options *options, const char *wanted,
    struct known_list *ret_list);

/* One client of a server, by the connections that were seen. */
struct visitor {
	char address[ENDPOINT_TEXT_MAX];
	uint64_t flows;
};

#define VISITORS_MAX 10

/* The busiest clients of a server; returns how many there are, 0 also where
 * Redis cannot be asked. */
size_t from_redis_visitors(const struct redis_options *options, const char *id,
    struct visitor ret_visitors[VISITORS_MAX]);

#endif
