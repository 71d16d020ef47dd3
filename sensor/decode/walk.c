/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk - what an EtherType (IEEE 802) and an IP protocol number (IANA) lead to,
 * and the way into a tunnel.  What leads nowhere is counted in the census.
 */
#include "sensor/decode/walk.h"

#include "sensor/decode/decoder.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86DD

/* clang-format off */
static const struct {
	uint16_t type;
	uint8_t next; /* enum next; NEXT_END: known, and does not carry IP */
} ethertypes[] = {
	{ ETHERTYPE_IPV4, NEXT_IPV4 },
	{ ETHERTYPE_IPV6, NEXT_IPV6 },
	{ 0x8100, NEXT_VLAN },     /* 802.1Q */
	{ 0x88A8, NEXT_VLAN },     /* 802.1ad, the outer tag of QinQ */
	{ 0x9100, NEXT_VLAN },     /* the same, before there was a standard */
	{ 0x9200, NEXT_VLAN },
	{ 0x8926, NEXT_VNTAG },
	{ 0x88E7, NEXT_BACKBONE },
	{ 0x8847, NEXT_MPLS },
	{ 0x8848, NEXT_MPLS },     /* multicast, or labelled upstream */
	{ 0x8864, NEXT_PPPOE },
	{ 0x880B, NEXT_HDLC },     /* PPP, in GRE */
	{ 0x6558, NEXT_ETHERNET }, /* "transparent bridging", in GRE and GENEVE */
	{ 0x0806, NEXT_END },      /* ARP */
	{ 0x8863, NEXT_END },      /* PPPoE's discovery */
	{ 0x88CC, NEXT_END },      /* LLDP */
	{ 0x8902, NEXT_END },      /* CFM */
};

static const struct {
	uint8_t protocol;
	uint8_t next;   /* enum next */
	uint8_t tunnel; /* enum packet_tunnel_kind, where it opens one by itself */
	bool ip6_only;
} protocols[] = {
	{ 6,   NEXT_TCP,       TUNNEL_NONE, false },
	{ 17,  NEXT_UDP,       TUNNEL_NONE, false },
	{ 4,   NEXT_IPV4,      TUNNEL_IP,   false },
	{ 41,  NEXT_IPV6,      TUNNEL_IP,   false }, /* 6in4, 6to4 */
	{ 47,  NEXT_GRE,       TUNNEL_NONE, false },
	{ 97,  NEXT_ETHERIP,   TUNNEL_NONE, false },
	{ 137, NEXT_MPLS,      TUNNEL_IP,   false }, /* RFC 4023 */
	{ 51,  NEXT_EXTENSION, TUNNEL_NONE, false }, /* authentication */
	{ 0,   NEXT_EXTENSION, TUNNEL_NONE, true },  /* hop by hop */
	{ 43,  NEXT_EXTENSION, TUNNEL_NONE, true },  /* routing */
	{ 60,  NEXT_EXTENSION, TUNNEL_NONE, true },  /* destination options */
	{ 135, NEXT_EXTENSION, TUNNEL_NONE, true },  /* mobility */
	{ 139, NEXT_EXTENSION, TUNNEL_NONE, true },  /* host identity */
	{ 140, NEXT_EXTENSION, TUNNEL_NONE, true },  /* shim6 */
	{ 44,  NEXT_FRAGMENT,  TUNNEL_NONE, true },
};
/* clang-format on */

#define ICMP         1
#define ICMPV6       58
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Which tunnels' ids are of a network, the same in both directions. */
static bool
names_a_network(enum packet_tunnel_kind kind)
{
	switch (kind) {
	case TUNNEL_GRE:
	case TUNNEL_ERSPAN:
	case TUNNEL_VXLAN:
	case TUNNEL_GENEVE:
	case TUNNEL_BACKBONE:
		return true;
	case TUNNEL_NONE:
	case TUNNEL_IP:
	case TUNNEL_ETHERIP:
	case TUNNEL_GTP:
	case TUNNEL_TZSP:
	case TUNNEL_TEREDO:
	case TUNNEL_L2TP:
	case TUNNEL_MPLS:
		break;
	}
	return false;
}

enum next
walk_tunnel(struct walk *walk, enum packet_tunnel_kind kind, uint32_t id,
    enum next next)
{
	if (walk->tunnel_count == PACKET_TUNNELS_MAX)
		return walk_end(walk, DECODED_TUNNEL_LIMIT);
	walk->decoder->census->outer_fragment += walk->together;
	walk->tunnel[walk->tunnel_count++] =
	    (struct packet_tunnel){ .id = id, .kind = (uint8_t)kind };
	if (names_a_network(kind))
		walk_mix(walk, id);
	return next;
}

static size_t
ethertype_row(uint16_t type)
{
	size_t i = 0;

	while (i < COUNT(ethertypes) && ethertypes[i].type != type)
		i++;
	return i;
}

bool
walk_knows_ethertype(uint16_t type)
{
	return ethertype_row(type) < COUNT(ethertypes);
}

enum next
walk_ethertype(struct walk *walk, uint16_t type)
{
	size_t row = ethertype_row(type);

	if (row < COUNT(ethertypes) && ethertypes[row].next != NEXT_END)
		return (enum next)ethertypes[row].next;
	census_type(walk->decoder->census, type);
	return walk_end(walk, DECODED_NOT_IP);
}

enum next
walk_other(struct walk *walk)
{
	walk->decoder->census->protocol[walk->protocol]++;
	return walk_end(walk, DECODED_OTHER_L4);
}

enum next
walk_protocol(struct walk *walk, uint8_t protocol)
{
	walk->protocol = protocol;
	for (size_t i = 0; i < COUNT(protocols); i++) {
		if (protocols[i].protocol != protocol ||
		    (protocols[i].ip6_only && walk->family != 6))
			continue;
		if (protocols[i].tunnel == TUNNEL_NONE)
			return (enum next)protocols[i].next;
		return walk_tunnel(walk,
		    (enum packet_tunnel_kind)protocols[i].tunnel, 0,
		    (enum next)protocols[i].next);
	}
	if (protocol == ICMP || protocol == ICMPV6)
		return walk_end(walk, DECODED_ICMP);
	return walk_other(walk);
}
