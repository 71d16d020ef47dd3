/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pool - objects are lent once, come back, and never are too many.
 */
#include "sensor/flow/pool.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT 64

static void
an_empty_pool_refuses_and_counts(void **state)
{
	struct pool *pool = pool_new(8, 2);

	(void)state;
	assert_int_not_equal(pool_take(pool), POOL_NONE);
	assert_int_not_equal(pool_take(pool), POOL_NONE);
	assert_int_equal(pool_refused(pool), 0);
	assert_int_equal(pool_take(pool), POOL_NONE);
	assert_int_equal(pool_take(pool), POOL_NONE);
	assert_int_equal(pool_refused(pool), 2);
	assert_int_equal(pool_live(pool), 2);
	pool_free(pool);
}

static void
each_object_is_lent_once_and_apart_from_all_others(void **state)
{
	struct pool *pool = pool_new(13, COUNT);
	unsigned char *object;

	(void)state;
	assert_int_equal(pool_size(pool), COUNT);
	for (unsigned i = 0; i < COUNT; i++) {
		object = pool_at(pool, pool_take(pool));
		assert_int_equal((uintptr_t)object % alignof(max_align_t), 0);
		memset(object, (int)i, 13);
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		object = pool_at(pool, i);
		for (unsigned k = 0; k < 13; k++)
			assert_int_equal(object[k], i);
	}
	pool_free(pool);
}

static void
what_was_given_back_is_lent_again_first(void **state)
{
	struct pool *pool = pool_new(8, COUNT);
	uint32_t a = pool_take(pool), b = pool_take(pool);

	(void)state;
	pool_give(pool, a);
	assert_false(pool_lent(pool, a));
	assert_true(pool_lent(pool, b));
	assert_int_equal(pool_live(pool), 1);
	assert_int_equal(pool_take(pool), a);
	assert_true(pool_lent(pool, a));
	pool_free(pool);
}

static void
an_index_that_was_never_lent_is_not_lent(void **state)
{
	struct pool *pool = pool_new(8, COUNT);

	(void)state;
	assert_false(pool_lent(pool, 0));
	assert_false(pool_lent(pool, COUNT));
	assert_false(pool_lent(pool, POOL_NONE));
	pool_free(pool);
}

static void
taken_less_given_is_live_whatever_the_order(void **state)
{
	struct pool *pool = pool_new(8, COUNT);
	uint32_t lent[COUNT], index;
	unsigned live = 0, random = 1;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		random = random * 1103515245 + 12345;
		if ((random >> 16) % 2 == 0 && live > 0) {
			index = (random >> 17) % live;
			pool_give(pool, lent[index]);
			lent[index] = lent[--live];
		} else if ((index = pool_take(pool)) != POOL_NONE) {
			lent[live++] = index;
		}
		assert_int_equal(pool_live(pool), live);
	}
	while (live > 0)
		pool_give(pool, lent[--live]);
	assert_int_equal(pool_live(pool), 0);
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_pool_refuses_and_counts),
		cmocka_unit_test(
		    each_object_is_lent_once_and_apart_from_all_others),
		cmocka_unit_test(what_was_given_back_is_lent_again_first),
		cmocka_unit_test(an_index_that_was_never_lent_is_not_lent),
		cmocka_unit_test(taken_less_given_is_live_whatever_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
