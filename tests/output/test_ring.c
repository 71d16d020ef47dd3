/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ring - nothing is lost, doubled or out of order between two threads.
 */
#include "output/observation.h"
#include "output/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define MANY 20000

static struct observation
numbered(uint64_t number)
{
	struct observation seen = { .kind = OBSERVED_SIGHTING };

	seen.when_ns = number;
	seen.sighting.end_ns = ~number; /* the far end of the record */
	return seen;
}

static void
a_full_ring_refuses(void **state)
{
	struct ring *ring = ring_new(4);
	struct observation seen;

	(void)state;
	for (uint64_t i = 0; i < 4; i++) {
		seen = numbered(i);
		assert_true(ring_push(ring, &seen));
	}
	assert_false(ring_push(ring, &seen));
	assert_int_equal(ring_length(ring), 4);

	assert_true(ring_pop(ring, &seen));
	assert_int_equal(seen.when_ns, 0);
	seen = numbered(4);
	assert_true(ring_push(ring, &seen)); /* in the place of the first */
	for (uint64_t i = 1; i <= 4; i++) {
		assert_true(ring_pop(ring, &seen));
		assert_int_equal(seen.when_ns, i);
	}
	ring_free(ring);
}

static void
an_empty_ring_gives_nothing(void **state)
{
	struct ring *ring = ring_new(1);
	struct observation seen = numbered(7);

	(void)state;
	assert_false(ring_pop(ring, &seen));
	assert_int_equal(seen.when_ns, 7); /* untouched */
	assert_int_equal(ring_length(ring), 0);
	ring_free(ring);
}

static void *
push_many(void *arg)
{
	struct ring *ring = arg;

	for (uint64_t i = 0; i < MANY; i++) {
		struct observation seen = numbered(i);

		while (!ring_push(ring, &seen))
			sched_yield();
	}
	return NULL;
}

static void
two_threads_keep_the_order(void **state)
{
	struct ring *ring = ring_new(16);
	struct observation seen;
	pthread_t producer;

	(void)state;
	assert_int_equal(pthread_create(&producer, NULL, push_many, ring), 0);
	for (uint64_t i = 0; i < MANY; i++) {
		while (!ring_pop(ring, &seen))
			sched_yield();
		assert_int_equal(seen.when_ns, i);
		assert_int_equal(seen.sighting.end_ns, ~i);
	}
	pthread_join(producer, NULL);
	assert_false(ring_pop(ring, &seen));
	ring_free(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_ring_refuses),
		cmocka_unit_test(an_empty_ring_gives_nothing),
		cmocka_unit_test(two_threads_keep_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
