/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pending - which changes are events now, and which wait.
 *
 * A new server is told at once.  A server that changes in kind is told at once
 * as well, but at most once a second; what comes in between is one event.  What
 * only grew waits until somebody asks for the totals.  A server waits in one
 * place only, so what waits is bounded by the ledger.
 */
#ifndef STRAYMAIL_PENDING_H
#define STRAYMAIL_PENDING_H

#include "output/ledger.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

TAILQ_HEAD(pending_servers, server);

struct pending {
	struct pending_servers changed; /* in kind; told within the second */
	struct pending_servers grown;   /* in numbers */
	uint64_t due_ns;    /* when the first of the changed ones is */
	uint64_t looked_ns; /* when that was last compared */
};

void pending_begin(struct pending *pending);

/* "new", "update", "total": an event's action. */
const char *change_name(enum change change);

/* A server has changed.  True: it is an event now (and was marked as told at
 * now_ns); else it waits. */
bool pending_add(struct pending *pending, struct tally *tally,
    enum change change, uint64_t now_ns);

/* The next server whose second is over, or NULL; it is an event of CHANGE_KIND
 * now.  UINT64_MAX: the run ends, so all that wait. */
struct server *pending_changed(struct pending *pending, uint64_t now_ns);

/* The next server that has only grown, or NULL; an event of CHANGE_TOTALS. */
struct server *pending_grown(struct pending *pending, uint64_t now_ns);

#endif
