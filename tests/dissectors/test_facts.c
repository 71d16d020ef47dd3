/* SPDX-License-Identifier: Apache-2.0 */
/* Names go both ways; what is kept has bounds. */
#include "dissectors/facts.h"
#include "dissectors/smtp_offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
names_are_found_again(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; keyword_name(i) != NULL; i++)
		assert_int_equal(
		    keyword_of(slice_of_text(keyword_name(i))), (int)i);
	assert_true(i > 30);
	for (i = 0; auth_mech_name(i) != NULL; i++)
		assert_int_equal(
		    auth_mech_of(slice_of_text(auth_mech_name(i))), (int)i);
	assert_true(i > 10 && i <= 16);
	assert_int_equal(keyword_of(slice_of_text("pipelining")), 0);
	assert_int_equal(keyword_of(slice_of_text("PIPELININGS")), -1);
	assert_int_equal(keyword_of(slice_of_text("")), -1);
	assert_int_equal(auth_mech_of(slice_of_text("TLS")), -1);
}

static void
codes_are_counted_up_to_their_bounds(void **state)
{
	struct facts facts = { 0 };

	(void)state;
	for (uint16_t code = 200; code < 200 + FACTS_CODES_MAX + 5; code++)
		facts_code(&facts, code);
	assert_int_equal(facts.code_count, FACTS_CODES_MAX);
	facts.codes[0].count = UINT16_MAX;
	facts_code(&facts, 200);
	facts_code(&facts, 201);
	assert_int_equal(facts.codes[0].count, UINT16_MAX);
	assert_int_equal(facts.codes[1].code, 201);
	assert_int_equal(facts.codes[1].count, 2);
}

static void
keywords_keep_their_order_and_come_once(void **state)
{
	struct facts facts = { 0 };

	(void)state;
	facts_keyword(&facts, 3);
	facts_keyword(&facts, 1);
	facts_keyword(&facts, 3);
	assert_int_equal(facts.keyword_count, 2);
	assert_int_equal(facts.keywords[0], 3);
	assert_int_equal(facts.keywords[1], 1);
	for (int i = 0; i < 2 * FACTS_KEYWORDS_MAX; i++)
		facts_keyword(&facts, i);
	assert_int_equal(facts.keyword_count, FACTS_KEYWORDS_MAX);
}

static void
an_order_of_keywords_has_a_hash_of_its_own(void **state)
{
	struct facts facts = { 0 };
	uint32_t one, two;

	(void)state;
	assert_int_equal(facts_offer_hash(&facts), 0);
	facts_keyword(&facts, keyword_of(slice_of_text("SIZE")));
	/* it must not change from release to release */
	assert_int_equal(facts_offer_hash(&facts), 0xb589a214);
	facts_keyword(&facts, keyword_of(slice_of_text("DSN")));
	one = facts_offer_hash(&facts);
	facts.keyword_count = 0;
	facts_keyword(&facts, keyword_of(slice_of_text("DSN")));
	facts_keyword(&facts, keyword_of(slice_of_text("SIZE")));
	two = facts_offer_hash(&facts);
	assert_int_not_equal(one, two);
}

static void
an_offer_is_kept_with_its_mechanisms(void **state)
{
	struct facts facts = { 0 };

	(void)state;
	assert_true(
	    smtp_offer_of(slice_of_text("AUTH=LOGIN PLAIN NONSENSE"), &facts));
	assert_true(smtp_offer_of(slice_of_text("starttls"), &facts));
	assert_true(smtp_offer_of(slice_of_text("SIZE 100"), NULL));
	assert_false(smtp_offer_of(slice_of_text("mx Hello"), &facts));
	assert_int_equal(facts.keyword_count, 2);
	assert_int_equal(facts.starttls, STARTTLS_OFFERED);
	assert_int_equal(facts.auth_mechs, 3); /* PLAIN and LOGIN */
	facts.starttls = STARTTLS_USED;
	assert_true(smtp_offer_of(slice_of_text("STARTTLS"), &facts));
	assert_int_equal(facts.starttls, STARTTLS_USED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_again),
		cmocka_unit_test(codes_are_counted_up_to_their_bounds),
		cmocka_unit_test(keywords_keep_their_order_and_come_once),
		cmocka_unit_test(an_order_of_keywords_has_a_hash_of_its_own),
		cmocka_unit_test(an_offer_is_kept_with_its_mechanisms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
