/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker - one capture thread, and the whole sensor on one page:
 *
 *	frame -> packet -> flow -> listener
 *
 * and the other page is listener.c: bytes -> dialog -> sighting.
 *
 * A worker shares nothing.  Both directions of a connection reach the same
 * worker, so its flow table needs no lock; the ring is the only way out.
 *
 * Frames come in batches: all are decoded, the flow table's lines for all are
 * asked for, then each is handled, so that the cache misses of a batch overlap
 * instead of adding up.
 */
#include "sensor/worker.h"

#include "sensor/accounting.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/shunt.h"
#include "sensor/decode/frame.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/pool.h"
#include "sensor/listener.h"
#include "sensor/teller.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL

/*
 * A flow is shunted when so many packets came after all was settled.  That is
 * a system call, as dear as some of its packets: short flows must not pay for
 * it, and who has gone on for so long is likely to go on for as long again.
 */
#define SHUNT_AFTER 16U

struct worker {
	struct worker_options options;
	struct worker_parts parts;
	struct decoder *decoder;
	struct flow_table *flows;
	struct listener *listener;
	struct mirror *mirror;
	struct shunt *shunt; /* the capture's, or NULL */
	struct counters counters;
	struct teller teller;
	uint32_t source;   /* the file that is being read */
	uint64_t when_ns;  /* the newest packet's time */
	uint64_t shown_ns; /* tick at which the counters were last told */
	struct accounting accounting;
	bool file_open; /* OBSERVED_SOURCE_BEGIN was told */
	struct batch batch;
	struct packet packet[CAPTURE_BATCH];
	struct flow_lookup lookup[CAPTURE_BATCH];
};

/* --- the way of a packet ------------------------------------------------- */

/* Its flow may have been settled long ago.  One that was shunted and is seen
 * all the same is so again: its packets were on their way, or the kernel has
 * forgotten it.  Who was seen to close is not: the tuple's next connection may
 * be on its way (see shunt.h). */
static void
pass_by(struct worker *w, struct flow *flow, const struct flow_key *key)
{
	unsigned further = flow->further + 1U;

	if (flow->state != FLOW_SETTLED ||
	    (flow->bits & (FLOW_OVERHEARD | FLOW_CLOSED)) != 0)
		return;
	flow->further = further % SHUNT_AFTER;
	if (further < SHUNT_AFTER)
		return;
	flow->bits |= FLOW_SHUNTED;
	shunt_add(w->shunt, key);
}

static void
on_packet(struct worker *w, const struct packet *packet,
    const struct flow_lookup *lookup)
{
	struct flow_hit hit;
	enum flow_found found;

	mirror_packet(w->mirror, packet, lookup);
	found = flow_table_of(w->flows, packet, lookup, &hit);
	switch (found) {
	case FLOW_NONE: /* a bare SYN, a stray RST: takes no place */
		w->counters.not_followed += packet->payload.len;
		return;
	case FLOW_OPENED:
	case FLOW_REUSED:
		w->counters.traffic.flows++;
		break;
	case FLOW_KNOWN:
		break;
	}
	mirror_flow(
	    w->mirror, hit.flow, found != FLOW_KNOWN, packet, lookup->key.from);
	if (hit.evicted_any) {
		w->counters.traffic.flows_evicted++;
		if (hit.evicted != POOL_NONE)
			listener_evict(
			    w->listener, hit.evicted, packet->tick_ns);
		if (hit.was_shunted)
			shunt_remove(w->shunt, flow_table_gone(w->flows));
	}
	listener_hear(w->listener, &hit, packet);
	if (w->shunt != NULL)
		pass_by(w, hit.flow, &lookup->key);
}

/* --- batches ------------------------------------------------------------- */

static size_t
decode(struct worker *w)
{
	struct traffic *traffic = &w->counters.traffic;
	size_t packets = 0;

	traffic->packets += w->batch.count;
	for (size_t i = 0; i < w->batch.count; i++) {
		const struct frame *frame = &w->batch.frame[i];
		enum decoded decoded =
		    frame_decode(w->decoder, frame, &w->packet[packets]);

		accounting_tick(&w->accounting, frame->tick_ns);
		traffic->bytes += frame->wire_len;
		counters_decoded(&w->counters, decoded);
		if (decoded != DECODED_TCP)
			continue;
		w->counters.payload_bytes += w->packet[packets].payload.len;
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

/* How far from the packet in hand its conversation's memory is asked for. */
#define AHEAD 2

static void
look_ahead(const struct worker *w, const struct flow_lookup *lookup)
{
	const struct flow *flow = flow_table_likely(w->flows, lookup);

	if (flow != NULL)
		listener_prefetch(w->listener, flow);
}

static void
on_batch(struct worker *w)
{
	size_t packets = decode(w);

	if (w->batch.count > 0) {
		mirror_batch(w->mirror, &w->batch);
		w->source = w->batch.frame[0].source;
		w->when_ns = w->batch.frame[w->batch.count - 1].when_ns;
	}
	if (!w->file_open)
		mark(w, OBSERVED_SOURCE_BEGIN);
	w->file_open = true;
	for (size_t i = 0; i < packets; i++)
		flow_table_prefetch_flow(w->flows, &w->lookup[i]);
	for (size_t i = 0; i < packets; i++) {
		if (i + AHEAD < packets)
			look_ahead(w, &w->lookup[i + AHEAD]);
		on_packet(w, &w->packet[i], &w->lookup[i]);
		listener_expire(w->listener, w->packet[i].tick_ns);
	}
}

/* Do the sums agree? */
static void
account(struct worker *w)
{
	struct accounting_books books = {
		.counters = &w->counters,
		.flows = flow_table_numbers(w->flows),
		.flows_live = flow_table_live(w->flows),
		.flow_bytes = flow_table_bytes(w->options.flows),
		.memory = w->options.memory,
		.worker = w->options.number,
	};

	accounting_tick(&w->accounting, w->batch.tick_ns);
	counters_flows(&w->counters, books.flows);
	listener_count(w->listener, &books);
	w->counters.traffic.accounting_violations +=
	    accounting_check(&w->accounting, &books);
}

/* What is not per packet: numbers for others, and waiting for them. */
static void
after_batch(struct worker *w)
{
	struct capture_numbers numbers;
	bool second = w->batch.tick_ns - w->shown_ns >= SECOND;

	listener_expire(w->listener, w->batch.tick_ns);
	if (second) {
		capture_numbers(w->parts.capture, &numbers);
		counters_capture(&w->counters, &numbers);
		account(w);
		mark(w, OBSERVED_TRAFFIC);
		counters_show_all(&w->counters, w->parts.shown);
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
	listener_finish(w->listener);
	after_batch(w);
}

/* False: there is no more. */
static bool
on_next(struct worker *w, enum capture_result *ret_got)
{
	*ret_got = capture_next(w->parts.capture, &w->batch);
	if (*ret_got == CAPTURE_END || *ret_got == CAPTURE_FAILED)
		return false;
	if (*ret_got == CAPTURE_BATCH_READY) {
		on_batch(w);
	} else if (*ret_got == CAPTURE_SOURCE_END) {
		mark(w, OBSERVED_SOURCE_END);
		w->file_open = false;
	}
	after_batch(w); /* a quiet wire passes time as well */
	return true;
}

bool
worker_run(struct worker *w, const atomic_bool *stop)
{
	enum capture_result got = CAPTURE_QUIET;
	bool more = true;

	while (more && !atomic_load_explicit(stop, memory_order_relaxed))
		more = on_next(w, &got);
	/* Live, what came before is heard still. */
	more = more && capture_stop(w->parts.capture);
	while (more)
		more = on_next(w, &got);
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
	listener_free(w->listener);
	mirror_free(w->mirror);
	flow_table_free(w->flows);
	decoder_free(w->decoder);
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
	w->shunt = capture_shunt(parts->capture);
	memcpy(&seed, options->secret, sizeof(seed));
	w->decoder = decoder_new(&(struct decoder_options){ .key = seed,
	    .decap = options->decap,
	    .realm = options->vlan_in_key,
	    .census = &w->counters.census });
	w->flows = flow_table_new(options->flows, options->secret);
	w->listener = listener_new(options,
	    &(struct listener_parts){ w->flows, &w->teller, &w->counters });
	w->mirror = mirror_new(
	    &w->counters.mirror, options->ports, options->port_count);
	if (w->decoder == NULL || w->flows == NULL || w->listener == NULL ||
	    w->mirror == NULL) {
		worker_free(w);
		return NULL;
	}
	return w;
}
