/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/conversations.h"
#include "sensor/flow/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000000ULL
#define MOST   16

/* One that waits since that second, with nothing else set. */
static struct conversation *
taken(struct conversations *all, enum wait wait, uint64_t since_s)
{
	struct conversation *c = conversations_take(all);

	assert_non_null(c);
	memset(&c->dialog, 0, sizeof(c->dialog));
	c->told = 0;
	c->progress_ns = since_s * SECOND;
	conversations_wait(all, c, wait, since_s * SECOND);
	return c;
}

static int
begin(void **state)
{
	*state = conversations_new(MOST, 7);
	return *state != NULL ? 0 : -1;
}

static int
finish(void **state)
{
	conversations_free(*state);
	return 0;
}

static void
each_kind_of_waiting_has_its_time_out(void **state)
{
	static const struct {
		enum wait wait;
		uint64_t patience_s;
	} cases[] = {
		{ WAIT_UNDECIDED, 300 },
		{ WAIT_DECIDED, 900 },
		{ WAIT_SUSPECT, 5 },
		{ WAIT_CLOSING, 5 },
		{ WAIT_UNTOLD, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conversation *c = taken(*state, cases[i].wait, 100);
		uint64_t due = (100 + cases[i].patience_s) * SECOND;

		if (cases[i].patience_s > 0)
			assert_null(conversations_due(*state, due - 1));
		assert_ptr_equal(conversations_due(*state, due), c);
		conversations_give(*state, c);
	}
	assert_int_equal(conversations_live(*state), 0);
}

static void
who_has_waited_longest_is_due_first(void **state)
{
	struct conversation *a = taken(*state, WAIT_UNDECIDED, 1);
	struct conversation *b = taken(*state, WAIT_UNDECIDED, 2);
	struct conversation *c = taken(*state, WAIT_UNDECIDED, 3);

	conversations_wait(*state, a, WAIT_UNDECIDED, 4 * SECOND);
	assert_ptr_equal(conversations_due(*state, 400 * SECOND), b);
	conversations_give(*state, b);
	assert_ptr_equal(conversations_due(*state, 400 * SECOND), c);
	conversations_give(*state, c);
	assert_ptr_equal(conversations_due(*state, 400 * SECOND), a);
	conversations_give(*state, a);
	assert_null(conversations_due(*state, UINT64_MAX));
}

static void
waiting_for_something_else_leaves_the_old_queue(void **state)
{
	struct conversation *a = taken(*state, WAIT_SUSPECT, 0);

	conversations_wait(*state, a, WAIT_DECIDED, 0);
	assert_null(conversations_due(*state, 899 * SECOND));
	assert_ptr_equal(conversations_due(*state, 900 * SECOND), a);
}

/* That nobody was due for long does not say that nobody will be soon. */
static void
who_waits_shorter_than_all_others_is_due_before_them(void **state)
{
	struct conversation *a = taken(*state, WAIT_DECIDED, 1), *b;

	assert_null(conversations_due(*state, 2 * SECOND));
	b = taken(*state, WAIT_CLOSING, 3);
	assert_null(conversations_due(*state, 8 * SECOND - 1));
	assert_ptr_equal(conversations_due(*state, 8 * SECOND), b);
	conversations_give(*state, b);
	assert_null(conversations_due(*state, 901 * SECOND - 1));
	conversations_wait(*state, a, WAIT_UNTOLD, 900 * SECOND);
	assert_ptr_equal(conversations_due(*state, 900 * SECOND), a);
}

static void
the_end_of_time_finds_everybody(void **state)
{
	for (int i = 0; i < MOST; i++)
		taken(*state, (enum wait)(i % WAITS), 1);
	for (int i = 0; i < MOST; i++) {
		struct conversation *c = conversations_due(*state, UINT64_MAX);

		assert_non_null(c);
		conversations_give(*state, c);
	}
	assert_int_equal(conversations_live(*state), 0);
}

static void
more_than_there_are_is_refused(void **state)
{
	for (int i = 0; i < MOST; i++)
		taken(*state, WAIT_UNDECIDED, 1);
	assert_null(conversations_take(*state));
}

static void
the_victim_is_an_open_one_never_a_finding(void **state)
{
	struct conversation *open = NULL;

	for (int i = 0; i < MOST; i++) {
		struct conversation *c = taken(*state, WAIT_DECIDED, 1);

		c->dialog.verdict = VERDICT_CONFIRMED;
		if (i == 5)
			open = c;
	}
	open->dialog.verdict = VERDICT_NONE;
	for (int i = 0; i < 200; i++) {
		struct conversation *victim = conversations_victim(*state);

		/* confirmed and untold: nobody may ask them to go */
		assert_true(victim == NULL || victim == open);
	}
}

static void
a_finding_that_was_told_is_better_than_none(void **state)
{
	for (int i = 0; i < MOST; i++) {
		struct conversation *c = taken(*state, WAIT_DECIDED, 1);

		c->dialog.verdict = VERDICT_CONFIRMED;
		c->told = TOLD_CONFIRMED;
	}
	assert_non_null(conversations_victim(*state));
}

static void
the_victim_stood_still_for_longest_of_those_drawn(void **state)
{
	uint64_t sum = 0;
	const unsigned draws = 400;

	for (unsigned i = 0; i < MOST; i++)
		taken(*state, WAIT_UNDECIDED, i);
	for (unsigned i = 0; i < draws; i++)
		sum += conversations_victim(*state)->progress_ns / SECOND;
	/* the least of eight out of sixteen; a lone draw would give 7.5 */
	assert_true(sum < 3 * draws);
}

int
main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, finish)
	const struct CMUnitTest tests[] = {
		EACH(each_kind_of_waiting_has_its_time_out),
		EACH(who_has_waited_longest_is_due_first),
		EACH(waiting_for_something_else_leaves_the_old_queue),
		EACH(who_waits_shorter_than_all_others_is_due_before_them),
		EACH(the_end_of_time_finds_everybody),
		EACH(more_than_there_are_is_refused),
		EACH(the_victim_is_an_open_one_never_a_finding),
		EACH(a_finding_that_was_told_is_better_than_none),
		EACH(the_victim_stood_still_for_longest_of_those_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
