/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel_udp - what is carried in UDP: VXLAN (RFC 7348), GENEVE (RFC 8926),
 * GTP-U (3GPP TS 29.281), TZSP, Teredo (RFC 4380), L2TP (RFC 2661).
 *
 * Anybody may send UDP to these ports.  So where a header does not look like
 * the tunnel's, the frame is one of UDP; once it does, what contradicts it is
 * malformed.
 */
#include "sensor/decode/walk.h"

#define VXLAN_LEN         8
#define VXLAN_NETWORK     0x08 /* flag: the network's number is there */
#define VXLAN_NEXT        0x04 /* flag of GPE: what is carried is said */
#define GENEVE_LEN        8
#define GTPU_LEN          8
#define GTPU_MORE_LEN     4
#define GTPU_MORE         0x07 /* extension, sequence, number: all or none */
#define GTPU_EXTENSION    0x04
#define GTPU_EXTENSIONS   8 /* how many are walked */
#define GTPU_PACKET       0xFF
#define TZSP_LEN          4
#define TZSP_TAGS         32 /* how many are walked */
#define TZSP_PADDING      0
#define TZSP_END          1
#define TZSP_ETHERNET     1
#define TEREDO_ORIGIN     0
#define TEREDO_ORIGIN_LEN 8
#define TEREDO_SECRET     1
#define TEREDO_SECRET_LEN 13 /* where its two lengths are zero */
#define L2TP_CONTROL      0x8000
#define L2TP_LENGTH       0x4000
#define L2TP_SEQUENCE     0x0800
#define L2TP_OFFSET       0x0200
#define L2TP_VERSION      0x000F

enum next
vxlan_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, VXLAN_LEN, DECODED_UDP, &header))
		return NEXT_END;
	if ((slice_at(header, 0) & VXLAN_NETWORK) == 0)
		return walk_end(walk, DECODED_UDP);
	return walk_tunnel(
	    walk, TUNNEL_VXLAN, layer_be32(header, 4) >> 8, NEXT_ETHERNET);
}

/* draft-ietf-nvo3-vxlan-gpe: the same, and what is carried may be said. */
enum next
vxlan_gpe_take(struct walk *walk)
{
	static const uint8_t next[] = { NEXT_END, NEXT_IPV4, NEXT_IPV6,
		NEXT_ETHERNET };
	struct slice header;

	if (!walk_take(walk, VXLAN_LEN, DECODED_UDP, &header))
		return NEXT_END;

	uint8_t flags = slice_at(header, 0);
	size_t carried = (flags & VXLAN_NEXT) != 0 ? slice_at(header, 3) : 3;

	if ((flags & VXLAN_NETWORK) == 0 || carried == 0 ||
	    carried >= sizeof(next))
		return walk_end(walk, DECODED_UDP);
	return walk_tunnel(walk, TUNNEL_VXLAN, layer_be32(header, 4) >> 8,
	    (enum next)next[carried]);
}

enum next
geneve_take(struct walk *walk)
{
	struct slice header, options;

	if (!walk_take(walk, GENEVE_LEN, DECODED_UDP, &header))
		return NEXT_END;

	uint32_t options_len = (slice_at(header, 0) & 0x3FU) * 4;

	if (slice_at(header, 0) >> 6 != 0)
		return walk_end(walk, DECODED_UDP);
	if (!walk_take(walk, options_len, DECODED_MALFORMED_TUNNEL, &options))
		return NEXT_END;

	enum next next = walk_ethertype(walk, layer_be16(header, 2));

	return next == NEXT_END ? next
				: walk_tunnel(walk, TUNNEL_GENEVE,
				      layer_be32(header, 4) >> 8, next);
}

/* Extension headers say their own length, in words, and what follows. */
static bool
skip_gtpu_extensions(struct walk *walk, uint8_t kind)
{
	for (unsigned i = 0; kind != 0; i++) {
		uint8_t words = slice_at(walk->layer.bytes, 0);
		struct slice extension;

		if (walk->layer.bytes.len == 0)
			words = 1; /* what is not there is told below */
		if (words == 0 || i == GTPU_EXTENSIONS) {
			walk_end(walk, DECODED_MALFORMED_TUNNEL);
			return false;
		}
		if (!walk_take(
			walk, words * 4U, DECODED_MALFORMED_TUNNEL, &extension))
			return false;
		kind = slice_at(extension, words * 4U - 1);
	}
	return true;
}

enum next
gtpu_take(struct walk *walk)
{
	struct slice header, more = { 0 };

	if (!walk_take(walk, GTPU_LEN, DECODED_UDP, &header))
		return NEXT_END;

	uint8_t flags = slice_at(header, 0);
	uint32_t len = layer_be16(header, 2);

	/* version 1, GTP and not its billing; signalling carries no packets */
	if (flags >> 4 != 3 || slice_at(header, 1) != GTPU_PACKET ||
	    len > walk->layer.wire_len)
		return walk_end(walk, DECODED_UDP);
	walk->layer = layer_first(walk->layer, len);
	if ((flags & GTPU_MORE) != 0 &&
	    !walk_take(walk, GTPU_MORE_LEN, DECODED_MALFORMED_TUNNEL, &more))
		return NEXT_END;
	if ((flags & GTPU_EXTENSION) != 0 &&
	    !skip_gtpu_extensions(walk, slice_at(more, 3)))
		return NEXT_END;
	return walk_tunnel(walk, TUNNEL_GTP, layer_be32(header, 4), NEXT_IP);
}

/* Tags of one byte, or of a byte, a length and as many bytes. */
static bool
skip_tzsp_tags(struct walk *walk)
{
	for (unsigned i = 0; i < TZSP_TAGS; i++) {
		struct slice tag, len, value;

		if (!walk_take(walk, 1, DECODED_MALFORMED_TUNNEL, &tag))
			return false;
		if (slice_at(tag, 0) == TZSP_END)
			return true;
		if (slice_at(tag, 0) == TZSP_PADDING)
			continue;
		if (!walk_take(walk, 1, DECODED_MALFORMED_TUNNEL, &len) ||
		    !walk_take(walk, slice_at(len, 0), DECODED_MALFORMED_TUNNEL,
			&value))
			return false;
	}
	walk_end(walk, DECODED_MALFORMED_TUNNEL);
	return false;
}

/* version 1, a packet received (0) or to be sent (1), what it is */
enum next
tzsp_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, TZSP_LEN, DECODED_UDP, &header))
		return NEXT_END;
	if (slice_at(header, 0) != 1 || slice_at(header, 1) > 1)
		return walk_end(walk, DECODED_UDP);
	if (layer_be16(header, 2) != TZSP_ETHERNET)
		return walk_end(walk, DECODED_NOT_IP);
	if (!skip_tzsp_tags(walk))
		return NEXT_END;
	return walk_tunnel(walk, TUNNEL_TZSP, 0, NEXT_ETHERNET);
}

/* A part that begins with these two bytes is taken off, if it is there; its
 * length is fixed but for what its third and fourth byte may add. */
static bool
skip_teredo_part(struct walk *walk, uint16_t begins, uint32_t len)
{
	struct slice start = slice_first(walk->layer.bytes, 4), part;

	if (start.len < 4) {
		walk_end(walk, layer_missing(walk->layer, 4, DECODED_UDP));
		return false;
	}
	if (layer_be16(start, 0) != begins)
		return true;
	if (begins == TEREDO_SECRET)
		len += slice_at(start, 2) + (uint32_t)slice_at(start, 3);
	return walk_take(walk, len, DECODED_UDP, &part);
}

/* IPv6, behind the sender's credentials and the address that its server saw
 * (5.1.1), each of which may be left out; IPv6 never begins as they do. */
enum next
teredo_take(struct walk *walk)
{
	if (!skip_teredo_part(walk, TEREDO_SECRET, TEREDO_SECRET_LEN) ||
	    !skip_teredo_part(walk, TEREDO_ORIGIN, TEREDO_ORIGIN_LEN))
		return NEXT_END;
	if (walk->layer.bytes.len == 0)
		return walk_end(
		    walk, layer_missing(walk->layer, 1, DECODED_UDP));
	if (slice_at(walk->layer.bytes, 0) >> 4 != 6)
		return walk_end(walk, DECODED_UDP);
	return walk_tunnel(walk, TUNNEL_TEREDO, 0, NEXT_IPV6);
}

/* 3.1: flags and version, then what the flags say is there. */
enum next
l2tp_take(struct walk *walk)
{
	struct slice header, id, rest;

	if (!walk_take(walk, 2, DECODED_UDP, &header))
		return NEXT_END;

	uint16_t flags = layer_be16(header, 0);

	if ((flags & L2TP_CONTROL) != 0 || (flags & L2TP_VERSION) != 2)
		return walk_end(walk, DECODED_UDP);
	if (!walk_take(walk, (flags & L2TP_LENGTH) != 0 ? 2 : 0,
		DECODED_MALFORMED_TUNNEL, &rest) ||
	    !walk_take(walk, 4, DECODED_MALFORMED_TUNNEL, &id) ||
	    !walk_take(walk, (flags & L2TP_SEQUENCE) != 0 ? 4 : 0,
		DECODED_MALFORMED_TUNNEL, &rest))
		return NEXT_END;
	if ((flags & L2TP_OFFSET) != 0 &&
	    (!walk_take(walk, 2, DECODED_MALFORMED_TUNNEL, &rest) ||
		!walk_take(walk, layer_be16(rest, 0), DECODED_MALFORMED_TUNNEL,
		    &rest)))
		return NEXT_END;
	return walk_tunnel(walk, TUNNEL_L2TP, layer_be32(id, 0), NEXT_HDLC);
}
