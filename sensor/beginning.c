/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beginning - late SYN-ACKs, and what came before them.
 */
#include "sensor/beginning.h"

#include "sensor/flow/serial.h"

#include <string.h>

/* What a mirror brings late comes among so many packets, and in that time. */
#define GATHERED_PACKETS 16
#define GATHERED_NS      UINT64_C(250000000)

/* What a flow knows of how its connection began. */
#define OPENING (FLOW_HANDSHAKE | FLOW_SYN | FLOW_MIDSTREAM | FLOW_SWAPPED)

static bool
both_seen(const struct flow *flow)
{
	unsigned both =
	    FLOW_SEEN << SIDE_INITIATOR | FLOW_SEEN << SIDE_RESPONDER;

	return (flow->bits & both) == both;
}

bool
beginning_known(const struct flow *flow)
{
	return (flow->bits & FLOW_HANDSHAKE) != 0 && both_seen(flow);
}

bool
beginning_of(const struct flow *flow, enum side side)
{
	if ((flow->bits & FLOW_HANDSHAKE) != 0)
		return (flow->bits & FLOW_MIDSTREAM) == 0;
	return (flow->bits & FLOW_SYN) != 0 && side == SIDE_INITIATOR;
}

static bool
seen(const struct conversation *c, enum side side)
{
	return (c->flow->bits & FLOW_SEEN << side) != 0 || c->packets[side] > 0;
}

/* By a SYN alone the initiator's first byte is known.  What the responder said
 * before that may be missing, unless nothing of it is to be seen at all. */
static bool
joined_midway(const struct conversation *c)
{
	if ((c->flow->bits & FLOW_MIDSTREAM) == 0)
		return false;
	return (c->flow->bits & FLOW_SYN) == 0 || seen(c, SIDE_RESPONDER);
}

/* Who is who, and what of them was seen; nothing was heard yet. */
void
beginning_dialog(struct conversation *c, struct ndpi *ndpi)
{
	const struct flow *flow = c->flow;
	struct dialog_opening opening = {
		.handshake = (flow->bits & (FLOW_HANDSHAKE | FLOW_SYN)) != 0 &&
		    (flow->bits & FLOW_SPLIT) == 0,
		.midstream = joined_midway(c),
		.ndpi = ndpi,
	};

	c->handshake = opening.handshake;
	c->opening = flow->bits & OPENING;
	dialog_begin(&c->dialog, &opening);
	for (int side = 0; side < SIDES; side++) {
		flow_endpoint(flow, (enum side)side, c->end[side].address,
		    &c->end[side].port);
		c->end[side].family = (flow->bits & FLOW_V6) != 0 ? 6 : 4;
		if (seen(c, (enum side)side))
			dialog_notice(&c->dialog, (enum side)side, false);
	}
}

/* What came on a SYN and was not acknowledged with it was not taken. */
static void
forget_syn_data(struct conversation *c, struct reassembly *reassembly)
{
	struct half *half = &c->half[SIDE_INITIATOR];
	uint32_t first = half->next;

	reassembly_forget(reassembly, half);
	half_begin_at(half, first);
	half->gathering = c->gathering;
	c->bytes[SIDE_INITIATOR] = 0;
	c->top[SIDE_INITIATOR] = first;
	c->on_syn = false;
}

void
beginning_gathered(struct conversation *c, struct reassembly *reassembly)
{
	c->gathering = false;
	if (c->on_syn && (c->opening & FLOW_HANDSHAKE) == 0)
		forget_syn_data(c, reassembly);
	for (int side = 0; side < SIDES; side++)
		reassembly_gathered(reassembly, &c->half[side]);
	if (c->flow == NULL)
		return;
	if ((c->flow->bits & FLOW_SYN) != 0) /* is the responder seen? */
		beginning_dialog(c, c->dialog.ndpi);
	c->flow->state = FLOW_OPEN;
}

/* Who was taken for the initiator answered the SYN. */
static void
swap_sides(struct conversation *c, struct reassembly *reassembly)
{
	enum side a = SIDE_INITIATOR, b = SIDE_RESPONDER;
	uint64_t bytes = c->bytes[a];
	uint32_t top = c->top[a], fin = c->fin[a], packets = c->packets[a];
	uint32_t early_ack = c->early_ack[a];
	unsigned closed = c->closed;

	reassembly_swap(reassembly, &c->half[a], &c->half[b]);
	c->bytes[a] = c->bytes[b];
	c->bytes[b] = bytes;
	c->top[a] = c->top[b];
	c->top[b] = top;
	c->fin[a] = c->fin[b];
	c->fin[b] = fin;
	c->packets[a] = c->packets[b];
	c->packets[b] = packets;
	c->early_ack[a] = c->early_ack[b];
	c->early_ack[b] = early_ack;
	c->closed = (uint8_t)((closed & 1) << 1 | closed >> 1);
}

/* What was gathered begins where the SYN-ACK says, or before: data on the SYN
 * is acknowledged with it (RFC 7413 3). */
static void
begin_where_told(struct conversation *c, enum side side, uint32_t isn)
{
	struct half *half = &c->half[side];

	if (!half->begun) {
		half_begin_at(half, isn);
		half->gathering = c->gathering;
		c->top[side] = isn;
	} else if (serial_before(isn, half->next) &&
	    half->next - isn <= REASSEMBLY_WINDOW) {
		c->bytes[side] += half->next - isn;
		half->next = half->first = isn;
	}
}

/* A SYN or SYN-ACK came after what was said first: its flow knows better now
 * who is who, and where they begin. */
static void
begin_anew(struct conversation *c, struct reassembly *reassembly)
{
	const struct flow *flow = c->flow;
	const struct endpoint *was = &c->end[SIDE_RESPONDER];
	struct endpoint now = { .family = was->family };

	flow_endpoint(flow, SIDE_RESPONDER, now.address, &now.port);
	if (now.port != was->port ||
	    memcmp(now.address, was->address, sizeof(now.address)) != 0)
		swap_sides(c, reassembly);
	if (c->on_syn && (flow->bits & FLOW_HANDSHAKE) != 0 &&
	    c->half[SIDE_INITIATOR].next == flow->isn[SIDE_INITIATOR])
		forget_syn_data(c, reassembly);
	beginning_dialog(c, c->dialog.ndpi);
	for (int side = 0; side < SIDES; side++)
		if (beginning_of(flow, (enum side)side))
			begin_where_told(c, (enum side)side, flow->isn[side]);
	c->flow_id = flow_table_id(flow);
}

/* All that a mirror may have put behind what it was before has come, or need
 * not be waited for: so much was said that there is no room for more. */
static bool
is_enough(
    const struct conversation *c, enum side side, const struct packet *packet)
{
	const struct half *half = &c->half[side];
	uint32_t packets =
	    c->packets[SIDE_INITIATOR] + c->packets[SIDE_RESPONDER];
	uint32_t held = half->begun ? half->seen - half->next : 0;

	return beginning_known(c->flow) || packets >= GATHERED_PACKETS ||
	    packet->when_ns - c->start_ns >= GATHERED_NS ||
	    held + packet->payload_len > REASSEMBLY_WINDOW;
}

void
beginning_gather(struct conversation *c, struct reassembly *reassembly,
    enum side side, const struct packet *packet)
{
	if (c->opening != (c->flow->bits & OPENING))
		begin_anew(c, reassembly);
	if (is_enough(c, side, packet))
		beginning_gathered(c, reassembly);
}
