/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sources - numbers are given in order, and there is an end to them.
 */
#include "output/sighting.h"
#include "output/sources.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
sources_are_numbered_in_order(void **state)
{
	struct sources *sources = sources_new(2);
	char file[] = "a.pcap";

	(void)state;
	assert_int_equal(sources_add(sources, "s1/1", NULL), 0);
	assert_int_equal(sources_add(sources, "pcap/2", file), 1);
	assert_int_equal(sources_add(sources, "pcap/3", file), -1);
	file[0] = 'x'; /* it has a copy */
	assert_string_equal(sources_at(sources, 0)->name, "s1/1");
	assert_null(sources_at(sources, 0)->file);
	assert_string_equal(sources_at(sources, 1)->file, "a.pcap");
	assert_null(sources_at(sources, 2));
	sources_free(sources);
}

static void
a_long_name_is_cut(void **state)
{
	struct sources *sources = sources_new(1);
	char name[200];

	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(sources_add(sources, name, NULL), 0);
	assert_int_equal(
	    strlen(sources_at(sources, 0)->name), SOURCE_NAME_MAX - 1);
	sources_free(sources);
}

static void
every_bit_of_a_sighting_has_a_word(void **state)
{
	(void)state;
	assert_string_equal(sighting_atom_name(0), "G1");
	assert_string_equal(sighting_atom_name(11), "V9");
	assert_string_equal(sighting_atom_name(12), "R1");
	assert_string_equal(sighting_atom_name(28), "X6");
	assert_null(sighting_atom_name(29));
	assert_string_equal(sighting_flag_name(0), "midstream");
	assert_string_equal(sighting_flag_name(9), "auth_clear");
	assert_string_equal(sighting_flag_name(11), "bound_hit");
	assert_null(sighting_flag_name(SIGHTING_FLAGS));
	assert_string_equal(
	    sighting_verdict_name(SIGHTING_SUSPECTED), "suspected");
	assert_string_equal(
	    sighting_verdict_name(SIGHTING_CONFIRMED), "confirmed");
	assert_string_equal(sighting_verdict_name(SIGHTING_REFUTED), "refuted");
}

static void
a_greeting_names_its_code_and_host(void **state)
{
	static const struct {
		const char *greeting, *host;
		unsigned code;
	} cases[] = {
		{ "220 mx.example.org ESMTP", "mx.example.org", 220 },
		{ "554-mx.example.org", "mx.example.org", 554 },
		{ "220  mx two blanks", "mx", 220 },
		{ "220", "", 220 },
		{ "220 ", "", 220 },
		{ "22", "", 0 },
		{ "", "", 0 },
		{ "4.7.0 later", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sighting s = { 0 };
		const char *host;
		size_t len;

		s.greeting_len = (uint16_t)strlen(cases[i].greeting);
		memset(s.greeting, 'x', sizeof(s.greeting)); /* no NUL */
		memcpy(s.greeting, cases[i].greeting, s.greeting_len);
		assert_int_equal(sighting_greeting_code(&s), cases[i].code);
		host = sighting_greeting_host(&s, &len);
		assert_int_equal(len, strlen(cases[i].host));
		assert_memory_equal(host, cases[i].host, len);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_numbered_in_order),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(every_bit_of_a_sighting_has_a_word),
		cmocka_unit_test(a_greeting_names_its_code_and_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
