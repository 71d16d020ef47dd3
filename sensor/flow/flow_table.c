/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_table - sets of eight places, found by a keyed hash.
 *
 * The tags of a set, 16 bits of hash for each place, lie together in 16 bytes
 * that never straddle a cache line, and all tags of a million flows in 2 MiB,
 * which caches hold.  So a lookup costs one line of tags, likely near, and one
 * flow; a packet of no flow costs the tags alone.  Only to find a victim in a
 * full set are its flows read, and they lie side by side.
 *
 * Before anybody has to go, the hash names a second set.  Where places are free
 * at all there are some in one of two, as good as always: who was put out comes
 * back as somebody whose beginning was missed, and that costs far more than a
 * look at another line.  A count for each set says whether that look can be in
 * vain, so that whoever has no flow rarely takes it.
 *
 * Both are mapped, not allocated: such pages are zero, aligned, and not there
 * until they are used.  Flows lie as the hash will have it, far from each
 * other, so that before long all pages are; where the kernel has large ones,
 * far fewer have to be faulted in, and found again for each packet.
 */
#include "sensor/flow/flow_table.h"

#include "sensor/flow/flow.h"
#include "sensor/flow/flow_key.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/porch.h"
#include "sensor/flow/victim.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/*
 * Places in a set.  Conversations are so few beside the places that only flows
 * without one have to go; and eight are read fast enough when that happens.
 */
#define WAYS    8
#define NOWHERE SIZE_MAX

static_assert(WAYS == 8, "a set's tags are looked at by four");

struct flow_table {
	struct flow *flows; /* WAYS a set */
	uint16_t *tags;     /* likewise; 0: the place is free */
	uint8_t *away; /* for each set: of its flows, in their second set */
	uint64_t set_mask;
	uint32_t live;
	struct flow_numbers numbers;
	struct flow_secret secret;
	struct flow_key gone; /* of the last shunted flow that had to go */
	struct porch *porch;
};

/* Zeroes, or NULL. */
static void *
map(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	madvise(memory, bytes, MADV_HUGEPAGE); /* as good without */
	return memory;
}

static void
unmap(void *memory, size_t bytes)
{
	if (memory != NULL)
		munmap(memory, bytes);
}

static size_t
places_for(uint32_t flows)
{
	size_t count = WAYS;

	while (count < flows)
		count *= 2;
	return count;
}

struct flow_table *
flow_table_new(uint32_t flows, const uint8_t secret[static 32])
{
	struct flow_table *table = calloc(1, sizeof(*table));
	const size_t count = places_for(flows);

	if (table == NULL)
		return NULL;
	table->set_mask = count / WAYS - 1;
	flow_secret_begin(&table->secret, secret);
	table->tags = map(count * sizeof(*table->tags));
	table->flows = map(count * sizeof(*table->flows));
	table->away = map(count / WAYS);
	table->porch = porch_new();
	if (table->tags == NULL || table->flows == NULL ||
	    table->away == NULL || table->porch == NULL) {
		flow_table_free(table);
		return NULL;
	}
	return table;
}

void
flow_table_free(struct flow_table *table)
{
	size_t count;

	if (table == NULL)
		return;
	count = (size_t)(table->set_mask + 1) * WAYS;
	unmap(table->flows, count * sizeof(*table->flows));
	unmap(table->tags, count * sizeof(*table->tags));
	unmap(table->away, count / WAYS);
	porch_free(table->porch);
	free(table);
}

/* The first place of the hash's set. */
static size_t
set_of(const struct flow_table *table, uint64_t hash)
{
	return (size_t)(hash & table->set_mask) * WAYS;
}

/* Of bits that do not choose the first, where the table is not huge. */
static size_t
second_set_of(const struct flow_table *table, uint64_t hash)
{
	return set_of(table, hash >> 24);
}

/* From the end of the hash that chooses neither set; 0 is for free. */
static uint16_t
tag_of(uint64_t hash)
{
	uint16_t tag = (uint16_t)(hash >> 48);

	return tag == 0 ? 1 : tag;
}

void
flow_table_lookup(const struct flow_table *table, const struct packet *packet,
    struct flow_lookup *ret_lookup)
{
	flow_key_of(packet, &ret_lookup->key);
	ret_lookup->hash = flow_key_hash(&ret_lookup->key, &table->secret);
	ret_lookup->likely = set_of(table, ret_lookup->hash);
}

void
flow_table_prefetch(
    const struct flow_table *table, const struct flow_lookup *lookup)
{
	__builtin_prefetch(&table->tags[set_of(table, lookup->hash)]);
}

/*
 * Four tags at once: the highest bit of one that is the same is set, and of
 * those above it now and then.  The lowest is right where the first tag is in
 * the lowest bits, as it is in most machines; elsewhere it is a bad guess.
 */
static uint64_t
same_tags(const uint16_t *tags, uint16_t tag)
{
	const uint64_t ones = UINT64_MAX / UINT16_MAX;
	uint64_t four;

	memcpy(&four, tags, sizeof(four));
	four ^= ones * tag;
	return (four - ones) & ~four & ones << 15;
}

/* Where a flow of that tag is in that set, or NOWHERE. */
static size_t
likely_in(const struct flow_table *table, size_t set, uint16_t tag)
{
	uint64_t same = same_tags(&table->tags[set], tag);

	if (same == 0) {
		set += WAYS / 2;
		same = same_tags(&table->tags[set], tag);
	}
	return same != 0 ? set + (unsigned)__builtin_ctzll(same) / 16 : NOWHERE;
}

void
flow_table_prefetch_flow(
    const struct flow_table *table, struct flow_lookup *lookup)
{
	size_t set = set_of(table, lookup->hash);
	uint16_t tag = tag_of(lookup->hash);
	size_t place = likely_in(table, set, tag);

	if (place == NOWHERE && table->away[set / WAYS] > 0)
		place =
		    likely_in(table, second_set_of(table, lookup->hash), tag);
	if (place == NOWHERE)
		return;
	lookup->likely = place;
	__builtin_prefetch(&table->flows[place], 1);
}

const struct flow *
flow_table_likely(
    const struct flow_table *table, const struct flow_lookup *lookup)
{
	return table->tags[lookup->likely] == tag_of(lookup->hash)
	    ? &table->flows[lookup->likely]
	    : NULL;
}

static bool
is_at(const struct flow_table *table, size_t place,
    const struct flow_lookup *lookup)
{
	return table->tags[place] == tag_of(lookup->hash) &&
	    flow_key_fits(&lookup->key, &table->flows[place]);
}

/* The place of the flow in that set, or NOWHERE. */
static size_t
find_in(const struct flow_table *table, size_t set,
    const struct flow_lookup *lookup)
{
	for (size_t place = set; place < set + WAYS; place++)
		if (is_at(table, place, lookup))
			return place;
	return NOWHERE;
}

static size_t
find(const struct flow_table *table, const struct flow_lookup *lookup)
{
	size_t set = set_of(table, lookup->hash), place;

	if (is_at(table, lookup->likely, lookup))
		return lookup->likely;
	place = find_in(table, set, lookup);
	if (place == NOWHERE && table->away[set / WAYS] > 0)
		place =
		    find_in(table, second_set_of(table, lookup->hash), lookup);
	return place;
}

/* One that is free in that set, or NOWHERE. */
static size_t
free_place(const struct flow_table *table, size_t set)
{
	for (size_t place = set; place < set + WAYS; place++)
		if (table->tags[place] == 0)
			return place;
	return NOWHERE;
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
	table
	    ->away[set_of(table, flow_key_hash(&key, &table->secret)) / WAYS]--;
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
evict(struct flow_table *table, size_t set, const struct packet *packet,
    struct flow_hit *hit)
{
	uint64_t now_s = packet->tick_ns / 1000000000;
	size_t place = set + victim_of(&table->flows[set], WAYS, now_s);
	const struct flow *flow = &table->flows[place];

	if (victim_is_stale(flow, now_s))
		table->numbers.stale++;
	else
		table->numbers.evicted[flow->state]++;
	take_place(table, flow, hit);
	leave(table, flow);
	return place;
}

/* A place for a new flow; what was there is in the hit. */
static size_t
make_room(struct flow_table *table, uint64_t hash, const struct packet *packet,
    struct flow_hit *hit)
{
	size_t set = set_of(table, hash);
	size_t place = free_place(table, set);

	if (place == NOWHERE && table->away[set / WAYS] < UINT8_MAX) {
		place = free_place(table, second_set_of(table, hash));
		if (place != NOWHERE)
			table->away[set / WAYS]++;
	}
	if (place == NOWHERE)
		place = evict(table, set, packet, hit);
	table->tags[place] = tag_of(hash);
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
	struct passer passer;

	size_t place = (size_t)(flow - table->flows);

	flow_begin(flow, &lookup->key, packet);
	if (place / WAYS != set_of(table, lookup->hash) / WAYS)
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
	size_t place = find(table, lookup);

	if (place == NOWHERE && !flow_takes_place(packet))
		return pass_by(table, lookup, packet);
	if (place == NOWHERE) {
		found = FLOW_OPENED;
		place = make_room(table, lookup->hash, packet, &hit);
	}
	hit.flow = &table->flows[place];
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
	size_t place = (size_t)(flow - table->flows);

	assert(table->tags[place] != 0);
	leave(table, flow);
	table->tags[place] = 0;
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
	return places_for(flows) * sizeof(struct flow);
}

const struct flow_numbers *
flow_table_numbers(const struct flow_table *table)
{
	return &table->numbers;
}
