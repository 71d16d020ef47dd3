/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census - what a mirror carries that decoding does not go into, by number.
 *
 * An operator who finds nothing wants to know what there was instead: which
 * EtherTypes, and which IP protocols.  A plain value; the room for EtherTypes
 * is small and first come, since real mirrors carry few.
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
};

void census_type(struct census *census, uint16_t type);

#endif
