/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_records - a plain capture, which records.c reads, and the same one
 * compressed, which libpcap reads, are told apart by nobody.
 */
#include "tests/support/capture_file.h"

#include "dissectors/slice.h"
#include "sensor/capture/file.h"
#include "sensor/decode/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PLAIN   "/tmp/straymail-records.pcap"
#define PACKED  "/tmp/straymail-records.pcap.gz"
#define SNAPLEN 16 /* where a capture's header has it */

static struct capture_file made;

/* As many packets as there is room for, of all lengths. */
static void
make(void)
{
	static uint8_t bytes[70000];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 >> 3);
	capture_file_begin_pcap(&made, LINK_ETHERNET);
	for (uint64_t n = 0; made.len + 70100 < sizeof(made.bytes); n++) {
		len = 1 + (len * 7 + 61) % (n % 50 == 49 ? 69999 : 1599);
		capture_file_put(&made,
		    &(struct capture_packet){ .when_ns = n * 1000003,
			.bytes = bytes + n % 64,
			.len = len,
			.wire_len = len + n % 3 });
	}
}

static void
put_u32(size_t at, uint32_t value)
{
	memcpy(made.bytes + at, &value, sizeof(value));
}

static struct file *
open_one(const char *path, const char *filter, char *buffer, size_t len)
{
	struct file_options options = {
		.filter = filter, .buffer = buffer, .buffer_len = len
	};
	struct file_reason reason;
	struct file *file = file_open(path, &options, &reason);

	assert_non_null(file);
	return file;
}

static enum file_result
next_batch(struct file *file, struct arena *arena, struct batch *batch)
{
	enum file_result result;

	do { /* libpcap stops once more where an arena was full */
		result = file_read(file, arena, batch);
	} while (result == FILE_MORE && batch->count == 0);
	return result;
}

static void
assert_same_batch(const struct batch *a, const struct batch *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct frame *f = &a->frame[i], *g = &b->frame[i];

		assert_true(slice_equal(f->bytes, g->bytes));
		assert_int_equal(f->wire_len, g->wire_len);
		assert_int_equal(f->number, g->number);
		assert_int_equal(f->when_ns, g->when_ns);
		assert_int_equal(f->link, g->link);
	}
}

/* What was made, both ways; returns how many packets there were. */
static uint64_t
assert_same(const char *filter)
{
	static struct batch batch[2];
	static char buffer[2][65536];
	char fault[2][FILE_REASON] = { "", "" };
	struct arena *arena[2] = { arena_new(), arena_new() };
	enum file_result result;
	uint64_t packets;

	capture_file_write(&made, made.len, PLAIN);
	capture_file_write_gz(&made, made.len, PACKED);

	struct file *plain =
	    open_one(PLAIN, filter, buffer[0], sizeof(buffer[0]));
	struct file *packed =
	    open_one(PACKED, filter, buffer[1], sizeof(buffer[1]));

	do {
		result = next_batch(plain, arena[0], &batch[0]);
		assert_int_equal(
		    next_batch(packed, arena[1], &batch[1]), result);
		assert_same_batch(&batch[0], &batch[1]);
	} while (result == FILE_MORE);
	packets = file_packets(plain);
	assert_int_equal(file_packets(packed), packets);
	if (result == FILE_BROKEN) {
		file_fault(plain, fault[0]);
		file_fault(packed, fault[1]);
	}
	assert_string_equal(fault[0], fault[1]);
	assert_int_equal(fault[0][0] != '\0', result == FILE_BROKEN);
	file_free(plain);
	file_free(packed);
	arena_free(arena[0]);
	arena_free(arena[1]);
	unlink(PLAIN);
	unlink(PACKED);
	return packets;
}

/* --- tests ----------------------------------------------------------------- */

static void
a_sound_file_gives_the_same_batches(void **state)
{
	(void)state;
	make();
	assert_true(assert_same(NULL) > 300);
}

static void
a_filter_hides_the_same_frames(void **state)
{
	(void)state;
	make();
	assert_true(assert_same("greater 1200") > 300);
}

static void
microseconds_are_as_good_as_nanoseconds(void **state)
{
	(void)state;
	make();
	put_u32(0, 0xa1b2c3d4);
	assert_true(assert_same(NULL) > 300);
}

static void
what_the_snap_length_would_have_cut_is_cut(void **state)
{
	(void)state;
	make();
	put_u32(SNAPLEN, 1000);
	assert_true(assert_same(NULL) > 300);
}

static void
a_length_that_cannot_be_ends_both_with_the_same_words(void **state)
{
	(void)state;
	make();
	put_u32(made.last_at + 8, 262145);
	assert_true(assert_same(NULL) > 300);
}

static void
a_file_that_ends_anywhere_in_a_packet_ends_both_alike(void **state)
{
	static const size_t lost[] = { 1, 2, 11, 12, 13, 100 };
	(void)state;

	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
		make();
		made.len -= lost[i];
		assert_true(assert_same(NULL) > 300);
	}
}

static void
another_version_is_libpcaps_to_read(void **state)
{
	(void)state;
	make();
	made.bytes[6] = 2; /* 2.2: lengths the other way round, maybe */
	assert_true(assert_same(NULL) > 0);
}

/* --- a file that changes while it is read ----------------------------------- */

static void
write_at(size_t from, size_t to)
{
	FILE *out = fopen(PLAIN, from == 0 ? "wb" : "ab");

	assert_non_null(out);
	assert_int_equal(
	    fwrite(made.bytes + from, 1, to - from, out), to - from);
	fclose(out);
}

/* Reads one batch, then what `change` has left. */
static enum file_result
read_changing(void (*change)(void), uint64_t *ret_packets, char *ret_fault)
{
	static struct batch batch;
	static char buffer[65536];
	struct arena *arena = arena_new();
	struct file *open = open_one(PLAIN, NULL, buffer, sizeof(buffer));
	enum file_result result = next_batch(open, arena, &batch);

	assert_int_equal(result, FILE_MORE);
	change();
	while (result == FILE_MORE)
		result = next_batch(open, arena, &batch);
	*ret_packets = file_packets(open);
	file_fault(open, ret_fault);
	file_free(open);
	arena_free(arena);
	unlink(PLAIN);
	return result;
}

#define FIRST 600000 /* bytes; more than is read for one batch */

static void
grow(void)
{
	write_at(FIRST, made.len);
}

static void
a_file_that_grows_is_read_to_its_new_end(void **state)
{
	(void)state;
	char fault[FILE_REASON];
	uint64_t all, packets;

	make();
	all = assert_same(NULL);
	write_at(0, FIRST);
	assert_int_equal(read_changing(grow, &packets, fault), FILE_END);
	assert_int_equal(packets, all);
}

static void
shrink_below_what_was_read(void)
{
	assert_int_equal(truncate(PLAIN, 1000), 0);
}

static void
shrink(void)
{
	assert_int_equal(truncate(PLAIN, FIRST), 0);
}

static void
a_file_that_shrinks_was_read_in_part(void **state)
{
	(void)state;
	char fault[FILE_REASON];
	uint64_t packets;

	make();
	write_at(0, made.len);
	assert_int_equal(read_changing(shrink, &packets, fault), FILE_BROKEN);
	assert_true(packets > 100);
	assert_non_null(strstr(fault, "truncated dump file"));

	write_at(0, made.len);
	assert_int_equal(
	    read_changing(shrink_below_what_was_read, &packets, fault),
	    FILE_BROKEN);
	assert_true(packets > 100);
	assert_non_null(strstr(fault, "cut short while it was read"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_file_gives_the_same_batches),
		cmocka_unit_test(a_filter_hides_the_same_frames),
		cmocka_unit_test(microseconds_are_as_good_as_nanoseconds),
		cmocka_unit_test(what_the_snap_length_would_have_cut_is_cut),
		cmocka_unit_test(
		    a_length_that_cannot_be_ends_both_with_the_same_words),
		cmocka_unit_test(
		    a_file_that_ends_anywhere_in_a_packet_ends_both_alike),
		cmocka_unit_test(another_version_is_libpcaps_to_read),
		cmocka_unit_test(a_file_that_grows_is_read_to_its_new_end),
		cmocka_unit_test(a_file_that_shrinks_was_read_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
