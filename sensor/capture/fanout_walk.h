/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_walk - the way to the innermost addresses, as fanout_program.c writes
 * it for the kernel.
 *
 * A program has no loops, so the grammar of decode/ is written out once for
 * each tunnel that may be around it: level 0 is outside, level 1 in one tunnel.
 * Within a level each layer stands before those it leads to.  X is on a layer's
 * first byte when it is entered; a layer that is not whole, or leads nowhere,
 * goes to `finish`, where the addresses that were reached last are hashed.
 *
 * Only for fanout_*.c.
 */
#ifndef STRAYMAIL_FANOUT_WALK_H
#define STRAYMAIL_FANOUT_WALK_H

#include "sensor/capture/code.h"
#include "sensor/decode/frame.h"

#include <stdint.h>

#define FANOUT_LEVELS 3 /* two tunnels deep, as decode/ goes */

/* M[] of a program. */
enum fanout_memory {
	FANOUT_PAIR,   /* where the addresses stand that were reached last */
	FANOUT_FAMILY, /* ... 4 or 6; 0: none were */
	FANOUT_TYPE,   /* an EtherType or IP protocol on its way past others */
	FANOUT_FLAGS,  /* GRE's */
	FANOUT_SOURCE, /* addresses made one word each */
	FANOUT_DESTINATION,
	FANOUT_MEMORIES
};

enum fanout_entry {
	ENTRY_ETHERNET,
	ENTRY_TYPE, /* A is an EtherType, X behind it */
	ENTRY_PPPOE,
	ENTRY_HDLC,
	ENTRY_PPP,
	ENTRY_MPLS,
	ENTRY_IP,
	ENTRY_IP4,
	ENTRY_IP6,
	ENTRY_PROTOCOL, /* A is an IP protocol, X behind its header */
	ENTRY_UDP,
	ENTRY_GRE,
	ENTRY_VXLAN,
	ENTRY_VXLAN_GPE,
	ENTRY_GENEVE,
	ENTRY_GTPU,
	ENTRY_TEREDO,
	FANOUT_ENTRIES
};

struct fanout_walk {
	struct code *code;
	const struct decap *decap; /* DECAP_PORTS_MAX of them */
	unsigned level;            /* the one that is being written */
	uint32_t finish;
	/* labels; beyond the last level all of them are `finish` */
	uint32_t entry[FANOUT_LEVELS + 1][FANOUT_ENTRIES];
};

static inline uint32_t
fanout_here(const struct fanout_walk *walk, enum fanout_entry entry)
{
	return walk->entry[walk->level][entry];
}

static inline uint32_t
fanout_inside(const struct fanout_walk *walk, enum fanout_entry entry)
{
	return walk->entry[walk->level + 1][entry];
}

/* Each writes its layers of the present level. */
void fanout_put_links(struct fanout_walk *walk);   /* Ethernet ... MPLS */
void fanout_put_ip(struct fanout_walk *walk);      /* IP ... protocol */
void fanout_put_tunnels(struct fanout_walk *walk); /* UDP ... Teredo */

#endif
