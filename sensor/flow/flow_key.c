/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_key - XXH3 over the ordered pair of endpoints, keyed.
 */
#include "sensor/flow/flow_key.h"

#include "sensor/flow/flow_table.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#define XXH_INLINE_ALL /* its code, made for the one length we have */
#include <xxhash.h>

/* The key is hashed as it lies in memory, up to `from`: no padding in it. */
#define KEY_BYTES offsetof(struct flow_key, from)

static_assert(KEY_BYTES == 32 + 4 + 4 + 4, "no padding in what is hashed");
static_assert(sizeof(((struct flow_secret *)0)->bytes) >= XXH3_SECRET_SIZE_MIN,
    "long enough for XXH3");

void
flow_secret_begin(struct flow_secret *secret, const uint8_t seed[static 32])
{
	uint64_t word;

	for (size_t i = 0; i < sizeof(secret->bytes); i += sizeof(word)) {
		word = XXH3_64bits_withSeed(seed, 32, i);
		memcpy(secret->bytes + i, &word, sizeof(word));
	}
}

/* Half an address, as a number in network order. */
static uint64_t
half_of(const uint8_t *at)
{
	uint64_t half;

	memcpy(&half, at, sizeof(half));
	return be64toh(half);
}

/* The sender is the second of the two endpoints.  That memcmp() would find the
 * same does not make it as fast: IPv4 is told apart by the first halves. */
static bool
goes_second(const struct packet *packet)
{
	const uint8_t *a = packet->source, *b = packet->destination;

	if (half_of(a) != half_of(b))
		return half_of(a) > half_of(b);
	if (half_of(a + 8) != half_of(b + 8))
		return half_of(a + 8) > half_of(b + 8);
	return packet->source_port > packet->destination_port;
}

void
flow_key_of(const struct packet *packet, struct flow_key *ret_key)
{
	unsigned from = goes_second(packet);

	memcpy(ret_key->address[from], packet->source, 16);
	memcpy(ret_key->address[1 - from], packet->destination, 16);
	ret_key->port[from] = packet->source_port;
	ret_key->port[1 - from] = packet->destination_port;
	ret_key->realm = packet->realm;
	ret_key->family = packet->family;
	ret_key->from = from;
}

uint64_t
flow_key_hash(const struct flow_key *key, const struct flow_secret *secret)
{
	return XXH3_64bits_withSecret(
	    key, KEY_BYTES, secret->bytes, sizeof(secret->bytes));
}

bool
flow_key_fits(const struct flow_key *key, const struct flow *flow)
{
	return memcmp(key->address, flow->address, sizeof(key->address)) == 0 &&
	    key->port[0] == flow->port[0] && key->port[1] == flow->port[1] &&
	    key->realm == flow->realm &&
	    (key->family == 6) == ((flow->bits & FLOW_V6) != 0);
}

void
flow_key_write(const struct flow_key *key, struct flow *flow)
{
	memcpy(flow->address, key->address, sizeof(flow->address));
	memcpy(flow->port, key->port, sizeof(flow->port));
	flow->realm = key->realm;
}

void
flow_key_read(const struct flow *flow, struct flow_key *ret_key)
{
	memcpy(ret_key->address, flow->address, sizeof(ret_key->address));
	memcpy(ret_key->port, flow->port, sizeof(ret_key->port));
	ret_key->realm = flow->realm;
	ret_key->family = (flow->bits & FLOW_V6) != 0 ? 6 : 4;
	ret_key->from = 0;
}

/* The initial numbers are in it, so that a tuple's next connection has
 * another, and so that the addresses cannot be found by trying them all. */
uint64_t
flow_table_id(const struct flow *flow)
{
	uint8_t bytes[offsetof(struct flow, conversation)];
	uint64_t id;

	memcpy(bytes, flow, sizeof(bytes));
	id = XXH3_64bits(bytes, sizeof(bytes)) & ((UINT64_C(1) << 53) - 1);
	return id == 0 ? 1 : id;
}
