/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry - what people read back: the servers known to Redis, or to a file
 * of events.
 */
#ifndef STRAYMAIL_REGISTRY_H
#define STRAYMAIL_REGISTRY_H

#include "output/options.h"

#include <stdbool.h>

enum registry_format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_CSV
};

struct registry_query {
	const struct redis_options
	    *redis;                 /* where from, unless `from` is set */
	const char *from;           /* a file of events; NULL: Redis */
	const char *server;         /* `show`: the one asked for */
	const char *const *filters; /* `list`: port:2525 is:new sw:postfix */
	unsigned filter_count;
	bool all; /* standard servers too (from a file only) */
	enum registry_format format;
};

/* Write to stdout.  Return an exit code (product: 0 fine, 1 not known or not
 * reachable, 2 a filter or server name that is none), after saying why. */
int registry_list(const struct registry_query *query);
int registry_show(const struct registry_query *query);

#endif
