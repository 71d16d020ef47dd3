/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_usage - what the kernel counts is what was used.
 */
#include "output/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

static void
memory_that_was_touched_is_resident(void **state)
{
	struct usage before = usage_now(), after;
	char *memory = malloc(32 * MIB);

	(void)state;
	assert_non_null(memory);
	memset(memory, 1, 32 * MIB);
	after = usage_now();
	assert_true(memory[MIB] == 1);
	assert_true(after.rss_bytes > before.rss_bytes + 24 * MIB);
	free(memory);
}

static void
work_takes_processor_time(void **state)
{
	struct usage before = usage_now(), after = before;
	volatile unsigned work = 0;

	(void)state;
	while (after.cpu_ms < before.cpu_ms + 20) {
		for (unsigned i = 0; i < 1000000; i++)
			work += i;
		after = usage_now();
	}
	assert_true(work > 0 && after.cpu_ms < before.cpu_ms + 20000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_that_was_touched_is_resident),
		cmocka_unit_test(work_takes_processor_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
