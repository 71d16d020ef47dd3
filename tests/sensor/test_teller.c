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

static void
a_dialog_is_counted_once_however_often_it_is_told(void **state)
{
	struct traffic traffic = { 0 };
	struct teller teller = { .ring = ring_new(8), .traffic = &traffic };
	struct conversation c = { .dialog = { .verdict = VERDICT_SUSPECTED } };

	(void)state;
	assert_true(teller_tell(&teller, &c, REPORT_NEWS)); /* says nothing */
	assert_int_equal(traffic.sightings, 0);
	assert_true(teller_tell(&teller, &c, REPORT_SILENT));
	assert_int_equal(traffic.sightings, 1);
	c.dialog.verdict = VERDICT_CONFIRMED;
	assert_true(teller_tell(&teller, &c, REPORT_NEWS));
	assert_true(teller_tell(&teller, &c, REPORT_ENDED));
	assert_int_equal(traffic.sightings, 1);
	assert_int_equal(ring_length(teller.ring), 3);

	c = (struct conversation){ .dialog = { .verdict = VERDICT_CONFIRMED } };
	assert_true(teller_tell(&teller, &c, REPORT_NEWS));
	assert_true(teller_tell(&teller, &c, REPORT_ENDED));
	assert_int_equal(traffic.sightings, 2);
	ring_free(teller.ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    live_a_stranger_without_room_is_counted_as_lost),
		cmocka_unit_test(
		    a_dialog_is_counted_once_however_often_it_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
