/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_counters - the sum of several workers' counters.
 */
#include "sensor/counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WORDS (sizeof(struct counters) / sizeof(uint64_t))

/* All are numbers of 64 bits but for EtherTypes, which have a test of their
 * own: whoever adds one finds out here that it is to be summed up as well. */
static void
every_number_is_summed_up(void **state)
{
	static struct counters one, sum;
	uint64_t words[WORDS];
	const size_t types = offsetof(struct counters, census.type) / 8;
	const size_t types_end = types + sizeof(one.census.type) / 8;

	(void)state;
	_Static_assert(sizeof(words) == sizeof(one), "nothing but such words");
	for (size_t i = 0; i < WORDS; i++)
		words[i] = i >= types && i < types_end ? 0 : i + 1;
	memcpy(&one, words, sizeof(one));
	counters_add(&sum, &one);
	counters_add(&sum, &one);
	memcpy(words, &sum, sizeof(words));
	for (size_t i = 0; i < WORDS; i++)
		if (i < types || i >= types_end)
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
