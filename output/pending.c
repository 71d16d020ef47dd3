/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending - which changes are events now, and which wait.
 *
 * The two lists run through the servers themselves; news.change says in which
 * one a server is.
 */
#include "output/pending.h"

#define REST_NS UINT64_C(1000000000) /* between two events of one server */

const char *
change_name(enum change change)
{
	switch (change) {
	case CHANGE_NEW:
		return "new";
	case CHANGE_KIND:
		return "update";
	case CHANGE_TOTALS:
	case CHANGE_REFUSED: /* never an event */
		break;
	}
	return "total";
}

void
pending_begin(struct pending *pending)
{
	TAILQ_INIT(&pending->changed);
	TAILQ_INIT(&pending->grown);
	pending->due_ns = UINT64_MAX;
	pending->looked_ns = 0;
}

/* A clock that was set back must not silence a server. */
static bool
has_rested(const struct server *server, uint64_t now_ns)
{
	return now_ns < server->news.last_ns ||
	    now_ns - server->news.last_ns >= REST_NS;
}

static struct pending_servers *
list_of(struct pending *pending, unsigned change)
{
	return change == CHANGE_KIND ? &pending->changed : &pending->grown;
}

static void
leave(struct pending *pending, struct server *server)
{
	if (server->news.change == CHANGE_REFUSED)
		return;
	TAILQ_REMOVE(list_of(pending, server->news.change), server, news.link);
	server->news.change = CHANGE_REFUSED;
}

static void
enter(struct pending *pending, struct server *server, enum change change)
{
	uint64_t due_ns = server->news.last_ns + REST_NS;

	server->news.change = (uint8_t)change;
	TAILQ_INSERT_TAIL(list_of(pending, change), server, news.link);
	if (change == CHANGE_KIND && due_ns < pending->due_ns)
		pending->due_ns = due_ns;
}

static void
take(struct pending *pending, struct server *server, uint64_t now_ns)
{
	leave(pending, server);
	server->news.last_ns = now_ns;
}

bool
pending_add(struct pending *pending, struct tally *tally, enum change change,
    uint64_t now_ns)
{
	struct server *server = tally->server;

	server->news.tally = tally;
	if (change == CHANGE_NEW ||
	    (change == CHANGE_KIND && has_rested(server, now_ns))) {
		take(pending, server, now_ns);
		return true;
	}
	if (change > server->news.change) {
		leave(pending, server);
		enter(pending, server, change);
	}
	return false;
}

/* Spares the walk, which would cost most in a flood. */
static bool
nobody_is_due(struct pending *pending, uint64_t now_ns)
{
	bool forward = now_ns >= pending->looked_ns;

	pending->looked_ns = now_ns;
	return forward && now_ns < pending->due_ns;
}

struct server *
pending_changed(struct pending *pending, uint64_t now_ns)
{
	uint64_t due_ns = UINT64_MAX;
	struct server *server;

	if (nobody_is_due(pending, now_ns))
		return NULL;
	TAILQ_FOREACH(server, &pending->changed, news.link) {
		uint64_t mine_ns = server->news.last_ns + REST_NS;

		if (has_rested(server, now_ns)) {
			take(pending, server, now_ns);
			return server;
		}
		if (mine_ns < due_ns)
			due_ns = mine_ns;
	}
	pending->due_ns = due_ns;
	return NULL;
}

struct server *
pending_grown(struct pending *pending, uint64_t now_ns)
{
	struct server *server = TAILQ_FIRST(&pending->grown);

	if (server != NULL)
		take(pending, server, now_ns);
	return server;
}
