/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversation - packets into halves, halves into the dialog.
 */
#include "sensor/conversation.h"

#include "sensor/beginning.h"
#include "sensor/flow/copies.h"
#include "sensor/flow/serial.h"
#include "sensor/volume.h"

#include <stddef.h>
#include <string.h>

/* The dialog before it begins itself; its place in a queue, behind, belongs to
 * conversations.c. */
#define HALF_AT  offsetof(struct conversation, half)
#define PLACE_AT offsetof(struct conversation, since_ns)

static enum dialog_news
louder(enum dialog_news a, enum dialog_news b)
{
	return a > b ? a : b;
}

static void
note(struct conversation *c, enum side side, const struct packet *packet)
{
	c->packets[side]++;
	if (packet->when_ns > c->end_ns)
		c->end_ns = packet->when_ns;
	if ((packet->flags & TCP_RST) != 0) {
		c->reset |= c->closed != CLOSED_BOTH;
		c->closed = CLOSED_BOTH;
	} else if ((packet->flags & TCP_FIN) != 0) {
		c->closed |= (uint8_t)(1U << side);
	}
	if ((packet->flags & TCP_FIN) != 0)
		c->fin[side] =
		    packet_first_byte(packet) + packet->payload_len + 1;
	if (packet->payload_len == 0)
		return;
	if (side == SIDE_INITIATOR && (packet->flags & TCP_SYN) == 0)
		c->on_syn = false;
	volume_count(c, side, packet);
}

/* Nothing is missing where only the number is that a FIN counts for. */
static bool
is_fin(const struct conversation *c, enum side side, const struct piece *gap)
{
	return (c->closed & 1U << side) != 0 && gap->gap_len == 1 &&
	    c->fin[side] == c->half[side].next;
}

static void
count_gap(struct conversation *c)
{
	if (c->gaps < UINT16_MAX)
		c->gaps++;
}

/* Nothing but what was told of already, if it was missed before. */
static enum dialog_news
pass_over(struct conversation *c, enum side side, const struct piece *gap)
{
	if (is_fin(c, side, gap))
		return NEWS_NONE;
	if (!c->missed[side])
		count_gap(c);
	c->missed[side] = false;
	return dialog_gap(&c->dialog, side);
}

/* Somebody wants to know what is said: if not the dialog, whoever may have to
 * hear other copies of it. */
static bool
is_open(const struct conversation *c)
{
	return !dialog_over(&c->dialog) || retake_open(c);
}

static enum dialog_news
hear_bytes(struct conversation *c, enum side side, struct slice bytes)
{
	enum dialog_news news;

	c->missed[side] = false;
	if (dialog_over(&c->dialog)) /* its last copies are not */
		return NEWS_NONE;
	news = dialog_hear(&c->dialog, side, bytes);
	if (dialog_over(&c->dialog))
		c->ruling = ruling_of(
		    side, c->half[side].next - (uint32_t)bytes.len, bytes);
	return news;
}

/* Hands over what one half has to say, until it has nothing or nobody cares. */
static enum dialog_news
listen_to(struct conversation *c, struct reassembly *reassembly, enum side side,
    uint64_t tick_ns)
{
	struct copies *copies = reassembly_copies(reassembly);
	enum dialog_news news = NEWS_NONE;
	struct piece piece;

	while (is_open(c)) {
		switch (reassembly_pull(
		    reassembly, &c->half[side], tick_ns, &piece)) {
		case PIECE_NONE:
			return news;
		case PIECE_GAP:
			news = louder(news, pass_over(c, side, &piece));
			break;
		case PIECE_BYTES:
			news = louder(news, hear_bytes(c, side, piece.bytes));
			retake_heard(c, copies, side, piece.bytes);
			break;
		}
	}
	return news;
}

/* Up to where a side was heard, its FIN included, which counts one. */
static uint32_t
heard(const struct conversation *c, enum side side)
{
	uint32_t next = c->half[side].next;
	bool closed = (c->closed & 1U << side) != 0;

	return next + (closed && c->fin[side] == next + 1);
}

static bool
waits(const struct conversation *c)
{
	return half_waits(&c->half[SIDE_INITIATOR]) ||
	    half_waits(&c->half[SIDE_RESPONDER]);
}

/* Does it answer what was not heard yet, or come behind what waits? */
static bool
out_of_turn(
    const struct conversation *c, enum side side, const struct packet *packet)
{
	const struct half *half = &c->half[side];
	uint32_t ahead = packet->ack - heard(c, side_other(side));

	if (half_waits(half) ||
	    (half->begun &&
		serial_before(half->next, packet_first_byte(packet))))
		return true;
	return ahead - 1 < REASSEMBLY_WINDOW && !half->alone;
}

/*
 * The other side acknowledged, or answers, what is still to be seen and was
 * waited for in vain.  It stays wanted: late, it is better than never.
 */
static enum dialog_news
miss(struct conversation *c, enum side side)
{
	const struct half *half = &c->half[side];

	if (dialog_over(&c->dialog) || !c->dialog.side[side].seen ||
	    half_holds(half) || c->missed[side])
		return NEWS_NONE;
	c->missed[side] = true;
	count_gap(c);
	return dialog_miss(&c->dialog, side);
}

/* A side's last bytes: it may be a FIN that was acknowledged, not a byte. */
static enum dialog_news
miss_the_end(struct conversation *c, enum side side)
{
	const uint32_t fin = (c->closed & 1U << side) == 0;
	const uint32_t end = heard(c, side) + fin;

	if (serial_before(end, c->half[side].acked) ||
	    (c->half[side].begun && c->early_ack[side] != 0 &&
		serial_before(end, c->early_ack[side])))
		return miss(c, side);
	return NEWS_NONE;
}

/* Whose turn has come is free to be heard.  False: nobody's. */
static bool
take_turn(struct conversation *c, struct reassembly *reassembly,
    uint64_t tick_ns, bool vain, enum dialog_news *news)
{
	for (int side = 0; side < SIDES; side++) {
		uint32_t to = heard(c, side_other((enum side)side));

		enum turn turn = reassembly_turn(
		    reassembly, &c->half[side], to, tick_ns, vain);

		if (turn == TURN_NOT_YET)
			continue;
		if (vain)
			*news =
			    louder(*news, miss(c, side_other((enum side)side)));
		dialog_notice(
		    &c->dialog, (enum side)side, turn == TURN_FURTHER);
		return true;
	}
	return false;
}

/*
 * Hears all that can be heard now.  Who waited in vain comes last: a hole that
 * is passed over at the same time was to be heard before.
 */
static enum dialog_news
listen(struct conversation *c, struct reassembly *reassembly, enum side first,
    uint64_t tick_ns)
{
	enum dialog_news news = NEWS_NONE;

	do {
		news = louder(news, listen_to(c, reassembly, first, tick_ns));
		/* what a packet acknowledges may make a hole of the other's old */
		news = louder(
		    news, listen_to(c, reassembly, side_other(first), tick_ns));
	} while (waits(c) &&
	    (take_turn(c, reassembly, tick_ns, false, &news) ||
		take_turn(c, reassembly, tick_ns, true, &news)));
	news = louder(news, retake_hear(c, reassembly_copies(reassembly)));
	if (dialog_progress(&c->dialog) != c->lines) {
		c->lines = dialog_progress(&c->dialog);
		c->progress_ns = tick_ns;
	}
	return news;
}

void
conversation_begin(struct conversation *c, const struct flow_hit *hit,
    const struct packet *packet, struct ndpi *ndpi)
{
	const struct flow *flow = hit->flow;

	memset((uint8_t *)c + HALF_AT, 0, PLACE_AT - HALF_AT);
	c->flow = hit->flow;
	c->gathering = !beginning_known(flow);
	c->on_syn = (packet->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
	c->start_ns = packet->when_ns;
	c->end_ns = packet->when_ns;
	c->interface = (uint8_t)packet->interface;
	c->source = packet->source_number;
	c->packet = packet->number;
	c->vlan_count = packet->vlan_count;
	memcpy(c->vlan, packet->vlan, sizeof(c->vlan));
	memcpy(c->tunnel, packet->tunnel, sizeof(c->tunnel));
	for (int side = 0; side < SIDES; side++) {
		if (beginning_of(flow, (enum side)side))
			half_begin_at(&c->half[side], flow->isn[side]);
		else
			half_begin(&c->half[side]);
		c->top[side] = flow->isn[side];
		c->half[side].gathering = c->gathering;
	}
	beginning_dialog(c, ndpi);
}

/* Data on a SYN is part of the connection only if its SYN-ACK acknowledges it:
 * else the server never saw it, and it is sent again (RFC 7413 4.2).  What a
 * RST carries says why, and is not part of it either (RFC 9293 3.5.3). */
static bool
is_refused(
    const struct conversation *c, enum side side, const struct packet *packet)
{
	if ((packet->flags & TCP_RST) != 0)
		return true;
	if ((packet->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
		return false;
	if ((c->flow->bits & FLOW_HANDSHAKE) == 0)
		return !c->gathering;
	return !serial_before(packet_first_byte(packet), c->flow->isn[side]);
}

static enum dialog_news
hear(struct conversation *c, struct reassembly *reassembly, enum side side,
    const struct packet *packet)
{
	struct half *half = &c->half[side], *other = &c->half[side_other(side)];
	const struct segment segment = {
		.seq = packet_first_byte(packet),
		.wire_len = packet->payload_len,
		.bytes = packet->payload,
		.tick_ns = packet->tick_ns,
	};
	bool acks = (packet->flags & TCP_ACK) != 0, acked = false, early;

	enum dialog_news news = NEWS_NONE;

	if (c->gathering) { /* what is gathered comes before this packet */
		beginning_gather(c, reassembly, side, packet);
		dialog_notice(&c->dialog, side, false);
		news = listen(c, reassembly, side, packet->tick_ns);
	}
	note(c, side, packet);
	if (!is_open(c))
		return news; /* under TLS: counted, not heard */
	early = acks && out_of_turn(c, side, packet);
	if (early && packet->payload_len > 0)
		reassembly_wait(reassembly, half, &segment,
		    &(struct answer){ packet->ack,
			other->ack_known ? other->acked : packet->ack });
	/* Of a side that may be alone they count in the order of its bytes. */
	if (early && packet->payload_len == 0 &&
	    c->bytes[side_other(side)] == 0) {
		acks = false;
		c->early_ack[side_other(side)] = packet->ack;
	}
	if (acks)
		acked = half_ack(other, packet->ack, packet->tick_ns);
	dialog_notice(&c->dialog, side, acked && !early);
	if (packet->payload_len > 0) {
		other->alone = false;
		reassembly_push(reassembly, half, &segment);
		retake_pushed(c, side, packet);
	}
	return louder(news, listen(c, reassembly, side, packet->tick_ns));
}

enum dialog_news
conversation_hear(struct conversation *c, struct reassembly *reassembly,
    enum side side, const struct packet *packet)
{
	struct packet bare;

	if (!is_refused(c, side, packet))
		return hear(c, reassembly, side, packet);
	bare = *packet;
	bare.payload_len = 0;
	bare.payload = (struct slice){ 0 };
	return hear(c, reassembly, side, &bare);
}

enum dialog_news
conversation_go_on(
    struct conversation *c, struct reassembly *reassembly, uint64_t tick_ns)
{
	if (c->gathering)
		beginning_gathered(c, reassembly);
	return listen(c, reassembly, SIDE_INITIATOR, tick_ns);
}

enum dialog_news
conversation_end(
    struct conversation *c, struct reassembly *reassembly, uint64_t tick_ns)
{
	enum dialog_news news;

	if (c->gathering)
		beginning_gathered(c, reassembly);
	for (int side = 0; side < SIDES; side++)
		reassembly_close(reassembly, &c->half[side]);
	news = listen(c, reassembly, SIDE_INITIATOR, tick_ns);
	for (int side = 0; side < SIDES; side++)
		news = louder(news, miss_the_end(c, (enum side)side));
	news = louder(news, dialog_end(&c->dialog));
	news = louder(news, retake_end(c, reassembly_copies(reassembly)));
	for (int side = 0; side < SIDES; side++)
		reassembly_forget(reassembly, &c->half[side]);
	c->ended = true;
	return news;
}

enum wait
conversation_waits_for(const struct conversation *c)
{
	if (c->owed)
		return WAIT_UNTOLD;
	if (waits(c) && !c->ended)
		return WAIT_TURN;
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
	return (c->dialog.verdict == VERDICT_REFUTED ||
		   c->dialog.verdict == VERDICT_UNDECIDED) &&
	    !retake_open(c);
}
