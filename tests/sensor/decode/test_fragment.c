/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fragment - datagrams from their fragments: in any order, seen twice,
 * contradicting each other, never complete, and far too many.
 */
#include "sensor/decode/fragment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND UINT64_C(1000000000)
#define UDP    17
#define TCP    6

static struct fragments *fragments;
static struct census census;
static uint64_t now; /* tick_ns of what comes next */
static const uint8_t source4[4] = { 10, 0, 0, 1 };
static const uint8_t destination4[4] = { 10, 0, 0, 2 };

static int
begin(void **state)
{
	(void)state;
	memset(&census, 0, sizeof(census));
	now = 100 * SECOND;
	fragments = fragments_new(4711, &census);
	return fragments == NULL;
}

static int
end(void **state)
{
	(void)state;
	fragments_free(fragments);
	return 0;
}

struct piece {
	uint32_t id, offset;
	const char *bytes;
	bool more;
	uint8_t protocol; /* 0: TCP */
	uint32_t realm;
};

static enum fragment_found
take_bytes(const struct piece *piece, size_t len, struct datagram *ret)
{
	return fragments_take(fragments,
	    &(struct fragment){
		.source = slice_of(source4, 4),
		.destination = slice_of(destination4, 4),
		.bytes = slice_of(piece->bytes, len),
		.tick_ns = now,
		.id = piece->id,
		.realm = piece->realm,
		.offset = piece->offset,
		.header_len = 20,
		.protocol = piece->protocol != 0 ? piece->protocol : TCP,
		.more = piece->more,
	    },
	    ret);
}

static enum fragment_found
take(struct piece piece, struct datagram *ret)
{
	return take_bytes(&piece, strlen(piece.bytes), ret);
}

static void
assert_held(struct piece piece)
{
	struct datagram got;

	assert_int_equal(take(piece, &got), FRAGMENT_HELD);
}

static struct datagram
assert_whole(struct piece piece, const char *bytes)
{
	struct datagram got;

	assert_int_equal(take(piece, &got), FRAGMENT_WHOLE);
	assert_true(slice_equal(got.bytes, slice_of_text(bytes)));
	assert_int_equal(
	    got.protocol, piece.protocol != 0 ? piece.protocol : TCP);
	return got;
}

#define PIECE(...) ((struct piece){ __VA_ARGS__ })

/* --- order ----------------------------------------------------------------- */

static void
ip_01_in_order(void **state)
{
	(void)state;
	assert_held(PIECE(.offset = 0, .bytes = "01234567", .more = true));
	assert_held(PIECE(.offset = 8, .bytes = "89abcdef", .more = true));
	assert_false(assert_whole(
	    PIECE(.offset = 16, .bytes = "xyz"), "0123456789abcdefxyz")
			 .conflict);
	assert_int_equal(census.datagrams_whole, 1);
}

static void
ip_02_reversed(void **state)
{
	(void)state;
	assert_held(PIECE(.offset = 16, .bytes = "xyz"));
	assert_held(PIECE(.offset = 8, .bytes = "89abcdef", .more = true));
	assert_whole(PIECE(.offset = 0, .bytes = "01234567", .more = true),
	    "0123456789abcdefxyz");
}

static void
ip_03_interleaved(void **state)
{
	(void)state;
	assert_held(PIECE(.id = 1, .bytes = "01234567", .more = true));
	assert_held(PIECE(.id = 2, .bytes = "abcdefgh", .more = true));
	assert_whole(PIECE(.id = 1, .offset = 8, .bytes = "8"), "012345678");
	assert_whole(PIECE(.id = 2, .offset = 8, .bytes = "i"), "abcdefghi");
}

static void
what_is_over_eight_bytes_is_left_out_of_all_but_the_last(void **state)
{
	(void)state;
	assert_held(PIECE(.offset = 0, .bytes = "01234567???", .more = true));
	assert_whole(PIECE(.offset = 8, .bytes = "8"), "012345678");
}

/* Naively: a byte for each byte. */
#define MODEL 256

struct model {
	uint8_t byte[MODEL];
	bool there[MODEL];
	size_t len; /* of all; known from the start */
};

static bool
model_whole(const struct model *model)
{
	for (size_t i = 0; i < model->len; i++)
		if (!model->there[i])
			return false;
	return true;
}

/* Random parts, overlapping and unlike, until all is there. */
static void
play_model(unsigned seed)
{
	struct model model = { 0 };
	struct datagram got;

	srand(seed);
	model.len = 1 + (size_t)rand() % MODEL;
	for (;;) {
		size_t units = (model.len + 7) / 8;
		size_t at = (size_t)rand() % units * 8;
		size_t len = (1 + (size_t)rand() % 6) * 8;
		char bytes[64];

		len = at + len > model.len ? model.len - at : len;
		for (size_t i = 0; i < len; i++) {
			bytes[i] = (char)(rand() % 2);
			if (!model.there[at + i])
				model.byte[at + i] = (uint8_t)bytes[i];
			model.there[at + i] = true;
		}

		const struct piece piece = { .id = seed,
			.offset = (uint32_t)at,
			.bytes = bytes,
			.more = at + len < model.len };
		enum fragment_found found = take_bytes(&piece, len, &got);

		if (!model_whole(&model)) {
			assert_int_equal(found, FRAGMENT_HELD);
			continue;
		}
		assert_int_equal(found, FRAGMENT_WHOLE);
		assert_true(
		    slice_equal(got.bytes, slice_of(model.byte, model.len)));
		return;
	}
}

static void
ip_12_a_datagram_is_whole_when_every_byte_was_there(void **state)
{
	(void)state;
	for (unsigned seed = 0; seed < 20000; seed++)
		play_model(seed);
	assert_int_equal(census.datagrams_whole, 20000);
}

/* --- contradictions -------------------------------------------------------- */

static void
ip_05_of_two_copies_the_first_stays_and_is_marked(void **state)
{
	(void)state;
	assert_held(PIECE(.offset = 0, .bytes = "01234567", .more = true));
	assert_held(PIECE(.offset = 0, .bytes = "EVIL....", .more = true));
	assert_true(assert_whole(PIECE(.offset = 8, .bytes = "8"), "012345678")
			.conflict);
	assert_int_equal(census.datagrams_conflict, 1);
}

static void
ip_05_copies_that_agree_are_no_conflict(void **state)
{
	(void)state;
	assert_held(
	    PIECE(.offset = 0, .bytes = "0123456789abcdef", .more = true));
	assert_held(PIECE(.offset = 8, .bytes = "89abcdef", .more = true));
	assert_false(assert_whole(
	    PIECE(.offset = 8, .bytes = "89abcdefx"), "0123456789abcdefx")
			 .conflict);
	assert_int_equal(census.datagrams_conflict, 0);
}

static void
ip_06_a_last_part_that_ends_within_others_is_dropped(void **state)
{
	struct datagram got;

	(void)state;
	assert_held(
	    PIECE(.offset = 0, .bytes = "0123456789abcdef", .more = true));
	assert_int_equal(
	    take(PIECE(.offset = 8, .bytes = "8"), &got), FRAGMENT_DROPPED);
	assert_true(
	    assert_whole(PIECE(.offset = 16, .bytes = "x"), "0123456789abcdefx")
		.conflict);
}

static void
what_lies_behind_the_end_is_dropped(void **state)
{
	struct datagram got;

	(void)state;
	assert_held(PIECE(.offset = 8, .bytes = "8"));
	assert_int_equal(
	    take(PIECE(.offset = 8, .bytes = "89abcdef", .more = true), &got),
	    FRAGMENT_DROPPED);
	assert_int_equal(
	    take(PIECE(.offset = 16, .bytes = "x"), &got), FRAGMENT_DROPPED);
	assert_true(assert_whole(
	    PIECE(.offset = 0, .bytes = "01234567", .more = true), "012345678")
			.conflict);
	assert_int_equal(census.datagrams_conflict, 1); /* it is one */
}

static void
ip_08_more_than_a_datagram_can_hold_is_malformed(void **state)
{
	struct datagram got;

	(void)state;
	assert_held(PIECE(.id = 1, .offset = 65504, .bytes = "01234567890"));
	assert_int_equal(
	    take(
		PIECE(.id = 2, .offset = 65504, .bytes = "012345678901"), &got),
	    FRAGMENT_MALFORMED);
	assert_int_equal(
	    take(PIECE(.id = 3, .offset = 65528, .bytes = "0"), &got),
	    FRAGMENT_MALFORMED);
}

static void
ip_11_empty_fragments_are_malformed(void **state)
{
	struct datagram got;

	(void)state;
	assert_int_equal(
	    take(PIECE(.offset = 8, .bytes = ""), &got), FRAGMENT_MALFORMED);
	assert_int_equal(take(PIECE(.bytes = "short", .more = true), &got),
	    FRAGMENT_MALFORMED);
}

static void
ip_11_without_a_last_part_nothing_is_whole(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < 65504; at += 8)
		assert_held(
		    PIECE(.offset = at, .bytes = "01234567", .more = true));
}

/* --- names ----------------------------------------------------------------- */

static void
ip_10_protocols_and_networks_are_kept_apart(void **state)
{
	(void)state;
	assert_held(PIECE(.bytes = "tcp.tcp.", .more = true));
	assert_held(PIECE(.bytes = "udp.udp.", .more = true, .protocol = UDP));
	assert_held(PIECE(.bytes = "vlan 7..", .more = true, .realm = 7));
	assert_whole(
	    PIECE(.offset = 8, .bytes = "u", .protocol = UDP), "udp.udp.u");
	assert_whole(PIECE(.offset = 8, .bytes = "v", .realm = 7), "vlan 7..v");
	assert_whole(PIECE(.offset = 8, .bytes = "t"), "tcp.tcp.t");
}

/* RFC 8200 4.5: what the first fragment says, whatever the others do. */
static void
of_ipv6_the_first_part_names_the_protocol(void **state)
{
	static const uint8_t address[16] = { 0x20, 1 };
	struct datagram got;
	struct fragment part = {
		.source = slice_of(address, 16),
		.destination = slice_of(address, 16),
		.tick_ns = now,
		.offset = 8,
		.bytes = slice_of_text("8"),
		.protocol = UDP,
	};

	(void)state;
	assert_int_equal(fragments_take(fragments, &part, &got), FRAGMENT_HELD);
	part.offset = 0;
	part.more = true;
	part.bytes = slice_of_text("01234567");
	part.protocol = TCP;
	assert_int_equal(
	    fragments_take(fragments, &part, &got), FRAGMENT_WHOLE);
	assert_int_equal(got.protocol, TCP);
}

static void
fragments_seen_twice_do_not_make_a_datagram_twice(void **state)
{
	struct datagram got;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_held(PIECE(.bytes = "01234567", .more = true));
	assert_whole(PIECE(.offset = 8, .bytes = "8"), "012345678");
	assert_int_equal(
	    take(PIECE(.offset = 8, .bytes = "8"), &got), FRAGMENT_DROPPED);
	assert_int_equal(take(PIECE(.bytes = "01234567", .more = true), &got),
	    FRAGMENT_DROPPED);
	assert_int_equal(census.datagrams_whole, 1);
	assert_int_equal(census.datagrams_conflict, 0);
}

static void
a_name_may_be_used_again(void **state)
{
	struct datagram first;

	(void)state;
	assert_held(PIECE(.bytes = "01234567", .more = true));
	first = assert_whole(PIECE(.offset = 8, .bytes = "8"), "012345678");
	assert_held(PIECE(.bytes = "abcdefgh", .more = true));
	assert_false(assert_whole(PIECE(.offset = 8, .bytes = "i"), "abcdefghi")
			 .conflict);
	assert_true(slice_equal(first.bytes, slice_of_text("012345678")));
}

/* --- bounds ---------------------------------------------------------------- */

static void
ip_09_after_fifteen_seconds_the_rest_comes_too_late(void **state)
{
	(void)state;
	assert_held(PIECE(.id = 1, .bytes = "01234567", .more = true));
	assert_held(PIECE(.id = 2, .bytes = "01234567", .more = true));
	now += 15 * SECOND;
	assert_whole(PIECE(.id = 1, .offset = 8, .bytes = "8"), "012345678");
	now += 1;
	assert_held(PIECE(.id = 2, .offset = 8, .bytes = "8"));
	assert_int_equal(census.datagrams_expired, 1);
	assert_int_equal(census.datagrams_evicted, 0);
}

static void
flood(uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		assert_held(
		    PIECE(.id = first + i, .bytes = "flooding", .more = true));
}

/* All are counted: still open, whole, expired or evicted. */
static void
mem_7_a_flood_takes_no_more_than_there_is(void **state)
{
	(void)state;
	flood(0, 1000000);
	assert_int_equal(census.datagrams_expired, 0);
	assert_in_range(census.datagrams_evicted, 1000000 - FRAGMENTS_TRACKERS,
	    1000000 - FRAGMENTS_TRACKERS + 8);
	now += 16 * SECOND;
	flood(2000000, 10000);
	assert_in_range(census.datagrams_expired, FRAGMENTS_TRACKERS - 8,
	    FRAGMENTS_TRACKERS);
}

static void
mem_7_others_are_put_together_in_a_flood(void **state)
{
	struct datagram got;
	unsigned whole = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		flood(i * 10000, 10);
		assert_held(PIECE(.id = i * 10000 + 5000, .bytes = "01234567",
		    .more = true));
		flood(i * 10000 + 100, 10);
		whole += take(PIECE(.id = i * 10000 + 5000, .offset = 8,
				  .bytes = "8"),
			     &got) == FRAGMENT_WHOLE;
	}
	assert_true(whole > 900);
}

static void
what_is_lent_stays_for_as_long_as_was_said(void **state)
{
	struct datagram got[FRAGMENTS_LENT / 2];
	char bytes[FRAGMENTS_LENT / 2][24];

	(void)state;
	for (uint32_t i = 0; i < FRAGMENTS_LENT / 2; i++) {
		struct datagram whole;
		const struct piece first = {
			.id = i, .more = true, .bytes = bytes[i]
		};
		const struct piece last = {
			.id = i, .offset = 8, .bytes = bytes[i] + 8
		};

		snprintf(bytes[i], sizeof(bytes[i]), "datagram %u", i);
		take_bytes(&first, 8, &whole);
		got[i] = (struct datagram){ 0 };
		if (take_bytes(&last, strlen(bytes[i] + 8), &whole) ==
		    FRAGMENT_WHOLE)
			got[i] = whole;
	}
	assert_true(census.datagrams_whole > FRAGMENTS_LENT / 4);
	for (uint32_t i = 0; i < FRAGMENTS_LENT / 2; i++)
		if (got[i].bytes.len > 0)
			assert_true(
			    slice_equal(got[i].bytes, slice_of_text(bytes[i])));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ip_01_in_order),
		TEST(ip_02_reversed),
		TEST(ip_03_interleaved),
		TEST(what_is_over_eight_bytes_is_left_out_of_all_but_the_last),
		TEST(ip_12_a_datagram_is_whole_when_every_byte_was_there),
		TEST(ip_05_of_two_copies_the_first_stays_and_is_marked),
		TEST(ip_05_copies_that_agree_are_no_conflict),
		TEST(ip_06_a_last_part_that_ends_within_others_is_dropped),
		TEST(what_lies_behind_the_end_is_dropped),
		TEST(ip_08_more_than_a_datagram_can_hold_is_malformed),
		TEST(ip_11_empty_fragments_are_malformed),
		TEST(ip_11_without_a_last_part_nothing_is_whole),
		TEST(ip_10_protocols_and_networks_are_kept_apart),
		TEST(of_ipv6_the_first_part_names_the_protocol),
		TEST(fragments_seen_twice_do_not_make_a_datagram_twice),
		TEST(a_name_may_be_used_again),
		TEST(ip_09_after_fifteen_seconds_the_rest_comes_too_late),
		TEST(mem_7_a_flood_takes_no_more_than_there_is),
		TEST(mem_7_others_are_put_together_in_a_flood),
		TEST(what_is_lent_stays_for_as_long_as_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
