/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener - begins, hears, tells and ends the conversations of one worker.
 */
#include "sensor/listener.h"

#include "dissectors/ndpi.h"
#include "sensor/conversations.h"
#include "sensor/doorman.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/reassembly.h"

#include <stdlib.h>
#include <string.h>

struct listener {
	struct listener_parts parts;
	struct conversations *conversations;
	struct reassembly *reassembly;
	struct ndpi *ndpi;
	struct doorman doorman;
};

/* It has been told, or had nothing to tell: its place is another's. */
static void
release(struct listener *l, struct conversation *c)
{
	counters_verdict(l->parts.counters, &c->dialog, c->ending);
	doorman_note_end(&l->doorman, c);
	if (c->flow != NULL)
		c->flow->conversation = POOL_NONE;
	if (c->flow != NULL && conversation_is_foreign(c))
		ruling_settle(c->flow, &c->ruling); /* more may come */
	else if (c->flow != NULL) {
		l->parts.counters->dropped[c->ending]++;
		flow_table_drop(l->parts.flows, c->flow);
	}
	dialog_wipe(&c->dialog); /* it held client lines */
	conversations_give(l->conversations, c);
}

/* Why it ends; `why`: if it was not its own doing. */
static enum ending
ending_of(const struct conversation *c, enum ending why)
{
	if (conversation_is_foreign(c))
		return ENDING_SETTLED;
	if (c->closed != CLOSED_BOTH)
		return why;
	return c->reset ? ENDING_RST : ENDING_FIN;
}

/* False: what it has to tell found no room, so it stays until there is. */
static bool
end(struct listener *l, struct conversation *c, enum ending why,
    uint64_t tick_ns)
{
	if (!c->ended) {
		c->ending = (uint8_t)ending_of(c, why);
		conversation_end(c, l->reassembly, tick_ns);
	}
	if (teller_tell(l->parts.teller, c, REPORT_ENDED)) {
		release(l, c);
		return true;
	}
	conversations_wait(l->conversations, c, WAIT_UNTOLD, tick_ns);
	return false;
}

/* A free conversation, if need be somebody else's; NULL: there is none. */
static struct conversation *
make_place(struct listener *l, uint64_t tick_ns)
{
	struct conversation *c = conversations_take(l->conversations);

	if (c != NULL)
		return c;
	c = conversations_victim(l->conversations);
	if (c == NULL)
		return NULL;
	l->parts.counters->traffic.dialogs_evicted++;
	end(l, c, ENDING_EVICTED, tick_ns);
	return conversations_take(l->conversations);
}

static struct conversation *
begin(
    struct listener *l, const struct flow_hit *hit, const struct packet *packet)
{
	struct conversation *c;

	if (packet->payload_len == 0 ||
	    doorman_turns_away(&l->doorman, hit, packet))
		return NULL;
	c = make_place(l, packet->tick_ns);
	if (c == NULL) {
		l->parts.counters->traffic.dialogs_refused++;
		hit->flow->bits |= FLOW_MIDSTREAM; /* its start is missed */
		return NULL;
	}
	l->parts.counters->traffic.dialogs++;
	conversation_begin(c, hit, packet, l->ndpi);
	c->flow_id = flow_table_id(hit->flow);
	hit->flow->conversation = c->index;
	if (!c->gathering) /* else its SYN-ACK may still come */
		hit->flow->state = FLOW_OPEN;
	return c;
}

/* What it was ruled out by came again, and was another. */
static struct conversation *
begin_again(
    struct listener *l, const struct flow_hit *hit, const struct packet *packet)
{
	struct conversation *c = begin(l, hit, packet);

	if (c != NULL)
		c->conflict = true;
	return c;
}

/* The conversation of a flow; NULL where nobody listens: the common case. */
static struct conversation *
conversation_of(
    struct listener *l, const struct flow_hit *hit, const struct packet *packet)
{
	uint32_t index = hit->flow->conversation;

	if (index != POOL_NONE)
		return conversations_at(l->conversations, index);
	if (hit->flow->state == FLOW_EMBRYONIC)
		return begin(l, hit, packet);
	if (ruling_reversed(hit, packet))
		return begin_again(l, hit, packet);
	if ((hit->flow->bits & FLOW_OVERHEARD) != 0)
		doorman_overhear(&l->doorman, hit, packet);
	return NULL; /* settled */
}

/* It was listened to.  False: the ring has no room for what is new. */
static bool
act_on(struct listener *l, struct conversation *c, enum dialog_news news,
    uint64_t tick_ns)
{
	if (conversation_is_foreign(c))
		return end(l, c, ENDING_SETTLED, tick_ns);
	if (news != NEWS_NONE)
		teller_tell(l->parts.teller, c, REPORT_NEWS);
	conversations_wait(
	    l->conversations, c, conversation_waits_for(c), tick_ns);
	return !c->owed;
}

static void
hear(struct listener *l, struct conversation *c, enum side side,
    const struct packet *packet)
{
	enum dialog_news news =
	    conversation_hear(c, l->reassembly, side, packet);

	if (news == NEWS_VERDICT && c->told == 0) {
		c->source = packet->source_number; /* proven in this file, */
		c->packet = packet->number;        /* by this packet */
	}
	act_on(l, c, news, packet->tick_ns);
}

/* Its patience is at its end.  False: the ring has no room now. */
static bool
attend(struct listener *l, struct conversation *c, uint64_t tick_ns)
{
	const enum ending why =
	    tick_ns == UINT64_MAX ? ENDING_DONE : ENDING_SILENT;
	bool goes_on = c->wait == WAIT_SUSPECT || c->wait == WAIT_UNTOLD ||
	    c->wait == WAIT_TURN;

	if (!c->ended && tick_ns != UINT64_MAX)
		l->parts.counters->silent +=
		    c->wait == WAIT_UNDECIDED || c->wait == WAIT_DECIDED;
	if (c->ended || !goes_on || tick_ns == UINT64_MAX)
		return end(l, c, why, tick_ns);
	if (c->wait == WAIT_TURN)
		return act_on(l, c,
		    conversation_go_on(c, l->reassembly, tick_ns), tick_ns);
	teller_tell(l->parts.teller, c, REPORT_SILENT);
	conversations_wait(
	    l->conversations, c, conversation_waits_for(c), tick_ns);
	return !c->owed;
}

void
listener_prefetch(const struct listener *l, const struct flow *flow)
{
	if (flow->conversation != POOL_NONE)
		conversations_prefetch(l->conversations, flow->conversation);
}

void
listener_hear(
    struct listener *l, const struct flow_hit *hit, const struct packet *packet)
{
	const uint64_t *pushed =
	    &reassembly_numbers(l->reassembly)->bytes.pushed;
	const uint64_t before = *pushed;
	struct conversation *c = conversation_of(l, hit, packet);

	if (c != NULL)
		hear(l, c, hit->side, packet);
	if (*pushed == before)
		l->parts.counters->not_followed += packet->payload.len;
}

void
listener_evict(struct listener *l, uint32_t index, uint64_t tick_ns)
{
	struct conversation *c = conversations_at(l->conversations, index);

	c->flow = NULL;
	end(l, c, ENDING_EVICTED, tick_ns);
}

void
listener_expire(struct listener *l, uint64_t tick_ns)
{
	struct conversation *c;

	while ((c = conversations_due(l->conversations, tick_ns)) != NULL)
		if (!attend(l, c, tick_ns))
			break;
}

void
listener_finish(struct listener *l)
{
	listener_expire(l, UINT64_MAX);
	while (conversations_live(l->conversations) > 0) {
		teller_wait(l->parts.teller); /* the ring was full */
		listener_expire(l, UINT64_MAX);
	}
}

void
listener_count(struct listener *l, struct accounting_books *ret_books)
{
	reassembly_put_away(l->reassembly);
	ret_books->reassembly = reassembly_numbers(l->reassembly);
	ret_books->cells_live = reassembly_live(l->reassembly);
	ret_books->dialogs_live = conversations_live(l->conversations);
	counters_reassembly(l->parts.counters, ret_books->reassembly);
}

void
listener_free(struct listener *l)
{
	if (l == NULL)
		return;
	conversations_free(l->conversations);
	reassembly_free(l->reassembly);
	ndpi_close(l->ndpi);
	free(l);
}

struct listener *
listener_new(
    const struct worker_options *options, const struct listener_parts *parts)
{
	struct listener *l = calloc(1, sizeof(*l));
	uint64_t seed;

	if (l == NULL)
		return NULL;
	memcpy(&seed, options->secret, sizeof(seed));
	l->parts = *parts;
	l->doorman = (struct doorman){
		.policy = options->policy,
		.counters = parts->counters,
		.teller = parts->teller,
	};
	l->conversations = conversations_new(options->dialogs, seed);
	l->reassembly =
	    reassembly_new(options->reassembly, options->copies, ~seed);
	if (options->ndpi)
		l->ndpi = ndpi_new(options->dialogs);
	if (l->conversations == NULL || l->reassembly == NULL) {
		listener_free(l);
		return NULL;
	}
	return l;
}
