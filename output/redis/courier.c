/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier - takes to Redis what is untold in the ledger.
 */
#include "output/redis/courier.h"

#include "output/log.h"
#include "output/redis/telling.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS   1000000ULL
#define PIPELINE    64
#define RELOADS_MAX 3 /* of the script, in one go */

struct courier {
	struct event_context *context;
	struct ledger *ledger;
	struct link *link;
	bool retelling; /* after a loss of data, until all is told again */
	uint64_t set_aside;
	struct telling telling;
};

static bool
untold(const struct tally *tally)
{
	return tally->told != tally->revision;
}

/* Standard servers are no findings, and never go to Redis. */
static struct tally *
next_untold(struct courier *courier, struct tally *after)
{
	struct tally *tally = ledger_untold(courier->ledger, after);

	while (tally != NULL && tally->server->standard) {
		tally->told = tally->revision;
		tally = ledger_untold(courier->ledger, tally);
	}
	return tally;
}

/* A tally under way, as it was when it was sent. */
struct sent {
	struct tally *tally;
	uint32_t revision;
};

struct batch {
	struct sent sent[PIPELINE];
	size_t count;
	bool reload;      /* Redis has forgotten the script */
	bool memory_lost; /* ... or servers that it was told of */
};

/* Only this server; all others go on. */
static void
set_aside(struct courier *courier, const struct sent *sent, const char *why)
{
	char id[SERVER_ID_MAX], reason[CLIENT_WHY_MAX];

	sent->tally->told = sent->revision;
	sent->tally->urgent = false;
	if (courier->set_aside++ > 0)
		return;
	server_id(courier->context->options->site,
	    &sent->tally->server->endpoint, sent->tally->server->latest.name,
	    id);
	sanitize(reason, sizeof reason, why, strlen(why), NULL);
	log_warnx("redis %s: does not take %s: %s; such servers are set aside",
	    courier->context->options->redis.url, id, reason);
}

static bool
send_one(struct courier *courier, struct tally *tally, uint64_t limit_ms)
{
	struct command *command = link_command(courier->link);
	bool sent;

	if (!telling_begin(
		&courier->telling, courier->context, tally, limit_ms))
		return false;
	ingest_command(
	    &courier->telling.ingest, link_script(courier->link), command);
	sent = redis_client_send(link_client(courier->link), command);
	telling_end(&courier->telling);
	courier->context->serial++;
	return sent;
}

/* No time that is told may be in the future, as capture time in `read` can be:
 * there, Redis's clock is the one that is asked. */
static uint64_t
latest_ms(struct courier *courier)
{
	uint64_t clock_ms;

	if (!courier->context->options->replay)
		return courier->context->now_ns / NS_PER_MS;
	clock_ms = link_clock(courier->link);
	return clock_ms != 0 ? clock_ms : UINT64_MAX;
}

static void
send_batch(struct courier *courier, bool all, struct batch *ret_batch)
{
	uint64_t limit_ms = latest_ms(courier);
	struct tally *tally = next_untold(courier, NULL);

	*ret_batch = (struct batch){ .count = 0 };
	while (tally != NULL && ret_batch->count < PIPELINE) {
		struct sent sent = { tally, tally->revision };

		if (all || tally->urgent) {
			if (send_one(courier, tally, limit_ms))
				ret_batch->sent[ret_batch->count++] = sent;
			else
				set_aside(
				    courier, &sent, "no room for it here");
		}
		tally = next_untold(courier, tally);
	}
}

/* False: the link is down. */
static bool
take_reply(struct courier *courier, struct batch *batch, struct sent *sent)
{
	struct redis_client *client = link_client(courier->link);
	const struct reply *reply = redis_client_receive(client);
	enum reply_class class = reply_class(reply);
	struct trouble trouble = { .class = class };

	switch (class) {
	case CLASS_OK:
	case CLASS_DUP:
		if (ingest_outcome(reply) == INGESTED_NEW &&
		    sent->tally->told > 0)
			batch->memory_lost = true;
		sent->tally->told = sent->revision;
		sent->tally->urgent = false;
		return true;
	case CLASS_NOSCRIPT:
		batch->reload = true;
		return true;
	case CLASS_POISON:
		set_aside(courier, sent, reply_text(reply));
		return true;
	case CLASS_RETRY:
	case CLASS_RECONNECT:
	case CLASS_AUTH:
		break;
	}
	if (reply == NULL)
		trouble = *redis_client_trouble(client);
	else
		trouble_set(&trouble, class, reply_text(reply));
	link_lost(courier->link, &trouble, courier->context->now_ns);
	return false;
}

static bool
receive_batch(struct courier *courier, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!take_reply(courier, batch, &batch->sent[i]))
			return false;
	return true;
}

struct courier *
courier_new(
    struct event_context *context, struct ledger *ledger, struct link *link)
{
	struct courier *courier = calloc(1, sizeof *courier);

	if (courier == NULL)
		return NULL;
	courier->context = context;
	courier->ledger = ledger;
	courier->link = link;
	return courier;
}

void
courier_free(struct courier *courier)
{
	free(courier);
}

void
courier_retell(struct courier *courier, const char *why)
{
	log_warnx("redis %s: %s, telling all servers again",
	    courier->context->options->redis.url, why);
	ledger_retell(courier->ledger);
	courier->retelling = true;
}

void
courier_tell(struct courier *courier, bool all)
{
	unsigned reloads = 0;
	struct batch batch;

	do {
		send_batch(courier, all || courier->retelling, &batch);
		if (!receive_batch(courier, &batch))
			return;
		if (batch.memory_lost && !courier->retelling)
			courier_retell(courier, "has lost its data");
		if (batch.reload &&
		    (++reloads > RELOADS_MAX ||
			!link_reload_script(
			    courier->link, courier->context->now_ns)))
			return;
	} while (batch.count > 0);
	courier->retelling = false;
}

uint64_t
courier_tallies(struct courier *courier)
{
	uint64_t count = 0;

	for (struct tally *at = next_untold(courier, NULL); at != NULL;
	     at = next_untold(courier, at))
		count++;
	return count;
}

uint64_t
courier_servers(struct courier *courier)
{
	uint64_t count = 0;

	for (struct tally *at = next_untold(courier, NULL); at != NULL;
	     at = next_untold(courier, at)) {
		const struct tally *first = at->server->tallies;

		while (!untold(first))
			first = first->next_of_server;
		count += first == at;
	}
	return count;
}

uint64_t
courier_set_aside(const struct courier *courier)
{
	return courier->set_aside;
}
