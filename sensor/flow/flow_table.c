/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_table - who is in which place, who has to go, and who passes by.
 */
#include "sensor/flow/flow_table.h"

#include "sensor/flow/flow.h"
#include "sensor/flow/flow_key.h"
#include "sensor/flow/places.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/porch.h"
#include "sensor/flow/victim.h"

#include <stdlib.h>

struct flow_table {
	struct places places;
	uint32_t live;
	struct flow_numbers numbers;
	struct flow_secret secret;
	struct flow_key gone; /* of the last shunted flow that had to go */
	struct porch *porch;
};

struct flow_table *
flow_table_new(uint32_t flows, const uint8_t secret[static 32])
{
	struct flow_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	flow_secret_begin(&table->secret, secret);
	table->porch = porch_new();
	if (!places_begin(&table->places, flows) || table->porch == NULL) {
		flow_table_free(table);
		return NULL;
	}
	return table;
}

void
flow_table_free(struct flow_table *table)
{
	if (table == NULL)
		return;
	places_end(&table->places);
	porch_free(table->porch);
	free(table);
}

void
flow_table_lookup(const struct flow_table *table, const struct packet *packet,
    struct flow_lookup *ret_lookup)
{
	flow_key_of(packet, &ret_lookup->key);
	ret_lookup->hash = flow_key_hash(&ret_lookup->key, &table->secret);
	ret_lookup->likely = places_set(&table->places, ret_lookup->hash);
}

void
flow_table_prefetch(
    const struct flow_table *table, const struct flow_lookup *lookup)
{
	places_prefetch(&table->places, lookup->hash);
}

void
flow_table_prefetch_flow(
    const struct flow_table *table, struct flow_lookup *lookup)
{
	places_guess(&table->places, lookup);
}

const struct flow *
flow_table_likely(
    const struct flow_table *table, const struct flow_lookup *lookup)
{
	return places_guessed(&table->places, lookup);
}

/* It gives up its place. */
static void
leave(struct flow_table *table, const struct flow *flow)
{
	struct flow_key key;

	table->live--;
	if ((flow->bits & FLOW_AWAY) == 0)
		return;
	flow_key_read(flow, &key);
	places_come_back(&table->places, flow_key_hash(&key, &table->secret));
}

/* Its place is another's from now on. */
static void
take_place(
    struct flow_table *table, const struct flow *flow, struct flow_hit *hit)
{
	hit->evicted = flow->conversation;
	hit->evicted_any = true;
	if ((flow->bits & FLOW_SHUNTED) == 0)
		return;
	hit->was_shunted = true;
	flow_key_read(flow, &table->gone);
}

/* Somebody of a full set has to go; whose place it was. */
static size_t
evict(struct flow_table *table, uint64_t hash, const struct packet *packet,
    struct flow_hit *hit)
{
	uint64_t now_s = packet->tick_ns / 1000000000;
	struct flow *set =
	    &table->places.flows[places_set(&table->places, hash)];
	const struct flow *flow = &set[victim_of(set, PLACES_A_SET, now_s)];
	size_t place = (size_t)(flow - table->places.flows);

	if (victim_is_stale(flow, now_s))
		table->numbers.stale++;
	else
		table->numbers.evicted[flow->state]++;
	take_place(table, flow, hit);
	leave(table, flow);
	places_inherit(&table->places, place, hash);
	return place;
}

/* A place for a new flow; what was there is in the hit. */
static size_t
make_room(struct flow_table *table, uint64_t hash, const struct packet *packet,
    struct flow_hit *hit)
{
	size_t place = places_take(&table->places, hash);

	if (place == PLACES_NONE)
		place = evict(table, hash, packet, hit);
	table->live++;
	return place;
}

/* The hit's flow is over; the next of its tuple takes its place. */
static void
replace(struct flow_table *table, struct flow_hit *hit)
{
	take_place(table, hit->flow, hit);
	table->numbers.reused++;
}

/* A new flow, of which something may have been seen before. */
static void
begin(struct flow_table *table, struct flow *flow,
    const struct flow_lookup *lookup, const struct packet *packet)
{
	size_t place = (size_t)(flow - table->places.flows);
	struct passer passer;

	flow_begin(flow, &lookup->key, packet);
	if (places_is_away(&table->places, place, lookup->hash))
		flow->bits |= FLOW_AWAY;
	table->numbers.opened++;
	for (unsigned end = 0; end < 2; end++)
		if (porch_recall(table->porch, lookup->hash, end, &passer))
			flow_recall(flow, end, &passer);
}

/* A packet of no flow, that opens none. */
static enum flow_found
pass_by(struct flow_table *table, const struct flow_lookup *lookup,
    const struct packet *packet)
{
	enum flow_passer passer = PASSER_EMPTY;

	if ((packet->flags & TCP_RST) != 0)
		passer = PASSER_RST;
	else if ((packet->flags & TCP_SYN) != 0)
		passer = PASSER_SYN;
	table->numbers.passers[passer]++;
	if (passer != PASSER_RST)
		porch_note(
		    table->porch, lookup->hash, lookup->key.from, packet);
	return FLOW_NONE;
}

enum flow_found
flow_table_of(struct flow_table *table, const struct packet *packet,
    const struct flow_lookup *lookup, struct flow_hit *ret_hit)
{
	struct flow_hit hit = { .evicted = POOL_NONE };
	enum flow_found found = FLOW_KNOWN;
	const struct flow_key *key = &lookup->key;
	size_t place = places_find(&table->places, lookup);

	if (place == PLACES_NONE && !flow_takes_place(packet))
		return pass_by(table, lookup, packet);
	if (place == PLACES_NONE) {
		found = FLOW_OPENED;
		place = make_room(table, lookup->hash, packet, &hit);
	}
	hit.flow = &table->places.flows[place];
	if (found == FLOW_KNOWN && flow_is_over(hit.flow, key, packet)) {
		found = FLOW_REUSED;
		replace(table, &hit);
	}
	if (found == FLOW_KNOWN) {
		table->numbers.known++;
		flow_hear(hit.flow, key, packet);
	} else {
		begin(table, hit.flow, lookup, packet);
	}
	hit.side = flow_sender(hit.flow, key);
	*ret_hit = hit;
	return found;
}

const struct flow_key *
flow_table_gone(const struct flow_table *table)
{
	return &table->gone;
}

void
flow_table_drop(struct flow_table *table, struct flow *flow)
{
	leave(table, flow);
	places_give(&table->places, (size_t)(flow - table->places.flows));
	flow->state = FLOW_FREE;
	table->numbers.dropped++;
}

uint32_t
flow_table_live(const struct flow_table *table)
{
	return table->live;
}

uint64_t
flow_table_bytes(uint32_t flows)
{
	return places_bytes(flows);
}

const struct flow_numbers *
flow_table_numbers(const struct flow_table *table)
{
	return &table->numbers;
}
