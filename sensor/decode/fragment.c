/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fragment - IP datagrams put together from their fragments.
 *
 * Every fragment but the last is a multiple of eight bytes long, so a bit for
 * eight bytes is all it takes to know what is there.
 */
#include "sensor/decode/fragment.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define WAYS         8
#define SETS         (FRAGMENTS_TRACKERS / WAYS)
#define DATAGRAM_MAX 65535U /* RFC 791 3.1, RFC 8200 3 */
#define UNIT         8U
#define UNITS        ((DATAGRAM_MAX + 1) / UNIT)

_Static_assert(SETS *WAYS == FRAGMENTS_TRACKERS, "all of them are in a set");

struct name {
	uint8_t source[16], destination[16];
	uint32_t id, realm;
	uint8_t family;
	uint8_t
	    protocol;    /* IPv4's; IPv6 has it from the first fragment alone */
	uint8_t zero[6]; /* it is compared, and hashed, as it lies in memory */
};

enum state {
	FREE,
	OPEN,
	WHOLE, /* still known, so that fragments seen twice are no new ones */
};

struct tracker {
	struct name name;
	uint64_t begun_ns;
	uint64_t lent_until; /* by the count of calls */
	uint32_t end;        /* of the datagram; 0: its last is missing */
	uint32_t reach;      /* of what is held */
	uint32_t units;      /* held */
	uint8_t state;       /* enum state */
	uint8_t protocol;
	bool conflict;
	uint64_t held[UNITS / 64]; /* a bit a unit */
};

struct fragments {
	uint64_t key, calls, random;
	struct census *census; /* borrowed */
	struct tracker tracker[FRAGMENTS_TRACKERS];
	uint8_t bytes[FRAGMENTS_TRACKERS][UNITS * UNIT];
};

_Static_assert(
    sizeof(struct fragments) <= FRAGMENTS_BYTES, "16 MiB, books and all");

struct fragments *
fragments_new(uint64_t key, struct census *census)
{
	struct fragments *fragments = calloc(1, sizeof(*fragments));

	if (fragments == NULL)
		return NULL;
	fragments->key = key;
	fragments->random = key | 1;
	fragments->census = census;
	return fragments;
}

void
fragments_free(struct fragments *fragments)
{
	free(fragments);
}

static void
name_of(const struct fragment *fragment, struct name *ret_name)
{
	memset(ret_name, 0, sizeof(*ret_name));
	slice_bytes(ret_name->source, 16, fragment->source);
	slice_bytes(ret_name->destination, 16, fragment->destination);
	ret_name->id = fragment->id;
	ret_name->realm = fragment->realm;
	ret_name->family = fragment->source.len == 4 ? 4 : 6;
	if (ret_name->family == 4)
		ret_name->protocol = fragment->protocol;
}

static bool
is_lent(const struct fragments *fragments, const struct tracker *tracker)
{
	return tracker->lent_until >= fragments->calls;
}

static uint8_t *
bytes_of(struct fragments *fragments, const struct tracker *tracker)
{
	return fragments->bytes[tracker - fragments->tracker];
}

/* Which of what it held is let go, and why. */
static void
let_go(struct fragments *fragments, struct tracker *tracker, uint64_t tick_ns)
{
	if (tracker->state == OPEN &&
	    tick_ns - tracker->begun_ns > FRAGMENTS_PATIENCE_NS)
		fragments->census->datagrams_expired++;
	else if (tracker->state == OPEN)
		fragments->census->datagrams_evicted++;
	tracker->state = FREE;
}

/* xorshift64 (Marsaglia, 2003): enough for who does not know where it began. */
static uint64_t
random_next(struct fragments *fragments)
{
	uint64_t x = fragments->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	fragments->random = x;
	return x;
}

/* How little would be lost; 0: it may not be taken. */
static unsigned
ease(const struct fragments *fragments, const struct tracker *tracker,
    uint64_t tick_ns)
{
	if (is_lent(fragments, tracker))
		return 0;
	if (tracker->state == OPEN &&
	    tick_ns - tracker->begun_ns <= FRAGMENTS_PATIENCE_NS)
		return 1;
	return tracker->state == FREE ? 3 : 2;
}

/* A place in the set, if need be another's; NULL: all of it is lent. */
static struct tracker *
place_in(struct fragments *fragments, struct tracker *set, uint64_t tick_ns)
{
	size_t first = random_next(fragments) >> 32;
	struct tracker *best = NULL;
	unsigned best_ease = 0;

	for (size_t i = 0; i < WAYS; i++) {
		struct tracker *at = &set[(first + i) % WAYS];

		if (ease(fragments, at, tick_ns) > best_ease) {
			best_ease = ease(fragments, at, tick_ns);
			best = at;
		}
	}
	return best;
}

static struct tracker *
begin(struct fragments *fragments, struct tracker *set, const struct name *name,
    uint64_t tick_ns)
{
	struct tracker *tracker = place_in(fragments, set, tick_ns);

	if (tracker == NULL)
		return NULL;
	let_go(fragments, tracker, tick_ns);
	memset(tracker, 0, sizeof(*tracker));
	tracker->name = *name;
	tracker->begun_ns = tick_ns;
	tracker->state = OPEN;
	return tracker;
}

/* The fragment was part of a datagram that is whole already. */
static bool
is_again(struct fragments *fragments, const struct tracker *tracker,
    const struct fragment *fragment)
{
	size_t len = fragment->bytes.len;

	return fragment->offset + len <= tracker->end &&
	    fragment->more == (fragment->offset + len < tracker->end) &&
	    slice_equal(fragment->bytes,
		slice_of(bytes_of(fragments, tracker) + fragment->offset, len));
}

/*
 * The datagram's tracker.  One that is whole stays for a while, for fragments
 * that a mirror delivers twice; others of its name then belong to a new one.
 */
static struct tracker *
tracker_of(struct fragments *fragments, const struct fragment *fragment)
{
	struct name name;
	struct tracker *set;

	name_of(fragment, &name);
	set = fragments->tracker +
	    XXH3_64bits_withSeed(&name, sizeof(name), fragments->key) % SETS *
		WAYS;
	for (size_t i = 0; i < WAYS; i++) {
		struct tracker *at = &set[i];

		if (at->state == FREE ||
		    memcmp(&at->name, &name, sizeof(name)) != 0)
			continue;
		if (fragment->tick_ns - at->begun_ns <= FRAGMENTS_PATIENCE_NS &&
		    (at->state == OPEN || is_again(fragments, at, fragment)))
			return at;
		let_go(fragments, at, fragment->tick_ns);
	}
	return begin(fragments, set, &name, fragment->tick_ns);
}

/* Keeps the first copy of each unit, and notes where a later one differs. */
static void
put(struct fragments *fragments, struct tracker *tracker, uint32_t offset,
    struct slice bytes)
{
	uint8_t *to = bytes_of(fragments, tracker) + offset;
	bool conflict = false;

	for (size_t at = 0; at < bytes.len; at += UNIT) {
		struct slice unit = slice_first(slice_after(bytes, at), UNIT);
		size_t number = (offset + at) / UNIT;
		uint64_t bit = UINT64_C(1) << number % 64;

		if ((tracker->held[number / 64] & bit) != 0) {
			conflict |=
			    !slice_equal(unit, slice_of(to + at, unit.len));
			continue;
		}
		tracker->held[number / 64] |= bit;
		tracker->units++;
		slice_bytes(to + at, unit.len, unit);
	}
	if (conflict && !tracker->conflict)
		fragments->census->datagrams_conflict++;
	tracker->conflict |= conflict;
}

/* False: by what came before, the datagram has no such part. */
static bool
fits(struct tracker *tracker, uint32_t end, bool more)
{
	if (tracker->end != 0 &&
	    (end > tracker->end || (!more && end != tracker->end)))
		return false;
	if (!more && end < tracker->reach)
		return false;
	if (!more)
		tracker->end = end;
	if (end > tracker->reach)
		tracker->reach = end;
	return true;
}

static enum fragment_found
add(struct fragments *fragments, struct tracker *tracker,
    const struct fragment *fragment, struct datagram *ret_datagram)
{
	uint32_t end = fragment->offset + (uint32_t)fragment->bytes.len;

	if (!fits(tracker, end, fragment->more)) {
		if (!tracker->conflict)
			fragments->census->datagrams_conflict++;
		tracker->conflict = true;
		return FRAGMENT_DROPPED;
	}
	if (fragment->offset == 0)
		tracker->protocol = fragment->protocol;
	put(fragments, tracker, fragment->offset, fragment->bytes);
	if (tracker->end == 0 ||
	    tracker->units < (tracker->end + UNIT - 1) / UNIT)
		return FRAGMENT_HELD;
	tracker->state = WHOLE;
	tracker->lent_until = fragments->calls + FRAGMENTS_LENT;
	fragments->census->datagrams_whole++;
	*ret_datagram = (struct datagram){
		.bytes = slice_of(bytes_of(fragments, tracker), tracker->end),
		.protocol = tracker->protocol,
		.conflict = tracker->conflict,
	};
	return FRAGMENT_WHOLE;
}

enum fragment_found
fragments_take(struct fragments *fragments, const struct fragment *fragment,
    struct datagram *ret_datagram)
{
	struct fragment cut = *fragment;
	struct tracker *tracker;

	fragments->calls++;
	if (cut.more) /* what is over, receivers leave out */
		cut.bytes = slice_first(cut.bytes, cut.bytes.len / UNIT * UNIT);
	if (cut.bytes.len == 0 ||
	    cut.header_len + cut.offset + cut.bytes.len > DATAGRAM_MAX)
		return FRAGMENT_MALFORMED;
	tracker = tracker_of(fragments, &cut);
	if (tracker == NULL || tracker->state == WHOLE)
		return FRAGMENT_DROPPED;
	return add(fragments, tracker, &cut, ret_datagram);
}
