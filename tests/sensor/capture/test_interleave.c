/* SPDX-License-Identifier: Apache-2.0 */
/* test_interleave - which interface's frame is next, and when. */
#include "sensor/capture/interleave.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW UINT64_C(1700000000000000000)
#define MS  UINT64_C(1000000)

static struct interleave_queue queues[3];

static int
clear(void **state)
{
	(void)state;
	memset(queues, 0, sizeof(queues));
	return 0;
}

static void
put(unsigned queue, uint64_t when_ns)
{
	struct batch *batch = &queues[queue].batch;

	batch->frame[batch->count++].when_ns = when_ns;
}

static uint32_t
take(uint32_t count, uint64_t now_ns)
{
	uint32_t next = interleave_next(queues, count, now_ns);

	if (next != INTERLEAVE_NOTHING)
		queues[next].at++;
	return next;
}

static void
one_interface_never_waits(void **state)
{
	(void)state;
	put(0, NOW);
	put(0, NOW - MS);
	assert_int_equal(take(1, NOW), 0);
	assert_int_equal(take(1, NOW), 0);
	assert_int_equal(take(1, NOW), INTERLEAVE_NOTHING);
}

static void
frames_come_in_the_order_of_their_times(void **state)
{
	(void)state;
	static const uint32_t order[] = { 1, 0, 2, 1 };

	put(0, NOW + 2);
	put(1, NOW + 1);
	put(2, NOW + 3);
	put(1, NOW + 4);
	put(0, NOW + 9);
	put(2, NOW + 9);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(take(3, NOW), order[i]);
}

static void
a_young_frame_waits_for_an_interface_that_is_silent(void **state)
{
	(void)state;
	put(0, NOW - 150 * MS);
	assert_int_equal(take(2, NOW), INTERLEAVE_NOTHING);
	assert_int_equal(interleave_wait_ns(queues, 2, NOW), 50 * MS);
	put(1, NOW - 160 * MS);
	assert_int_equal(take(2, NOW), 1);
	assert_int_equal(take(2, NOW), INTERLEAVE_NOTHING);
}

static void
an_old_frame_does_not_wait(void **state)
{
	(void)state;
	put(0, NOW - 200 * MS);
	assert_int_equal(interleave_wait_ns(queues, 2, NOW), 0);
	assert_int_equal(take(2, NOW), 0);
}

static void
nobody_waits_for_an_interface_that_is_gone(void **state)
{
	(void)state;
	put(0, NOW);
	queues[1].closed = true;
	assert_int_equal(take(2, NOW), 0);
}

static void
what_an_interface_left_behind_is_taken(void **state)
{
	(void)state;
	put(0, NOW);
	put(1, NOW - MS);
	queues[1].closed = true;
	assert_int_equal(take(2, NOW), 1);
	assert_int_equal(take(2, NOW), 0);
}

static void
a_clock_that_was_set_back_blocks_nothing(void **state)
{
	(void)state;
	put(0, NOW + 3600 * 1000 * MS);
	assert_int_equal(take(2, NOW), 0);
}

static void
without_frames_there_is_nothing_to_wait_for(void **state)
{
	(void)state;
	assert_int_equal(take(3, NOW), INTERLEAVE_NOTHING);
	assert_int_equal(interleave_wait_ns(queues, 3, NOW), UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_interface_never_waits, clear),
		cmocka_unit_test_setup(
		    frames_come_in_the_order_of_their_times, clear),
		cmocka_unit_test_setup(
		    a_young_frame_waits_for_an_interface_that_is_silent, clear),
		cmocka_unit_test_setup(an_old_frame_does_not_wait, clear),
		cmocka_unit_test_setup(
		    nobody_waits_for_an_interface_that_is_gone, clear),
		cmocka_unit_test_setup(
		    what_an_interface_left_behind_is_taken, clear),
		cmocka_unit_test_setup(
		    a_clock_that_was_set_back_blocks_nothing, clear),
		cmocka_unit_test_setup(
		    without_frames_there_is_nothing_to_wait_for, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
