/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs wait in order; what does not fit is counted. */
#include "dissectors/smtp_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
verbs_are_answered_in_their_order(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	assert_false(smtp_queue_waits(&queue));
	assert_int_equal(smtp_queue_oldest(&queue), VERB_OTHER);
	smtp_queue_push(&queue, VERB_MAIL);
	smtp_queue_push(&queue, VERB_RCPT);
	smtp_queue_push(&queue, VERB_RCPT);
	assert_int_equal(queue.used, 2);
	assert_int_equal(smtp_queue_pop(&queue), VERB_MAIL);
	assert_int_equal(smtp_queue_pop(&queue), VERB_RCPT);
	assert_int_equal(smtp_queue_pop(&queue), VERB_RCPT);
	assert_false(smtp_queue_waits(&queue));
	assert_int_equal(smtp_queue_pop(&queue), VERB_OTHER);
}

static void
equal_verbs_share_a_place_up_to_its_count(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_true(smtp_queue_push(&queue, VERB_RCPT));
	assert_int_equal(queue.used, 2);
	for (int i = 0; i < 300; i++)
		assert_int_equal(smtp_queue_pop(&queue), VERB_RCPT);
	assert_false(smtp_queue_waits(&queue));
}

static void
a_full_queue_is_closed_until_it_has_drained(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	for (int i = 0; i < QUEUE_PLACES; i++)
		assert_true(smtp_queue_push(
		    &queue, i % 2 == 0 ? VERB_NOOP : VERB_RSET));
	assert_false(smtp_queue_push(&queue, VERB_DATA));
	assert_true(queue.closed);
	assert_true(smtp_queue_has_data(&queue));
	for (int i = 0; i < QUEUE_PLACES + 1; i++) {
		assert_true(smtp_queue_waits(&queue));
		assert_int_equal(smtp_queue_pop(&queue), VERB_OTHER);
	}
	assert_false(queue.closed);
	assert_false(smtp_queue_waits(&queue));
	assert_true(smtp_queue_push(&queue, VERB_EHLO));
	assert_int_equal(smtp_queue_pop(&queue), VERB_EHLO);
}

static void
junk_makes_way_for_a_verb_behind_it(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	smtp_queue_push(&queue, VERB_JUNK);
	smtp_queue_skip_junk(&queue);
	assert_int_equal(smtp_queue_oldest(&queue), VERB_JUNK);
	smtp_queue_push(&queue, VERB_EHLO);
	smtp_queue_skip_junk(&queue);
	assert_int_equal(smtp_queue_oldest(&queue), VERB_EHLO);
}

static void
a_body_that_did_not_wait_is_told_from_commands(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	smtp_queue_push(&queue, VERB_RCPT);
	smtp_queue_push(&queue, VERB_DATA);
	assert_true(smtp_queue_body_runs(&queue));
	smtp_queue_push(&queue, VERB_OTHER);
	assert_false(smtp_queue_body_heard(&queue));
	smtp_queue_end_body(&queue);
	assert_false(smtp_queue_body_runs(&queue));
	assert_true(smtp_queue_body_heard(&queue));
	smtp_queue_push(&queue, VERB_QUIT);
	smtp_queue_to_data(&queue);
	assert_int_equal(smtp_queue_pop(&queue), VERB_DATA);
	assert_int_equal(smtp_queue_pop(&queue), VERB_BODY);
	assert_int_equal(smtp_queue_pop(&queue), VERB_QUIT);
}

static void
an_answered_data_drops_what_was_its_body(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	smtp_queue_push(&queue, VERB_DATA);
	smtp_queue_push(&queue, VERB_OTHER);
	smtp_queue_to_data(&queue);
	assert_int_equal(smtp_queue_pop(&queue), VERB_DATA);
	assert_false(smtp_queue_waits(&queue));
}

static void
a_body_is_over_when_its_data_is_answered_or_only_counted(void **state)
{
	struct smtp_queue queue = { 0 };

	(void)state;
	smtp_queue_push(&queue, VERB_DATA);
	smtp_queue_push(&queue, VERB_OTHER);
	assert_int_equal(smtp_queue_pop(&queue), VERB_DATA);
	assert_false(smtp_queue_body_runs(&queue));

	smtp_queue_push(&queue, VERB_DATA);
	assert_true(smtp_queue_body_runs(&queue));
	smtp_queue_close(&queue);
	assert_false(smtp_queue_body_runs(&queue));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs_are_answered_in_their_order),
		cmocka_unit_test(equal_verbs_share_a_place_up_to_its_count),
		cmocka_unit_test(a_full_queue_is_closed_until_it_has_drained),
		cmocka_unit_test(junk_makes_way_for_a_verb_behind_it),
		cmocka_unit_test(
		    a_body_that_did_not_wait_is_told_from_commands),
		cmocka_unit_test(an_answered_data_drops_what_was_its_body),
		cmocka_unit_test(
		    a_body_is_over_when_its_data_is_answered_or_only_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
