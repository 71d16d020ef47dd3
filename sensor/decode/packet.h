/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet - one TCP segment with its addresses, as decoding left it.
 *
 * A value; its payload is borrowed from the frame.
 */
#ifndef STRAYMAIL_PACKET_H
#define STRAYMAIL_PACKET_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define PACKET_VLANS_MAX 3

/* TCP flags (RFC 9293 3.1). */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

struct packet {
	/* network order; IPv4 in the first four bytes, the rest zero */
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port; /* host order */
	uint8_t family;                         /* 4 or 6 */
	uint8_t flags;                          /* enum tcp_flag */
	uint8_t vlan_count;
	bool cut; /* the snap length took some of the payload */
	uint16_t vlan[PACKET_VLANS_MAX]; /* outermost first */
	uint32_t seq, ack;
	uint32_t payload_len; /* on the wire; payload.len is less where cut */
	struct slice payload;

	/* from the frame */
	uint32_t source_number; /* of the file, in sources.h */
	uint16_t interface;
	uint64_t number, when_ns, tick_ns;
};

#endif
