/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier - takes to Redis what is untold in the ledger.
 *
 * Keeps no queue of its own: a tally that waits takes in whatever is new.  It is
 * told up to the revision that was sent, and only when its own reply came.  A
 * server that Redis will never take is set aside, and the others go on.
 */
#ifndef STRAYMAIL_COURIER_H
#define STRAYMAIL_COURIER_H

#include "output/event.h"
#include "output/ledger.h"
#include "output/redis/link.h"

#include <stdbool.h>
#include <stdint.h>

struct courier;

/* All are borrowed; the context's serial is counted on.  NULL: no memory. */
struct courier *courier_new(
    struct event_context *context, struct ledger *ledger, struct link *link);
void courier_free(struct courier *courier);

/* Redis has lost what it was told: says why, and tells all again. */
void courier_retell(struct courier *courier, const char *why);

/* Tells what is urgent, or all; stops where the link goes down. */
void courier_tell(struct courier *courier, bool all);

/* What waits: tallies, and the servers that they are of. */
uint64_t courier_tallies(struct courier *courier);
uint64_t courier_servers(struct courier *courier);

/* How many updates Redis would not take. */
uint64_t courier_set_aside(const struct courier *courier);

#endif
