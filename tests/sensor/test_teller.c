/* SPDX-License-Identifier: Apache-2.0 */
/* What a ring has no room for is counted, or owed. */
#include "output/ring.h"
#include "sensor/teller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
live_a_stranger_without_room_is_counted_as_lost(void **state)
{
	struct traffic traffic = { 0 };
	struct observation seen = { .kind = OBSERVED_STRANGER };
	struct teller teller = { .ring = ring_new(1), .traffic = &traffic };

	(void)state;
	assert_non_null(teller.ring);
	while (traffic.ring_full == 0) {
		assert_int_equal(traffic.strangers_lost, 0);
		teller_stranger(&teller, &seen);
	}
	assert_int_equal(traffic.strangers_lost, 1);
	assert_true(ring_pop(teller.ring, &seen));
	teller_stranger(&teller, &seen);
	assert_int_equal(traffic.strangers_lost, 1);
	ring_free(teller.ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    live_a_stranger_without_room_is_counted_as_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
