/* SPDX-License-Identifier: Apache-2.0 */
/*
 * half - beginning, acknowledgements and the age of holes.
 */
#include "sensor/flow/half.h"

#include "sensor/flow/serial.h"

/* The largest window that TCP can offer (RFC 7323 2.3). */
#define TCP_WINDOW_MAX (UINT32_C(1) << 30)

void
half_begin(struct half *half)
{
	*half = (struct half){
		.held.first = POOL_NONE,
		.last.first = POOL_NONE,
		.turns = POOL_NONE,
	};
}

void
half_begin_at(struct half *half, uint32_t first)
{
	*half = (struct half){
		.next = first,
		.acked = first,
		.seen = first,
		.first = first,
		.held.first = POOL_NONE,
		.last.first = POOL_NONE,
		.turns = POOL_NONE,
		.begun = true,
	};
}

bool
half_ack(struct half *half, uint32_t ack, uint64_t tick_ns)
{
	bool further;

	if (half->begun && serial_before(half->next, ack) &&
	    ack - half->next > TCP_WINDOW_MAX)
		return false;
	further =
	    (half->begun || half->ack_known) && serial_before(half->acked, ack);
	if (!half->begun) {
		if (!half->ack_known || serial_before(ack, half->next))
			half->next = ack;
		half->seen = half->next;
	}
	if (further || (!half->begun && !half->ack_known))
		half->acked = ack;
	half->ack_known = true;
	if (half->acked_ns == 0 && half->begun &&
	    serial_before(half->next, half->acked))
		half->acked_ns = half_mark(tick_ns);
	return further;
}

uint64_t
half_due(const struct half *half)
{
	bool ends = serial_before(half->next, half->seen);
	uint64_t old = half->hole_ns + HALF_HOLE_OLD_NS;
	uint64_t lost = half->acked_ns + HALF_HOLE_LOST_NS;

	if (half->hole_ns == 0 || (!ends && half->acked_ns == 0))
		return 0;
	if (!ends)
		return lost;
	return half->acked_ns != 0 && lost < old ? lost : old;
}
