/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain_frame - Ethernet, IPv4 and TCP or UDP headers, from numbers.
 *
 * For packets by the million, which wire.h would be too slow for; it builds
 * everything else.  Checksums are 0, as on a host that leaves them to its
 * network card.
 */
#ifndef STRAYMAIL_TEST_PLAIN_FRAME_H
#define STRAYMAIL_TEST_PLAIN_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAIN_HEADERS 54 /* at most */

struct plain_frame {
	uint32_t source, destination; /* 10.0.0.1 is 0x0a000001 */
	uint16_t source_port, destination_port;
	uint32_t seq, ack;
	uint8_t flags; /* wire.h's */
	bool udp;      /* ... and none of the three before */
	uint32_t payload_len;
};

/* Writes the headers; the payload belongs behind them.  Returns their length. */
size_t plain_frame(
    uint8_t ret_headers[static PLAIN_HEADERS], const struct plain_frame *frame);

#endif
