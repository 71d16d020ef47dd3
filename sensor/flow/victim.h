/* SPDX-License-Identifier: Apache-2.0 */
/*
 * victim - which flow has to go where there is no place for another: whoever was
 * silent for long, then embryonic (nothing said in 5 s), settled or younger, and
 * open ones; the oldest first of each.
 */
#ifndef STRAYMAIL_VICTIM_H
#define STRAYMAIL_VICTIM_H

#include "sensor/flow/flow_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Its index; none of them is free.  now_s: of tick_ns. */
size_t victim_of(const struct flow *flows, size_t count, uint64_t now_s);

/* It was silent for so long that nobody misses it. */
bool victim_is_stale(const struct flow *flow, uint64_t now_s);

#endif
