/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversations - a pool, and one queue for each thing one can wait for.
 *
 * A conversation is in exactly one queue from its first packet to its last, and
 * goes to its end with each.  The links are apart from the conversations: those
 * of all lie near each other, and its neighbours are two that were heard of long
 * ago.
 */
#include "sensor/conversations.h"

#include "sensor/flow/pool.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#define SECOND 1000000000ULL
#define DRAWN  8

/* How long each kind of waiting lasts (RFC 5321 4.5.3.2 for the long one). */
static const uint64_t patience_ns[WAITS] = {
	[WAIT_UNDECIDED] = 300 * SECOND,
	[WAIT_DECIDED] = 900 * SECOND,
	[WAIT_SUSPECT] = 5 * SECOND,
	[WAIT_CLOSING] = 5 * SECOND,
	[WAIT_TURN] = SECOND / 4,
	[WAIT_UNTOLD] = 0, /* at the next opportunity */
};

struct queue {
	uint32_t first, last;
};

struct link {
	uint32_t before, behind; /* POOL_NONE at the ends */
};

struct conversations {
	struct pool *pool;
	struct link *links; /* of each in the pool */
	struct queue queue[WAITS];
	uint64_t quiet_ns; /* nobody is due before this tick */
	uint64_t random;
};

/* xorshift64*: an attacker must not foresee the draw, and the seed is secret. */
static uint64_t
draw(struct conversations *all)
{
	all->random ^= all->random >> 12;
	all->random ^= all->random << 25;
	all->random ^= all->random >> 27;
	return all->random * 0x2545f4914f6cdd1dULL >> 32;
}

static void
leave(struct conversations *all, struct conversation *who)
{
	struct queue *queue = &all->queue[who->wait];
	const struct link link = all->links[who->index];

	if (link.before == POOL_NONE)
		queue->first = link.behind;
	else
		all->links[link.before].behind = link.behind;
	if (link.behind == POOL_NONE)
		queue->last = link.before;
	else
		all->links[link.behind].before = link.before;
}

static void
join(struct conversations *all, struct conversation *who)
{
	struct queue *queue = &all->queue[who->wait];

	all->links[who->index] = (struct link){ queue->last, POOL_NONE };
	if (queue->last == POOL_NONE)
		queue->first = who->index;
	else
		all->links[queue->last].behind = who->index;
	queue->last = who->index;
}

/* Neither SMTP nor suspected of it: its end costs nobody a finding. */
static bool
expendable(const struct conversation *who)
{
	return who->dialog.verdict != VERDICT_CONFIRMED &&
	    who->dialog.verdict != VERDICT_SUSPECTED && who->told == 0;
}

static bool
told_and_done(const struct conversation *who)
{
	return (who->told & TOLD_CONFIRMED) != 0 && who->wait != WAIT_UNTOLD;
}

/* The one that stood still for longer; any is better than none. */
static struct conversation *
staler(struct conversation *a, struct conversation *b)
{
	return a != NULL && a->progress_ns <= b->progress_ns ? a : b;
}

struct conversations *
conversations_new(uint32_t most, uint64_t seed)
{
	struct conversations *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->pool = pool_new(sizeof(struct conversation), most);
	all->links = calloc(most, sizeof(*all->links));
	if (all->pool == NULL || all->links == NULL) {
		conversations_free(all);
		return NULL;
	}
	all->random = seed | 1; /* zero would stay zero */
	for (int i = 0; i < WAITS; i++)
		all->queue[i] = (struct queue){ POOL_NONE, POOL_NONE };
	return all;
}

void
conversations_free(struct conversations *all)
{
	if (all == NULL)
		return;
	pool_free(all->pool);
	free(all->links);
	free(all);
}

struct conversation *
conversations_take(struct conversations *all)
{
	uint32_t index = pool_take(all->pool);
	struct conversation *who;

	if (index == POOL_NONE)
		return NULL;
	who = pool_at(all->pool, index);
	who->index = index;
	who->wait = WAIT_UNDECIDED;
	join(all, who);
	return who;
}

void
conversations_give(struct conversations *all, struct conversation *who)
{
	leave(all, who);
	pool_give(all->pool, who->index);
}

struct conversation *
conversations_at(const struct conversations *all, uint32_t index)
{
	return pool_at(all->pool, index);
}

/* What a packet of it touches: all behind the lines, and of the session what
 * does not say who serves. */
#define HOT_AT     offsetof(struct conversation, dialog.ndpi)
#define SESSION_AT offsetof(struct conversation, dialog.session.heard)
#define SESSION_TO offsetof(struct conversation, dialog.line)
#define CACHE_LINE 64

void
conversations_prefetch(const struct conversations *all, uint32_t index)
{
	const uint8_t *who = pool_at(all->pool, index);

	for (size_t at = SESSION_AT; at < SESSION_TO; at += CACHE_LINE)
		__builtin_prefetch(who + at, 1);
	for (size_t at = HOT_AT; at < sizeof(struct conversation);
	     at += CACHE_LINE)
		__builtin_prefetch(who + at, 1);
}

/* The tick from which on it is due, where it waits. */
static uint64_t
due_ns(const struct conversation *who)
{
	uint64_t patience = patience_ns[who->wait];

	return who->since_ns < UINT64_MAX - patience ? who->since_ns + patience
						     : UINT64_MAX;
}

void
conversations_wait(struct conversations *all, struct conversation *who,
    enum wait wait, uint64_t tick_ns)
{
	leave(all, who);
	who->wait = (uint8_t)wait;
	who->since_ns = tick_ns;
	join(all, who);
	if (due_ns(who) < all->quiet_ns)
		all->quiet_ns = due_ns(who);
}

/* Who is first in a queue is due first of it.  Who left since quiet_ns was
 * found makes it earlier than need be, never later. */
struct conversation *
conversations_due(struct conversations *all, uint64_t tick_ns)
{
	uint64_t quiet_ns = UINT64_MAX;

	if (tick_ns < all->quiet_ns)
		return NULL;
	for (int i = 0; i < WAITS; i++) {
		struct conversation *first;

		if (all->queue[i].first == POOL_NONE)
			continue;
		first = conversations_at(all, all->queue[i].first);
		if (due_ns(first) <= tick_ns)
			return first;
		if (due_ns(first) < quiet_ns)
			quiet_ns = due_ns(first);
	}
	all->quiet_ns = quiet_ns;
	return NULL;
}

struct conversation *
conversations_victim(struct conversations *all)
{
	struct conversation *open = NULL, *told = NULL;

	for (int i = 0; i < DRAWN; i++) {
		uint64_t drawn = draw(all) % pool_size(all->pool);
		struct conversation *who;

		if (!pool_lent(all->pool, (uint32_t)drawn))
			continue;
		who = conversations_at(all, (uint32_t)drawn);
		if (expendable(who))
			open = staler(open, who);
		else if (told_and_done(who))
			told = staler(told, who);
	}
	return open != NULL ? open : told;
}

uint32_t
conversations_live(const struct conversations *all)
{
	return pool_live(all->pool);
}
