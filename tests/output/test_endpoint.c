/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_endpoint - addresses and networks as people write them.
 */
#include "output/endpoint.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct endpoint
endpoint_of(const char *address, uint16_t port)
{
	struct endpoint endpoint = { .port = port };

	endpoint.family = strchr(address, ':') != NULL ? 6 : 4;
	assert_int_equal(inet_pton(endpoint.family == 6 ? AF_INET6 : AF_INET,
			     address, endpoint.address),
	    1);
	return endpoint;
}

static void
endpoints_read_as_people_write_them(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		const char *text;
	} cases[] = {
		{ "10.0.0.5", 2525, "10.0.0.5:2525" },
		{ "255.255.255.255", 65535, "255.255.255.255:65535" },
		{ "2001:db8::1", 26, "[2001:db8::1]:26" },
		{ "2001:db8:0:0:1:0:0:1", 26, "[2001:db8::1:0:0:1]:26" },
		{ "2001:DB8::A", 26, "[2001:db8::a]:26" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535,
		    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint endpoint =
		    endpoint_of(cases[i].address, cases[i].port);
		char text[ENDPOINT_TEXT_MAX];

		endpoint_text(&endpoint, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
an_address_has_no_brackets(void **state)
{
	struct endpoint endpoint = endpoint_of("2001:db8::1", 26);
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	endpoint_address_text(&endpoint, text);
	assert_string_equal(text, "2001:db8::1");
}

static void
a_network_has_its_own(void **state)
{
	static const struct {
		const char *network, *address;
		bool has;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.0.1", true },
		{ "10.0.0.0/8", "11.0.0.1", false },
		{ "172.16.0.0/12", "172.31.255.255", true },
		{ "172.16.0.0/12", "172.32.0.0", false },
		{ "192.0.2.7", "192.0.2.7", true },
		{ "192.0.2.7", "192.0.2.6", false },
		{ "192.0.2.128/25", "192.0.2.127", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "fc00::/7", "fd12::1", true },
		{ "fc00::/7", "fe80::1", false },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::1/128", "2001:db8::1", true },
		{ "2001:db8::1/128", "2001:db8::2", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint endpoint = endpoint_of(cases[i].address, 25);
		struct network network;

		assert_true(network_parse(cases[i].network, &network));
		assert_int_equal(
		    network_has(&network, &endpoint), cases[i].has);
	}
}

static void
what_is_no_network_is_refused(void **state)
{
	static const char *const cases[] = { "", "/", "/8", "10.0.0.0/",
		"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/ 8", "10.0.0.0/8x",
		"10.0.0/8", "fc00::/129", "fc00::/99999999999999999999",
		"mail.example.org", "10.0.0.0/8/8",
		"fc00:fc00:fc00:fc00:fc00:fc00:fc00:fc00:fc00:fc00:fc00" };
	struct network network = { .prefix = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(network_parse(cases[i], &network));
	assert_int_equal(network.prefix, 77); /* untouched on failure */
}

static void
a_host_is_an_address_or_a_name_that_fits_a_key(void **state)
{
	static const struct {
		const char *host, *shown;
	} cases[] = {
		{ "10.0.0.5", "10.0.0.5:25" },
		{ "2001:DB8::1", "[2001:db8::1]:25" },
		{ "10.0.0.5.", "10.0.0.5:25" },
		{ "mx.example.org", "mx.example.org:25" },
		{ "MX-1.Example.ORG.", "mx-1.example.org:25" },
		{ "010.0.0.5", "010.0.0.5:25" },
		{ "10.0.0", "10.0.0:25" },
		{ "a/b:c*d{e}\r\n \"\\", "a_b_c_d_e______:25" },
		{ "caf\xc3\xa9", "caf__:25" },
		{ "", "_:25" },
		{ ".", ".:25" },
		{ "fe80::1%eth0", "fe80__1_eth0:25" },
		{ "0123456789012345678901234567890123456789012345678901234",
		    "01234567890123456789012345678901234567890123456:25" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint endpoint = { .port = 25 };
		char name[ENDPOINT_NAME_MAX], text[ENDPOINT_TEXT_MAX];

		endpoint_of_host(
		    cases[i].host, strlen(cases[i].host), &endpoint, name);
		endpoint_named_text(&endpoint, name, text);
		assert_string_equal(text, cases[i].shown);
		assert_int_equal(endpoint.family == 0, name[0] != '\0');
	}
}

static void
a_host_with_a_nul_is_no_address(void **state)
{
	struct endpoint endpoint = { .port = 25 };
	char name[ENDPOINT_NAME_MAX];

	(void)state;
	endpoint_of_host("10.0.0.5\0x", 10, &endpoint, name);
	assert_int_equal(endpoint.family, 0);
	assert_string_equal(name, "10.0.0.5_x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_read_as_people_write_them),
		cmocka_unit_test(an_address_has_no_brackets),
		cmocka_unit_test(a_network_has_its_own),
		cmocka_unit_test(what_is_no_network_is_refused),
		cmocka_unit_test(
		    a_host_is_an_address_or_a_name_that_fits_a_key),
		cmocka_unit_test(a_host_with_a_nul_is_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
