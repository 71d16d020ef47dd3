/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attacks - what a storm is made of, a packet at a time.
 */
#ifndef STRAYMAIL_TEST_ATTACKS_H
#define STRAYMAIL_TEST_ATTACKS_H

#include "tests/sensor/storm.h"

/* A packet of that attacker's, or of the server that it talks to. */
static inline struct plain_frame
between(uint64_t attacker, bool server, uint8_t flags, uint32_t seq)
{
	const uint32_t client = 0x0b000000 + (uint32_t)(attacker & 0xffffff);
	const uint32_t target = 0x0a080001;
	const uint16_t port = (uint16_t)(1024 + (attacker >> 24));

	return (struct plain_frame){
		.source = server ? target : client,
		.destination = server ? client : target,
		.source_port = server ? 9000 : port,
		.destination_port = server ? port : 9000,
		.seq = seq,
		.ack = 1000,
		.flags = flags,
	};
}

/* MEM-1: SYNs, each of another. */
static inline void
make_syn(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	(void)storm;
	packet->head = between(number, false, WIRE_SYN, 999);
	packet->payload = "";
}

/* MEM-2: handshakes, and nothing more. */
static inline void
make_handshake(
    struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	static const uint8_t flags[] = { WIRE_SYN, WIRE_SYN | WIRE_ACK,
		WIRE_ACK };
	const unsigned step = (unsigned)(number % 3);

	(void)storm;
	packet->head =
	    between(number / 3, step == 1, flags[step], step == 2 ? 1000 : 999);
	packet->payload = "";
}

/* MEM-3: a SYN-ACK, and the client's second byte without its first. */
static inline void
make_early_byte(
    struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	(void)storm;
	packet->payload = "x";
	if (number % 2 == 0) {
		packet->head =
		    between(number / 2, true, WIRE_SYN | WIRE_ACK, 999);
		return;
	}
	packet->head = between(number / 2, false, WIRE_ACK, 1001);
	packet->head.payload_len = 1;
}

#define HOLE_GROUP    100 /* flows side by side */
#define HOLE_SEGMENT  1024
#define HOLE_SEGMENTS 16
#define HOLE_STEPS    (1 + HOLE_SEGMENTS + 1)

/* MEM-4: 16 KiB behind a byte that comes last. */
static inline void
make_hole(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	static char bytes[HOLE_SEGMENT];
	const uint64_t group = number / (HOLE_GROUP * HOLE_STEPS);
	const uint64_t flow = group * HOLE_GROUP + number % HOLE_GROUP;
	const uint32_t step = (uint32_t)(number / HOLE_GROUP % HOLE_STEPS);

	(void)storm;
	memset(bytes, 'x', sizeof(bytes));
	packet->payload = bytes;
	if (step == 0) {
		packet->head = between(flow, true, WIRE_SYN | WIRE_ACK, 999);
		return;
	}
	packet->head = between(flow, false, WIRE_ACK,
	    step <= HOLE_SEGMENTS ? 1001 + (step - 1) * HOLE_SEGMENT : 1000);
	packet->head.payload_len = step <= HOLE_SEGMENTS ? HOLE_SEGMENT : 1;
}

#define ENDLESS 1460

/* MEM-5: a banner of one line on one flow, for ever. */
static inline void
make_endless(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	static char bytes[ENDLESS];

	(void)storm;
	memset(bytes, 'x', sizeof(bytes));
	packet->payload = bytes;
	packet->head =
	    between(0, true, number == 0 ? WIRE_SYN | WIRE_ACK : WIRE_ACK,
		number == 0 ? 999 : 1000 + (uint32_t)(number - 1) * ENDLESS);
	if (number == 0)
		return;
	if (number == 1)
		memcpy(bytes, "220 mx ESMTP ", 13);
	packet->head.payload_len = ENDLESS;
}

#define SHORT_SEGMENT 1024
#define SHORT_STEPS   5 /* a handshake, and 4 KiB */

/* MEM-5: the same, of 4 KiB each. */
static inline void
make_endless_each(
    struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	static char bytes[SHORT_SEGMENT];
	const uint64_t flow = number / SHORT_STEPS;
	const uint32_t step = (uint32_t)(number % SHORT_STEPS);

	(void)storm;
	memset(bytes, 'x', sizeof(bytes));
	packet->payload = bytes;
	packet->head =
	    between(flow, true, step == 0 ? WIRE_SYN | WIRE_ACK : WIRE_ACK,
		step == 0 ? 999 : 1000 + (step - 1) * SHORT_SEGMENT);
	if (step == 0)
		return;
	if (step == 1)
		memcpy(bytes, "220 mx ESMTP ", 13);
	packet->head.payload_len = SHORT_SEGMENT;
}

#define DRIP_ROUNDS 248 /* two hours of 29 s each */

/* MEM-6: a byte of each in turn. */
static inline void
make_drip(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	const uint64_t flows = storm->packets / (DRIP_ROUNDS + 1);
	const uint32_t round = (uint32_t)(number / flows);

	packet->payload = "E";
	packet->head = between(number % flows, round == 0,
	    round == 0 ? WIRE_SYN | WIRE_ACK : WIRE_ACK,
	    round == 0 ? 999 : 999 + round);
	packet->head.payload_len = round != 0;
}

#endif
