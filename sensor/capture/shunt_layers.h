/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_layers - the shunt's program as a listing, one label a protocol layer.
 *
 * shunt_walk.c puts its parts together.  VN-Tag, 802.1ah, PPPoE, SNAP,
 * pseudowires of MPLS, IPsec's authentication, EtherIP, PPTP, VXLAN-GPE, GTP-U,
 * TZSP, Teredo, L2TP and a fragment header on a whole packet are known to
 * decode/ only: they pass.
 *
 * Only for the shunt.
 */
#ifndef STRAYMAIL_SHUNT_LAYERS_H
#define STRAYMAIL_SHUNT_LAYERS_H

#include "sensor/capture/shunt_code.h"
#include "sensor/capture/shunt_walk.h"

#include <stddef.h>

#define SHUNT_LEVELS 3 /* two tunnels, and what is around them */

enum {
	TCP = SHUNT_DROP + 1,
	FIRST,
	SECOND,
	KNOWN,
	DECISIVE,

	/* those of a level, and how far it is to the next one's */
	OF_LEVEL = 32,
	ETHERNET = OF_LEVEL,
	ETHERTYPE,
	TAG1,
	TAG2,
	TAG3,
	UNTAGGED,
	MPLS,
	LABELLED,
	LABELLED_IP4,
	IP4,
	IP6,
	EXTENSION1,
	EXTENSION2,
	UDP,
	GRE,
	ERSPAN,
	ERSPAN3,
	VXLAN,
	GENEVE,
	END_OF_LEVEL,
	LEVEL = 32,
};

_Static_assert((int)DECISIVE < (int)OF_LEVEL, "labels are apart");
_Static_assert((int)END_OF_LEVEL <= (int)OF_LEVEL + (int)LEVEL, "... as well");
_Static_assert(
    (int)OF_LEVEL + SHUNT_LEVELS * (int)LEVEL <= (int)SHUNT_LABEL_FREE,
    "... all of them");

/* Inside the tunnel; there is none behind the last level. */
#define INNER(label) ((label) + LEVEL)

/* Inside the tunnel; there is none behind the last level. */
#define INNER(label) ((label) + LEVEL)

struct shunt_layer {
	const struct shunt_row *rows;
	size_t count;
};

/* Where a packet begins if not with Ethernet: a cooked socket's behind its link
 * layer, and where there is none the version is what tells. */
extern const struct shunt_layer shunt_start_cooked, shunt_start_raw;

/* Each goes on with the next; ip ends with UDP, and behind that the ports. */
extern const struct shunt_layer shunt_ethernet, shunt_tags, shunt_ip;

/* Jumped to; tcp is that of all levels, and ends the program. */
extern const struct shunt_layer shunt_gre, shunt_vxlan, shunt_geneve, shunt_tcp;

#endif
