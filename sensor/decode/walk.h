/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk - the way inwards through the layers of one frame.
 *
 * Each protocol is one small function of type walk_take_fn: it takes its header
 * off walk->layer, notes what is to be kept, and says what stands next.  The
 * driver (frame.c) holds the table of these functions and calls one after the
 * other until NEXT_END; then walk->outcome says how it ended.  Nothing calls
 * itself, and the number of steps, of tunnels and of tags is bounded, so no
 * frame makes much work.
 *
 * Only for decode/.
 */
#ifndef STRAYMAIL_WALK_H
#define STRAYMAIL_WALK_H

#include "sensor/decode/layer.h"
#include "sensor/decode/packet.h"

#include <stdbool.h>
#include <stdint.h>

/* Two tunnels of the longest kind take 40; what goes on longer is made up. */
#define WALK_STEPS_MAX 64

enum next {
	NEXT_END,
	/* link layers; some of them are found inside tunnels as well */
	NEXT_ETHERNET,
	NEXT_LLC,
	NEXT_SLL,
	NEXT_SLL2,
	NEXT_LOOPBACK,
	NEXT_PPP,
	NEXT_HDLC,
	NEXT_PPPOE,
	/* tags and labels */
	NEXT_VLAN,
	NEXT_VNTAG,
	NEXT_BACKBONE,
	NEXT_MPLS,
	/* IP, and what it carries */
	NEXT_IP, /* of the version that its first four bits say */
	NEXT_IPV4,
	NEXT_IPV6,
	NEXT_EXTENSION,
	NEXT_FRAGMENT,
	NEXT_TCP,
	NEXT_UDP,
	NEXT_GRE,
	NEXT_ERSPAN2,
	NEXT_ERSPAN3,
	NEXT_ETHERIP,
	/* what UDP carries */
	NEXT_VXLAN,
	NEXT_VXLAN_GPE,
	NEXT_GENEVE,
	NEXT_GTPU,
	NEXT_TZSP,
	NEXT_TEREDO,
	NEXT_L2TP,
	NEXT_KINDS
};

struct decoder;

struct walk {
	struct layer layer; /* what is not yet taken off */
	struct decoder *decoder;
	struct packet *packet;            /* TCP's to fill */
	uint64_t tick_ns;                 /* the frame's */
	struct slice source, destination; /* the innermost IP header's */
	enum decoded outcome;             /* once it has ended */
	uint32_t realm;                   /* see packet.h */
	uint8_t family, protocol;         /* the innermost IP header's */
	uint8_t extensions;               /* ... and how many it had */
	bool together;                    /* ... and it came in fragments */
	uint8_t tags;                     /* of this Ethernet header, so far */
	uint8_t vlan_count, tunnel_count;
	bool conflict;
	bool damaged; /* the innermost IPv4 header, where that was asked */
	uint16_t vlan[PACKET_VLANS_MAX];
	struct packet_tunnel tunnel[PACKET_TUNNELS_MAX];
};

typedef enum next walk_take_fn(struct walk *walk);

static inline enum next
walk_end(struct walk *walk, enum decoded outcome)
{
	walk->outcome = outcome;
	return NEXT_END;
}

/*
 * Takes a header of len bytes off.  False: it is not there, and the walk has
 * ended: cut by the snap length or, where the wire had no more, `missing`.
 */
static inline bool
walk_take(struct walk *walk, uint32_t len, enum decoded missing,
    struct slice *ret_header)
{
	struct slice header = slice_first(walk->layer.bytes, len);

	if (header.len < len) {
		walk->outcome = layer_missing(walk->layer, len, missing);
		return false;
	}
	walk->layer = layer_after(walk->layer, len);
	*ret_header = header;
	return true;
}

/* Address plans that overlap are told apart by the ids around them. */
static inline void
walk_mix(struct walk *walk, uint32_t id)
{
	walk->realm = (walk->realm ^ id) * 0x9E3779B1U;
}

/*
 * Into a tunnel: `next` stands inside.  Beyond PACKET_TUNNELS_MAX the walk ends.
 * Where id names the network (and not one direction, or one host) it also goes
 * into the realm.
 */
enum next walk_tunnel(struct walk *walk, enum packet_tunnel_kind kind,
    uint32_t id, enum next next);

/* By EtherType and by IP protocol; what is not known is counted in the census. */
enum next walk_ethertype(struct walk *walk, uint16_t type);
enum next walk_protocol(struct walk *walk, uint8_t protocol);
enum next walk_other(struct walk *walk); /* of walk->protocol: not decoded */

/* An EtherType that is in use, here or elsewhere: for telling headers apart. */
bool walk_knows_ethertype(uint16_t type);

/* By a UDP datagram's ports; NEXT_END (and DECODED_UDP): no tunnel. */
enum next walk_ports(struct walk *walk, uint16_t source, uint16_t destination);

/* --- the layers ------------------------------------------------------------ */

/* link.c */
walk_take_fn ethernet_take, llc_take, sll_take, sll2_take, loopback_take,
    ppp_take, hdlc_take, pppoe_take;
/* tag.c */
walk_take_fn vlan_take, vntag_take, backbone_take, mpls_take;
/* ip.c, tcp.c */
walk_take_fn ip_take, ipv4_take, ipv6_take, extension_take, fragment_take,
    tcp_take;
/* tunnel.c: in IP */
walk_take_fn gre_take, erspan2_take, erspan3_take, etherip_take;
/* udp.c, tunnel_udp.c: in UDP */
walk_take_fn udp_take, vxlan_take, vxlan_gpe_take, geneve_take, gtpu_take,
    tzsp_take, teredo_take, l2tp_take;

#endif
