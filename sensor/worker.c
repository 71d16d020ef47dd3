/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker - one capture thread, and the whole sensor on one page:
 *
 *	frame -> packet -> flow -> bytes -> dialog -> sighting
 *
 * A worker shares nothing.  Both directions of a connection reach the same
 * worker, so its flow table needs no lock; the ring is the only way out.
 *
 * Frames come in batches: all are decoded, the flow table's lines for all are
 * asked for, then each is handled, so that the cache misses of a batch overlap
 * instead of adding up.
 */
#include "sensor/worker.h"

#include "dissectors/ndpi.h"
#include "sensor/capture/capture.h"
#include "sensor/conversations.h"
#include "sensor/decode/frame.h"
#include "sensor/doorman.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/reassembly.h"
#include "sensor/teller.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL

struct worker {
	struct worker_options options;
	struct worker_parts parts;
	struct decoder *decoder;
	struct flow_table *flows;
	struct conversations *conversations;
	struct reassembly *reassembly;
	struct ndpi *ndpi;
	struct counters counters;
	struct teller teller;
	struct doorman doorman;
	uint32_t source;   /* the file that is being read */
	uint64_t when_ns;  /* the newest packet's time */
	uint64_t shown_ns; /* tick at which the counters were last told */
	bool file_open;    /* OBSERVED_SOURCE_BEGIN was told */
	struct batch batch;
	struct packet packet[CAPTURE_BATCH];
	struct flow_lookup lookup[CAPTURE_BATCH];
};

/* --- conversations ------------------------------------------------------- */

/* It has been told, or had nothing to tell: its place is another's. */
static void
release(struct worker *w, struct conversation *c)
{
	counters_verdict(&w->counters, &c->dialog);
	doorman_note_end(&w->doorman, c);
	if (c->flow != NULL)
		c->flow->conversation = POOL_NONE;
	if (c->flow != NULL && conversation_is_foreign(c))
		c->flow->state = FLOW_SETTLED; /* more of it may come */
	else if (c->flow != NULL)
		flow_table_drop(w->flows, c->flow);
	dialog_wipe(&c->dialog); /* it held client lines */
	conversations_give(w->conversations, c);
}

/* False: what it has to tell found no room, so it stays until there is. */
static bool
end(struct worker *w, struct conversation *c, uint64_t tick_ns)
{
	if (!c->ended)
		conversation_end(c, w->reassembly, tick_ns);
	if (teller_tell(&w->teller, c, REPORT_ENDED)) {
		release(w, c);
		return true;
	}
	conversations_wait(w->conversations, c, WAIT_UNTOLD, tick_ns);
	return false;
}

/* Its flow's place was given to another connection. */
static void
evict(struct worker *w, uint32_t index, uint64_t tick_ns)
{
	struct conversation *c;

	w->counters.traffic.flows_evicted++;
	if (index == POOL_NONE)
		return;
	c = conversations_at(w->conversations, index);
	c->flow = NULL;
	end(w, c, tick_ns);
}

/* A free conversation, if need be somebody else's; NULL: there is none. */
static struct conversation *
make_place(struct worker *w, uint64_t tick_ns)
{
	struct conversation *c = conversations_take(w->conversations);

	if (c != NULL)
		return c;
	c = conversations_victim(w->conversations);
	if (c == NULL)
		return NULL;
	w->counters.traffic.dialogs_evicted++;
	end(w, c, tick_ns);
	return conversations_take(w->conversations);
}

static struct conversation *
begin(struct worker *w, const struct flow_hit *hit, const struct packet *packet)
{
	struct conversation *c;

	if (packet->payload_len == 0 ||
	    doorman_turns_away(&w->doorman, hit, packet))
		return NULL;
	c = make_place(w, packet->tick_ns);
	if (c == NULL) {
		w->counters.traffic.dialogs_refused++;
		hit->flow->bits |= FLOW_MIDSTREAM; /* its start is missed */
		return NULL;
	}
	w->counters.traffic.dialogs++;
	conversation_begin(c, hit, packet, w->ndpi);
	c->flow_id = flow_table_id(hit->flow);
	hit->flow->conversation = c->index;
	if (!c->gathering) /* else its SYN-ACK may still come */
		hit->flow->state = FLOW_OPEN;
	return c;
}

/* The conversation of a flow; NULL where nobody listens: the common case. */
static struct conversation *
conversation_of(
    struct worker *w, const struct flow_hit *hit, const struct packet *packet)
{
	uint32_t index = hit->flow->conversation;

	if (index != POOL_NONE)
		return conversations_at(w->conversations, index);
	if (hit->flow->state == FLOW_EMBRYONIC)
		return begin(w, hit, packet);
	if ((hit->flow->bits & FLOW_OVERHEARD) != 0)
		doorman_overhear(&w->doorman, hit, packet);
	return NULL; /* settled */
}

/* --- the way of a packet ------------------------------------------------- */

/* It was listened to.  False: the ring has no room for what is new. */
static bool
act_on(struct worker *w, struct conversation *c, enum dialog_news news,
    uint64_t tick_ns)
{
	if (conversation_is_foreign(c))
		return end(w, c, tick_ns);
	if (news != NEWS_NONE)
		teller_tell(&w->teller, c, REPORT_NEWS);
	conversations_wait(
	    w->conversations, c, conversation_waits_for(c), tick_ns);
	return !c->owed;
}

static void
hear(struct worker *w, struct conversation *c, enum side side,
    const struct packet *packet)
{
	enum dialog_news news =
	    conversation_hear(c, w->reassembly, side, packet);

	if (news == NEWS_VERDICT && c->told == 0) {
		c->source = packet->source_number; /* proven in this file, */
		c->packet = packet->number;        /* by this packet */
	}
	act_on(w, c, news, packet->tick_ns);
}

static void
on_packet(struct worker *w, const struct packet *packet,
    const struct flow_lookup *lookup)
{
	struct conversation *c;
	struct flow_hit hit;

	switch (flow_table_of(w->flows, packet, lookup, &hit)) {
	case FLOW_NONE: /* a bare SYN, a stray RST: takes no place */
		return;
	case FLOW_OPENED:
	case FLOW_REUSED:
		w->counters.traffic.flows++;
		break;
	case FLOW_KNOWN:
		break;
	}
	if (hit.evicted_any)
		evict(w, hit.evicted, packet->tick_ns);
	c = conversation_of(w, &hit, packet);
	if (c != NULL)
		hear(w, c, hit.side, packet);
}

/* Its patience is at its end.  False: the ring has no room now. */
static bool
attend(struct worker *w, struct conversation *c, uint64_t tick_ns)
{
	bool goes_on = c->wait == WAIT_SUSPECT || c->wait == WAIT_UNTOLD ||
	    c->wait == WAIT_TURN;

	if (!c->ended && tick_ns != UINT64_MAX)
		w->counters.silent +=
		    c->wait == WAIT_UNDECIDED || c->wait == WAIT_DECIDED;
	if (c->ended || !goes_on || tick_ns == UINT64_MAX)
		return end(w, c, tick_ns);
	if (c->wait == WAIT_TURN)
		return act_on(w, c,
		    conversation_go_on(c, w->reassembly, tick_ns), tick_ns);
	teller_tell(&w->teller, c, REPORT_SILENT);
	conversations_wait(
	    w->conversations, c, conversation_waits_for(c), tick_ns);
	return !c->owed;
}

static void
expire(struct worker *w, uint64_t tick_ns)
{
	struct conversation *c;

	while ((c = conversations_due(w->conversations, tick_ns)) != NULL)
		if (!attend(w, c, tick_ns))
			break;
}

/* --- batches ------------------------------------------------------------- */

static size_t
decode(struct worker *w)
{
	struct traffic *traffic = &w->counters.traffic;
	size_t packets = 0;

	for (size_t i = 0; i < w->batch.count; i++) {
		const struct frame *frame = &w->batch.frame[i];
		enum decoded decoded =
		    frame_decode(w->decoder, frame, &w->packet[packets]);

		traffic->packets++;
		traffic->bytes += frame->wire_len;
		counters_decoded(&w->counters, decoded);
		if (decoded != DECODED_TCP)
			continue;
		flow_table_lookup(
		    w->flows, &w->packet[packets], &w->lookup[packets]);
		flow_table_prefetch(w->flows, &w->lookup[packets]);
		packets++;
	}
	return packets;
}

static void
mark(struct worker *w, enum observation_kind kind)
{
	teller_mark(&w->teller, kind, w->source, w->when_ns);
}

static void
on_batch(struct worker *w)
{
	size_t packets = decode(w);

	if (w->batch.count > 0) {
		w->source = w->batch.frame[0].source;
		w->when_ns = w->batch.frame[w->batch.count - 1].when_ns;
	}
	if (!w->file_open)
		mark(w, OBSERVED_SOURCE_BEGIN);
	w->file_open = true;
	for (size_t i = 0; i < packets; i++)
		flow_table_prefetch_flow(w->flows, &w->lookup[i]);
	for (size_t i = 0; i < packets; i++) {
		on_packet(w, &w->packet[i], &w->lookup[i]);
		expire(w, w->packet[i].tick_ns);
	}
}

/* What is not per packet: numbers for others, and waiting for them. */
static void
after_batch(struct worker *w)
{
	struct capture_numbers numbers;
	bool second = w->batch.tick_ns - w->shown_ns >= SECOND;

	expire(w, w->batch.tick_ns);
	if (second) {
		capture_numbers(w->parts.capture, &numbers);
		counters_capture(&w->counters, &numbers);
		counters_reassembly(
		    &w->counters, reassembly_numbers(w->reassembly));
		mark(w, OBSERVED_TRAFFIC);
		w->shown_ns = w->batch.tick_ns;
	}
	counters_show(&w->counters, w->parts.shown);
	teller_hand_over(&w->teller, second || !w->file_open);
}

/* Whatever is still open has had its say. */
static void
finish(struct worker *w)
{
	w->shown_ns = 0;
	expire(w, UINT64_MAX);
	while (conversations_live(w->conversations) > 0) {
		teller_wait(&w->teller); /* the ring was full */
		expire(w, UINT64_MAX);
	}
	after_batch(w);
}

bool
worker_run(struct worker *w, const atomic_bool *stop)
{
	enum capture_result got = CAPTURE_QUIET;

	while (!atomic_load_explicit(stop, memory_order_relaxed)) {
		got = capture_next(w->parts.capture, &w->batch);
		if (got == CAPTURE_END || got == CAPTURE_FAILED)
			break;
		if (got == CAPTURE_BATCH_READY) {
			on_batch(w);
		} else if (got == CAPTURE_SOURCE_END) {
			mark(w, OBSERVED_SOURCE_END);
			w->file_open = false;
		}
		after_batch(w); /* a quiet wire passes time as well */
	}
	finish(w);
	return got != CAPTURE_FAILED;
}

const struct counters *
worker_counters(const struct worker *w)
{
	return &w->counters;
}

void
worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	conversations_free(w->conversations);
	reassembly_free(w->reassembly);
	flow_table_free(w->flows);
	decoder_free(w->decoder);
	ndpi_close(w->ndpi);
	free(w);
}

struct worker *
worker_new(
    const struct worker_options *options, const struct worker_parts *parts)
{
	struct worker *w = calloc(1, sizeof(*w));
	uint64_t seed;

	if (w == NULL)
		return NULL;
	w->options = *options;
	w->parts = *parts;
	w->teller = (struct teller){
		.ring = parts->ring,
		.publisher = parts->publisher,
		.traffic = &w->counters.traffic,
		.worker = options->number,
		.replay = options->replay,
	};
	w->doorman = (struct doorman){
		.policy = options->policy,
		.counters = &w->counters,
		.teller = &w->teller,
	};
	memcpy(&seed, options->secret, sizeof(seed));
	w->decoder = decoder_new(&(struct decoder_options){
	    .key = seed, .census = &w->counters.census });
	w->flows = flow_table_new(options->flows, options->secret);
	w->conversations = conversations_new(options->dialogs, seed);
	w->reassembly = reassembly_new(options->reassembly, ~seed);
	if (options->ndpi)
		w->ndpi = ndpi_new(options->dialogs);
	if (w->decoder == NULL || w->flows == NULL ||
	    w->conversations == NULL || w->reassembly == NULL) {
		worker_free(w);
		return NULL;
	}
	return w;
}
