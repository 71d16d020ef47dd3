/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip - the network layer: IPv4 (RFC 791) and IPv6 (RFC 8200) with the
 * extension headers that may stand before TCP.
 */
#include "sensor/decode/ip.h"

#define IPV4_LEN           20
#define IPV4_FRAGMENT_MASK 0x3FFF /* more fragments, and the offset */
#define IPV6_LEN           40
#define IPV6_FRAGMENT_MASK 0xFFF9 /* the offset, and more fragments */
#define EXTENSION_LEN      8      /* none is shorter */

/* Protocol numbers, of IPv4 and of IPv6's next header (IANA). */
enum protocol {
	HOP_BY_HOP = 0,
	ICMP = 1,
	TCP = IP_PROTOCOL_TCP,
	UDP = 17,
	ROUTING = 43,
	FRAGMENT = 44,
	AUTHENTICATION = 51,
	ICMPV6 = 58,
	DESTINATION_OPTIONS = 60,
	MOBILITY = 135,
};

static enum decoded
kind_of(uint8_t protocol)
{
	switch (protocol) {
	case TCP:
		return DECODED_TCP;
	case UDP:
		return DECODED_UDP;
	case ICMP:
	case ICMPV6:
		return DECODED_ICMP;
	default:
		return DECODED_OTHER_L4;
	}
}

enum decoded
ip_take_v4(struct layer layer, struct ip *ret_ip)
{
	struct slice header = slice_first(layer.bytes, IPV4_LEN);

	if (header.len < IPV4_LEN)
		return layer_missing(layer, IPV4_LEN, DECODED_MALFORMED_IP);

	uint32_t header_len = (slice_at(header, 0) & 0x0FU) * 4;
	uint32_t total_len = layer_be16(header, 2);

	/* Zero stands in packets that were captured before the network card
	 * cut them (TSO): 16 bits could not hold their length. */
	if (total_len == 0)
		total_len = layer.wire_len;
	if (slice_at(header, 0) >> 4 != 4 || header_len < IPV4_LEN ||
	    total_len < header_len || total_len > layer.wire_len)
		return DECODED_MALFORMED_IP;
	if (layer_be16(header, 6) & IPV4_FRAGMENT_MASK)
		return DECODED_FRAGMENT;

	enum decoded kind = kind_of(slice_at(header, 9));

	if (kind != DECODED_TCP)
		return kind;
	ret_ip->family = 4;
	ret_ip->source = slice_first(slice_after(header, 12), 4);
	ret_ip->destination = slice_after(header, 16);
	ret_ip->payload =
	    layer_after(layer_first(layer, total_len), header_len);
	return DECODED_TCP;
}

/* The length of an extension header; 0: that is none. */
static uint32_t
extension_len(uint8_t protocol, struct slice header)
{
	switch (protocol) {
	case HOP_BY_HOP:
	case ROUTING:
	case DESTINATION_OPTIONS:
	case MOBILITY:
		return (slice_at(header, 1) + 1U) * 8;
	case AUTHENTICATION: /* RFC 4302 2.2: counted in words, less two */
		return (slice_at(header, 1) + 2U) * 4;
	case FRAGMENT:
		return EXTENSION_LEN;
	default:
		return 0;
	}
}

/*
 * Walks the extension headers to what they carry.  A fragment header on a
 * whole packet (RFC 6946, "atomic") is one extension header more.
 */
static enum decoded
walk_extensions(struct layer *layer, uint8_t next)
{
	for (unsigned walked = 0; extension_len(next, layer->bytes) != 0;
	     walked++) {
		struct slice header = slice_first(layer->bytes, EXTENSION_LEN);
		uint32_t len = extension_len(next, header);

		if (walked == IP_EXTENSIONS_MAX)
			return DECODED_EXTENSIONS;
		if (header.len < EXTENSION_LEN)
			return layer_missing(
			    *layer, EXTENSION_LEN, DECODED_MALFORMED_IP);
		if (len > layer->bytes.len)
			return layer_missing(*layer, len, DECODED_MALFORMED_IP);
		if (next == FRAGMENT &&
		    (layer_be16(header, 2) & IPV6_FRAGMENT_MASK))
			return DECODED_FRAGMENT;
		next = slice_at(header, 0);
		*layer = layer_after(*layer, len);
	}
	return kind_of(next);
}

enum decoded
ip_take_v6(struct layer layer, struct ip *ret_ip)
{
	struct slice header = slice_first(layer.bytes, IPV6_LEN);

	if (header.len < IPV6_LEN)
		return layer_missing(layer, IPV6_LEN, DECODED_MALFORMED_IP);

	uint32_t payload_len = layer_be16(header, 4);

	if (slice_at(header, 0) >> 4 != 6 ||
	    payload_len > layer.wire_len - IPV6_LEN)
		return DECODED_MALFORMED_IP;

	struct layer payload =
	    layer_first(layer_after(layer, IPV6_LEN), payload_len);
	uint8_t next = slice_at(header, 6);
	enum decoded kind =
	    next == TCP ? DECODED_TCP : walk_extensions(&payload, next);

	if (kind != DECODED_TCP)
		return kind;
	ret_ip->family = 6;
	ret_ip->source = slice_first(slice_after(header, 8), 16);
	ret_ip->destination = slice_after(header, 24);
	ret_ip->payload = payload;
	return DECODED_TCP;
}
