/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trail - where each direction is, and what is missing before that.
 *
 * A hole is what was skipped, or acknowledged without having been seen.  It
 * may still fill: soon, if the mirror has changed the order, or later, if the
 * network lost a segment and it is sent again.  What was acknowledged and is
 * not there after 250 ms was lost on the way to us alone.
 */
#include "sensor/doctor/trail.h"

#include "sensor/flow/serial.h"

#include <stdlib.h>

#define PLACES    1024
#define RECENT    1024
#define COPY_MS   100
#define ORDER_MS  3 /* what fills a hole later was sent again */
#define LOST_MS   250
#define SILENT_MS 2000       /* then it is begun anew */
#define YIELD_MS  1000       /* ... and then another takes its place */
#define REACH     (1U << 20) /* what leaps farther is begun anew */

/* One direction; begun: next and acked are known. */
struct way {
	uint32_t next, acked; /* behind the farthest byte, and acknowledged */
	uint32_t hole;        /* bytes missing before next */
	uint32_t hole_end, hole_ms; /* of the oldest hole */
	uint32_t begun;
};

struct trail {
	uint64_t hash;
	uint32_t ms; /* of its last segment */
	struct way way[2];
};

struct copy {
	uint32_t digest, ms;
};

struct trails {
	struct trail place[PLACES];
	struct copy recent[RECENT];
};

struct trails *
trails_new(void)
{
	return calloc(1, sizeof(struct trails));
}

void
trails_free(struct trails *trails)
{
	free(trails);
}

/* Milliseconds that have passed; none where time goes back. */
static uint32_t
passed(uint32_t now_ms, uint32_t then_ms)
{
	return serial_before(then_ms, now_ms) ? now_ms - then_ms : 0;
}

/* The connection's line; NULL: somebody else needs it. */
static struct trail *
trail_of(struct trails *trails, uint64_t hash, uint32_t now_ms)
{
	struct trail *trail = &trails->place[hash % PLACES];
	uint32_t silent_ms = passed(now_ms, trail->ms);
	bool mine = trail->hash == hash;

	if (!mine && trail->hash != 0 && silent_ms < YIELD_MS)
		return NULL;
	if (!mine || silent_ms > SILENT_MS)
		*trail = (struct trail){ .hash = hash };
	trail->ms = now_ms;
	return trail;
}

/* The same bytes of the same connection with the same acknowledgement. */
static bool
is_copy(struct trails *trails, const struct packet *packet,
    const struct flow_lookup *lookup, uint32_t now_ms)
{
	uint64_t mix = lookup->hash + lookup->key.from;

	mix = (mix ^ packet->seq) * UINT64_C(0x9E3779B97F4A7C15);
	mix = (mix ^ mix >> 32 ^ packet->ack) * UINT64_C(0xD6E8FEB86659FD93);
	mix = (mix ^ mix >> 32 ^ packet->payload_len) *
	    UINT64_C(0x9E3779B97F4A7C15);

	uint32_t digest = (uint32_t)(mix >> 32) | 1;
	struct copy *recent = &trails->recent[(mix >> 20) % RECENT];
	bool copy =
	    recent->digest == digest && passed(now_ms, recent->ms) <= COPY_MS;

	*recent = (struct copy){ digest, now_ms };
	return copy;
}

static void
skip(struct way *way, uint32_t to, uint32_t now_ms)
{
	if (way->hole == 0) {
		way->hole_end = to;
		way->hole_ms = now_ms;
	}
	way->hole += to - way->next;
	way->next = to;
}

static void
begin(struct way *way, uint32_t seq, uint32_t end)
{
	*way = (struct way){ .next = end, .acked = seq, .begun = 1 };
}

static void
go(struct way *way, const struct packet *packet, uint32_t now_ms,
    struct trail_counts *counts)
{
	uint32_t seq = packet->seq, end = seq + packet->payload_len;

	if (!way->begun || !serial_near(seq, way->next, REACH)) {
		begin(way, seq, end);
		return;
	}
	if (serial_before(way->next, seq)) {
		skip(way, seq, now_ms);
	} else if (seq != way->next && way->hole > 0) {
		counts->early += passed(now_ms, way->hole_ms) <= ORDER_MS;
		way->hole -= packet->payload_len < way->hole
		    ? packet->payload_len
		    : way->hole;
	}
	way->next = serial_last(way->next, end);
}

/* What is still missing although it was acknowledged; over: nothing more will
 * come. */
static void
settle(struct way *way, bool over, uint32_t now_ms, struct trail_counts *counts)
{
	if (way->hole == 0 || serial_before(way->acked, way->hole_end) ||
	    (!over && passed(now_ms, way->hole_ms) < LOST_MS))
		return;
	counts->lost_bytes += way->hole;
	way->hole = 0;
}

static void
acknowledge(
    struct way *way, uint32_t ack, uint32_t now_ms, struct trail_counts *counts)
{
	if (!way->begun || !serial_before(way->acked, ack))
		return;
	if (ack - way->acked > REACH) {
		begin(way, ack, ack);
		return;
	}
	counts->acked_bytes += ack - way->acked;
	way->acked = ack;
	/* One byte more is a FIN. */
	if (serial_before(way->next, ack) && ack - way->next > 1)
		skip(way, ack, now_ms);
	settle(way, false, now_ms, counts);
}

void
trails_follow(struct trails *trails, const struct packet *packet,
    const struct flow_lookup *lookup, struct trail_counts *counts)
{
	uint32_t now_ms = (uint32_t)(packet->when_ns / 1000000);
	unsigned from = lookup->key.from;
	struct trail *trail = trail_of(trails, lookup->hash, now_ms);

	if (trail == NULL || (packet->flags & TCP_SYN) != 0)
		return;
	if ((packet->flags & (TCP_FIN | TCP_RST)) != 0) {
		settle(&trail->way[0], true, now_ms, counts);
		settle(&trail->way[1], true, now_ms, counts);
		return;
	}
	if (packet->payload_len > 0) {
		counts->followed++;
		if (is_copy(trails, packet, lookup, now_ms)) {
			counts->copies++;
			return;
		}
		go(&trail->way[from], packet, now_ms, counts);
	}
	if ((packet->flags & TCP_ACK) != 0)
		acknowledge(&trail->way[1 - from], packet->ack, now_ms, counts);
}
