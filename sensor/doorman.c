/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doorman - who serves is known by the handshake; where none was seen nobody is
 * told of.
 */
#include "sensor/doorman.h"

#include "dissectors/gate.h"
#include "dissectors/ndpi.h"
#include "output/policy.h"
#include "sensor/ruling.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static_assert(
    PACKET_VLANS_MAX == STRANGER_VLANS_MAX, "VLANs cross as they are");

static bool
on_mail_port(const struct doorman *doorman, uint16_t port)
{
	return policy_port_class(doorman->policy, port) == PORT_STANDARD;
}

/* TLS is what 465 is for, and ports of somebody's own choice may be like it;
 * 25 and 587 begin in the clear (RFC 8314 3.3). */
static bool
belongs_there(enum label label, uint16_t port)
{
	return label == LABEL_TLS && port != 25 && port != 587;
}

static void
tell(const struct doorman *doorman, struct observation *seen)
{
	struct stranger *stranger = &seen->stranger;
	const size_t len = stranger->server.family == 6 ? 16 : 4;
	const struct community_tuple tuple = {
		.source = slice_of(stranger->client.address, len),
		.destination = slice_of(stranger->server.address, len),
		.source_port = stranger->client.port,
		.destination_port = stranger->server.port,
	};

	static_assert(sizeof(stranger->community_id) >= COMMUNITY_ID_MAX,
	    "a community id fits");
	community_id(&tuple, stranger->community_id);
	seen->kind = OBSERVED_STRANGER;
	doorman->counters->traffic.not_smtp++;
	teller_stranger(doorman->teller, seen);
}

static struct endpoint
end_of(const struct flow *flow, enum side side)
{
	struct endpoint end = { 0 };

	flow_endpoint(flow, side, end.address, &end.port);
	end.family = (flow->bits & FLOW_V6) != 0 ? 6 : 4;
	return end;
}

static void
name(struct stranger *stranger, const char *protocol, enum stranger_namer by)
{
	snprintf(
	    stranger->protocol, sizeof(stranger->protocol), "%s", protocol);
	stranger->named_by = (uint8_t)by;
}

/* By the server's own first bytes. */
static void
tell_of_flow(const struct doorman *doorman, const struct flow *flow,
    const struct packet *packet, enum label label)
{
	struct observation seen = {
		.source = packet->source_number,
		.when_ns = packet->when_ns,
	};
	struct stranger *stranger = &seen.stranger;

	*stranger = (struct stranger){
		.server = end_of(flow, SIDE_RESPONDER),
		.client = end_of(flow, SIDE_INITIATOR),
		.flow_id = flow_table_id(flow),
		.packet = packet->number,
		.interface = packet->interface,
		.vlan_count = packet->vlan_count,
	};
	if (!on_mail_port(doorman, stranger->server.port) ||
	    belongs_there(label, stranger->server.port))
		return;
	memcpy(stranger->vlan, packet->vlan, sizeof(stranger->vlan));
	report_carriers(packet->tunnel, stranger->carrier);
	name(stranger, label_name(label), STRANGER_BY_TABLE);
	tell(doorman, &seen);
}

bool
doorman_turns_away(const struct doorman *doorman, const struct flow_hit *hit,
    const struct packet *packet)
{
	struct flow *flow = hit->flow;
	struct ruling ruling;
	enum label label;

	if ((flow->bits & FLOW_HANDSHAKE) == 0 ||
	    (flow->bits & FLOW_MIDSTREAM) != 0 ||
	    packet->seq != flow->isn[hit->side] ||
	    packet->ack != flow->isn[side_other(hit->side)] ||
	    gate_opening(packet->payload, hit->side == SIDE_RESPONDER,
		&label) != GATE_FOREIGN)
		return false;
	ruling = ruling_of(hit->side, packet->seq, packet->payload);
	ruling_settle(flow, &ruling);
	counters_turned_away(doorman->counters, label);
	if (hit->side == SIDE_RESPONDER) {
		if (label_is_protocol(label))
			tell_of_flow(doorman, flow, packet, label);
	} else if (on_mail_port(doorman, end_of(flow, SIDE_RESPONDER).port)) {
		flow->bits |= FLOW_OVERHEARD;
	}
	return true;
}

void
doorman_overhear(const struct doorman *doorman, const struct flow_hit *hit,
    const struct packet *packet)
{
	struct flow *flow = hit->flow;
	enum label label;

	if (hit->side != SIDE_RESPONDER || packet->payload_len == 0)
		return;
	flow->bits &= (uint16_t)~FLOW_OVERHEARD;
	if (packet->seq == flow->isn[SIDE_RESPONDER] &&
	    gate_opening(packet->payload, true, &label) == GATE_FOREIGN &&
	    label_is_protocol(label))
		tell_of_flow(doorman, flow, packet, label);
}

/* What the dialog is instead; false: nobody has named it. */
static bool
name_dialog(const struct dialog *dialog, struct stranger *stranger)
{
	const char *opinion = dialog_opinion(dialog);

	if (label_is_protocol(dialog->label)) {
		name(stranger, label_name(dialog->label), STRANGER_BY_TABLE);
		return !belongs_there(dialog->label, stranger->server.port);
	}
	/* "SMTP", "SMTPS": the second opinion of what is no stranger */
	if (dialog->verdict != VERDICT_UNDECIDED || opinion[0] == '\0' ||
	    strncmp(opinion, "SMTP", 4) == 0)
		return false;
	name(stranger, opinion, STRANGER_BY_NDPI);
	return true;
}

void
doorman_note_end(
    const struct doorman *doorman, const struct conversation *conversation)
{
	const struct dialog *dialog = &conversation->dialog;
	struct observation seen = {
		.source = conversation->source,
		.when_ns = conversation->end_ns,
	};
	struct stranger *stranger = &seen.stranger;

	*stranger = (struct stranger){
		.server = conversation->end[SIDE_RESPONDER],
		.client = conversation->end[SIDE_INITIATOR],
		.flow_id = conversation->flow_id,
		.packet = conversation->packet,
		.interface = conversation->interface,
		.vlan_count = conversation->vlan_count,
	};
	if (!conversation_is_foreign(conversation) ||
	    !conversation->handshake ||
	    !on_mail_port(doorman, stranger->server.port))
		return;
	if (conversation->bytes[SIDE_RESPONDER] == 0) {
		if (conversation->flow != NULL &&
		    dialog->verdict == VERDICT_REFUTED)
			conversation->flow->bits |= FLOW_OVERHEARD;
		return;
	}
	if (!name_dialog(dialog, stranger))
		return;
	memcpy(stranger->vlan, conversation->vlan, sizeof(stranger->vlan));
	report_carriers(conversation->tunnel, stranger->carrier);
	tell(doorman, &seen);
}
