/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire - frames for tests, built from the inside out.
 *
 * Begin with the payload and put one header after the other before it; each
 * knows the lengths and checksums that it needs from what is there already:
 *
 *	wire_begin(&w, "EHLO a\r\n", 8);
 *	wire_tcp(&w, &(struct wire_tcp){ .source_port = 2525, ... });
 *	wire_ip4(&w, "10.0.0.1", "10.0.0.2", 0);
 *	wire_ethernet(&w, WIRE_IPV4);
 *
 * or, for the usual frame, wire_segment().  Then w.bytes + w.at holds w.len
 * bytes, and a test may damage them.  What does not fit is a failed assert.
 */
#ifndef STRAYMAIL_TEST_WIRE_H
#define STRAYMAIL_TEST_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MAX  70000
#define WIRE_ROOM 1024 /* for headers */

/* EtherTypes and IP protocol numbers. */
enum {
	WIRE_IPV4 = 0x0800,
	WIRE_ARP = 0x0806,
	WIRE_VLAN = 0x8100,
	WIRE_SERVICE_VLAN = 0x88A8,
	WIRE_OLD_QINQ = 0x9100,
	WIRE_IPV6 = 0x86DD,
	WIRE_BRIDGED = 0x6558, /* Ethernet, in GRE and GENEVE */
	WIRE_MPLS = 0x8847,
	WIRE_PPPOE = 0x8864,
	WIRE_PPP_IN_GRE = 0x880B,
	WIRE_VNTAG = 0x8926,
	WIRE_BACKBONE = 0x88E7,
	WIRE_ERSPAN = 0x88BE,
	WIRE_ERSPAN3 = 0x22EB,

	WIRE_HOP_BY_HOP = 0,
	WIRE_ICMP = 1,
	WIRE_IP_IN_IP = 4,
	WIRE_TCP = 6,
	WIRE_UDP = 17,
	WIRE_IPV6_IN_IP = 41,
	WIRE_ROUTING = 43,
	WIRE_FRAGMENT = 44,
	WIRE_GRE = 47,
	WIRE_AUTHENTICATION = 51,
	WIRE_ICMPV6 = 58,
	WIRE_NOTHING = 59,
	WIRE_DESTINATION_OPTIONS = 60,
	WIRE_ETHERIP = 97,
	WIRE_MOBILITY = 135,
	WIRE_MPLS_IN_IP = 137,
};

/* TCP flags. */
enum {
	WIRE_FIN = 0x01,
	WIRE_SYN = 0x02,
	WIRE_RST = 0x04,
	WIRE_PSH = 0x08,
	WIRE_ACK = 0x10,
	WIRE_URG = 0x20,
};

struct wire {
	size_t at, len; /* the frame so far */
	size_t tcp_at;  /* where its TCP header stands; 0: there is none */
	uint8_t next;   /* what the next IP header carries */
	uint8_t bytes[WIRE_ROOM + WIRE_MAX];
};

void wire_begin(struct wire *wire, const void *payload, size_t len);

const uint8_t *wire_bytes(const struct wire *wire);

/* Any bytes before what is there: a header that this module does not know. */
void wire_put(struct wire *wire, const void *bytes, size_t len);

struct wire_tcp {
	uint16_t source_port, destination_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint8_t options_len; /* a multiple of 4 */
	const void *options; /* NULL: they are NOPs */
};

/* Its checksum is filled by the next wire_ip4() or wire_ip6(). */
void wire_tcp(struct wire *wire, const struct wire_tcp *tcp);
void wire_udp(struct wire *wire, uint16_t source_port, uint16_t dest_port);

/* Addresses as text.  options_len: a multiple of 4; they are NOPs. */
void wire_ip4(struct wire *wire, const char *source, const char *destination,
    uint8_t options_len);
void wire_ip6(struct wire *wire, const char *source, const char *destination);

/* What the next IP header says that it carries, if not what was put last. */
void wire_carry(struct wire *wire, uint8_t protocol);

/* An IPv6 extension header; `len` bytes in all, a multiple of 8 (of 4 for
 * authentication).  A fragment header says "whole packet". */
void wire_extension(struct wire *wire, uint8_t protocol, size_t len);

void wire_vlan(struct wire *wire, uint16_t id, uint16_t ethertype);
void wire_ethernet(struct wire *wire, uint16_t ethertype);
void wire_sll(struct wire *wire, uint16_t ethertype);
void wire_sll2(struct wire *wire, uint16_t ethertype);

/* Between Ethernet and IP.  The bottom of the stack has the last bit of its
 * third byte set. */
void wire_vntag(struct wire *wire, uint16_t ethertype);
void wire_backbone(struct wire *wire, uint32_t service);
void wire_snap(struct wire *wire, uint16_t ethertype);
void wire_mpls(struct wire *wire, uint32_t label, bool bottom);
void wire_pppoe(struct wire *wire, uint16_t ppp_protocol);

/* Tunnels; what is there already is carried, and what carries it comes next.
 * `flags` are GRE's first 16 bits; checksum and sequence number are zero. */
void wire_gre(struct wire *wire, uint16_t flags, uint32_t key, uint16_t type);
void wire_erspan2(struct wire *wire, uint16_t session);
void wire_erspan3(struct wire *wire, uint16_t session, bool more);
void wire_vxlan(struct wire *wire, uint32_t network);
/* options_len: a multiple of 4 */
void wire_geneve(
    struct wire *wire, uint32_t network, uint16_t type, size_t options_len);
void wire_gtpu(struct wire *wire, uint32_t teid, bool extended);

/*
 * Part of an IP packet that has no options or extension headers, as a fragment
 * of its own: `len` bytes of what it carries from `offset` on (a multiple of
 * 8); the last one where these are its last.
 */
struct wire_part {
	size_t offset, len;
	uint32_t id;
};
void wire_fragment(
    struct wire *wire, const struct wire *whole, struct wire_part part);
/* What a packet of IP carries, in bytes. */
size_t wire_carried(const struct wire *whole);

/* The usual frame: Ethernet, IPv4 or IPv6 as the addresses say, TCP. */
struct wire_segment {
	const char *source, *destination;
	uint16_t source_port, destination_port;
	uint16_t vlan; /* 0: no tag */
	uint32_t seq, ack;
	uint8_t flags;
	const void *payload;
	size_t payload_len;
	const void *options; /* of TCP, as above */
	uint8_t options_len;
};

void wire_segment(struct wire *wire, const struct wire_segment *segment);
/* ... without its Ethernet header: IP and what it carries. */
void wire_packet(struct wire *wire, const struct wire_segment *segment);

#endif
