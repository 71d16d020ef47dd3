/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pending - new at once, changed once a second, grown when asked for.
 */
#include "tests/output/sample.h"

#include "output/pending.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct place {
	struct server server;
	struct tally tally;
};

static struct tally *
tally_in(struct place *place)
{
	memset(place, 0, sizeof(*place));
	place->tally.server = &place->server;
	return &place->tally;
}

static void
a_new_server_never_waits(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	assert_true(pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T));
	assert_null(pending_changed(&pending, SAMPLE_T + 9 * SECOND));
	assert_null(pending_grown(&pending, SAMPLE_T));
}

static void
changes_within_a_second_are_one(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T);
	assert_false(pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T + 1));
	assert_false(pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T + 2));
	assert_null(pending_changed(&pending, SAMPLE_T + SECOND - 1));
	assert_ptr_equal(
	    pending_changed(&pending, SAMPLE_T + SECOND), &place.server);
	assert_null(pending_changed(&pending, SAMPLE_T + SECOND));
	assert_true(
	    pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T + 2 * SECOND));
}

static void
growth_waits_until_somebody_asks(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	assert_false(
	    pending_add(&pending, tally, CHANGE_TOTALS, SAMPLE_T + HOUR));
	pending_add(&pending, tally, CHANGE_TOTALS, SAMPLE_T + HOUR);
	assert_null(pending_changed(&pending, SAMPLE_T + 2 * HOUR));
	assert_ptr_equal(pending_grown(&pending, SAMPLE_T), &place.server);
	assert_null(pending_grown(&pending, SAMPLE_T));
}

static void
a_change_takes_in_growth(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T);
	pending_add(&pending, tally, CHANGE_TOTALS, SAMPLE_T);
	assert_false(pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T));
	pending_add(&pending, tally, CHANGE_TOTALS, SAMPLE_T);
	assert_null(pending_grown(&pending, SAMPLE_T));
	assert_non_null(pending_changed(&pending, SAMPLE_T + SECOND));
	assert_null(pending_grown(&pending, SAMPLE_T));

	pending_add(&pending, tally, CHANGE_TOTALS, SAMPLE_T + HOUR);
	assert_true(pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T + HOUR));
	assert_null(pending_grown(&pending, SAMPLE_T));
}

static void
the_one_that_is_due_is_found_behind_others(void **state)
{
	struct pending pending;
	struct place early, late;

	(void)state;
	pending_begin(&pending);
	pending_add(&pending, tally_in(&late), CHANGE_NEW, SAMPLE_T + 500);
	pending_add(&pending, tally_in(&early), CHANGE_NEW, SAMPLE_T);
	pending_add(&pending, &late.tally, CHANGE_KIND, SAMPLE_T + 600);
	pending_add(&pending, &early.tally, CHANGE_KIND, SAMPLE_T + 700);
	assert_ptr_equal(
	    pending_changed(&pending, SAMPLE_T + SECOND), &early.server);
	assert_null(pending_changed(&pending, SAMPLE_T + SECOND));
	assert_null(pending_changed(&pending, SAMPLE_T + SECOND + 499));
	assert_ptr_equal(
	    pending_changed(&pending, SAMPLE_T + SECOND + 500), &late.server);
}

static void
a_clock_that_is_set_back_silences_nobody(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T);
	pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T);
	assert_null(pending_changed(&pending, SAMPLE_T + 1));
	assert_ptr_equal(
	    pending_changed(&pending, SAMPLE_T - HOUR), &place.server);
	pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T);
	assert_true(pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T - HOUR));
}

static void
at_the_end_nobody_rests(void **state)
{
	struct pending pending;
	struct place place;
	struct tally *tally = tally_in(&place);

	(void)state;
	pending_begin(&pending);
	pending_add(&pending, tally, CHANGE_NEW, SAMPLE_T);
	pending_add(&pending, tally, CHANGE_KIND, SAMPLE_T);
	assert_ptr_equal(pending_changed(&pending, UINT64_MAX), &place.server);
	assert_null(pending_changed(&pending, UINT64_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_server_never_waits),
		cmocka_unit_test(changes_within_a_second_are_one),
		cmocka_unit_test(growth_waits_until_somebody_asks),
		cmocka_unit_test(a_change_takes_in_growth),
		cmocka_unit_test(the_one_that_is_due_is_found_behind_others),
		cmocka_unit_test(a_clock_that_is_set_back_silences_nobody),
		cmocka_unit_test(at_the_end_nobody_rests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
