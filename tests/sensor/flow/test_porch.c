/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_porch - what is remembered of who takes no place.
 */
#include "sensor/flow/porch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HASH UINT64_C(0x0123456789abcdef)

static void
note(struct porch *porch, uint64_t hash, unsigned from, struct packet packet)
{
	porch_note(porch, hash, from, &packet);
}

static void
nobody_is_known_at_first(void **state)
{
	struct porch *porch = porch_new();
	struct passer passer;

	(void)state;
	assert_non_null(porch);
	for (unsigned from = 0; from < 2; from++) {
		assert_false(porch_recall(porch, HASH, from, &passer));
		assert_false(porch_recall(porch, 0, from, &passer));
		assert_false(porch_recall(porch, UINT64_MAX, from, &passer));
	}
	porch_free(porch);
}

static void
each_endpoint_has_its_own_number(void **state)
{
	struct porch *porch = porch_new();
	struct passer passer;

	(void)state;
	assert_non_null(porch);
	note(porch, HASH, 1, (struct packet){ .flags = TCP_SYN, .seq = 1000 });
	assert_false(porch_recall(porch, HASH, 0, &passer));
	assert_true(porch_recall(porch, HASH, 1, &passer));
	assert_true(passer.syn);
	assert_int_equal(passer.seq, 1001);

	note(porch, HASH, 0, (struct packet){ .flags = TCP_ACK, .seq = 77 });
	assert_true(porch_recall(porch, HASH, 0, &passer));
	assert_false(passer.syn);
	assert_int_equal(passer.seq, 77);
	assert_true(porch_recall(porch, HASH, 1, &passer));
	assert_int_equal(passer.seq, 1001);
	porch_free(porch);
}

static void
another_connection_is_not_taken_for_it(void **state)
{
	struct porch *porch = porch_new();
	struct passer passer;

	(void)state;
	assert_non_null(porch);
	note(porch, HASH, 0, (struct packet){ .flags = TCP_SYN });
	for (unsigned bit = 34; bit < 64; bit++)
		assert_false(
		    porch_recall(porch, HASH ^ UINT64_C(1) << bit, 0, &passer));
	porch_free(porch);
}

static void
a_syn_is_not_forgotten_for_what_followed_it(void **state)
{
	struct porch *porch = porch_new();
	struct passer passer;

	(void)state;
	assert_non_null(porch);
	note(porch, HASH, 0,
	    (struct packet){ .flags = TCP_SYN, .seq = UINT32_MAX });
	note(porch, HASH, 0, (struct packet){ .flags = TCP_ACK, .seq = 0 });
	note(porch, HASH, 0, (struct packet){ .flags = TCP_FIN, .seq = 500 });
	assert_true(porch_recall(porch, HASH, 0, &passer));
	assert_true(passer.syn);
	assert_int_equal(passer.seq, 0);

	/* The tuple's next connection, of which the SYN was not seen. */
	note(porch, HASH, 0,
	    (struct packet){ .flags = TCP_ACK, .seq = 1U << 30 });
	assert_true(porch_recall(porch, HASH, 0, &passer));
	assert_false(passer.syn);
	porch_free(porch);
}

static void
who_comes_later_takes_the_place(void **state)
{
	struct porch *porch = porch_new();
	const uint64_t later = HASH ^ UINT64_C(1) << 40;
	struct passer passer;

	(void)state;
	assert_non_null(porch);
	note(porch, HASH, 0, (struct packet){ .flags = TCP_SYN, .seq = 1 });
	note(porch, later, 0, (struct packet){ .flags = TCP_ACK, .seq = 9 });
	assert_false(porch_recall(porch, HASH, 0, &passer));
	assert_true(porch_recall(porch, later, 0, &passer));
	assert_int_equal(passer.seq, 9);
	porch_free(porch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_known_at_first),
		cmocka_unit_test(each_endpoint_has_its_own_number),
		cmocka_unit_test(another_connection_is_not_taken_for_it),
		cmocka_unit_test(a_syn_is_not_forgotten_for_what_followed_it),
		cmocka_unit_test(who_comes_later_takes_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
