/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reassembly - bytes come out once, in order, and holes have a name.
 */
#include "sensor/flow/reassembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Milliseconds as a tick; what is pushed by push() comes at AT(0). */
#define AT(ms)   (1 + (ms)*UINT64_C(1000000))

#define POOL     (64 * 1024)
#define TEXT_MAX 65536

/* What one direction has said so far; a gap of n bytes is written as "<n>". */
struct heard {
	char text[TEXT_MAX];
	size_t len;
};

static struct reassembly *
small_pool(void)
{
	struct reassembly *r = reassembly_new(POOL, 1, 1);

	assert_non_null(r);
	return r;
}

static void
hear_all(struct reassembly *r, struct half *half, uint64_t tick_ns,
    struct heard *heard)
{
	struct piece piece;
	enum piece_kind kind;

	while (
	    (kind = reassembly_pull(r, half, tick_ns, &piece)) != PIECE_NONE) {
		if (kind == PIECE_BYTES)
			heard->len += slice_bytes(heard->text + heard->len,
			    TEXT_MAX - heard->len, piece.bytes);
		else
			heard->len += (size_t)snprintf(heard->text + heard->len,
			    TEXT_MAX - heard->len, "<%u>", piece.gap_len);
	}
}

static void
push(struct reassembly *r, struct half *half, uint32_t seq, const char *text,
    struct heard *heard)
{
	size_t len = strlen(text);
	struct segment segment = {
		.seq = seq,
		.wire_len = (uint32_t)len,
		.bytes = slice_of(text, len),
		.tick_ns = AT(0),
	};

	reassembly_push(r, half, &segment);
	hear_all(r, half, AT(0), heard);
}

/* Every byte that went in is in one place, and nothing is left behind. */
static void
assert_accounts(struct reassembly *r, uint64_t pushed)
{
	const struct reassembly_bytes *bytes = &reassembly_numbers(r)->bytes;

	assert_int_equal(pushed,
	    bytes->lent + bytes->lent_held + bytes->duplicate + bytes->overlap +
		bytes->out_of_window + bytes->over_budget + bytes->forgotten +
		bytes->held);
}

/* --- cases, each at every place of the wrap --- */

#define SEGMENTS 32

struct pushed_text {
	uint32_t offset;
	const char *text;
};

static const struct story {
	const char *name;
	struct pushed_text segment[SEGMENTS];
	const char *heard;
	const char *after_close; /* NULL: the same */
} stories[] = {
	{ "in order", { { 0, "220 " }, { 4, "mx" } }, "220 mx", NULL },
	{ "reversed", { { 4, "mx" }, { 2, "0 " }, { 0, "22" } }, "220 mx",
	    NULL },
	{ "doubled", { { 0, "ab" }, { 0, "ab" }, { 2, "cd" }, { 2, "cd" } },
	    "abcd", NULL },
	{ "a queued one doubled", { { 2, "cd" }, { 2, "cd" }, { 0, "ab" } },
	    "abcd", NULL },
	{ "differently cut again",
	    { { 0, "abcd" }, { 2, "cdef" }, { 0, "abcdefgh" } }, "abcdefgh",
	    NULL },
	{ "identical overlap", { { 3, "def" }, { 1, "bcde" }, { 0, "ab" } },
	    "abcdef", NULL },
	{ "superset of several queued",
	    { { 2, "C" }, { 5, "FG" }, { 1, "bcdefghi" }, { 0, "a" } },
	    "abCdeFGhi", NULL },
	{ "subset of a queued one", { { 1, "bcdef" }, { 3, "XX" }, { 0, "a" } },
	    "abcdef", NULL },
	{ "left overlap by one", { { 3, "DEF" }, { 2, "cd" }, { 0, "ab" } },
	    "abcDEF", NULL },
	{ "right overlap by one", { { 2, "CD" }, { 3, "def" }, { 0, "ab" } },
	    "abCDef", NULL },
	{ "overlap at both ends by one",
	    { { 2, "C" }, { 6, "G" }, { 2, "cdefg" }, { 0, "ab" } }, "abCdefG",
	    NULL },
	{ "touching at both ends",
	    { { 1, "B" }, { 3, "D" }, { 2, "C" }, { 0, "A" } }, "ABCD", NULL },
	{ "the wanted one covers queued ones",
	    { { 2, "C" }, { 4, "E" }, { 0, "abcdefg" } }, "abCdEfg", NULL },
	{ "the wanted one begins earlier and covers queued ones",
	    { { 0, "ab" }, { 3, "D" }, { 0, "ABcdef" } }, "abcDef", NULL },
	{ "keep-alive with nothing", { { 0, "ab" }, { 1, "" }, { 2, "cd" } },
	    "abcd", NULL },
	{ "keep-alive with a garbage byte",
	    { { 0, "ab" }, { 1, "X" }, { 2, "cd" } }, "abcd", NULL },
	{ "window probe, and then the byte again",
	    { { 0, "ab" }, { 2, "c" }, { 2, "cd" } }, "abcd", NULL },
	{ "far ahead, and nothing is acknowledged",
	    { { 0, "ab" }, { 1 << 20, "X" }, { 2, "cd" } }, "abcd",
	    "abcd<1048573>" },
	{ "far behind",
	    { { 0, "ab" }, { UINT32_MAX - 99999, "X" }, { 2, "c" } }, "abc",
	    NULL },
	{ "a hole that never fills", { { 0, "220 " }, { 9, "x\r\n" } }, "220 ",
	    "220 <5>x\r\n" },
	{ "two holes", { { 2, "c" }, { 5, "f" } }, "", "<2>c<2>f" },
	/* The vector of Sturges and Novak; the first byte comes last. */
	{ "first copies only",
	    { { 2, "AAA" }, { 6, "BB" }, { 8, "CCC" }, { 12, "D" },
		{ 15, "EE" }, { 17, "FFF" }, { 20, "GG" }, { 22, "HH" },
		{ 24, "I" }, { 3, "JJJJ" }, { 8, "KKK" }, { 11, "LLL" },
		{ 14, "MMM" }, { 18, "N" }, { 21, "O" }, { 22, "P" },
		{ 24, "QQ" }, { 1, "0" } },
	    "", "<1>0AAAJBBCCCLDLMEEFFFGGHHIQ" },
};

static void
tell(const struct story *story, uint32_t first)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	uint64_t pushed = 0;
	struct half half;

	half_begin_at(&half, first);
	for (unsigned i = 0; i < SEGMENTS && story->segment[i].text != NULL;
	     i++) {
		push(r, &half, first + story->segment[i].offset,
		    story->segment[i].text, &heard);
		pushed += strlen(story->segment[i].text);
	}
	heard.text[heard.len] = '\0';
	if (strcmp(heard.text, story->heard) != 0)
		fail_msg("%s at %#x: heard \"%s\", not \"%s\"", story->name,
		    first, heard.text, story->heard);

	reassembly_close(r, &half);
	hear_all(r, &half, 0, &heard);
	heard.text[heard.len] = '\0';
	if (strcmp(heard.text,
		story->after_close != NULL ? story->after_close
					   : story->heard) != 0)
		fail_msg("%s at %#x: heard \"%s\" in the end", story->name,
		    first, heard.text);
	assert_int_equal(reassembly_live(r), 0);
	assert_accounts(r, pushed);
	reassembly_free(r);
}

static void
every_story_is_heard_the_same_wherever_the_numbers_wrap(void **state)
{
	static const uint32_t firsts[] = { 0, 1, 500, 511, 512,
		UINT32_C(0x7ffffffe), UINT32_C(0x80000000), UINT32_MAX - 1000,
		UINT32_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		for (size_t k = 0; k < sizeof(firsts) / sizeof(firsts[0]); k++)
			tell(&stories[i], firsts[k]);
		for (uint32_t back = 1; back < 30; back++)
			tell(&stories[i], 0 - back);
	}
}

/* --- what is counted --- */

static void
each_kind_of_segment_is_counted_by_its_name(void **state)
{
	struct reassembly *r = small_pool();
	const struct reassembly_numbers *numbers = reassembly_numbers(r);
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 100);
	push(r, &half, 100, "abc", &heard);
	assert_int_equal(numbers->in_order, 1);
	push(r, &half, 100, "abc", &heard);
	assert_int_equal(numbers->duplicate, 1);
	push(r, &half, 105, "fg", &heard);
	assert_int_equal(numbers->out_of_order, 1);
	push(r, &half, 104, "efg", &heard);
	assert_int_equal(numbers->overlap, 1);
	push(r, &half, 104, "efg", &heard);
	assert_int_equal(numbers->duplicate, 2);
	push(r, &half, 103 + REASSEMBLY_WINDOW, "X", &heard);
	assert_int_equal(numbers->out_of_window, 1);
	assert_int_equal(numbers->bytes.held, 3);
	push(r, &half, 103, "d", &heard);
	assert_int_equal(numbers->bytes.held, 0);
	assert_int_equal(numbers->bytes.lent, 4);
	assert_int_equal(numbers->bytes.lent_held, 3);
	assert_int_equal(numbers->bytes.duplicate, 3);
	assert_int_equal(numbers->bytes.overlap, 5);
	assert_int_equal(numbers->gaps, 0);
	assert_accounts(r, 16);
	reassembly_free(r);
}

static void
bytes_in_order_are_lent_from_the_packet(void **state)
{
	struct reassembly *r = small_pool();
	const char text[] = "250 ok";
	struct segment segment = { .seq = 7, .wire_len = 6 };
	struct piece piece;
	struct half half;

	(void)state;
	segment.bytes = slice_of(text, 6);
	half_begin_at(&half, 7);
	reassembly_push(r, &half, &segment);
	assert_int_equal(reassembly_live(r), 0);
	assert_int_equal(reassembly_pull(r, &half, 0, &piece), PIECE_BYTES);
	assert_memory_equal(&piece.bytes, &segment.bytes, sizeof(piece.bytes));
	assert_int_equal(reassembly_pull(r, &half, 0, &piece), PIECE_NONE);
	reassembly_free(r);
}

/* --- the window --- */

static void
of_a_segment_that_crosses_the_windows_end_the_inside_is_held(void **state)
{
	static const uint8_t many[REASSEMBLY_WINDOW + 100];
	struct reassembly *r = small_pool();
	const struct reassembly_numbers *numbers = reassembly_numbers(r);
	struct segment segment = { .seq = 1001,
		.wire_len = sizeof(many),
		.bytes = slice_of(many, sizeof(many)) };
	struct half half;

	(void)state;
	half_begin_at(&half, 1000);
	reassembly_push(r, &half, &segment);
	assert_int_equal(numbers->bytes.held, REASSEMBLY_WINDOW - 1);
	assert_int_equal(numbers->bytes.out_of_window, 101);
	assert_int_equal(numbers->out_of_window, 1);
	assert_in_range(half.held.cells, 1, REASSEMBLY_PIECES);
	assert_int_equal(half.held.cells, reassembly_live(r));
	reassembly_forget(r, &half);
	assert_int_equal(reassembly_live(r), 0);
	assert_int_equal(numbers->bytes.forgotten, REASSEMBLY_WINDOW - 1);
	reassembly_free(r);
}

static void
a_window_full_of_single_bytes_fits_in_any_order(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;
	char text[2] = "";

	(void)state;
	half_begin_at(&half, UINT32_MAX - 5000);
	for (uint32_t i = REASSEMBLY_WINDOW; i-- > 0;) {
		text[0] = (char)('a' + i % 26);
		push(r, &half, UINT32_MAX - 5000 + i, text, &heard);
	}
	assert_int_equal(heard.len, REASSEMBLY_WINDOW);
	for (size_t i = 0; i < heard.len; i++)
		assert_int_equal(heard.text[i], 'a' + i % 26);
	assert_int_equal(reassembly_live(r), 0);
	assert_accounts(r, REASSEMBLY_WINDOW);
	reassembly_free(r);
}

/* --- holes and time --- */

static void
a_hole_is_passed_over_after_two_seconds(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct segment segment = { .seq = 10,
		.wire_len = 2,
		.bytes = slice_of("xy", 2),
		.tick_ns = AT(500) };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	assert_int_equal(half_due(&half), 0);
	reassembly_push(r, &half, &segment);
	assert_int_equal(half_due(&half), AT(2500));
	hear_all(r, &half, AT(2500) - 1, &heard);
	assert_int_equal(heard.len, 0);
	hear_all(r, &half, AT(2500), &heard);
	assert_memory_equal(heard.text, "<10>xy", 6);
	assert_int_equal(half_due(&half), 0);
	assert_int_equal(reassembly_numbers(r)->gaps, 1);
	assert_int_equal(reassembly_numbers(r)->gap_bytes, 10);
	reassembly_free(r);
}

static void
a_hole_is_passed_over_250_ms_after_its_acknowledgement(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 10, "xy", &heard);
	assert_true(half_ack(&half, 12, AT(100)));
	assert_false(half_ack(&half, 12, AT(300)));
	assert_int_equal(half_due(&half), AT(350));
	hear_all(r, &half, AT(350) - 1, &heard);
	assert_int_equal(heard.len, 0);
	hear_all(r, &half, AT(350), &heard);
	assert_memory_equal(heard.text, "<10>xy", 6);
	reassembly_free(r);
}

static void
only_the_acknowledged_part_of_a_hole_is_passed_over(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 10, "xy", &heard);
	assert_true(half_ack(&half, 4, AT(0)));
	hear_all(r, &half, AT(250), &heard);
	assert_memory_equal(heard.text, "<4>", 3);
	push(r, &half, 4, "efghij", &heard);
	assert_memory_equal(heard.text, "<4>efghijxy", 11);
	reassembly_free(r);
}

static void
an_acknowledgement_alone_is_no_hole(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 0, "221 bye", &heard);
	assert_true(half_ack(&half, 8, 0)); /* a FIN's */
	assert_int_equal(half_due(&half), 0);
	hear_all(r, &half, AT(10000), &heard);
	reassembly_close(r, &half);
	hear_all(r, &half, AT(10000), &heard);
	assert_int_equal(heard.len, 7);
	assert_int_equal(reassembly_numbers(r)->gaps, 0);
	reassembly_free(r);
}

static void
what_was_held_leaves_no_hole_behind_once_it_is_heard(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 3, "bye", &heard);
	push(r, &half, 0, "221", &heard);
	assert_true(half_ack(&half, 7, 0));
	assert_int_equal(half_due(&half), 0);
	hear_all(r, &half, AT(10000), &heard);
	assert_int_equal(heard.len, 6);
	reassembly_free(r);
}

static void
a_loss_larger_than_the_window_ends_where_it_was_acknowledged(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	assert_false(half_ack(&half, 0, AT(0)));
	push(r, &half, 50000, "lost", &heard);
	hear_all(r, &half, AT(5000), &heard);
	assert_true(half_ack(&half, 50004, AT(5000)));
	hear_all(r, &half, AT(5250), &heard);
	push(r, &half, 50004, "QUIT", &heard);
	assert_memory_equal(heard.text, "<50004>QUIT", 11);
	reassembly_free(r);
}

static void
where_only_one_side_is_heard_a_large_loss_ends_after_two_seconds(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin(&half);
	push(r, &half, 1, "HELO", &heard);
	push(r, &half, 50000, "lost", &heard);
	assert_int_equal(half_due(&half), AT(2000));
	hear_all(r, &half, AT(2000), &heard);
	push(r, &half, 50004, "QUIT", &heard);
	assert_memory_equal(heard.text, "HELO<49999>QUIT", 15);
	reassembly_free(r);
}

static void
a_forged_segment_far_ahead_moves_no_stream_that_is_acknowledged(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 0, "220 ", &heard);
	assert_true(half_ack(&half, 4, AT(0)));
	push(r, &half, 1 << 20, "X", &heard);
	hear_all(r, &half, AT(10000), &heard);
	push(r, &half, 4, "mx", &heard);
	assert_int_equal(heard.len, 6);
	assert_memory_equal(heard.text, "220 mx", 6);
	reassembly_free(r);
}

static void
an_acknowledgement_that_no_window_allows_is_passed_by(void **state)
{
	struct reassembly *r = small_pool();
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	assert_false(half_ack(&half, UINT32_C(0x50000000), 0));
	assert_true(half_ack(&half, 10, 0));
	assert_false(half_ack(&half, 9, 0));
	assert_true(half_ack(&half, 11, 0));
	reassembly_free(r);
}

static void
the_first_acknowledgement_of_an_unheard_side_is_no_progress(void **state)
{
	struct reassembly *r = small_pool();
	struct half half;

	(void)state;
	half_begin(&half);
	assert_false(half_ack(&half, 10, 0));
	assert_true(half_ack(&half, 11, 0));
	half_begin_at(&half, 10);
	assert_false(half_ack(&half, 10, 0));
	assert_true(half_ack(&half, 11, 0));
	reassembly_free(r);
}

/* --- cut by the snap length --- */

static void
the_tail_of_a_cut_segment_is_a_gap_at_once(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct segment segment = {
		.seq = 0, .wire_len = 10, .bytes = slice_of("220 ", 4)
	};
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	reassembly_push(r, &half, &segment);
	hear_all(r, &half, 0, &heard);
	push(r, &half, 10, "EHLO", &heard);
	assert_memory_equal(heard.text, "220 <6>EHLO", 11);
	assert_int_equal(reassembly_numbers(r)->cut, 1);
	reassembly_free(r);
}

static void
what_is_held_of_a_cut_segments_tail_is_heard(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct segment segment = {
		.seq = 0, .wire_len = 10, .bytes = slice_of("220 ", 4)
	};
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	push(r, &half, 6, "gh", &heard);
	reassembly_push(r, &half, &segment);
	hear_all(r, &half, 0, &heard);
	assert_memory_equal(heard.text, "220 <2>gh<2>", 12);
	reassembly_free(r);
}

static void
a_half_without_handshake_begins_with_its_first_segment(void **state)
{
	struct reassembly *r = small_pool();
	struct heard heard = { .len = 0 };
	struct half half;

	(void)state;
	half_begin(&half);
	push(r, &half, 4000000000, "", &heard);
	assert_false(half.begun);
	push(r, &half, 4000000000, "cd", &heard);
	push(r, &half, 3999999998, "abcdef", &heard);
	assert_memory_equal(heard.text, "cdef", 4);
	assert_int_equal(heard.len, 4);
	reassembly_free(r);
}

/* --- the pool --- */

#define HALVES 500

static void
an_empty_pool_takes_from_a_victim_and_names_its_gap(void **state)
{
	struct reassembly *r = small_pool();
	const struct reassembly_numbers *numbers = reassembly_numbers(r);
	static struct half halves[HALVES];
	struct heard heard = { .len = 0 };
	unsigned robbed = 0, holders = 0;

	(void)state;
	for (unsigned i = 0; i < HALVES; i++) {
		half_begin_at(&halves[i], i);
		push(r, &halves[i], i + 1, "xyz", &heard);
	}
	for (unsigned i = 0; i < HALVES; i++)
		holders += halves[i].held.cells > 0;
	assert_int_equal(holders, reassembly_live(r));
	assert_int_equal(numbers->over_budget, HALVES - holders);
	assert_int_equal(numbers->bytes.over_budget, 3 * (HALVES - holders));
	assert_int_equal(numbers->bytes.held, 3 * holders);

	for (unsigned i = 0; i < HALVES; i++) {
		heard.len = 0;
		hear_all(r, &halves[i], AT(2000), &heard);
		if (heard.len == strlen("<1>xyz"))
			continue;
		robbed++;
		assert_memory_equal(heard.text, "<4>", 3);
		assert_int_equal(heard.len, 3);
	}
	assert_int_equal(robbed, HALVES - holders);
	assert_int_equal(reassembly_live(r), 0);
	assert_accounts(r, 3 * HALVES);
	reassembly_free(r);
}

static void
one_direction_may_be_its_own_victim(void **state)
{
	static const uint8_t many[REASSEMBLY_WINDOW];
	struct reassembly *r = reassembly_new(1, 1, 7);
	struct half half, other;
	struct segment segment = { .seq = 511,
		.wire_len = REASSEMBLY_WINDOW - 1,
		.bytes = slice_of(many, REASSEMBLY_WINDOW - 1) };

	(void)state;
	half_begin_at(&half, 510);
	half_begin_at(&other, 0);
	for (unsigned i = 0; i < 20; i++) {
		segment.seq = 1;
		reassembly_push(r, &other, &segment);
		segment.seq = 511;
		reassembly_push(r, &half, &segment);
		assert_int_equal(
		    half.held.cells + other.held.cells, reassembly_live(r));
	}
	assert_accounts(r, 40 * (REASSEMBLY_WINDOW - 1));
	reassembly_forget(r, &half);
	reassembly_forget(r, &other);
	assert_int_equal(reassembly_live(r), 0);
	assert_int_equal(reassembly_numbers(r)->bytes.held, 0);
	assert_accounts(r, 40 * (REASSEMBLY_WINDOW - 1));
	reassembly_free(r);
}

static void
what_is_not_pulled_is_forgotten_and_not_lent_later(void **state)
{
	struct reassembly *r = small_pool();
	struct segment segment = {
		.seq = 0, .wire_len = 3, .bytes = slice_of("abc", 3)
	};
	struct piece piece;
	struct half half;

	(void)state;
	half_begin_at(&half, 0);
	reassembly_push(r, &half, &segment);
	reassembly_forget(r, &half);
	assert_int_equal(reassembly_pull(r, &half, 0, &piece), PIECE_NONE);
	assert_int_equal(reassembly_numbers(r)->bytes.forgotten, 3);
	reassembly_free(r);
}

/* --- against a model --- */

#define CASES  20000
#define STREAM 3000
#define PUSHES 60

static uint64_t
next_random(uint64_t *random)
{
	uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t
below(uint64_t *random, uint32_t limit)
{
	return (uint32_t)(next_random(random) >> 33) % limit;
}

/* What the stream's reader must have heard: each byte's first copy, if any. */
struct model {
	uint8_t byte[STREAM];
	bool here[STREAM];
	uint32_t told; /* everything before it was heard or passed over */
};

static void
model_push(
    struct model *model, uint32_t from, uint32_t len, const uint8_t *data)
{
	for (uint32_t i = from; i < from + len; i++) {
		if (i < model->told || model->here[i])
			continue;
		model->byte[i] = data[i - from];
		model->here[i] = true;
	}
}

/* Pulls, and compares each piece with the model. */
static void
compare(struct reassembly *r, struct half *half, struct model *model)
{
	uint8_t copy[STREAM];
	struct piece piece;
	enum piece_kind kind;
	size_t len;

	while ((kind = reassembly_pull(r, half, 0, &piece)) != PIECE_NONE) {
		if (kind == PIECE_BYTES) {
			len = slice_bytes(copy, sizeof(copy), piece.bytes);
			assert_true(len > 0 && model->told + len <= STREAM);
			for (size_t i = 0; i < len; i++)
				assert_true(model->here[model->told + i]);
			assert_memory_equal(
			    copy, model->byte + model->told, len);
			model->told += (uint32_t)len;
			continue;
		}
		assert_true(model->told + piece.gap_len < STREAM);
		for (uint32_t i = 0; i < piece.gap_len; i++)
			assert_false(model->here[model->told++]);
		assert_true(model->here[model->told]);
	}
	if (model->told < STREAM)
		assert_false(model->here[model->told]);
}

static void
any_segments_give_each_bytes_first_copy_and_every_gap(void **state)
{
	struct reassembly *r = small_pool();
	uint8_t data[STREAM];
	uint64_t random = 1, pushed = 0;
	uint32_t first, from, len;
	struct segment segment = { 0 };
	struct model model;
	struct half half;

	(void)state;
	for (unsigned i = 0; i < CASES; i++) {
		memset(&model, 0, sizeof(model));
		first = below(&random, 4) == 0 ? 0 - below(&random, STREAM)
					       : (uint32_t)next_random(&random);
		half_begin_at(&half, first);
		for (unsigned k = below(&random, PUSHES); k > 0; k--) {
			len = 1 + below(&random, below(&random, 2) ? 3 : 600);
			from = below(&random, STREAM - len);
			for (uint32_t at = 0; at < len; at++)
				data[at] = (uint8_t)next_random(&random);
			segment.seq = first + from;
			segment.wire_len = len;
			segment.bytes = slice_of(data, len);
			model_push(&model, from, len, data);
			reassembly_push(r, &half, &segment);
			compare(r, &half, &model);
			pushed += len;
		}
		reassembly_close(r, &half);
		compare(r, &half, &model);
		for (uint32_t at = model.told; at < STREAM; at++)
			assert_false(model.here[at]);
		assert_int_equal(reassembly_live(r), 0);
		reassembly_forget(r, &half);
	}
	assert_accounts(r, pushed);
	assert_int_equal(reassembly_numbers(r)->over_budget, 0);
	reassembly_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_story_is_heard_the_same_wherever_the_numbers_wrap),
		cmocka_unit_test(each_kind_of_segment_is_counted_by_its_name),
		cmocka_unit_test(bytes_in_order_are_lent_from_the_packet),
		cmocka_unit_test(
		    of_a_segment_that_crosses_the_windows_end_the_inside_is_held),
		cmocka_unit_test(
		    a_window_full_of_single_bytes_fits_in_any_order),
		cmocka_unit_test(a_hole_is_passed_over_after_two_seconds),
		cmocka_unit_test(
		    a_hole_is_passed_over_250_ms_after_its_acknowledgement),
		cmocka_unit_test(
		    only_the_acknowledged_part_of_a_hole_is_passed_over),
		cmocka_unit_test(an_acknowledgement_alone_is_no_hole),
		cmocka_unit_test(
		    what_was_held_leaves_no_hole_behind_once_it_is_heard),
		cmocka_unit_test(
		    a_loss_larger_than_the_window_ends_where_it_was_acknowledged),
		cmocka_unit_test(
		    where_only_one_side_is_heard_a_large_loss_ends_after_two_seconds),
		cmocka_unit_test(
		    a_forged_segment_far_ahead_moves_no_stream_that_is_acknowledged),
		cmocka_unit_test(
		    an_acknowledgement_that_no_window_allows_is_passed_by),
		cmocka_unit_test(
		    the_first_acknowledgement_of_an_unheard_side_is_no_progress),
		cmocka_unit_test(the_tail_of_a_cut_segment_is_a_gap_at_once),
		cmocka_unit_test(what_is_held_of_a_cut_segments_tail_is_heard),
		cmocka_unit_test(
		    a_half_without_handshake_begins_with_its_first_segment),
		cmocka_unit_test(
		    an_empty_pool_takes_from_a_victim_and_names_its_gap),
		cmocka_unit_test(one_direction_may_be_its_own_victim),
		cmocka_unit_test(
		    what_is_not_pulled_is_forgotten_and_not_lent_later),
		cmocka_unit_test(
		    any_segments_give_each_bytes_first_copy_and_every_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
