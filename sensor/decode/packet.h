/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet - one TCP segment with its addresses, as decoding left it.
 *
 * A value.  Its payload is borrowed: from the frame or, where the segment came
 * in fragments, from the decoder, which lends it for as long as a batch lasts.
 */
#ifndef STRAYMAIL_PACKET_H
#define STRAYMAIL_PACKET_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define PACKET_VLANS_MAX   3
#define PACKET_TUNNELS_MAX 2

/* TCP flags (RFC 9293 3.1). */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

/* What the segment was found in, and what `id` is there. */
enum packet_tunnel_kind {
	TUNNEL_NONE,
	TUNNEL_IP,       /* IP in IP, 6in4: none */
	TUNNEL_GRE,      /* the key, where there is one */
	TUNNEL_ERSPAN,   /* the session */
	TUNNEL_ETHERIP,  /* none */
	TUNNEL_VXLAN,    /* the network (VNI) */
	TUNNEL_GENEVE,   /* the network (VNI) */
	TUNNEL_GTP,      /* the receiver's end (TEID) */
	TUNNEL_TZSP,     /* none */
	TUNNEL_TEREDO,   /* none */
	TUNNEL_L2TP,     /* the receiver's tunnel and session */
	TUNNEL_MPLS,     /* the innermost label */
	TUNNEL_BACKBONE, /* 802.1ah: the service (I-SID) */
};

#define TUNNEL_KINDS (TUNNEL_BACKBONE + 1)

struct packet_tunnel {
	uint32_t id;
	uint8_t kind; /* enum packet_tunnel_kind */
};

struct packet {
	/* network order; IPv4 in the first four bytes, the rest zero */
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port; /* host order */
	uint8_t family;                         /* 4 or 6 */
	uint8_t flags;                          /* enum tcp_flag */
	uint8_t vlan_count;
	uint8_t tunnel_count;
	bool cut;      /* the snap length took some of the payload */
	bool conflict; /* it came in fragments that contradict each other */
	/* Outermost first; the tags of the innermost header that has any. */
	uint16_t vlan[PACKET_VLANS_MAX];
	struct packet_tunnel tunnel[PACKET_TUNNELS_MAX]; /* outermost first */
	/* A digest of all tags and of the tunnel ids that both directions
	 * share; 0 where there are none, or where they are not to count. */
	uint32_t realm;
	uint32_t seq, ack;
	uint16_t urgent;      /* with TCP_URG: the pointer */
	uint32_t payload_len; /* on the wire; payload.len is less where cut */
	struct slice payload;

	/* from the frame */
	uint32_t source_number; /* of the file, in sources.h */
	uint16_t interface;
	uint64_t number, when_ns, tick_ns;
};

/* The sequence number of its first payload byte: a SYN counts one. */
static inline uint32_t
packet_first_byte(const struct packet *packet)
{
	return packet->seq + ((packet->flags & TCP_SYN) != 0);
}

#endif
