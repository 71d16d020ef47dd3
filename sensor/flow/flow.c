/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow - roles, sequence numbers and the time of the last packet.
 *
 * A forged packet must not erase what a connection has said: a RST or a FIN
 * changes no number, and a SYN or SYN-ACK only until there is something to lose.
 */
#include "sensor/flow/flow.h"

#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"

#include <string.h>

/* Numbers that are further than this from a side's first byte are not of its
 * connection; what reassembly takes for early is nearer. */
#define WINDOW 16384

/* A SYN-ACK with the numbers of a closed connection may be a mirror's second
 * copy (these lag by a few ms).  After this much silence it is a new one. */
#define COPY_MS 50

#define SEEN_BOTH                                                              \
	((unsigned)FLOW_SEEN << SIDE_INITIATOR |                               \
	    (unsigned)FLOW_SEEN << SIDE_RESPONDER)

static bool
is_syn_ack(const struct packet *packet)
{
	unsigned decisive = TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN;

	return (packet->flags & decisive) == (TCP_SYN | TCP_ACK);
}

/* Payload begins after a SYN, which counts one (RFC 9293 3.4). */
static uint32_t
first_byte(const struct packet *packet)
{
	return packet->seq + ((packet->flags & TCP_SYN) != 0);
}

bool
flow_takes_place(const struct packet *packet)
{
	if ((packet->flags & TCP_RST) != 0)
		return false;
	return is_syn_ack(packet) || packet->payload_len > 0;
}

static void
touch(struct flow *flow, const struct packet *packet)
{
	uint64_t tick_ms = packet->tick_ns / 1000000;

	flow->tick_s = (uint32_t)(tick_ms / 1000);
	flow->tick_ms = (uint16_t)(tick_ms % 1000);
	if ((packet->flags & (TCP_FIN | TCP_RST)) != 0)
		flow->bits |= FLOW_CLOSED;
}

static enum side
side_of(const struct flow *flow, unsigned end)
{
	unsigned initiator = (flow->bits & FLOW_SWAPPED) != 0;

	return end == initiator ? SIDE_INITIATOR : SIDE_RESPONDER;
}

enum side
flow_sender(const struct flow *flow, const struct flow_key *key)
{
	return side_of(flow, key->from);
}

/* The sides change places, if that endpoint is not it yet. */
static void
set_initiator(struct flow *flow, unsigned end)
{
	unsigned seen = flow->bits & SEEN_BOTH;
	uint32_t isn = flow->isn[SIDE_INITIATOR];

	if (side_of(flow, end) == SIDE_INITIATOR)
		return;
	if (seen != SEEN_BOTH && seen != 0)
		flow->bits ^= SEEN_BOTH;
	flow->bits ^= FLOW_SWAPPED;
	flow->isn[SIDE_INITIATOR] = flow->isn[SIDE_RESPONDER];
	flow->isn[SIDE_RESPONDER] = isn;
}

static void
set_seen(struct flow *flow, enum side side)
{
	flow->bits |= (uint16_t)((unsigned)FLOW_SEEN << side);
}

/* Roles and numbers by the packet: who sends a SYN-ACK is the responder, and
 * who sends anything else that opens a flow is taken for the initiator. */
static void
set_roles(
    struct flow *flow, const struct flow_key *key, const struct packet *packet)
{
	enum side sender = SIDE_INITIATOR;

	flow->bits &= (uint16_t) ~(
	    FLOW_HANDSHAKE | FLOW_SYN | FLOW_MIDSTREAM | FLOW_CLOSED);
	if (is_syn_ack(packet)) {
		sender = SIDE_RESPONDER;
		flow->bits |= FLOW_HANDSHAKE;
	} else if ((packet->flags & TCP_SYN) != 0) {
		flow->bits |= FLOW_SYN;
	} else {
		flow->bits |= FLOW_MIDSTREAM;
	}
	set_initiator(
	    flow, sender == SIDE_INITIATOR ? key->from : 1 - key->from);
	set_seen(flow, sender);
	flow->isn[sender] = first_byte(packet);
	flow->isn[side_other(sender)] =
	    (packet->flags & TCP_ACK) != 0 ? packet->ack : 0;
}

void
flow_begin(
    struct flow *flow, const struct flow_key *key, const struct packet *packet)
{
	flow_key_write(key, flow);
	flow->bits = key->family == 6 ? FLOW_V6 : 0;
	set_roles(flow, key, packet);
	touch(flow, packet);
	flow->conversation = POOL_NONE;
	flow->further = 0;
	flow->state = FLOW_EMBRYONIC;
}

/* It began, and there; where the other side does only its SYN-ACK says. */
static void
set_syn(struct flow *flow, unsigned end, uint32_t first)
{
	set_initiator(flow, end);
	flow->bits |= FLOW_SYN;
	flow->isn[SIDE_INITIATOR] = first;
	flow->isn[SIDE_RESPONDER] = 0;
}

void
flow_recall(struct flow *flow, unsigned end, const struct passer *passer)
{
	uint32_t isn = flow->isn[side_of(flow, end)];

	if (!serial_near(passer->seq, isn, WINDOW))
		return;
	if (passer->syn && (flow->bits & (FLOW_HANDSHAKE | FLOW_SYN)) == 0 &&
	    !serial_before(isn, passer->seq))
		set_syn(flow, end, passer->seq);
	/* Split in four, or opened from both ends (RFC 9293 3.5). */
	if (passer->syn && (flow->bits & FLOW_HANDSHAKE) != 0 &&
	    side_of(flow, end) == SIDE_RESPONDER && passer->seq == isn)
		flow->bits |= FLOW_SPLIT;
	set_seen(flow, side_of(flow, end));
}

bool
flow_is_over(const struct flow *flow, const struct flow_key *key,
    const struct packet *packet)
{
	enum side sender = flow_sender(flow, key);
	uint64_t last_ms = flow->tick_s * UINT64_C(1000) + flow->tick_ms;
	uint64_t silent_ms = packet->tick_ns / 1000000 - last_ms;

	if (!is_syn_ack(packet) || flow->state == FLOW_EMBRYONIC)
		return false;
	if ((flow->bits & FLOW_CLOSED) != 0 && silent_ms >= COPY_MS)
		return true;
	return !serial_near(first_byte(packet), flow->isn[sender], WINDOW) &&
	    !serial_near(packet->ack, flow->isn[side_other(sender)], WINDOW);
}

void
flow_hear(
    struct flow *flow, const struct flow_key *key, const struct packet *packet)
{
	const struct passer passer = { .seq = first_byte(packet), .syn = true };
	bool embryonic = flow->state == FLOW_EMBRYONIC;

	if (is_syn_ack(packet) && embryonic)
		set_roles(flow, key, packet);
	/* Nor does a SYN prolong a life: it may be the next connection's. */
	if ((packet->flags & TCP_SYN) != 0 && !is_syn_ack(packet)) {
		/* With payload it is the first of what is to be heard. */
		if (embryonic && packet->payload_len == 0)
			flow_recall(flow, key->from, &passer);
		return;
	}
	set_seen(flow, flow_sender(flow, key));
	touch(flow, packet);
}

void
flow_endpoint(const struct flow *flow, enum side side,
    uint8_t ret_address[static 16], uint16_t *ret_port)
{
	bool swapped = (flow->bits & FLOW_SWAPPED) != 0;
	unsigned end = (side == SIDE_RESPONDER) != swapped;

	memcpy(ret_address, flow->address[end], sizeof(flow->address[end]));
	*ret_port = flow->port[end];
}
