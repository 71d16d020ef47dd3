/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exhaustion - who wants to use up the sensor's memory or time gets
 * nowhere, and hides no mail server by it.
 *
 * Small in `make check`; `make exhaust` plays all of it, with figures.
 */
#include "tests/sensor/attacks.h"

#include "sensor/flow/flow_table.h"

#include <endian.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define DIALOGS ((uint32_t)storm_share(1000) + 40)

/* What the process may take meanwhile that is not the worker's. */
#define PAGES_ELSE 16

/* --- MEM-1: a flood of SYNs ------------------------------------------------ */

static void
a_flood_of_syns_costs_no_memory_and_hides_nobody(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_syn,
		.packets = storm_share(10000000),
		.gap_ns = 67, /* ten gigabits a second */
		.dialogs = DIALOGS };
	storm_run(&storm);
	assert_int_equal(rig_traffic(&storm.rig)->flows, DIALOGS);
	assert_int_equal(storm_found(&storm), DIALOGS);
	assert_true(storm.pages[1] <= storm.pages[0] + PAGES_ELSE);
	storm_end(&storm, "MEM-1");
}

/* --- MEM-2: handshakes, and silence ----------------------------------------- */

static void
silent_connections_make_place_for_those_that_speak(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_handshake,
		.packets = 3 * storm_share(2000000),
		.gap_ns = 1000,
		.dialogs = DIALOGS,
		.late = true };
	storm_run(&storm);
	assert_true(rig_traffic(&storm.rig)->flows_evicted > 0);
	assert_true(storm_found(&storm) * 1000 >= 999ULL * DIALOGS);
	storm_end(&storm, "MEM-2");
}

/* What has to go where flows take the first of two sets that has room, by
 * counting the sets that their hashes name. */
static uint64_t
expected_evictions(const struct worker_options *options, uint64_t flows)
{
	struct flow_table *table = flow_table_new(8, options->secret);
	uint64_t sets = 1, evicted = 0;
	uint8_t *taken;

	while (sets * 8 < options->flows)
		sets *= 2;
	taken = calloc(sets, 1);
	assert_non_null(taken);
	for (uint64_t i = 0; i < flows; i++) {
		struct plain_frame head = between(i, true, 0, 0);
		struct packet packet = { .family = 4,
			.source_port = head.source_port,
			.destination_port = head.destination_port };
		struct flow_lookup lookup;
		uint32_t source = htobe32(head.source);
		uint32_t destination = htobe32(head.destination);

		memcpy(packet.source, &source, 4);
		memcpy(packet.destination, &destination, 4);
		flow_table_lookup(table, &packet, &lookup);
		if (taken[lookup.hash % sets] < 8)
			taken[lookup.hash % sets]++;
		else if (taken[(lookup.hash >> 24) % sets] < 8)
			taken[(lookup.hash >> 24) % sets]++;
		else
			evicted++;
	}
	free(taken);
	flow_table_free(table);
	return evicted;
}

static void
as_many_make_place_as_there_is_none_for(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_handshake,
		.packets = 3 * storm_share(2000000),
		.gap_ns = 1000 };
	storm_run(&storm);
	assert_int_equal(rig_traffic(&storm.rig)->flows, storm.packets / 3);
	assert_int_equal(rig_traffic(&storm.rig)->flows_evicted,
	    expected_evictions(&storm.rig.worker_options, storm.packets / 3));
	storm_end(&storm, "MEM-2");
}

/* --- MEM-3: a byte behind a hole --------------------------------------------- */

static void
bytes_behind_holes_keep_to_their_bounds(void **state)
{
	static struct storm storm;
	const struct traffic *traffic;

	(void)state;
	storm = (struct storm){ .make = make_early_byte,
		.packets = 2 * storm_share(2000000),
		.gap_ns = 1000,
		.dialogs = DIALOGS,
		.late = true };
	storm_run(&storm);
	traffic = rig_traffic(&storm.rig);
	assert_int_equal(storm_found(&storm), DIALOGS);
	assert_int_equal(traffic->out_of_order, storm.packets / 2);
	assert_int_equal(
	    traffic->dialogs + traffic->dialogs_refused, traffic->flows);
	assert_int_equal(traffic->dialogs,
	    traffic->confirmed + traffic->suspected + traffic->refuted +
		traffic->undecided);
	assert_true(traffic->dialogs_evicted > 0);
	storm_end(&storm, "MEM-3");
}

/* --- MEM-4: a hole that is filled at last ------------------------------------ */

static void
after_holes_and_silence_nothing_is_held(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_hole,
		.packets = (storm_share(100000) / HOLE_GROUP + 1) * HOLE_GROUP *
		    HOLE_STEPS,
		.gap_ns = 1000,
		.dialogs = DIALOGS,
		.quiet_ns = 1000 * SECOND };
	storm_run(&storm);
	assert_true(rig_traffic(&storm.rig)->out_of_order > 0);
	assert_int_equal(storm_found(&storm), DIALOGS);
	assert_int_equal(storm.open, 0);
	assert_int_equal(storm.held, 0);
	storm_end(&storm, "MEM-4");
}

/* --- MEM-5: lines without an end ---------------------------------------------- */

static void
a_banner_without_end_takes_no_more_memory(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_endless,
		.packets = storm_share(1U << 30) / ENDLESS,
		.gap_ns = 1000,
		.dialogs = DIALOGS };
	storm_run(&storm);
	assert_int_equal(storm_found(&storm), DIALOGS);
	assert_true(storm.pages[1] <= storm.pages[0] + PAGES_ELSE);
	storm_end(&storm, "MEM-5");
}

static void
a_million_banners_without_end_hide_nobody(void **state)
{
	static struct storm storm;

	(void)state;
	storm = (struct storm){ .make = make_endless_each,
		.packets = SHORT_STEPS * storm_share(1000000),
		.gap_ns = 1000,
		.dialogs = DIALOGS,
		.late = true };
	storm_run(&storm);
	assert_int_equal(storm_found(&storm), DIALOGS);
	storm_end(&storm, "MEM-5");
}

/* --- MEM-6: a byte now and then ------------------------------------------------ */

static void
who_says_a_byte_now_and_then_takes_no_more_than_his_place(void **state)
{
	static struct storm storm;
	uint64_t flows = storm_share(100000);

	(void)state;
	storm = (struct storm){ .make = make_drip,
		.packets = flows * (DRIP_ROUNDS + 1),
		.gap_ns = 29 * SECOND / flows,
		.dialogs = DIALOGS };
	storm_run(&storm);
	assert_int_equal(storm_found(&storm), DIALOGS);
	assert_true(storm.pages[1] <= storm.pages[0] + PAGES_ELSE);
	storm_end(&storm, "MEM-6");
}

/* --- HASH-1, HASH-3: tuples that collide where the hash is not keyed ------------ */

static const uint8_t attacked[32] = "a secret nobody knows";

/*
 * XXH3 multiplies eight bytes, combined with eight of its secret, by the next
 * eight: where the first are that secret's own the product is 0, whatever the
 * others are.  Its default secret is public.
 */
static struct packet
colliding(uint32_t number)
{
	struct packet packet = { .family = 6,
		.source_port = 25,
		.destination_port = 25,
		.flags = TCP_ACK,
		.payload_len = 1 };

	memcpy(packet.source, XXH3_kSecret, 8);
	memcpy(packet.source + 8, &number, 4);
	memset(packet.destination, 0xff, 16);
	return packet;
}

static uint64_t
unkeyed_hash(const struct packet *packet)
{
	struct flow_key key;

	flow_key_of(packet, &key);
	return XXH3_64bits(&key, offsetof(struct flow_key, from));
}

static void
see(struct flow_table *table, const struct packet *packet)
{
	struct flow_lookup lookup;
	struct flow_hit hit;

	flow_table_lookup(table, packet, &lookup);
	flow_table_of(table, packet, &lookup, &hit);
}

static int
by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Nanoseconds that a lookup takes of the clock, that in a thousand are above. */
static void
print_slowest_lookups(struct flow_table *table, uint32_t flows)
{
	uint32_t *took = calloc(flows, sizeof(*took));

	assert_non_null(took);
	for (uint32_t i = 0; i < flows; i++) {
		struct packet packet = colliding(i);
		struct timespec before, after;

		clock_gettime(CLOCK_MONOTONIC, &before);
		see(table, &packet);
		clock_gettime(CLOCK_MONOTONIC, &after);
		took[i] =
		    (uint32_t)((after.tv_sec - before.tv_sec) * 1000000000 +
			after.tv_nsec - before.tv_nsec);
	}
	qsort(took, flows, sizeof(*took), by_size);
	print_message("HASH-3 a lookup takes %u ns, 1 in 1,000 more than %u\n",
	    took[flows / 2], took[flows - 1 - flows / 1000]);
	free(took);
}

static void
nobody_can_make_flows_collide_who_does_not_know_the_secret(void **state)
{
	const uint32_t flows = (uint32_t)storm_share(1000000) * 2;
	struct flow_table *table = flow_table_new(flows, attacked);
	struct packet packet = colliding(0);
	const uint64_t same = unkeyed_hash(&packet);

	(void)state;
	for (uint32_t i = 0; i < flows / 2; i++) {
		packet = colliding(i);
		assert_true(unkeyed_hash(&packet) == same);
		see(table, &packet);
	}
	/* By one hash for all there would be 16 in their two sets; half a table
	 * has room for whoever is spread by chance. */
	print_message("HASH-1 %u tuples of one hash: %u found a place\n",
	    flows / 2, flow_table_live(table));
	assert_true(flow_table_live(table) >= flows / 2 - flows / 1000);
	if (storm_is_full())
		print_slowest_lookups(table, flows / 2);
	flow_table_free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_flood_of_syns_costs_no_memory_and_hides_nobody),
		cmocka_unit_test(
		    silent_connections_make_place_for_those_that_speak),
		cmocka_unit_test(as_many_make_place_as_there_is_none_for),
		cmocka_unit_test(bytes_behind_holes_keep_to_their_bounds),
		cmocka_unit_test(after_holes_and_silence_nothing_is_held),
		cmocka_unit_test(a_banner_without_end_takes_no_more_memory),
		cmocka_unit_test(a_million_banners_without_end_hide_nobody),
		cmocka_unit_test(
		    who_says_a_byte_now_and_then_takes_no_more_than_his_place),
		cmocka_unit_test(
		    nobody_can_make_flows_collide_who_does_not_know_the_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
