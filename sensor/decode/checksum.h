/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksum - whether packets arrive as they were sent, by a sample of them.
 *
 * Nothing is ever discarded for its checksum: where a mirror shows what a
 * network card was still to fill in (transmit offload) all of them are wrong
 * and every byte is right.  They are counted in the census, for whoever
 * wonders how the mirror is fed.
 *
 * Only for decode/.
 */
#ifndef STRAYMAIL_CHECKSUM_H
#define STRAYMAIL_CHECKSUM_H

#include "sensor/decode/layer.h"
#include "sensor/decode/walk.h"

#include <stdbool.h>
#include <stdint.h>

/* A short capture is looked at as a whole, a long one by one frame in 64. */
#define CHECKSUM_ALL   1024
#define CHECKSUM_EVERY 64

static inline bool
checksum_is_due(uint64_t frames)
{
	return frames <= CHECKSUM_ALL || frames % CHECKSUM_EVERY == 0;
}

/* An IPv4 header with its options (RFC 791 3.1); true where some of it was not
 * captured. */
bool checksum_ip4_fits(struct slice header);

/* The segment of the walk's addresses (RFC 9293 3.1), and what its IP header
 * said before, into the census; not where some of it was not captured. */
void checksum_count(const struct walk *walk, struct layer segment);

#endif
