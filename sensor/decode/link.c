/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - what a frame begins with, by its link type.
 *
 * Layouts are those of the link-type registry at tcpdump.org; some of these
 * layers are found inside tunnels as well.
 */
#include "sensor/decode/link.h"

#define ETHERNET_LEN    14
#define ETHERTYPE_LEAST 0x0600 /* below, it is a length (IEEE 802.3) */
#define SLL_LEN         16
#define SLL2_LEN        20
#define LOOPBACK_LEN    4
#define SNAP_LEN        8
#define HDLC_LEN        4
#define PPPOE_LEN       6

/* PPP's numbers of protocols (IANA). */
enum ppp_protocol {
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_MPLS = 0x0281,
	PPP_MPLS_MULTICAST = 0x0283,
};

/* clang-format off */
static const struct {
	uint16_t linktype;
	uint8_t first;
} links[] = {
	{ LINK_ETHERNET,    NEXT_ETHERNET },
	{ LINK_LINUX_SLL,   NEXT_SLL },
	{ LINK_LINUX_SLL2,  NEXT_SLL2 },
	{ LINK_RAW,         NEXT_IP },
	{ LINK_RAW_LIBPCAP, NEXT_IP },
	{ LINK_RAW_BSDOS,   NEXT_IP },
	{ LINK_IPV4,        NEXT_IPV4 },
	{ LINK_IPV6,        NEXT_IPV6 },
	{ LINK_NULL,        NEXT_LOOPBACK },
	{ LINK_LOOP,        NEXT_LOOPBACK },
	{ LINK_PPP,         NEXT_HDLC }, /* some write Cisco's HDLC as this */
	{ LINK_PPP_HDLC,    NEXT_HDLC },
	{ LINK_CISCO_HDLC,  NEXT_HDLC },
	{ LINK_PPPOE,       NEXT_PPPOE },
	{ LINK_MPLS,        NEXT_MPLS },
};
/* clang-format on */

enum next
ethernet_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, ETHERNET_LEN, DECODED_MALFORMED_LINK, &header))
		return NEXT_END;

	uint16_t type = layer_be16(header, 12);

	walk->tags = 0;
	if (type >= ETHERTYPE_LEAST)
		return walk_ethertype(walk, type);
	walk->layer = layer_first(walk->layer, type); /* the rest is padding */
	return NEXT_LLC;
}

/* IEEE 802.2 with SNAP, where a manufacturer's number of zero means that an
 * EtherType follows.  What else there is does not carry IP. */
enum next
llc_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, SNAP_LEN, DECODED_NOT_IP, &header))
		return NEXT_END;
	if (layer_be32(header, 0) != 0xAAAA0300U || layer_be16(header, 4) != 0)
		return walk_end(walk, DECODED_NOT_IP);
	return walk_ethertype(walk, layer_be16(header, 6));
}

enum next
sll_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, SLL_LEN, DECODED_MALFORMED_LINK, &header))
		return NEXT_END;
	return walk_ethertype(walk, layer_be16(header, 14));
}

enum next
sll2_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, SLL2_LEN, DECODED_MALFORMED_LINK, &header))
		return NEXT_END;
	return walk_ethertype(walk, layer_be16(header, 0));
}

/* The number that a system gives to its IPv6 family is its own affair. */
static enum next
family_next(struct walk *walk, uint32_t af)
{
	switch (af) {
	case 2: /* everybody's AF_INET */
		return NEXT_IPV4;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD, BSD/OS */
	case 28: /* FreeBSD, DragonFly */
	case 30: /* Darwin */
		return NEXT_IPV6;
	default:
		return walk_end(walk, DECODED_NOT_IP);
	}
}

/*
 * BSD loopback: the address family in the byte order of the machine that
 * captured, which nobody noted down (LINK_NULL); families are small, so the
 * half that is zero tells.  LINK_LOOP is in network order and never turned.
 */
enum next
loopback_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, LOOPBACK_LEN, DECODED_MALFORMED_LINK, &header))
		return NEXT_END;

	uint32_t af = layer_be32(header, 0);

	if (af > UINT16_MAX)
		af = __builtin_bswap32(af);
	return family_next(walk, af);
}

/* PPP (RFC 1661 2): an odd byte ends the protocol's number, so that a first
 * one which is zero may be left out. */
enum next
ppp_take(struct walk *walk)
{
	struct slice number;

	if (!walk_take(walk, 1, DECODED_MALFORMED_LINK, &number))
		return NEXT_END;

	uint32_t protocol = slice_at(number, 0);

	if ((protocol & 1) == 0) {
		if (!walk_take(walk, 1, DECODED_MALFORMED_LINK, &number))
			return NEXT_END;
		protocol = protocol << 8 | slice_at(number, 0);
	}
	switch (protocol) {
	case PPP_IPV4:
		return NEXT_IPV4;
	case PPP_IPV6:
		return NEXT_IPV6;
	case PPP_MPLS:
	case PPP_MPLS_MULTICAST:
		return NEXT_MPLS;
	default:
		return walk_end(walk, DECODED_NOT_IP);
	}
}

/*
 * PPP with HDLC's address and control (RFC 1662 3.1), which both ends may have
 * agreed to leave out, or Cisco's HDLC, where an EtherType follows these.
 */
enum next
hdlc_take(struct walk *walk)
{
	struct slice start = slice_first(walk->layer.bytes, HDLC_LEN);

	if (start.len < 2)
		return walk_end(walk,
		    layer_missing(walk->layer, 2, DECODED_MALFORMED_LINK));
	switch (layer_be16(start, 0)) {
	case 0xFF03:
		walk->layer = layer_after(walk->layer, 2);
		return NEXT_PPP;
	case 0x0F00: /* Cisco's: unicast */
	case 0x8F00: /* ... broadcast */
		if (!walk_take(walk, HDLC_LEN, DECODED_MALFORMED_LINK, &start))
			return NEXT_END;
		return walk_ethertype(walk, layer_be16(start, 2));
	default:
		return NEXT_PPP;
	}
}

/* RFC 2516 4: of an established session; the rest is how one is found. */
enum next
pppoe_take(struct walk *walk)
{
	struct slice header;

	if (!walk_take(walk, PPPOE_LEN, DECODED_MALFORMED_LINK, &header))
		return NEXT_END;

	uint16_t len = layer_be16(header, 4);

	if (layer_be16(header, 0) != 0x1100)
		return walk_end(walk, DECODED_NOT_IP);
	if (len > walk->layer.wire_len)
		return walk_end(walk, DECODED_MALFORMED_LINK);
	walk->layer = layer_first(walk->layer, len);
	return NEXT_PPP;
}

enum next
link_first(int linktype)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == linktype)
			return (enum next)links[i].first;
	return NEXT_END;
}
