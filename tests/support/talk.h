/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk - TCP connections, packet by packet, into a capture file of a test's.
 *
 *	talk_begin(&t, path);
 *	talk_connect(&t, 40000, 2525);
 *	talk_say(&t, TALK_SERVER, "220 mx.example ESMTP\r\n");
 *	talk_hang_up(&t);
 *	talk_end(&t);
 *
 * Sequence numbers, acknowledgements and a clock that moves a millisecond a
 * packet are kept by the talk; a test that wants a packet to be special writes
 * it with talk_packet().
 */
#ifndef STRAYMAIL_TEST_TALK_H
#define STRAYMAIL_TEST_TALK_H

#include "tests/support/wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum talker {
	TALK_CLIENT,
	TALK_SERVER
};

struct talk {
	FILE *out;
	const char
	    *address[2]; /* 10.0.0.1 and 10.0.0.2; a test may set others */
	uint16_t port[2];
	uint32_t seq[2]; /* of the next byte of each */
	uint16_t vlan;   /* every frame carries this tag; 0: none */
	bool doubled;    /* every frame is seen twice */
	/* NULL: Ethernet.  Else it finds an IP packet in `wire`, puts what else
	 * there is around it, and writes what becomes of it by talk_frame(). */
	void (*send)(struct talk *talk);
	uint64_t now_ns;
	struct wire wire;
};

/* A packet with every number of its own; bytes are borrowed. */
struct talk_shot {
	enum talker from;
	uint8_t flags;
	uint32_t seq, ack;
	const void *bytes;
	size_t len;
	uint64_t wait_ns;     /* before it */
	uint16_t client_port; /* 0: the talk's */
	const void *options;  /* of its TCP header; NULL: NOPs */
	uint8_t options_len;  /* a multiple of 4 */
};

/* Opens the file and writes its header (classic pcap, nanoseconds). */
void talk_begin(struct talk *talk, const char *path);
void talk_end(struct talk *talk);

/* Its frames are not Ethernet's but of that link type; before the first. */
void talk_link(struct talk *talk, uint32_t linktype);

/* For `send`: what is in talk->wire is a frame. */
void talk_frame(struct talk *talk);

/* The clock moves on by that. */
void talk_wait(struct talk *talk, uint64_t ns);

/* One packet with the present numbers; `flags` are wire.h's. */
void talk_packet(
    struct talk *talk, enum talker from, uint8_t flags, const char *payload);

/* One packet that takes no number from the talk, and leaves it none. */
void talk_shot(struct talk *talk, const struct talk_shot *shot);

/* SYN, SYN-ACK, ACK from new sequence numbers. */
void talk_connect(
    struct talk *talk, uint16_t client_port, uint16_t server_port);

/* One segment. */
void talk_say(struct talk *talk, enum talker from, const char *text);

/* FIN from both, each acknowledged. */
void talk_hang_up(struct talk *talk);

#endif
