/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror - plain counts, of every frame or of a sample.
 */
#include "sensor/doctor/mirror.h"

#include "sensor/decode/frame.h"
#include "sensor/doctor/trail.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_MS   UINT64_C(1000000)
#define BACK_NS     NS_PER_MS /* kernels and cards are not exact below that */
#define LATE_NS     (300000 * NS_PER_MS)

#define SAMPLE_ALL  1024 /* a short capture is looked at as a whole, and then */
#define SAMPLE_EACH 64   /* one frame in so many */

struct mirror {
	struct mirror_counts *counts;
	const struct mirror_port *ports;
	unsigned port_count;
	struct trails *trails;
	uint32_t source;   /* of the last frame ... */
	uint64_t last_ns;  /* ... and its time */
	uint64_t begun_ns; /* tick of the first one */
};

static bool
is_sampled(uint64_t count)
{
	return count <= SAMPLE_ALL || count % SAMPLE_EACH == 0;
}

/* --- frames ---------------------------------------------------------------- */

/* An Ethernet address has a bit for those that are a group's. */
static void
look_at_addresses(struct mirror *m, const struct frame *frame)
{
	struct mirror_counts *counts = m->counts;
	uint8_t mac[2][6];

	if (frame->link != LINK_ETHERNET || frame->interface >= m->port_count ||
	    slice_bytes(mac, sizeof(mac), frame->bytes) < sizeof(mac) ||
	    (mac[0][0] & 1) != 0)
		return;
	counts->unicast++;
	for (unsigned i = 0; i < 2; i++) {
		if (memcmp(mac[i], m->ports[frame->interface].mac, 6) != 0)
			continue;
		counts->own++;
		return;
	}
}

void
mirror_batch(struct mirror *m, const struct batch *batch)
{
	struct mirror_counts *counts = m->counts;

	counts->batches++;
	counts->lag_ms += batch->lag_ns / NS_PER_MS;
	if (counts->frames == 0)
		m->begun_ns = batch->frame[0].tick_ns;
	if (batch->frame[0].source != m->source)
		m->last_ns = 0;
	m->source = batch->frame[0].source;
	for (size_t i = 0; i < batch->count; i++) {
		const struct frame *frame = &batch->frame[i];

		counts->frames++;
		counts->cut += frame->bytes.len < frame->wire_len;
		counts->back += frame->when_ns + BACK_NS < m->last_ns;
		m->last_ns = frame->when_ns;
		if (m->port_count > 0 && is_sampled(counts->frames))
			look_at_addresses(m, frame);
	}
}

/* --- segments -------------------------------------------------------------- */

static void
count_id(struct mirror_ids *ids, uint32_t id, uint64_t frames)
{
	for (unsigned i = 0; i < MIRROR_IDS; i++) {
		if (ids->frames[i] == 0)
			ids->id[i] = id;
		if (ids->id[i] != id)
			continue;
		ids->frames[i] += frames;
		return;
	}
}

static void
count_ids(struct mirror_counts *counts, const struct packet *packet)
{
	if (packet->vlan_count > 0)
		count_id(&counts->vlans, packet->vlan[0], 1);
	if (packet->tunnel_count > 0)
		count_id(&counts->networks, packet->tunnel[0].id, 1);
}

static void
follow(struct mirror *m, const struct packet *packet,
    const struct flow_lookup *lookup)
{
	struct mirror_counts *counts = m->counts;
	struct trail_counts told = { 0 };

	trails_follow(m->trails, packet, lookup, &told);
	counts->followed += told.followed;
	counts->copies += told.copies;
	counts->early += told.early;
	counts->acked_bytes += told.acked_bytes;
	counts->lost_bytes += told.lost_bytes;
}

void
mirror_packet(struct mirror *m, const struct packet *packet,
    const struct flow_lookup *lookup)
{
	struct mirror_counts *counts = m->counts;
	uint32_t mtu = packet->interface < m->port_count
	    ? m->ports[packet->interface].mtu
	    : MIRROR_MTU_UNKNOWN;

	counts->tcp++;
	if ((packet->flags & (TCP_SYN | TCP_FIN | TCP_RST)) != 0) {
		bool syn = (packet->flags & TCP_SYN) != 0;
		bool ack = (packet->flags & TCP_ACK) != 0;

		counts->control += packet->payload_len == 0;
		counts->syn += syn && !ack;
		counts->syn_ack += syn && ack;
	}
	counts->super += packet->payload_len > mtu;
	counts->tagged += packet->vlan_count > 0;
	counts->tunnelled += packet->tunnel_count > 0;
	if ((packet->vlan_count | packet->tunnel_count) != 0 &&
	    is_sampled(counts->tcp))
		count_ids(counts, packet);
	if (trail_is_drawn(counts->tcp, lookup))
		follow(m, packet, lookup);
}

/* --- connections ----------------------------------------------------------- */

/* The tags as one byte; those that differ rarely look alike. */
static uint8_t
digest(const struct packet *packet)
{
	uint32_t mix = packet->vlan_count;

	for (unsigned i = 0; i < packet->vlan_count; i++)
		mix = (mix ^ packet->vlan[i]) * 0x9E3779B1U;
	return (uint8_t)(mix >> 24);
}

void
mirror_flow(struct mirror *m, struct flow *flow, bool opened,
    const struct packet *packet, unsigned from)
{
	struct mirror_counts *counts = m->counts;

	if (opened) {
		bool begun = (flow->bits & (FLOW_HANDSHAKE | FLOW_SYN)) != 0;
		bool late = packet->tick_ns - m->begun_ns > LATE_NS;

		counts->flows++;
		counts->late += late;
		counts->midstream += late && !begun;
		flow->bits |= (uint16_t)(FLOW_END << from);
		flow->tags = digest(packet);
	} else if ((flow->bits & FLOW_END << from) == 0) {
		counts->met++;
		counts->asymmetric += flow->tags != digest(packet);
		flow->bits |= (uint16_t)(FLOW_END << from);
	}
}

/* --- all of it ------------------------------------------------------------- */

static void
add_ids(struct mirror_ids *sum, const struct mirror_ids *more)
{
	for (unsigned i = 0; i < MIRROR_IDS && more->frames[i] > 0; i++)
		count_id(sum, more->id[i], more->frames[i]);
}

void
mirror_add(struct mirror_counts *sum, const struct mirror_counts *more)
{
#define MIRROR_FIELD(name, meaning) sum->name += more->name;
	MIRROR_FIELDS(MIRROR_FIELD)
#undef MIRROR_FIELD
	add_ids(&sum->vlans, &more->vlans);
	add_ids(&sum->networks, &more->networks);
}

void
mirror_free(struct mirror *m)
{
	if (m == NULL)
		return;
	trails_free(m->trails);
	free(m);
}

struct mirror *
mirror_new(struct mirror_counts *counts, const struct mirror_port *ports,
    unsigned port_count)
{
	struct mirror *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->counts = counts;
	m->ports = ports;
	m->port_count = ports != NULL ? port_count : 0;
	m->trails = trails_new();
	if (m->trails == NULL) {
		mirror_free(m);
		return NULL;
	}
	return m;
}
