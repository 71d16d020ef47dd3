/* SPDX-License-Identifier: Apache-2.0 */
/*
 * udp - only as far as a tunnel may be in it: by its ports.
 *
 * A port alone proves nothing, so each tunnel also looks at its header; what
 * does not look like one stays a UDP datagram.
 */
#include "sensor/decode/udp.h"

#include "sensor/decode/walk.h"

#define UDP_LEN 8

/* clang-format off */
static const struct {
	uint8_t next;   /* enum next */
	bool from_port; /* answers come from the port as well */
} kinds[] = {
	[DECAP_NONE] =      { NEXT_END,       false },
	[DECAP_VXLAN] =     { NEXT_VXLAN,     false },
	[DECAP_VXLAN_GPE] = { NEXT_VXLAN_GPE, false },
	[DECAP_GENEVE] =    { NEXT_GENEVE,    false },
	[DECAP_GTPU] =      { NEXT_GTPU,      false },
	[DECAP_TZSP] =      { NEXT_TZSP,      false },
	[DECAP_TEREDO] =    { NEXT_TEREDO,    true },
	[DECAP_L2TP] =      { NEXT_L2TP,      true },
	[DECAP_GRE] =       { NEXT_GRE,       false },
	[DECAP_MPLS] =      { NEXT_MPLS,      false },
};
/* clang-format on */

/* Where the search for a port begins; it ends at the first free place. */
static uint8_t
place_of(uint16_t port)
{
	return (uint8_t)(port ^ port >> 8);
}

void
udp_note_ports(struct decoder *decoder)
{
	for (unsigned row = 1; row <= DECAP_PORTS_MAX; row++) {
		uint16_t port = decoder->options.decap[row - 1].port;
		uint8_t at = place_of(port);

		while (decoder->by_port[at] != 0)
			at++;
		if (port != 0)
			decoder->by_port[at] = (uint8_t)row;
	}
}

static enum decap_kind
kind_of(const struct decoder *decoder, uint16_t port)
{
	for (uint8_t at = place_of(port); decoder->by_port[at] != 0; at++) {
		const struct decap *decap =
		    &decoder->options.decap[decoder->by_port[at] - 1];

		if (decap->port == port)
			return decap->kind;
	}
	return DECAP_NONE;
}

enum next
udp_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, UDP_LEN, DECODED_UDP, &header))
		return NEXT_END;

	enum decap_kind kind = kind_of(walk->decoder, layer_be16(header, 2));
	uint32_t len = layer_be16(header, 4);

	if (kind == DECAP_NONE) {
		kind = kind_of(walk->decoder, layer_be16(header, 0));
		if (!kinds[kind].from_port)
			return walk_end(walk, DECODED_UDP);
	}
	if (len != 0) { /* as IP's, it is zero where it would not fit */
		if (len < UDP_LEN || len - UDP_LEN > walk->layer.wire_len)
			return walk_end(walk, DECODED_MALFORMED_TUNNEL);
		walk->layer = layer_first(walk->layer, len - UDP_LEN);
	}
	if (kind == DECAP_MPLS)
		return walk_tunnel(walk, TUNNEL_IP, 0, NEXT_MPLS);
	return (enum next)kinds[kind].next;
}
