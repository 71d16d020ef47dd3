/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trail - a few connections, followed by their sequence numbers alone.
 *
 * Copies, order and loss cannot be told from one packet.  Reassembly knows of
 * them, but only for the few connections that are listened to; here it is one
 * in sixteen of all, drawn by the hash of its endpoints, and everybody as long
 * as not much was seen.  A connection has one cache line in a small table, and
 * keeps it until it falls silent.
 *
 * What is not followed costs a comparison.  Data on SYN, FIN and RST is left
 * out: these pass where the rest of a connection may not (a filter), and then
 * what is between was not lost.
 */
#ifndef STRAYMAIL_TRAIL_H
#define STRAYMAIL_TRAIL_H

#include "sensor/decode/packet.h"
#include "sensor/flow/flow_table.h"

#include <stdbool.h>
#include <stdint.h>

#define TRAIL_ALL   16384 /* so many segments are followed, and then ... */
#define TRAIL_SHARE 16    /* one connection in so many */

/* Which of what mirror.h counts are counted here. */
struct trail_counts {
	uint64_t followed, copies, early;
	uint64_t acked_bytes, lost_bytes;
};

struct trails;

/* NULL: no memory. */
struct trails *trails_new(void);
void trails_free(struct trails *trails);

static inline bool
trail_is_drawn(uint64_t segments, const struct flow_lookup *lookup)
{
	return segments <= TRAIL_ALL || (lookup->hash >> 32) % TRAIL_SHARE == 0;
}

/* A segment of a connection that is drawn; what it tells is added. */
void trails_follow(struct trails *trails, const struct packet *packet,
    const struct flow_lookup *lookup, struct trail_counts *counts);

#endif
