/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_counters - the sum of several workers' counters.
 */
#include "sensor/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WORDS (sizeof(struct counters) / sizeof(uint64_t))

#define IS_IN(i, field)                                                        \
	((i) >= offsetof(struct counters, field) / sizeof(uint64_t) &&         \
	    (i) < (offsetof(struct counters, field) +                          \
		      sizeof(((struct counters *)0)->field)) /                 \
		    sizeof(uint64_t))

/* Names with their numbers: they are summed up by name. */
static bool
is_named(size_t i)
{
	return IS_IN(i, census.type) || IS_IN(i, mirror.vlans) ||
	    IS_IN(i, mirror.networks);
}

/* All are numbers of 64 bits but for what is_named(), which has tests of its
 * own: whoever adds one finds out here that it is to be summed up as well. */
static void
every_number_is_summed_up(void **state)
{
	static struct counters one, sum;
	uint64_t words[WORDS];

	(void)state;
	_Static_assert(sizeof(words) == sizeof(one), "nothing but such words");
	for (size_t i = 0; i < WORDS; i++)
		words[i] = is_named(i) ? 0 : i + 1;
	memcpy(&one, words, sizeof(one));
	counters_add(&sum, &one);
	counters_add(&sum, &one);
	memcpy(words, &sum, sizeof(words));
	for (size_t i = 0; i < WORDS; i++)
		if (!is_named(i))
			assert_int_equal(words[i], 2 * (i + 1));
}

static void
ethertypes_are_summed_up_by_their_number(void **state)
{
	static struct counters one, other, sum;

	(void)state;
	census_type(&one.census, 0x88CC);
	census_type(&one.census, 0x8899);
	for (uint16_t i = 0; i < CENSUS_TYPES - 1; i++)
		census_type(&other.census, (uint16_t)(0x9000 + i));
	census_type(&other.census, 0x88CC);
	census_type(&other.census, 0x88CC);
	counters_add(&sum, &one);
	counters_add(&sum, &other);
	assert_int_equal(sum.census.type[0].type, 0x88CC);
	assert_int_equal(sum.census.type[0].frames, 3);
	assert_int_equal(sum.census.type[1].type, 0x8899);
	assert_int_equal(sum.census.type[1].frames, 1);
	assert_int_equal(sum.census.type[CENSUS_TYPES - 1].frames, 1);
	assert_int_equal(sum.census.types_more, 1); /* one too many kinds */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_is_summed_up),
		cmocka_unit_test(ethertypes_are_summed_up_by_their_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
