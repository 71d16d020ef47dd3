/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip - the network layer: IPv4 (RFC 791) and IPv6 (RFC 8200) with the
 * extension headers that may stand before TCP, and their fragments.
 *
 * What lies behind the length that IP states is padding and is left out.  A
 * packet that claims more than the frame had on the wire is malformed: no
 * receiver would take it.
 */
#include "sensor/decode/checksum.h"
#include "sensor/decode/decoder.h"
#include "sensor/decode/walk.h"

#define IPV4_LEN                20
#define IPV4_FRAGMENT_MASK      0x3FFF /* more fragments, and the offset */
#define IPV4_OFFSET_MASK        0x1FFF /* in units of eight bytes */
#define IPV4_MORE               0x2000
#define IPV6_LEN                40
#define IPV6_FRAGMENT_MASK      0xFFF9 /* the offset, and more fragments */
#define IPV6_OFFSET_MASK        0xFFF8 /* in bytes, as it stands */
#define IPV6_MORE               0x0001
#define EXTENSION_LEN           8 /* none is shorter */
#define EXTENSIONS_MAX          8 /* how many are walked */

#define PROTOCOL_TCP            6
#define PROTOCOL_UDP            17
#define PROTOCOL_AUTHENTICATION 51

/* Most of what there is. */
static inline enum next
carried(struct walk *walk, uint8_t protocol)
{
	if (protocol == PROTOCOL_TCP)
		return NEXT_TCP;
	if (protocol == PROTOCOL_UDP)
		return NEXT_UDP;
	return walk_protocol(walk, protocol);
}

/* fragment: filled but for what the walk knows. */
static enum next
put_together(struct walk *walk, struct fragment *fragment)
{
	struct datagram datagram;

	if (walk->layer.bytes.len < walk->layer.wire_len)
		return walk_end(walk, DECODED_HEADERS_CUT);
	fragment->source = walk->source;
	fragment->destination = walk->destination;
	fragment->bytes = walk->layer.bytes;
	fragment->tick_ns = walk->tick_ns;
	fragment->realm = walk->realm;
	switch (fragments_take(walk->decoder->fragments, fragment, &datagram)) {
	case FRAGMENT_HELD:
		return walk_end(walk, DECODED_FRAGMENT_HELD);
	case FRAGMENT_DROPPED:
		return walk_end(walk, DECODED_FRAGMENT_DROPPED);
	case FRAGMENT_MALFORMED:
		return walk_end(walk, DECODED_MALFORMED_FRAGMENT);
	case FRAGMENT_WHOLE:
		break;
	}
	walk->together = true;
	walk->conflict |= datagram.conflict;
	walk->layer.bytes = datagram.bytes;
	walk->layer.wire_len = (uint32_t)datagram.bytes.len;
	return carried(walk, datagram.protocol);
}

static enum next
take_fragment4(struct walk *walk, struct slice header, uint32_t header_len)
{
	uint16_t place = layer_be16(header, 6);

	return put_together(walk,
	    &(struct fragment){
		.id = layer_be16(header, 4),
		.offset = (place & IPV4_OFFSET_MASK) * 8U,
		.header_len = header_len,
		.protocol = slice_at(header, 9),
		.more = (place & IPV4_MORE) != 0,
	    });
}

enum next
ipv4_take(struct walk *walk)
{
	struct layer whole = walk->layer;
	struct slice header;

	if (!walk_take(walk, IPV4_LEN, DECODED_MALFORMED_IP, &header))
		return NEXT_END;

	uint32_t header_len = (slice_at(header, 0) & 0x0FU) * 4;
	uint32_t total_len = layer_be16(header, 2);

	/* Zero stands in packets that were captured before the network card
	 * cut them (TSO): 16 bits could not hold their length. */
	if (total_len == 0)
		total_len = whole.wire_len;
	if (slice_at(header, 0) >> 4 != 4 || header_len < IPV4_LEN ||
	    total_len < header_len || total_len > whole.wire_len)
		return walk_end(walk, DECODED_MALFORMED_IP);
	walk->family = 4;
	walk->extensions = 0;
	walk->together = false;
	walk->damaged =
	    walk->decoder->verify && !checksum_ip4_fits(whole.bytes);
	walk->source = slice_first(slice_after(header, 12), 4);
	walk->destination = slice_after(header, 16);
	walk->layer = layer_after(layer_first(whole, total_len), header_len);
	if (layer_be16(header, 6) & IPV4_FRAGMENT_MASK)
		return take_fragment4(walk, header, header_len);
	return carried(walk, slice_at(header, 9));
}

enum next
ipv6_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, IPV6_LEN, DECODED_MALFORMED_IP, &header))
		return NEXT_END;

	uint32_t payload_len = layer_be16(header, 4);

	if (slice_at(header, 0) >> 4 != 6 || payload_len > walk->layer.wire_len)
		return walk_end(walk, DECODED_MALFORMED_IP);
	walk->family = 6;
	walk->damaged = false; /* it has no checksum */
	walk->extensions = 0;
	walk->together = false;
	walk->source = slice_first(slice_after(header, 8), 16);
	walk->destination = slice_after(header, 24);
	walk->layer = layer_first(walk->layer, payload_len);
	return carried(walk, slice_at(header, 6));
}

/* No link layer at all: the IP version is what tells. */
enum next
ip_take(struct walk *walk)
{
	if (walk->layer.bytes.len == 0)
		return walk_end(walk,
		    layer_missing(walk->layer, 1, DECODED_MALFORMED_LINK));
	switch (slice_at(walk->layer.bytes, 0) >> 4) {
	case 4:
		return NEXT_IPV4;
	case 6:
		return NEXT_IPV6;
	default:
		return walk_end(walk, DECODED_MALFORMED_IP);
	}
}

/* The next extension header, its fixed part taken off; false: no more. */
static bool
take_extension(struct walk *walk, struct slice *ret_header)
{
	if (walk->extensions == EXTENSIONS_MAX) {
		walk_end(walk, DECODED_EXTENSIONS);
		return false;
	}
	walk->extensions++;
	return walk_take(walk, EXTENSION_LEN, DECODED_MALFORMED_IP, ret_header);
}

enum next
extension_take(struct walk *walk)
{
	struct slice header, rest;

	if (!take_extension(walk, &header))
		return NEXT_END;

	/* Counted in eight bytes, less one; authentication (RFC 4302 2.2) in
	 * words, less two. */
	uint32_t len = walk->protocol == PROTOCOL_AUTHENTICATION
	    ? (slice_at(header, 1) + 2U) * 4
	    : (slice_at(header, 1) + 1U) * 8;

	if (!walk_take(walk, len - EXTENSION_LEN, DECODED_MALFORMED_IP, &rest))
		return NEXT_END;
	return carried(walk, slice_at(header, 0));
}

/* A fragment header on a whole packet (RFC 6946, "atomic") is one extension
 * header more. */
enum next
fragment_take(struct walk *walk)
{
	struct slice header;

	if (!take_extension(walk, &header))
		return NEXT_END;

	uint16_t place = layer_be16(header, 2);

	if ((place & IPV6_FRAGMENT_MASK) == 0)
		return carried(walk, slice_at(header, 0));
	if (walk->together) /* nobody sends fragments of fragments */
		return walk_end(walk, DECODED_MALFORMED_FRAGMENT);
	return put_together(walk,
	    &(struct fragment){
		.id = layer_be32(header, 4),
		.offset = place & IPV6_OFFSET_MASK,
		.protocol = slice_at(header, 0),
		.more = (place & IPV6_MORE) != 0,
	    });
}
