/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fragment_policies - the published vector for fragments that overlap
 * (Paxson and Shankar; Novak, "Target-Based Fragmentation Reassembly").
 *
 * Receivers make different datagrams of the same six fragments.  Which of them
 * listens is not known here, so the first copies stay and the datagram is
 * marked; and a model of each policy says that the vector does part them all.
 */
#include "sensor/decode/fragment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK  8 /* bytes that an offset counts in */
#define BLOCKS 12

/* In blocks, in the order in which they come. */
static const struct part {
	unsigned offset, len;
	char digit;
} vector[] = {
	{ 0, 3, '1' },
	{ 4, 2, '2' },
	{ 6, 3, '3' },
	{ 1, 4, '4' },
	{ 6, 3, '5' },
	{ 9, 3, '6' },
};

#define PARTS (sizeof(vector) / sizeof(vector[0]))

/* Whether the newer of two parts wins a block that both have. */
static bool
never(const struct part *old, const struct part *new)
{
	(void)old, (void)new;
	return false;
}

static bool
always(const struct part *old, const struct part *new)
{
	(void)old, (void)new;
	return true;
}

static bool
begins_before(const struct part *old, const struct part *new)
{
	return new->offset < old->offset;
}

static bool
begins_no_later(const struct part *old, const struct part *new)
{
	return new->offset <= old->offset;
}

static bool
begins_no_earlier(const struct part *old, const struct part *new)
{
	return new->offset >= old->offset;
}

static const struct policy {
	const char *name;
	bool (*newer_wins)(const struct part *old, const struct part *new);
	const char *makes; /* as published, a digit a block */
} policies[] = {
	{ "first: Windows, Solaris", never, "111422333666" },
	{ "last: Cisco", always, "144442555666" },
	{ "BSD", begins_before, "111442333666" },
	{ "BSD, right", begins_no_earlier, "144422555666" },
	{ "Linux", begins_no_later, "111442555666" },
};

static void
reassemble(const struct policy *policy, char ret_digits[static BLOCKS + 1])
{
	const struct part *owner[BLOCKS] = { NULL };

	for (size_t i = 0; i < PARTS; i++)
		for (unsigned j = 0; j < vector[i].len; j++) {
			const struct part **at = &owner[vector[i].offset + j];

			if (*at == NULL || policy->newer_wins(*at, &vector[i]))
				*at = &vector[i];
		}
	for (int i = 0; i < BLOCKS; i++)
		ret_digits[i] = owner[i] != NULL ? owner[i]->digit : '-';
	ret_digits[BLOCKS] = '\0';
}

static void
ip_05_the_model_makes_what_was_published(void **state)
{
	char digits[BLOCKS + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		print_message("%s\n", policies[i].name);
		reassemble(&policies[i], digits);
		assert_string_equal(digits, policies[i].makes);
	}
}

/* A digit a block, of all that was sent, if each part says what `digits` has
 * where it lies; NULL: its own. */
static struct datagram
take_all(struct fragments *fragments, const char *digits)
{
	static const uint8_t address[] = { 10, 0, 0, 1 };
	struct datagram got = { 0 };

	for (size_t i = 0; i < PARTS; i++) {
		char bytes[BLOCKS * BLOCK];
		bool last = i == PARTS - 1;

		for (size_t j = 0; j < vector[i].len; j++)
			memset(bytes + j * BLOCK,
			    digits != NULL ? digits[vector[i].offset + j]
					   : vector[i].digit,
			    BLOCK);
		assert_int_equal(
		    fragments_take(fragments,
			&(struct fragment){
			    .source = slice_of(address, 4),
			    .destination = slice_of(address, 4),
			    .bytes = slice_of(bytes, vector[i].len * BLOCK),
			    .tick_ns = 1,
			    .id = 1,
			    .offset = vector[i].offset * BLOCK,
			    .header_len = 20,
			    .protocol = 6,
			    .more = !last,
			},
			&got),
		    last ? FRAGMENT_WHOLE : FRAGMENT_HELD);
	}
	return got;
}

static void
assert_makes(const char *sent, const char *wanted, bool conflict)
{
	struct census census = { 0 };
	struct fragments *fragments = fragments_new(4711, &census);
	char digits[BLOCKS + 1] = "";
	struct datagram got;

	assert_non_null(fragments);
	got = take_all(fragments, sent);
	assert_int_equal(got.bytes.len, BLOCKS * BLOCK);
	for (size_t i = 0; i < BLOCKS; i++)
		digits[i] = (char)slice_at(got.bytes, i * BLOCK);
	assert_string_equal(digits, wanted);
	assert_int_equal(got.conflict, conflict);
	assert_int_equal(census.datagrams_conflict, conflict);
	fragments_free(fragments);
}

static void
ip_05_the_first_copies_stay_and_the_datagram_is_marked(void **state)
{
	(void)state;
	assert_makes(NULL, policies[0].makes, true);
}

/* Whoever listens hears the same: then there is nothing to mark. */
static void
ip_05_copies_that_agree_are_not_marked(void **state)
{
	(void)state;
	assert_makes("abcdefghijkl", "abcdefghijkl", false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip_05_the_model_makes_what_was_published),
		cmocka_unit_test(
		    ip_05_the_first_copies_stay_and_the_datagram_is_marked),
		cmocka_unit_test(ip_05_copies_that_agree_are_not_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
