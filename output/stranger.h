/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stranger - something on a mail port that is not SMTP, as the world is told
 * of it.
 *
 * Only what was named is told: silence and noise accuse nobody.  Like a
 * sighting it is fixed in size, and copied by value into the ring.
 */
#ifndef STRAYMAIL_STRANGER_H
#define STRAYMAIL_STRANGER_H

#include "output/carrier.h"
#include "output/endpoint.h"

#include <stdint.h>

#define STRANGER_PROTOCOL_MAX 24
#define STRANGER_VLANS_MAX    3

enum stranger_namer {
	STRANGER_BY_TABLE, /* the dissectors' own table of decoys */
	STRANGER_BY_NDPI   /* which is why this is a note, and no finding */
};

struct stranger {
	struct endpoint server, client;
	uint64_t flow_id;
	uint64_t packet;    /* number in its file that settled it */
	uint32_t interface; /* as in a sighting */
	uint16_t vlan[STRANGER_VLANS_MAX];
	uint8_t vlan_count;
	struct carrier carrier[CARRIERS_MAX];
	uint8_t named_by; /* enum stranger_namer */
	char protocol[STRANGER_PROTOCOL_MAX];
	char community_id[32];
};

#endif
