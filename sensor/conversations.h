/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversations - all that are being listened to, and what each waits for.
 *
 * Every time-out is the same for all who wait for the same thing, so a queue a
 * kind, in the order in which they began to wait, finds who is due without
 * looking at anybody else.
 */
#ifndef STRAYMAIL_CONVERSATIONS_H
#define STRAYMAIL_CONVERSATIONS_H

#include "sensor/conversation.h"

#include <stdbool.h>
#include <stdint.h>

struct conversations;

/* At most `most` at once; the memory is touched as it is needed.  seed: of the
 * draw among which somebody has to make place.  NULL: no memory. */
struct conversations *conversations_new(uint32_t most, uint64_t seed);
void conversations_free(struct conversations *all);

/* A conversation with nothing set but its place; NULL: none is free. */
struct conversation *conversations_take(struct conversations *all);
void conversations_give(struct conversations *all, struct conversation *who);

struct conversation *conversations_at(
    const struct conversations *all, uint32_t index);

/* It is heard of soon: ask for its memory. */
void conversations_prefetch(const struct conversations *all, uint32_t index);

/* From this tick on it waits for that, behind everybody who does. */
void conversations_wait(struct conversations *all, struct conversation *who,
    enum wait wait, uint64_t tick_ns);

/* Somebody whose time is up at that tick, or NULL: the common case, and cheap
 * enough to be asked after each packet. */
struct conversation *conversations_due(
    struct conversations *all, uint64_t tick_ns);

/*
 * Who has to go when none is free: of eight drawn at random the one without a
 * verdict that made no progress for longest; if all eight are SMTP or may be,
 * the oldest that was told.  NULL: nobody can be asked to.
 */
struct conversation *conversations_victim(struct conversations *all);

uint32_t conversations_live(const struct conversations *all);

#endif
