/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_crew - how many workers there are.
 */
#include "output/ring.h"
#include "sensor/config.h"
#include "sensor/crew.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static unsigned
size_of(enum command command, uint32_t workers)
{
	struct config config = {
		.command = command,
		.output.replay = command == COMMAND_READ,
		.workers = workers,
	};
	struct crew *crew = crew_new(&config);
	unsigned size;

	assert_non_null(crew);
	size = crew_size(crew);
	for (unsigned i = 0; i < size; i++) {
		assert_int_equal(ring_length(crew_rings(crew)[i]), 0);
		/* no two of them in a cache line */
		assert_int_equal((uintptr_t)&crew_shown(crew)[i] % 64, 0);
	}
	crew_free(crew);
	return size;
}

static void
a_replay_has_one_worker(void **state)
{
	(void)state;
	assert_int_equal(size_of(COMMAND_READ, 0), 1);
	assert_int_equal(size_of(COMMAND_READ, 4), 1);
}

static void
there_are_as_many_as_were_asked_for(void **state)
{
	(void)state;
	assert_int_equal(size_of(COMMAND_WATCH, 1), 1);
	assert_int_equal(size_of(COMMAND_WATCH, 3), 3);
	assert_int_equal(size_of(COMMAND_WATCH, CREW_MAX), CREW_MAX);
}

static void
auto_is_one_for_each_processor_that_may_be_used(void **state)
{
	cpu_set_t allowed, one;
	int count, first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	count = CPU_COUNT(&allowed);
	assert_int_equal(
	    size_of(COMMAND_WATCH, 0), count < CREW_MAX ? count : CREW_MAX);
	while (!CPU_ISSET((size_t)first, &allowed))
		first++;
	CPU_ZERO(&one);
	CPU_SET((size_t)first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(size_of(COMMAND_WATCH, 0), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(allowed), &allowed), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_replay_has_one_worker),
		cmocka_unit_test(there_are_as_many_as_were_asked_for),
		cmocka_unit_test(
		    auto_is_one_for_each_processor_that_may_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
