/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_key - a packet's two endpoints, in an order that both directions share.
 *
 * The only file of flow/ that knows the hash.  It is keyed: who does not know
 * the secret cannot choose addresses that fall into one set.
 */
#ifndef STRAYMAIL_FLOW_KEY_H
#define STRAYMAIL_FLOW_KEY_H

#include "sensor/decode/packet.h"

#include <stdbool.h>
#include <stdint.h>

struct flow;

struct flow_key {
	uint8_t address[2][16];
	uint16_t port[2];
	uint32_t realm;
	uint32_t family; /* 4 or 6: an embedded IPv4 address is another one */
	unsigned from;   /* which of the two sent the packet; not hashed */
};

/* What the hash is keyed with; stretched to the length that it wants. */
struct flow_secret {
	uint8_t bytes[192];
};

void flow_secret_begin(
    struct flow_secret *secret, const uint8_t seed[static 32]);

void flow_key_of(const struct packet *packet, struct flow_key *ret_key);
uint64_t flow_key_hash(
    const struct flow_key *key, const struct flow_secret *secret);

/* Equality compares everything. */
bool flow_key_fits(const struct flow_key *key, const struct flow *flow);
/* The flow's key becomes this one, but for FLOW_V6, which is in its bits. */
void flow_key_write(const struct flow_key *key, struct flow *flow);
/* ... and back; from is its first endpoint. */
void flow_key_read(const struct flow *flow, struct flow_key *ret_key);

#endif
