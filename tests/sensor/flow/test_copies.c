/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_copies - which copies of a byte there were, and whether they agree.
 */
#include "sensor/flow/copies.h"
#include "sensor/flow/reassembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT_MAX 16384

/* A direction, what was heard of it, and its last copies in the end. */
struct stage {
	struct reassembly *r;
	struct half half;
	uint32_t isn;
	char heard[TEXT_MAX];
	size_t len;
	char last[COPIES_BYTES + 1];
};

static void
begin_at(struct stage *stage, uint32_t isn)
{
	memset(stage, 0, sizeof(*stage));
	stage->r = reassembly_new(1, 1, 1);
	assert_non_null(stage->r);
	stage->isn = isn;
	half_begin_at(&stage->half, isn);
}

static void
end(struct stage *stage)
{
	reassembly_forget(stage->r, &stage->half);
	assert_int_equal(copies_live(reassembly_copies(stage->r)), 0);
	reassembly_free(stage->r);
}

static void
push_bytes(struct stage *stage, uint32_t offset, const void *bytes, size_t len)
{
	struct segment segment = {
		.seq = stage->isn + offset,
		.wire_len = (uint32_t)len,
		.bytes = slice_of(bytes, len),
	};
	struct piece piece;

	reassembly_push(stage->r, &stage->half, &segment);
	while (
	    reassembly_pull(stage->r, &stage->half, 0, &piece) == PIECE_BYTES) {
		stage->len += slice_bytes(stage->heard + stage->len,
		    TEXT_MAX - stage->len, piece.bytes);
		copies_heard(
		    reassembly_copies(stage->r), &stage->half, piece.bytes);
	}
}

static void
push(struct stage *stage, uint32_t offset, const char *text)
{
	push_bytes(stage, offset, text, strlen(text));
}

static const char *
last_of(struct stage *stage)
{
	const uint32_t end = stage->half.next - stage->half.first;
	struct slice bytes;
	uint32_t at = 0;

	do {
		bytes = copies_look(
		    reassembly_copies(stage->r), &stage->half, at, end);
		bytes = slice_first(bytes, COPIES_BYTES - at);
		at += (uint32_t)slice_bytes(
		    stage->last + at, COPIES_BYTES - at, bytes);
	} while (bytes.len > 0 && at < end);
	stage->last[at] = '\0';
	return stage->last;
}

/* --- the published vector --- */

/* Novak, Sturges: Target-Based TCP Stream Reassembly (2007).  The first byte
 * comes last, so that all else waits for it. */
static const struct part {
	uint32_t at;
	const char *text;
} vector[] = {
	{ 2, "AAA" },
	{ 6, "BB" },
	{ 8, "CCC" },
	{ 12, "D" },
	{ 15, "EE" },
	{ 17, "FFF" },
	{ 20, "GG" },
	{ 22, "HH" },
	{ 24, "I" },
	{ 3, "JJJJ" },
	{ 8, "KKK" },
	{ 11, "LLL" },
	{ 14, "MMM" },
	{ 18, "N" },
	{ 21, "O" },
	{ 22, "P" },
	{ 24, "QQ" },
	{ 1, "0" },
};

#define PARTS      (sizeof(vector) / sizeof(vector[0]))
#define VECTOR_END 26

struct extent {
	uint32_t from, to;
};

/* Does the later one take from the one that was here what both have? */
static bool
by_start(struct extent was, struct extent later)
{
	return later.from < was.from;
}

static bool
by_start_or_more(struct extent was, struct extent later)
{
	return later.from < was.from ||
	    (later.from == was.from && later.to > was.to);
}

static bool
by_start_or_as_much(struct extent was, struct extent later)
{
	return later.from < was.from ||
	    (later.from == was.from && later.to >= was.to);
}

static bool
by_end_or_all(struct extent was, struct extent later)
{
	return later.to > was.to ||
	    (later.to == was.to && later.from <= was.from);
}

static bool
never(struct extent was, struct extent later)
{
	(void)was, (void)later;
	return false;
}

static bool
always(struct extent was, struct extent later)
{
	(void)was, (void)later;
	return true;
}

static const struct policy {
	const char *name;
	bool (*gives_way)(struct extent was, struct extent later);
	const char *text; /* as published */
} policies[] = {
	{ "BSD", by_start, "0AAAJJBCCCLLLMMMFFFGGHHIQ" },
	{ "VISTA", never, "0AAAJBBCCCLDLMEEFFFGGHHIQ" },
	{ "LINUX", by_start_or_more, "0AAAJJBCCCLLLMMMFFFGGHHQQ" },
	{ "OLD_LINUX", by_start_or_as_much, "0AAAJJBKKKLLLMMMFFFGGHHQQ" },
	{ "SOLARIS", by_end_or_all, "0AJJJBBKKKLLLMMMFFFGGHHQQ" },
	{ "LAST", always, "0AJJJJBKKKLLLMMMFNFGOPHQQ" },
};

static struct extent
extent_of(size_t part)
{
	return (struct extent){ vector[part].at,
		vector[part].at + (uint32_t)strlen(vector[part].text) };
}

/* What a receiver of that policy has, from offset 1 on. */
static void
receive(const struct policy *policy, char ret_text[static VECTOR_END])
{
	size_t owner[VECTOR_END];

	for (size_t i = 0; i < VECTOR_END; i++)
		owner[i] = PARTS;
	for (size_t part = 0; part < PARTS; part++) {
		struct extent later = extent_of(part);

		for (uint32_t i = later.from; i < later.to; i++)
			if (owner[i] == PARTS ||
			    policy->gives_way(extent_of(owner[i]), later))
				owner[i] = part;
	}
	for (uint32_t i = 1; i < VECTOR_END; i++) {
		assert_true(owner[i] < PARTS);
		ret_text[i - 1] =
		    vector[owner[i]].text[i - vector[owner[i]].at];
	}
	ret_text[VECTOR_END - 1] = '\0';
}

static void
tcp_09_the_vector_is_what_its_six_policies_make_of_it(void **state)
{
	char text[VECTOR_END];

	(void)state;
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		receive(&policies[i], text);
		if (strcmp(text, policies[i].text) != 0)
			fail_msg("%s: %s", policies[i].name, text);
	}
}

static void
tcp_09_first_and_last_copies_are_those_of_the_vector(void **state)
{
	static const uint32_t isns[] = { 0, 500, UINT32_MAX - 9, UINT32_MAX };
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof(isns) / sizeof(isns[0]); i++) {
		begin_at(&stage, isns[i]);
		for (size_t part = 0; part < PARTS; part++)
			push(&stage, vector[part].at - 1, vector[part].text);
		assert_string_equal(stage.heard, policies[1].text);
		assert_string_equal(last_of(&stage), policies[5].text);
		assert_true(stage.half.conflict);
		end(&stage);
	}
}

/* --- what is a conflict --- */

static void
copies_that_agree_are_no_conflict(void **state)
{
	struct stage stage;

	(void)state;
	begin_at(&stage, 7);
	push(&stage, 0, "220 mx");
	push(&stage, 0, "220 mx");
	push(&stage, 10, "xyz");
	push(&stage, 4, "mx.exaxyz");
	assert_false(stage.half.conflict);
	assert_string_equal(last_of(&stage), "220 mx.exaxyz");
	end(&stage);
}

static void
a_byte_that_was_heard_is_compared(void **state)
{
	struct stage stage;

	(void)state;
	begin_at(&stage, UINT32_MAX - 1);
	push(&stage, 0, "XXXX");
	push(&stage, 2, "0 mx");
	assert_true(stage.half.conflict);
	assert_true(stage.half.rewritten);
	assert_string_equal(stage.heard, "XXXXmx");
	assert_string_equal(last_of(&stage), "XX0 mx");
	end(&stage);
}

static void
of_what_is_held_the_last_copy_is_heard_in_its_turn(void **state)
{
	struct stage stage;

	(void)state;
	begin_at(&stage, 7);
	push(&stage, 2, "XXXX");
	push(&stage, 3, "bcd");
	assert_true(stage.half.conflict);
	assert_false(stage.half.rewritten);
	push(&stage, 2, "abcd"); /* the held one again, and right */
	push(&stage, 0, "01");
	assert_string_equal(stage.heard, "01XXXX");
	assert_string_equal(last_of(&stage), "01abcd");
	end(&stage);
}

/* Of an idle connection only: else it hides one byte after the other. */
static void
a_keep_alive_says_nothing(void **state)
{
	struct stage stage;

	(void)state;
	begin_at(&stage, 7);
	push(&stage, 0, "220 mx\r\n");
	assert_true(half_ack(&stage.half, 7 + 8, 0));
	push(&stage, 7, "X");
	assert_false(stage.half.conflict);
	push(&stage, 8, "2");
	push(&stage, 8, "X");
	assert_true(stage.half.conflict);
	end(&stage);
}

/* --- how much is kept --- */

static void
the_first_and_the_latest_4_kib_are_compared(void **state)
{
	static const struct {
		uint32_t at;
		bool seen;
	} rows[] = {
		{ 0, true },
		{ COPIES_BYTES - 1, true },
		{ COPIES_BYTES + 600, false },
		{ 3 * COPIES_BYTES - 600, false },
		{ 3 * COPIES_BYTES + 1, true },
		{ 4 * COPIES_BYTES - 2, true },
	};
	static const char zeroes[1024];
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_at(&stage, 5);
		for (uint32_t at = 0; at < 4 * COPIES_BYTES; at += 1024)
			push_bytes(&stage, at, zeroes, sizeof(zeroes));
		assert_in_range(
		    copies_live(reassembly_copies(stage.r)), 16, 19);
		push(&stage, rows[i].at, "X");
		assert_int_equal(stage.half.conflict, rows[i].seen);
		end(&stage);
	}
}

static void
beyond_the_first_4_kib_no_byte_is_kept_twice(void **state)
{
	static const char zeroes[COPIES_BYTES], ones[] = "1111";
	struct stage stage;

	(void)state;
	begin_at(&stage, 0);
	push_bytes(&stage, 0, zeroes, COPIES_BYTES - 10);
	push_bytes(&stage, COPIES_BYTES + 2, zeroes, 100);
	push(&stage, COPIES_BYTES + 2, ones);
	assert_true(stage.half.conflict);
	push_bytes(&stage, COPIES_BYTES - 10, zeroes, 12);
	push(&stage, COPIES_BYTES - 2, ones);
	last_of(&stage);
	assert_memory_equal(stage.last + COPIES_BYTES - 3,
	    "\0"
	    "11",
	    3);
	end(&stage);
}

static void
who_was_robbed_is_counted_and_not_whole(void **state)
{
	enum {
		HALVES = 100
	};
	struct half halves[HALVES];
	struct stage stage;
	struct copies *copies;
	unsigned robbed = 0;

	(void)state;
	begin_at(&stage, 0);
	copies = reassembly_copies(stage.r);
	for (unsigned i = 0; i < HALVES; i++) {
		half_begin_at(&halves[i], 0);
		halves[i].next = 3;
		copies_heard(copies, &halves[i], slice_of("abc", 3));
	}
	for (unsigned i = 0; i < HALVES; i++)
		robbed += !copies_whole(&halves[i]);
	assert_true(robbed > 0);
	assert_int_equal(
	    reassembly_numbers(stage.r)->overlap_unchecked, robbed);
	assert_int_equal(copies_live(copies), HALVES - robbed);
	for (unsigned i = 0; i < HALVES; i++)
		copies_sure(copies, &halves[i]);
	end(&stage);
}

static void
who_is_sure_keeps_nothing(void **state)
{
	struct stage stage;

	(void)state;
	begin_at(&stage, 0);
	push(&stage, 0, "abc");
	copies_sure(reassembly_copies(stage.r), &stage.half);
	assert_int_equal(copies_live(reassembly_copies(stage.r)), 0);
	push(&stage, 0, "XXXdef");
	assert_false(stage.half.conflict);
	assert_int_equal(copies_live(reassembly_copies(stage.r)), 0);
	end(&stage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    tcp_09_the_vector_is_what_its_six_policies_make_of_it),
		cmocka_unit_test(
		    tcp_09_first_and_last_copies_are_those_of_the_vector),
		cmocka_unit_test(copies_that_agree_are_no_conflict),
		cmocka_unit_test(a_byte_that_was_heard_is_compared),
		cmocka_unit_test(
		    of_what_is_held_the_last_copy_is_heard_in_its_turn),
		cmocka_unit_test(a_keep_alive_says_nothing),
		cmocka_unit_test(the_first_and_the_latest_4_kib_are_compared),
		cmocka_unit_test(beyond_the_first_4_kib_no_byte_is_kept_twice),
		cmocka_unit_test(who_was_robbed_is_counted_and_not_whole),
		cmocka_unit_test(who_is_sure_keeps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
