/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hole - from `next` to the first byte behind it that was seen.
 */
#include "sensor/flow/hole.h"

#include "sensor/flow/serial.h"

uint32_t
hole_end(const struct store *store, const struct half *half)
{
	if (store_holds(&half->held))
		return store_first(store, &half->held);
	return serial_last(half->next, half->seen);
}

uint32_t
hole_given_up(
    const struct store *store, const struct half *half, uint64_t tick_ns)
{
	uint32_t end = hole_end(store, half);
	uint64_t due = half_due(half);

	if (half->closed)
		return end;
	if (due == 0 || tick_ns < due)
		return half->next;
	if (end == half->next) /* what is held here waits for its turn */
		return store_holds(&half->held) ? end : half->acked;
	if (tick_ns >= half->hole_ns + HALF_HOLE_OLD_NS)
		return end;
	return serial_first(end, half->acked);
}
