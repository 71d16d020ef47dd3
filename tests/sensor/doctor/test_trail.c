/* SPDX-License-Identifier: Apache-2.0 */
/* test_trail - copies, order and loss, by sequence numbers alone. */
#include "sensor/doctor/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LEN 100U

enum end {
	CLIENT,
	SERVER
};

static struct trails *trails;
static struct trail_counts counts;
static uint64_t hash;
static uint8_t flags = TCP_ACK;

/* `end` sends the bytes [seq, seq + len) at that millisecond. */
static void
put(enum end end, uint32_t ms, uint32_t seq, uint32_t len, uint32_t ack)
{
	const struct packet packet = {
		.seq = seq,
		.ack = ack,
		.payload_len = len,
		.flags = flags,
		.when_ns = ms * UINT64_C(1000000),
	};
	const struct flow_lookup lookup = { .hash = hash, .key.from = end };

	trails_follow(trails, &packet, &lookup, &counts);
}

static void
close_at(enum end end, uint32_t ms, uint32_t seq, uint32_t ack)
{
	flags = TCP_ACK | TCP_FIN;
	put(end, ms, seq, 0, ack);
	flags = TCP_ACK;
}

static void
say(uint32_t ms, uint32_t seq)
{
	put(CLIENT, ms, seq, LEN, 1);
}

static void
ack(uint32_t ms, uint32_t upto)
{
	put(SERVER, ms, 1, 0, upto);
}

static int
begin(void **state)
{
	(void)state;
	trails = trails_new();
	counts = (struct trail_counts){ 0 };
	hash = 77;
	return trails == NULL;
}

static int
end(void **state)
{
	(void)state;
	trails_free(trails);
	return 0;
}

static void
a_sound_connection_gives_no_cause(void **state)
{
	uint32_t seq = UINT32_MAX - 2 * LEN; /* it wraps */

	(void)state;
	for (uint32_t i = 0; i < 50; i++, seq += LEN) {
		say(1000 + i * 10, seq);
		ack(1005 + i * 10, seq + LEN);
	}
	close_at(CLIENT, 1600, seq, 1);
	ack(1605, seq + 1);
	ack(2000, seq + 1);
	assert_int_equal(counts.followed, 50);
	assert_int_equal(counts.acked_bytes, 50 * LEN + 1); /* the FIN */
	assert_int_equal(counts.lost_bytes, 0);
	assert_int_equal(counts.copies, 0);
	assert_int_equal(counts.early, 0);
}

static void
copies_are_the_same_within_100_ms(void **state)
{
	(void)state;
	say(1000, 1);
	say(1001, 1);
	say(1002, 1 + LEN);
	say(1002, 1 + LEN);
	say(1500, 1 + LEN);                 /* sent again */
	put(SERVER, 1501, 1 + LEN, LEN, 1); /* somebody else's */
	assert_int_equal(counts.followed, 6);
	assert_int_equal(counts.copies, 2);
	assert_int_equal(counts.lost_bytes, 0);
}

static void
what_is_acknowledged_and_never_came_is_lost(void **state)
{
	(void)state;
	say(1000, 1);
	say(1001, 1 + 3 * LEN); /* two segments are missing */
	ack(1002, 1 + 4 * LEN);
	assert_int_equal(counts.lost_bytes, 0); /* they may yet come */
	say(1300, 1 + 4 * LEN);
	ack(1301, 1 + 5 * LEN);
	assert_int_equal(counts.lost_bytes, 2 * LEN);
	assert_int_equal(counts.acked_bytes, 5 * LEN);
}

static void
a_tail_that_never_came_is_lost(void **state)
{
	(void)state;
	say(1000, 1);
	ack(1001, 1 + 3 * LEN);
	close_at(SERVER, 1002, 1, 1 + 3 * LEN);
	assert_int_equal(counts.lost_bytes, 2 * LEN);
}

static void
what_comes_late_was_not_lost(void **state)
{
	(void)state;
	say(1000, 1);
	say(1001, 1 + 2 * LEN);
	say(1001, 1 + LEN);     /* out of order */
	ack(1002, 1 + 4 * LEN); /* before its data */
	say(1004, 1 + 3 * LEN);
	assert_int_equal(counts.early, 2);
	say(1005, 1 + 5 * LEN);
	say(1105, 1 + 4 * LEN); /* sent again after a round trip */
	ack(1500, 1 + 6 * LEN);
	assert_int_equal(counts.early, 2);
	assert_int_equal(counts.lost_bytes, 0);
}

static void
what_passes_a_filter_alone_is_no_loss(void **state)
{
	(void)state;
	say(1000, 1);
	ack(1001, 1 + LEN);
	/* The connection goes on unseen; its FIN passes, and its tuple comes
	 * back, be it near or far. */
	close_at(CLIENT, 1100, 900001, 500);
	close_at(SERVER, 1101, 500, 900002);
	say(9000, 900002);
	ack(9400, 900002 + LEN);
	ack(9800, 900002 + LEN);
	assert_int_equal(counts.lost_bytes, 0);
}

static void
a_place_is_given_up_by_who_is_silent(void **state)
{
	(void)state;
	say(1000, 1);
	hash += 1024; /* the same place */
	say(1500, 1);
	assert_int_equal(counts.followed, 1);
	say(2500, 1);
	assert_int_equal(counts.followed, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_sound_connection_gives_no_cause),
		TEST(copies_are_the_same_within_100_ms),
		TEST(what_is_acknowledged_and_never_came_is_lost),
		TEST(a_tail_that_never_came_is_lost),
		TEST(what_comes_late_was_not_lost),
		TEST(what_passes_a_filter_alone_is_no_loss),
		TEST(a_place_is_given_up_by_who_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
