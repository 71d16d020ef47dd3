/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tag - what a network puts between a frame's Ethernet header and its IP
 * header: VLAN and VN tags (IEEE 802.1Q, 802.1BR), backbone tags (802.1ah),
 * MPLS labels (RFC 3032).
 */
#include "sensor/decode/walk.h"

#define VLAN_LEN       4
#define VLAN_ID_MASK   0x0FFF
#define VNTAG_LEN      6
#define BACKBONE_LEN   4
#define BACKBONE_ID    0x00FFFFFF

#define LABEL_LEN      4
#define LABELS_MAX     16
#define LABEL_BOTTOM   0x100U
#define CONTROL_LEN    4
#define ETHERTYPE_AT   12
#define ETHERTYPE_BOTH (CONTROL_LEN + ETHERTYPE_AT + 2)

/* 802.1Q, and the same of a service provider's. */
enum next
vlan_take(struct walk *walk)
{
	struct slice tag;

	if (walk->tags == PACKET_VLANS_MAX)
		return walk_end(walk, DECODED_NOT_IP);
	if (!walk_take(walk, VLAN_LEN, DECODED_MALFORMED_LINK, &tag))
		return NEXT_END;

	uint16_t id = layer_be16(tag, 0) & VLAN_ID_MASK;

	if (walk->tags++ == 0)
		walk->vlan_count = 0; /* those outside are the tunnel's */
	walk->vlan[walk->vlan_count++] = id;
	if (id != 0) /* else it is a priority, and no network */
		walk_mix(walk, id);
	return walk_ethertype(walk, layer_be16(tag, 2));
}

/* Between a virtual port and its switch; it names the port, not a network. */
enum next
vntag_take(struct walk *walk)
{
	struct slice tag;

	if (!walk_take(walk, VNTAG_LEN, DECODED_MALFORMED_LINK, &tag))
		return NEXT_END;
	return walk_ethertype(walk, layer_be16(tag, 4));
}

/* A whole customer's frame behind the tag. */
enum next
backbone_take(struct walk *walk)
{
	struct slice tag;

	if (!walk_take(walk, BACKBONE_LEN, DECODED_MALFORMED_LINK, &tag))
		return NEXT_END;
	return walk_tunnel(walk, TUNNEL_BACKBONE,
	    layer_be32(tag, 0) & BACKBONE_ID, NEXT_ETHERNET);
}

/* The lengths of an IP header agree with what there is. */
static bool
looks_like_ip(const struct layer *layer)
{
	struct slice s = layer->bytes;
	uint32_t header_len = (slice_at(s, 0) & 0x0FU) * 4;
	uint32_t total_len = layer_be16(s, 2);

	switch (slice_at(s, 0) >> 4) {
	case 4:
		return header_len >= 20 && total_len >= header_len &&
		    total_len <= layer->wire_len;
	case 6:
		return layer_be16(s, 4) + 40U <= layer->wire_len;
	default:
		return false;
	}
}

/*
 * Labels do not say what they stand before: their ends have agreed on it.  It
 * is IP, or Ethernet, with a control word (RFC 4448 4.6) before it or without;
 * and an Ethernet address may begin with any of their first bits.  So what is
 * taken is what makes sense as a whole.
 */
static enum next
labelled(struct walk *walk, uint32_t label)
{
	struct layer *layer = &walk->layer;
	uint32_t need = ETHERTYPE_BOTH;

	if (need > layer->wire_len)
		return walk_end(walk, DECODED_MALFORMED_LINK);
	if (layer->bytes.len < need)
		return walk_end(walk, DECODED_HEADERS_CUT);
	if (looks_like_ip(layer))
		return NEXT_IP;
	if (slice_at(layer->bytes, 0) >> 4 == 0 &&
	    walk_knows_ethertype(
		layer_be16(layer->bytes, CONTROL_LEN + ETHERTYPE_AT)))
		*layer = layer_after(*layer, CONTROL_LEN);
	else if (!walk_knows_ethertype(layer_be16(layer->bytes, ETHERTYPE_AT)))
		return NEXT_IP; /* which says what is wrong with it */
	return walk_tunnel(walk, TUNNEL_MPLS, label, NEXT_ETHERNET);
}

enum next
mpls_take(struct walk *walk)
{
	for (unsigned i = 0; i < LABELS_MAX; i++) {
		struct slice entry;

		if (!walk_take(walk, LABEL_LEN, DECODED_MALFORMED_LINK, &entry))
			return NEXT_END;
		if ((layer_be32(entry, 0) & LABEL_BOTTOM) != 0)
			return labelled(walk, layer_be32(entry, 0) >> 12);
	}
	return walk_end(walk, DECODED_MALFORMED_LINK);
}
