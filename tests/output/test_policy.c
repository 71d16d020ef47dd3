/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_policy - ports and directions.
 */
#include "tests/output/sample.h"

#include "output/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
ports_fall_into_three_classes(void **state)
{
	static const struct {
		uint16_t port;
		enum port_class class;
	} cases[] = {
		{ 25, PORT_STANDARD },
		{ 465, PORT_STANDARD },
		{ 587, PORT_STANDARD },
		{ 24, PORT_ALTERNATIVE },
		{ 26, PORT_ALTERNATIVE },
		{ 366, PORT_ALTERNATIVE },
		{ 475, PORT_ALTERNATIVE },
		{ 588, PORT_ALTERNATIVE },
		{ 717, PORT_ALTERNATIVE },
		{ 1025, PORT_ALTERNATIVE },
		{ 2525, PORT_ALTERNATIVE },
		{ 2526, PORT_ALTERNATIVE },
		{ 2587, PORT_ALTERNATIVE },
		{ 3025, PORT_ALTERNATIVE },
		{ 8025, PORT_ALTERNATIVE },
		{ 10024, PORT_ALTERNATIVE },
		{ 10026, PORT_ALTERNATIVE },
		{ 10023, PORT_ODD },
		{ 10027, PORT_ODD },
		{ 0, PORT_ODD },
		{ 443, PORT_ODD },
		{ 65535, PORT_ODD },
	};
	struct output_options options = sample_options();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    policy_port_class(&options, cases[i].port), cases[i].class);
}

static void
the_operator_says_what_is_standard(void **state)
{
	struct output_options options = sample_options();

	(void)state;
	options.standard_ports[0] = 2525;
	options.standard_port_count = 1;
	assert_int_equal(policy_port_class(&options, 2525), PORT_STANDARD);
	assert_int_equal(policy_port_class(&options, 25), PORT_ODD);
	assert_false(policy_port_taken(25)); /* nobody else's, even so */
}

static void
hints_name_the_usual_user(void **state)
{
	(void)state;
	assert_string_equal(policy_port_hint(2525), "Exchange");
	assert_string_equal(policy_port_hint(10025), "content filter");
	assert_string_equal(policy_port_hint(1025), "test catcher");
	assert_string_equal(policy_port_hint(26), "hosting");
	assert_null(policy_port_hint(2526));
	assert_null(policy_port_hint(4000));
}

static void
only_the_usual_software_fits(void **state)
{
	(void)state;
	assert_true(policy_port_fits(2525, "Exchange"));
	assert_true(policy_port_fits(1025, "mailpit"));
	assert_true(policy_port_fits(10024, "amavisd-new"));
	assert_false(policy_port_fits(2525, "Postfix"));
	assert_false(policy_port_fits(2525, ""));
	assert_false(policy_port_fits(588, "Postfix"));
	assert_false(policy_port_fits(4000, "Exchange"));
}

static void
other_services_ports_are_known(void **state)
{
	static const uint16_t cases[] = { 22, 53, 80, 110, 143, 443, 3389 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(policy_port_taken(cases[i]));
	assert_false(policy_port_taken(2525));
}

static void
directions_go_by_what_is_internal(void **state)
{
	static const struct {
		uint32_t client, server;
		const char *direction;
	} cases[] = {
		{ 0x0a000001, 0x0a000002, "internal" },
		{ 0xc0000201, 0x0a000002, "inbound" },
		{ 0x0a000001, 0xc0000202, "outbound" },
		{ 0xc0000201, 0xc0000202, "external" },
	};
	struct output_options options = sample_options();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint client = sample_v4(cases[i].client, 1);
		struct endpoint server = sample_v4(cases[i].server, 2);

		assert_string_equal(policy_direction_name(policy_direction(
					&options, &client, &server)),
		    cases[i].direction);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_fall_into_three_classes),
		cmocka_unit_test(the_operator_says_what_is_standard),
		cmocka_unit_test(hints_name_the_usual_user),
		cmocka_unit_test(only_the_usual_software_fits),
		cmocka_unit_test(other_services_ports_are_known),
		cmocka_unit_test(directions_go_by_what_is_internal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
