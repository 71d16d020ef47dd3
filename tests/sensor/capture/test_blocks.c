/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_blocks - interfaces are counted alike however a file's bytes come.
 */
#include "sensor/capture/blocks.h"

#include <byteswap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECTION   0x0A0D0D0AU
#define INTERFACE 1U
#define UNKNOWN   0xBADU

static uint8_t made[4 << 20];
static size_t made_len;
static bool other_order;

static void
put(uint32_t value)
{
	if (other_order)
		value = bswap_32(value);
	memcpy(made + made_len, &value, sizeof(value));
	made_len += sizeof(value);
}

static void
put_block(uint32_t kind, uint32_t first, uint32_t words)
{
	put(kind);
	put(12 + 4 * words);
	for (uint32_t i = 0; i < words; i++)
		put(i == 0 ? first : INTERFACE); /* it looks like one */
	put(12 + 4 * words);
}

static void
put_section(void)
{
	put_block(SECTION, 0x1A2B3C4D, 4);
}

/* How much of it passes, `step` bytes at a time. */
static size_t
passed(size_t step)
{
	struct blocks blocks = { 0 };
	size_t all = 0;

	while (all < made_len) {
		size_t n = made_len - all < step ? made_len - all : step;
		size_t now = blocks_pass(&blocks, made + all, n);

		all += now;
		if (now < n)
			break;
	}
	return all;
}

/* 65,536 interfaces and, from the place returned on, one too many. */
static size_t
put_too_many(void)
{
	size_t at;

	for (unsigned i = 0; i < BLOCKS_INTERFACES; i++)
		put_block(INTERFACE, 1, 2);
	put_block(UNKNOWN, 0, 3);
	at = made_len;
	put_block(INTERFACE, 1, 2);
	return at;
}

static void
begin(bool swapped)
{
	made_len = 0;
	other_order = swapped;
}

static void
one_too_many_is_held_back(void **state)
{
	(void)state;
	for (unsigned swapped = 0; swapped < 2; swapped++) {
		begin(swapped);
		put_section();

		size_t at = put_too_many();

		assert_int_equal(passed(made_len), at);
		assert_int_equal(passed(65536), at);
		assert_in_range(passed(1), at, at + BLOCKS_HEAD);
		assert_in_range(passed(7), at, at + BLOCKS_HEAD);
	}
}

static void
each_section_has_interfaces_of_its_own(void **state)
{
	(void)state;
	begin(false);
	for (unsigned i = 0; i < 2; i++) {
		put_section();
		put_too_many();
		made_len -= 20; /* without the one too many */
	}
	assert_int_equal(passed(made_len), made_len);
	assert_int_equal(passed(11), made_len);
}

static void
what_is_no_pcapng_passes(void **state)
{
	(void)state;
	begin(false);
	put_too_many();
	assert_int_equal(passed(made_len), made_len);
}

/* libpcap ends there. */
static void
behind_a_length_that_cannot_be_all_passes(void **state)
{
	(void)state;
	static const uint32_t lengths[] = { 0, 11, 13, 1U << 30 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		begin(false);
		put_section();
		put(UNKNOWN);
		put(lengths[i]);
		put_too_many();
		assert_int_equal(passed(made_len), made_len);
		assert_int_equal(passed(5), made_len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_too_many_is_held_back),
		cmocka_unit_test(each_section_has_interfaces_of_its_own),
		cmocka_unit_test(what_is_no_pcapng_passes),
		cmocka_unit_test(behind_a_length_that_cannot_be_all_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
