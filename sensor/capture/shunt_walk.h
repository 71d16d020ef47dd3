/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_walk - the part of the shunt's program that finds a packet's flow.
 *
 * It goes through tags, labels and tunnels to a TCP header, as decode/ does,
 * and makes of it what flow_key_of() does.  What it does not know, cannot read
 * or finds in pieces passes; so does what decode/ knows and it does not (see
 * shunt_layers.h).  A packet that it drops is thus one of which decode/ would
 * make that same key, or nothing at all.
 *
 * Only for the shunt.
 */
#ifndef STRAYMAIL_SHUNT_WALK_H
#define STRAYMAIL_SHUNT_WALK_H

#include "sensor/capture/shunt_code.h"
#include "sensor/decode/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* Labels; what comes before the walk jumps to these, and has those from
 * SHUNT_LABEL_FREE on for itself. */
enum shunt_label {
	SHUNT_NO_LABEL,
	SHUNT_WALK, /* the packet is wanted, unless its flow was ruled out */
	SHUNT_PASS, /* it is wanted */
	SHUNT_DROP, /* it is not */
	SHUNT_LABEL_FREE = 128,
};

/* The stack from FP + SHUNT_STACK_FREE downwards is not the walk's. */
#define SHUNT_STACK_FREE (-112)

/* What the maps hold, by key and by CPU. */
struct shunt_key {
	uint8_t address[2][16]; /* as in struct flow_key */
	uint16_t port[2];
	uint32_t realm;
	uint32_t family;
};

struct shunt_count {
	uint64_t packets, bytes;
};

#define SHUNT_SLOTS 64 /* CPUs, modulo this */

struct shunt_slot {
	struct shunt_count count;
	uint8_t rest[48]; /* a cache line for each */
};

/* A socket of that link type can be walked: what it begins with is known. */
bool shunt_walk_knows(int link);
/* ... which is behind a link layer that libpcap makes up. */
bool shunt_walk_is_cooked(int link);

/* Puts it behind what is there.  R6 is the packet; decap says which UDP ports
 * carry tunnels, DECAP_PORTS_MAX of them. */
void shunt_walk_put(
    struct shunt_code *code, int link, const struct decap *decap);

#endif
