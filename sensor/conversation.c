/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversation - packets into halves, halves into the dialog.
 */
#include "sensor/conversation.h"

#include <stddef.h>
#include <string.h>

/* Farther ahead than any window (RFC 7323 2.3 allows more; nobody uses it):
 * bytes between there and here were not seen, and are not counted. */
#define LEAP_MAX (4U << 20)

/* The dialog before it begins itself; its place in a queue, behind, belongs to
 * conversations.c. */
#define HALF_AT  offsetof(struct conversation, half)
#define PLACE_AT offsetof(struct conversation, since_ns)

static enum dialog_news
louder(enum dialog_news a, enum dialog_news b)
{
	return a > b ? a : b;
}

static uint32_t
first_byte(const struct packet *packet)
{
	return packet->seq + ((packet->flags & TCP_SYN) != 0); /* counts one */
}

/* Every byte once, however often it is sent or mirrored. */
static void
count_bytes(struct conversation *c, enum side side, const struct packet *packet)
{
	uint32_t end = first_byte(packet) + packet->payload_len;
	uint32_t ahead = end - c->top[side];

	if (c->bytes[side] == 0 || (ahead > LEAP_MAX && ahead <= INT32_MAX))
		c->bytes[side] += packet->payload_len;
	else if (ahead <= LEAP_MAX)
		c->bytes[side] += ahead;
	else
		return; /* behind the top: seen before */
	c->top[side] = end;
}

static void
note(struct conversation *c, enum side side, const struct packet *packet)
{
	c->packets[side]++;
	if (packet->when_ns > c->end_ns)
		c->end_ns = packet->when_ns;
	if ((packet->flags & TCP_RST) != 0)
		c->closed = CLOSED_BOTH;
	else if ((packet->flags & TCP_FIN) != 0)
		c->closed |= (uint8_t)(1U << side);
	if (packet->payload_len > 0)
		count_bytes(c, side, packet);
}

/* Hands over what one half has to say, until it has nothing or nobody cares. */
static enum dialog_news
listen_to(struct conversation *c, struct reassembly *reassembly, enum side side,
    uint64_t tick_ns)
{
	enum dialog_news news = NEWS_NONE;
	struct piece piece;

	while (!dialog_over(&c->dialog)) {
		switch (reassembly_pull(
		    reassembly, &c->half[side], tick_ns, &piece)) {
		case PIECE_NONE:
			return news;
		case PIECE_GAP:
			if (c->gaps < UINT16_MAX)
				c->gaps++;
			news = louder(news, dialog_gap(&c->dialog, side));
			break;
		case PIECE_BYTES:
			news = louder(
			    news, dialog_hear(&c->dialog, side, piece.bytes));
			break;
		}
	}
	return news;
}

void
conversation_begin(struct conversation *c, const struct flow_hit *hit,
    const struct packet *packet, struct ndpi *ndpi)
{
	const struct flow *flow = hit->flow;
	struct dialog_opening opening = {
		.handshake = (flow->bits & FLOW_HANDSHAKE) != 0,
		.midstream = (flow->bits & FLOW_MIDSTREAM) != 0,
		.ndpi = ndpi,
	};

	memset((uint8_t *)c + HALF_AT, 0, PLACE_AT - HALF_AT);
	c->flow = hit->flow;
	c->handshake = opening.handshake;
	c->start_ns = packet->when_ns;
	c->end_ns = packet->when_ns;
	c->interface = (uint8_t)packet->interface;
	c->source = packet->source_number;
	c->packet = packet->number;
	c->vlan_count = packet->vlan_count;
	memcpy(c->vlan, packet->vlan, sizeof(c->vlan));
	for (int side = 0; side < SIDES; side++) {
		flow_endpoint(flow, (enum side)side, c->end[side].address,
		    &c->end[side].port);
		c->end[side].family = (flow->bits & FLOW_V6) != 0 ? 6 : 4;
		if (opening.handshake && !opening.midstream)
			half_begin_at(&c->half[side], flow->isn[side]);
		else
			half_begin(&c->half[side]);
	}
	dialog_begin(&c->dialog, &opening);
	for (int side = 0; side < SIDES; side++)
		if ((flow->bits & FLOW_SEEN << side) != 0)
			dialog_notice(&c->dialog, (enum side)side, false);
}

enum dialog_news
conversation_hear(struct conversation *c, struct reassembly *reassembly,
    enum side side, const struct packet *packet)
{
	enum side other = side_other(side);
	enum dialog_news news;
	bool acked = false;

	note(c, side, packet);
	if (dialog_over(&c->dialog))
		return NEWS_NONE; /* under TLS: counted, not heard */
	if ((packet->flags & TCP_ACK) != 0)
		acked = reassembly_ack(
		    reassembly, &c->half[other], packet->ack, packet->tick_ns);
	dialog_notice(&c->dialog, side, acked);
	if (packet->payload_len > 0)
		reassembly_push(reassembly, &c->half[side],
		    &(struct segment){
			.seq = first_byte(packet),
			.wire_len = packet->payload_len,
			.bytes = packet->payload,
			.tick_ns = packet->tick_ns,
		    });
	news = listen_to(c, reassembly, side, packet->tick_ns);
	/* what this packet acknowledges may make a hole of the other's old */
	news = louder(news, listen_to(c, reassembly, other, packet->tick_ns));
	if (dialog_progress(&c->dialog) != c->lines) {
		c->lines = dialog_progress(&c->dialog);
		c->progress_ns = packet->tick_ns;
	}
	return news;
}

enum dialog_news
conversation_end(
    struct conversation *c, struct reassembly *reassembly, uint64_t tick_ns)
{
	enum dialog_news news = NEWS_NONE;

	for (int side = 0; side < SIDES; side++) {
		reassembly_close(reassembly, &c->half[side]);
		news = louder(
		    news, listen_to(c, reassembly, (enum side)side, tick_ns));
		reassembly_forget(reassembly, &c->half[side]);
	}
	c->ended = true;
	return louder(news, dialog_end(&c->dialog));
}

enum wait
conversation_waits_for(const struct conversation *c)
{
	if (c->owed)
		return WAIT_UNTOLD;
	if (c->closed == CLOSED_BOTH)
		return WAIT_CLOSING;
	switch (c->dialog.verdict) {
	case VERDICT_CONFIRMED:
		return WAIT_DECIDED;
	case VERDICT_SUSPECTED:
		return (c->told & TOLD_SUSPECTED) != 0 ? WAIT_DECIDED
						       : WAIT_SUSPECT;
	case VERDICT_NONE:
	case VERDICT_REFUTED:
	case VERDICT_UNDECIDED:
		break;
	}
	return WAIT_UNDECIDED;
}

bool
conversation_is_foreign(const struct conversation *c)
{
	return c->dialog.verdict == VERDICT_REFUTED ||
	    c->dialog.verdict == VERDICT_UNDECIDED;
}
