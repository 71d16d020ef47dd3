/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carrier - a tunnel that a connection was carried in, as the world is told.
 */
#ifndef STRAYMAIL_CARRIER_H
#define STRAYMAIL_CARRIER_H

#include <stdint.h>

#define CARRIERS_MAX 2 /* outermost first; CARRIER_NONE ends them */

enum carrier_kind {
	CARRIER_NONE,
	CARRIER_IP,
	CARRIER_GRE,
	CARRIER_ERSPAN,
	CARRIER_ETHERIP,
	CARRIER_VXLAN,
	CARRIER_GENEVE,
	CARRIER_GTPU,
	CARRIER_TZSP,
	CARRIER_TEREDO,
	CARRIER_L2TP,
	CARRIER_MPLS,
	CARRIER_PBB, /* 802.1ah */
};

#define CARRIER_KINDS (CARRIER_PBB + 1)

struct carrier {
	uint32_t id;  /* what that is, carrier_id_name() says */
	uint8_t kind; /* enum carrier_kind */
};

/* "vxlan" ...; "" for CARRIER_NONE. */
const char *carrier_name(enum carrier_kind kind);

/* "vni" ..., or NULL where there is no such thing. */
const char *carrier_id_name(enum carrier_kind kind);

#endif
