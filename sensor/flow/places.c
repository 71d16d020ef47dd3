/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places - tags beside the flows, and a second set.
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
 * All are mapped, not allocated: such pages are zero, aligned, and not there
 * until they are used.  Flows lie as the hash will have it, far from each
 * other, so that before long all pages are; where the kernel has large ones,
 * far fewer have to be faulted in, and found again for each packet.
 */
#include "sensor/flow/places.h"

#include "sensor/flow/flow_key.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>

static_assert(PLACES_A_SET == 8, "a set's tags are looked at by four");

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
	size_t count = PLACES_A_SET;

	while (count < flows)
		count *= 2;
	return count;
}

/* Of bits that do not choose the first, where the table is not huge. */
static size_t
second_set(const struct places *places, uint64_t hash)
{
	return places_set(places, hash >> 24);
}

/* From the end of the hash that chooses neither set; 0 is for free. */
static uint16_t
tag_of(uint64_t hash)
{
	uint16_t tag = (uint16_t)(hash >> 48);

	return tag == 0 ? 1 : tag;
}

/* The count of the hash's set. */
static uint8_t *
away_of(const struct places *places, uint64_t hash)
{
	return &places->away[places_set(places, hash) / PLACES_A_SET];
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

/* Where a flow of that tag is in that set, or PLACES_NONE. */
static size_t
likely_in(const struct places *places, size_t set, uint16_t tag)
{
	uint64_t same = same_tags(&places->tags[set], tag);

	if (same == 0) {
		set += PLACES_A_SET / 2;
		same = same_tags(&places->tags[set], tag);
	}
	return same != 0 ? set + (unsigned)__builtin_ctzll(same) / 16
			 : PLACES_NONE;
}

static bool
is_at(
    const struct places *places, size_t place, const struct flow_lookup *lookup)
{
	return places->tags[place] == tag_of(lookup->hash) &&
	    flow_key_fits(&lookup->key, &places->flows[place]);
}

/* The place of the flow in that set, or PLACES_NONE. */
static size_t
find_in(
    const struct places *places, size_t set, const struct flow_lookup *lookup)
{
	for (size_t place = set; place < set + PLACES_A_SET; place++)
		if (is_at(places, place, lookup))
			return place;
	return PLACES_NONE;
}

/* One that is free in that set, or PLACES_NONE. */
static size_t
free_in(const struct places *places, size_t set)
{
	for (size_t place = set; place < set + PLACES_A_SET; place++)
		if (places->tags[place] == 0)
			return place;
	return PLACES_NONE;
}

bool
places_begin(struct places *places, uint32_t flows)
{
	const size_t count = places_for(flows);

	places->set_mask = count / PLACES_A_SET - 1;
	places->tags = map(count * sizeof(*places->tags));
	places->flows = map(count * sizeof(*places->flows));
	places->away = map(count / PLACES_A_SET);
	return places->tags != NULL && places->flows != NULL &&
	    places->away != NULL;
}

uint64_t
places_bytes(uint32_t flows)
{
	const uint64_t count = places_for(flows);

	return count * (sizeof(struct flow) + sizeof(uint16_t)) +
	    count / PLACES_A_SET;
}

void
places_end(struct places *places)
{
	const size_t count = (size_t)(places->set_mask + 1) * PLACES_A_SET;

	unmap(places->flows, count * sizeof(*places->flows));
	unmap(places->tags, count * sizeof(*places->tags));
	unmap(places->away, count / PLACES_A_SET);
}

void
places_prefetch(const struct places *places, uint64_t hash)
{
	__builtin_prefetch(&places->tags[places_set(places, hash)]);
}

void
places_guess(const struct places *places, struct flow_lookup *lookup)
{
	uint16_t tag = tag_of(lookup->hash);
	size_t place = likely_in(places, places_set(places, lookup->hash), tag);

	if (place == PLACES_NONE && *away_of(places, lookup->hash) > 0)
		place =
		    likely_in(places, second_set(places, lookup->hash), tag);
	if (place == PLACES_NONE)
		return;
	lookup->likely = place;
	__builtin_prefetch(&places->flows[place], 1);
}

const struct flow *
places_guessed(const struct places *places, const struct flow_lookup *lookup)
{
	return places->tags[lookup->likely] == tag_of(lookup->hash)
	    ? &places->flows[lookup->likely]
	    : NULL;
}

size_t
places_find(const struct places *places, const struct flow_lookup *lookup)
{
	size_t place;

	if (is_at(places, lookup->likely, lookup))
		return lookup->likely;
	place = find_in(places, places_set(places, lookup->hash), lookup);
	if (place == PLACES_NONE && *away_of(places, lookup->hash) > 0)
		place =
		    find_in(places, second_set(places, lookup->hash), lookup);
	return place;
}

size_t
places_take(struct places *places, uint64_t hash)
{
	size_t place = free_in(places, places_set(places, hash));

	if (place == PLACES_NONE && *away_of(places, hash) < UINT8_MAX) {
		place = free_in(places, second_set(places, hash));
		if (place != PLACES_NONE)
			++*away_of(places, hash);
	}
	if (place != PLACES_NONE)
		places->tags[place] = tag_of(hash);
	return place;
}

void
places_inherit(struct places *places, size_t place, uint64_t hash)
{
	places->tags[place] = tag_of(hash);
}

bool
places_is_away(const struct places *places, size_t place, uint64_t hash)
{
	return place / PLACES_A_SET != places_set(places, hash) / PLACES_A_SET;
}

void
places_come_back(struct places *places, uint64_t hash)
{
	--*away_of(places, hash);
}

void
places_give(struct places *places, size_t place)
{
	assert(places->tags[place] != 0);
	places->tags[place] = 0;
}
