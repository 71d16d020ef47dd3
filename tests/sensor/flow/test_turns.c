/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_turns - bytes wait until what they answer was heard.
 *
 * One direction waits, the other is only a number: up to where it was heard.
 */
#include "sensor/flow/pool.h"
#include "sensor/flow/turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BEGIN UINT32_C(1000) /* of the direction that waits */
#define ACK   UINT32_C(7000) /* ... and of what it acknowledges */

struct stage {
	struct turns *turns;
	struct half half;
};

static struct stage
stage_of(uint32_t most)
{
	static struct reassembly_numbers numbers;
	struct stage stage = { .turns = turns_new(most, &numbers) };

	assert_non_null(stage.turns);
	half_begin_at(&stage.half, BEGIN);
	return stage;
}

static void
leave(struct stage *stage)
{
	turns_drop(stage->turns, &stage->half);
	turns_free(stage->turns);
}

/* Bytes of the waiting direction, `after` bytes of the other's acknowledged. */
static void
add_at(struct stage *stage, uint32_t from, uint32_t len, uint32_t after,
    uint64_t tick_ns)
{
	turns_add(stage->turns, &stage->half,
	    &(struct segment){
		.seq = BEGIN + from, .wire_len = len, .tick_ns = tick_ns },
	    &(struct answer){ .ack = ACK + after, .acked = ACK });
}

static void
add(struct stage *stage, uint32_t from, uint32_t len, uint32_t after)
{
	add_at(stage, from, len, after, 1);
}

static enum turn
come(struct stage *stage, uint32_t heard)
{
	return turns_come(stage->turns, &stage->half, ACK + heard, 1, false);
}

/* Its turn has come, and it is heard up to where the next one begins. */
static void
hear(struct stage *stage, uint32_t to)
{
	assert_int_equal(turns_until(stage->turns, &stage->half), BEGIN + to);
	stage->half.next = BEGIN + to;
}

static void
an_answer_waits_for_its_question(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 0, 10, 6);
	assert_int_equal(turns_until(stage.turns, &stage.half), BEGIN);
	assert_int_equal(come(&stage, 0), TURN_NOT_YET);
	assert_int_equal(come(&stage, 5), TURN_NOT_YET);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	assert_int_equal(stage.half.turns, POOL_NONE);
	leave(&stage);
}

static void
each_answer_waits_for_its_own_question(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 20, 10, 12); /* the second comes first */
	add(&stage, 0, 20, 6);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	hear(&stage, 20);
	assert_int_equal(come(&stage, 6), TURN_NOT_YET);
	assert_int_equal(come(&stage, 12), TURN_FURTHER);
	assert_int_equal(stage.half.turns, POOL_NONE);
	leave(&stage);
}

static void
nothing_has_its_turn_before_what_was_free_is_heard(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	stage.half.seen = BEGIN + 10;
	add(&stage, 10, 10, 6);
	assert_int_equal(come(&stage, 6), TURN_NOT_YET);
	hear(&stage, 10);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	leave(&stage);
}

/* Sent again with a later acknowledgement it was still said when it was. */
static void
what_is_sent_again_waits_no_longer(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 0, 20, 12);
	add(&stage, 0, 20, 6);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	assert_int_equal(stage.half.turns, POOL_NONE);

	add(&stage, 0, 20, 6);
	add(&stage, 0, 20, 12);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	assert_int_equal(stage.half.turns, POOL_NONE);
	leave(&stage);
}

/* What is behind acknowledges no less, so a byte waits for the least of it. */
static void
bytes_before_an_early_acknowledgement_wait_for_no_later_one(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 0, 10, 12);
	add(&stage, 10, 10, 6);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	assert_int_equal(stage.half.turns, POOL_NONE);
	leave(&stage);
}

static void
only_an_acknowledgement_that_is_further_says_so(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 0, 10, 0);
	add(&stage, 10, 10, 6);
	assert_int_equal(come(&stage, 6), TURN_COME);
	hear(&stage, 10);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	leave(&stage);
}

/* Nothing of it was heard, but its beginning is known by what the other side
 * acknowledged: what comes from there on has a turn as well. */
static void
bytes_before_the_first_that_waits_wait_for_theirs(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	half_begin(&stage.half);
	half_ack(&stage.half, BEGIN, 1);
	add(&stage, 30, 10, 12);
	assert_int_equal(turns_until(stage.turns, &stage.half), BEGIN);
	add(&stage, 0, 30, 6);
	stage.half.begun = true;
	assert_int_equal(come(&stage, 5), TURN_NOT_YET);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	hear(&stage, 30);
	assert_int_equal(come(&stage, 6), TURN_NOT_YET);
	leave(&stage);
}

static void
who_waits_in_vain_does_so_once(void **state)
{
	struct stage stage = stage_of(4);
	const uint64_t late = 1 + TURNS_WAIT_NS;

	(void)state;
	add(&stage, 0, 10, 6);
	add(&stage, 10, 10, 12);
	assert_int_equal(turns_come(stage.turns, &stage.half, ACK, late, false),
	    TURN_NOT_YET);
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, ACK, late - 1, true),
	    TURN_NOT_YET);
	assert_int_equal(turns_come(stage.turns, &stage.half, ACK, late, true),
	    TURN_FURTHER);
	assert_true(stage.half.alone);
	hear(&stage, 10);
	assert_int_equal(turns_come(stage.turns, &stage.half, ACK, late, false),
	    TURN_NOT_YET);
	assert_int_equal(turns_come(stage.turns, &stage.half, ACK, late, true),
	    TURN_FURTHER);
	leave(&stage);
}

static void
at_the_end_nothing_is_waited_for(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	add(&stage, 0, 10, 6);
	stage.half.closed = true;
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, ACK, 1, true), TURN_FURTHER);
	leave(&stage);
}

/* A copy came in turn, and all that waited was heard by it. */
static void
what_was_heard_otherwise_waits_for_nothing(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	stage.half.seen = BEGIN + 10;
	add(&stage, 0, 10, 6);
	stage.half.next = BEGIN + 10;
	assert_int_equal(come(&stage, 0), TURN_COME);
	assert_int_equal(stage.half.turns, POOL_NONE);
	leave(&stage);
}

/* While it gathers, its first byte may yet come, and with it all wait. */
static void
what_is_gathered_begins_when_all_is_there(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	stage.half.gathering = true;
	stage.half.next = stage.half.seen = BEGIN + 10;
	add(&stage, 10, 10, 12);
	stage.half.seen = BEGIN + 20;
	stage.half.next = BEGIN;
	add(&stage, 0, 10, 6);
	turns_start(stage.turns, &stage.half);
	assert_int_equal(come(&stage, 5), TURN_NOT_YET);
	assert_int_equal(come(&stage, 6), TURN_FURTHER);
	hear(&stage, 10);
	assert_int_equal(come(&stage, 6), TURN_NOT_YET);
	leave(&stage);
}

/* The last of them waits for less, and then as long as what is before it. */
static void
more_turns_than_there_is_room_for_lose_none(void **state)
{
	struct stage stage = stage_of(4);
	uint32_t heard = 0;

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		add(&stage, 10 * i, 10, 6 * (i + 1));
	while (stage.half.turns != POOL_NONE) {
		heard += 6;
		assert_int_equal(come(&stage, heard - 1), TURN_NOT_YET);
		assert_int_equal(come(&stage, heard), TURN_FURTHER);
		if (stage.half.turns != POOL_NONE)
			stage.half.next = turns_until(stage.turns, &stage.half);
	}
	assert_int_equal(heard, 6 * 8);
	leave(&stage);
}

/* When the pool is empty bytes are free to be heard, in the order they came. */
static void
without_room_nobody_waits(void **state)
{
	struct stage stage = stage_of(1);
	struct stage other = { .turns = stage.turns };

	(void)state;
	half_begin_at(&other.half, BEGIN);
	add(&stage, 0, 10, 6);
	add(&other, 0, 10, 6);
	assert_int_equal(other.half.turns, POOL_NONE);
	turns_drop(stage.turns, &stage.half);
	add(&other, 0, 10, 6);
	assert_int_not_equal(other.half.turns, POOL_NONE);
	turns_drop(other.turns, &other.half);
	leave(&stage);
}

static void
numbers_may_wrap(void **state)
{
	struct stage stage = stage_of(4);

	(void)state;
	half_begin_at(&stage.half, UINT32_MAX - 4);
	for (uint32_t i = 0; i < 2; i++)
		turns_add(stage.turns, &stage.half,
		    &(struct segment){
			.seq = UINT32_MAX - 4 + 10 * i, .wire_len = 10 },
		    &(struct answer){ UINT32_MAX - 2 + 5 * i, UINT32_MAX - 4 });
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, UINT32_MAX - 3, 0, false),
	    TURN_NOT_YET);
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, UINT32_MAX - 2, 0, false),
	    TURN_FURTHER);
	stage.half.next = turns_until(stage.turns, &stage.half);
	assert_int_equal(stage.half.next, 5);
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, 1, 0, false), TURN_NOT_YET);
	assert_int_equal(
	    turns_come(stage.turns, &stage.half, 2, 0, false), TURN_FURTHER);
	leave(&stage);
}

#define EACH(test) cmocka_unit_test(test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(an_answer_waits_for_its_question),
		EACH(each_answer_waits_for_its_own_question),
		EACH(nothing_has_its_turn_before_what_was_free_is_heard),
		EACH(what_is_sent_again_waits_no_longer),
		EACH(
		    bytes_before_an_early_acknowledgement_wait_for_no_later_one),
		EACH(only_an_acknowledgement_that_is_further_says_so),
		EACH(bytes_before_the_first_that_waits_wait_for_theirs),
		EACH(who_waits_in_vain_does_so_once),
		EACH(at_the_end_nothing_is_waited_for),
		EACH(what_was_heard_otherwise_waits_for_nothing),
		EACH(what_is_gathered_begins_when_all_is_there),
		EACH(more_turns_than_there_is_room_for_lose_none),
		EACH(without_room_nobody_waits),
		EACH(numbers_may_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
