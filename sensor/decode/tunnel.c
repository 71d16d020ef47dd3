/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tunnel - what is carried in IP itself: GRE (RFC 2784, 2890, 2637), ERSPAN,
 * EtherIP (RFC 3378).
 */
#include "sensor/decode/walk.h"

#define GRE_LEN          4
#define GRE_CHECKSUM     0x8000
#define GRE_ROUTING      0x4000 /* of RFC 1701; nobody uses it */
#define GRE_KEY          0x2000
#define GRE_SEQUENCE     0x1000
#define GRE_ACK          0x0080 /* version 1, PPTP's */
#define GRE_VERSION      0x0007

#define GRE_ERSPAN       0x88BE /* types I and II */
#define GRE_ERSPAN3      0x22EB

#define ERSPAN2_LEN      8
#define ERSPAN3_LEN      12
#define ERSPAN3_MORE_LEN 8
#define ERSPAN3_MORE     0x01
#define ERSPAN_SESSION   0x03FF
#define ETHERIP_LEN      2

static enum next
gre_carried(struct walk *walk, uint16_t flags, uint16_t type, uint32_t key)
{
	if (type == GRE_ERSPAN && (flags & GRE_SEQUENCE) != 0)
		return NEXT_ERSPAN2;
	if (type == GRE_ERSPAN) /* type I has no header of its own */
		return walk_tunnel(walk, TUNNEL_ERSPAN, 0, NEXT_ETHERNET);
	if (type == GRE_ERSPAN3)
		return NEXT_ERSPAN3;

	enum next next = walk_ethertype(walk, type);

	return next == NEXT_END ? next
				: walk_tunnel(walk, TUNNEL_GRE, key, next);
}

enum next
gre_take(struct walk *walk)
{
	struct slice header, fields;

	if (!walk_take(walk, GRE_LEN, DECODED_MALFORMED_TUNNEL, &header))
		return NEXT_END;

	uint16_t flags = layer_be16(header, 0);
	uint32_t key_at = (flags & GRE_CHECKSUM) != 0 ? 4 : 0;
	uint32_t len = key_at;

	if ((flags & GRE_VERSION) > 1 || (flags & GRE_ROUTING) != 0)
		return walk_other(walk);
	len += (flags & GRE_KEY) != 0 ? 4 : 0;
	len += (flags & GRE_SEQUENCE) != 0 ? 4 : 0;
	len += (flags & GRE_ACK) != 0 && (flags & GRE_VERSION) == 1 ? 4 : 0;
	if (!walk_take(walk, len, DECODED_MALFORMED_TUNNEL, &fields))
		return NEXT_END;
	if (walk->layer.wire_len == 0) /* it acknowledges, or is kept alive */
		return walk_end(walk, DECODED_NOT_IP);
	if ((flags & GRE_VERSION) == 1) /* the key is a length and a call */
		return gre_carried(walk, flags, layer_be16(header, 2), 0);
	return gre_carried(walk, flags, layer_be16(header, 2),
	    (flags & GRE_KEY) != 0 ? layer_be32(fields, key_at) : 0);
}

/* draft-foschiano-erspan: version, VLAN, session, index. */
enum next
erspan2_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, ERSPAN2_LEN, DECODED_MALFORMED_TUNNEL, &header))
		return NEXT_END;
	if (slice_at(header, 0) >> 4 != 1)
		return walk_end(walk, DECODED_MALFORMED_TUNNEL);
	return walk_tunnel(walk, TUNNEL_ERSPAN,
	    layer_be16(header, 2) & ERSPAN_SESSION, NEXT_ETHERNET);
}

/* ... and type III: a timestamp more, and what a platform adds. */
enum next
erspan3_take(struct walk *walk)
{
	struct slice header, more;

	if (!walk_take(walk, ERSPAN3_LEN, DECODED_MALFORMED_TUNNEL, &header))
		return NEXT_END;
	if (slice_at(header, 0) >> 4 != 2)
		return walk_end(walk, DECODED_MALFORMED_TUNNEL);
	if ((slice_at(header, 11) & ERSPAN3_MORE) != 0 &&
	    !walk_take(walk, ERSPAN3_MORE_LEN, DECODED_MALFORMED_TUNNEL, &more))
		return NEXT_END;
	return walk_tunnel(walk, TUNNEL_ERSPAN,
	    layer_be16(header, 2) & ERSPAN_SESSION, NEXT_ETHERNET);
}

enum next
etherip_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, ETHERIP_LEN, DECODED_MALFORMED_TUNNEL, &header))
		return NEXT_END;
	if (slice_at(header, 0) >> 4 != 3)
		return walk_end(walk, DECODED_MALFORMED_TUNNEL);
	return walk_tunnel(walk, TUNNEL_ETHERIP, 0, NEXT_ETHERNET);
}
