/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow - roles, sequence numbers and the time of the last packet.
 *
 * A forged packet must not erase what a connection has said: a SYN, a RST or a
 * FIN changes no number, and a SYN-ACK only until there is something to lose.
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

enum side
flow_sender(const struct flow *flow, const struct flow_key *key)
{
	unsigned initiator = (flow->bits & FLOW_SWAPPED) != 0;

	return key->from == initiator ? SIDE_INITIATOR : SIDE_RESPONDER;
}

/* Roles and numbers by the packet: who sends a SYN-ACK is the responder, and
 * who sends anything else that opens a flow is taken for the initiator. */
static void
set_roles(
    struct flow *flow, const struct flow_key *key, const struct packet *packet)
{
	enum side sender = SIDE_INITIATOR;
	unsigned initiator = key->from;
	unsigned bits = key->family == 6 ? FLOW_V6 : 0;

	if (is_syn_ack(packet)) {
		sender = SIDE_RESPONDER;
		initiator = 1 - key->from;
		bits |= FLOW_HANDSHAKE;
	} else if ((packet->flags & TCP_SYN) == 0) {
		bits |= FLOW_MIDSTREAM;
	}
	if (initiator == 1)
		bits |= FLOW_SWAPPED;
	flow->bits = (uint8_t)(bits | (unsigned)FLOW_SEEN << sender);
	flow->isn[sender] = first_byte(packet);
	flow->isn[side_other(sender)] =
	    (packet->flags & TCP_ACK) != 0 ? packet->ack : 0;
}

void
flow_begin(
    struct flow *flow, const struct flow_key *key, const struct packet *packet)
{
	flow_key_write(key, flow);
	set_roles(flow, key, packet);
	touch(flow, packet);
	flow->conversation = POOL_NONE;
	flow->state = FLOW_EMBRYONIC;
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
	if (is_syn_ack(packet) && flow->state == FLOW_EMBRYONIC)
		set_roles(flow, key, packet);
	/* Nor does a SYN prolong a life: it may be the next connection's. */
	if ((packet->flags & TCP_SYN) != 0 && !is_syn_ack(packet))
		return;
	flow->bits |= (uint8_t)((unsigned)FLOW_SEEN << flow_sender(flow, key));
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
