/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ruling - four bytes tell a reply's code and most verbs, and a mark tells them
 * from others: what is only sent again has the same, however it is cut.
 */
#include "sensor/ruling.h"

#include "dissectors/gate.h"
#include "sensor/flow/serial.h"

#define MARKED 4

#define RULED_OUT                                                              \
	(FLOW_RULED_OUT << SIDE_INITIATOR | FLOW_RULED_OUT << SIDE_RESPONDER)

#define DIGEST_BITS 14 /* of a mark; above them is how many bytes, less one */

/* Of four bytes, or of what there is: a line may have come in smaller pieces,
 * and come again in one. */
static uint16_t
mark_of(struct slice bytes)
{
	const struct slice marked = slice_first(bytes, MARKED);
	const uint32_t digest =
	    slice_digest(marked) & ((1U << DIGEST_BITS) - 1);

	return (uint16_t)((marked.len - 1) << DIGEST_BITS | digest);
}

static bool
is_marked(struct slice bytes, uint16_t mark)
{
	return mark_of(slice_first(bytes, (mark >> DIGEST_BITS) + 1U)) == mark;
}

struct ruling
ruling_of(enum side side, uint32_t seq, struct slice bytes)
{
	return (struct ruling){
		.given = bytes.len > 0,
		.side = (uint8_t)side,
		.mark = bytes.len > 0 ? mark_of(bytes) : 0,
		.seq = seq,
	};
}

void
ruling_settle(struct flow *flow, const struct ruling *ruling)
{
	flow->state = FLOW_SETTLED;
	if (!ruling->given)
		return;
	if (flow->isn[ruling->side] != ruling->seq)
		flow->bits |= FLOW_MIDSTREAM; /* for who hears it from there */
	flow->bits |= (uint16_t)(FLOW_RULED_OUT << ruling->side);
	flow->isn[ruling->side] = ruling->seq;
	flow->ruled_out_by = ruling->mark;
}

static bool
may_be_smtp(struct slice bytes, bool replies)
{
	enum label label;
	const enum gate gate = gate_opening(bytes, replies, &label);

	return gate == GATE_REPLY || gate == GATE_VERB || gate == GATE_PREAMBLE;
}

bool
ruling_reversed(const struct flow_hit *hit, const struct packet *packet)
{
	struct flow *flow = hit->flow;

	if ((flow->bits & FLOW_RULED_OUT << hit->side) == 0 ||
	    packet_first_byte(packet) != flow->isn[hit->side] ||
	    packet->payload.len < MARKED ||
	    is_marked(packet->payload, flow->ruled_out_by) ||
	    !may_be_smtp(packet->payload, hit->side == SIDE_RESPONDER))
		return false;
	flow->bits &= (uint16_t) ~(RULED_OUT | FLOW_OVERHEARD);
	flow->state = FLOW_EMBRYONIC;
	return true;
}
