/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain_frame - two headers that never change, and one of two behind them.
 */
#include "tests/support/plain_frame.h"

#include <string.h>

#define IP_AT   14
#define PORT_AT 34

static void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

size_t
plain_frame(
    uint8_t ret_headers[static PLAIN_HEADERS], const struct plain_frame *frame)
{
	const size_t len = frame->udp ? 42 : 54;
	uint8_t *at = ret_headers;

	memset(at, 0, len);
	memset(at, 2, 12); /* a locally administered address, twice */
	put16(at + 12, 0x0800);
	at[IP_AT] = 0x45;
	put16(at + IP_AT + 2, (uint32_t)len - IP_AT + frame->payload_len);
	at[IP_AT + 8] = 64;
	at[IP_AT + 9] = frame->udp ? 17 : 6;
	put32(at + IP_AT + 12, frame->source);
	put32(at + IP_AT + 16, frame->destination);
	put16(at + PORT_AT, frame->source_port);
	put16(at + PORT_AT + 2, frame->destination_port);
	if (frame->udp) {
		put16(at + PORT_AT + 4, 8 + frame->payload_len);
		return len;
	}
	put32(at + PORT_AT + 4, frame->seq);
	put32(at + PORT_AT + 8, frame->ack);
	at[PORT_AT + 12] = 5 << 4;
	at[PORT_AT + 13] = frame->flags;
	put16(at + PORT_AT + 14, 65535);
	return len;
}
