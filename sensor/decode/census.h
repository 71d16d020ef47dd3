/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census - what a mirror carries that decoding does not go into, by number.
 *
 * An operator who finds nothing wants to know what there was instead: which
 * EtherTypes, which IP protocols, and how fragments fared.  A plain value; the
 * room for EtherTypes is small and first come, since real mirrors carry few.
 */
#ifndef STRAYMAIL_CENSUS_H
#define STRAYMAIL_CENSUS_H

#include <stdint.h>

#define CENSUS_TYPES 16

struct census_type {
	uint64_t frames; /* 0: this place is free, and all behind it */
	uint16_t type;
};

struct census {
	uint64_t protocol[256];                /* IP protocols */
	struct census_type type[CENSUS_TYPES]; /* EtherTypes */
	uint64_t types_more; /* frames whose EtherType found no room */

	/* of TCP segments: a sample (checksum.h) */
	uint64_t checksums, checksums_bad;

	/* of fragmented datagrams, and not of frames */
	uint64_t datagrams_whole;
	uint64_t datagrams_expired;  /* not whole within their time */
	uint64_t datagrams_evicted;  /* not whole when others wanted the room */
	uint64_t datagrams_conflict; /* two copies of a byte were not alike */
	uint64_t outer_fragment;     /* whole, and a tunnel's */
};

void census_type(struct census *census, uint16_t type);

void census_add(struct census *sum, const struct census *other);

#endif
