/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume - the sequence number behind the farthest byte of each side.
 */
#include "sensor/volume.h"

#include "sensor/flow/serial.h"

/* Farther ahead than any window (RFC 7323 2.3 allows more; nobody uses it):
 * bytes between there and here were not seen, and are not counted. */
#define LEAP_MAX (4U << 20)

void
volume_count(
    struct conversation *c, enum side side, const struct packet *packet)
{
	const struct half *half = &c->half[side];
	uint32_t first = packet_first_byte(packet);
	uint32_t end = first + packet->payload_len;
	uint32_t ahead;

	if (!half->begun)
		c->top[side] = half_first(half, first, REASSEMBLY_WINDOW);
	ahead = end - c->top[side];
	if (ahead > LEAP_MAX && ahead <= INT32_MAX)
		ahead = packet->payload_len;
	if (half->gathering && half->begun && serial_before(first, half->next))
		c->bytes[side] += half->next - first; /* before the first */
	if (ahead > LEAP_MAX)
		return; /* behind the top: seen before */
	c->bytes[side] += ahead;
	c->top[side] = end;
}
