/* SPDX-License-Identifier: Apache-2.0 */
/* test_blindness - filters, what they hide, and the better ones. */
#include "tests/support/wire.h"

#include "sensor/capture/blindness.h"
#include "sensor/capture/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TUNNELS "VXLAN, GENEVE, GRE"

static const struct {
	const char *filter, *file, *live; /* what it hides in each */
} rows[] = {
	{ "", "", "" }, { "tcp", "VLAN, QinQ, " TUNNELS, "QinQ, " TUNNELS },
	{ "tcp or (vlan and tcp)", "QinQ, " TUNNELS, TUNNELS },
	{ "ip", "VLAN, QinQ, IPv6", "QinQ, IPv6" },
	{ "tcp port 25", "VLAN, QinQ, " TUNNELS, "QinQ, " TUNNELS },
	{ "not port 22", "", "" }, { "vlan", "TCP", "TCP" },
	{ "udp", "TCP", "TCP" },
	{ "host 10.1.2.3 or host 10.1.2.4", "VLAN, QinQ, " TUNNELS,
	    "QinQ, " TUNNELS },
	{ "src net 10.0.0.0/8 and dst port 2525", "VLAN, QinQ, " TUNNELS,
	    "QinQ, " TUNNELS },
	{ "host 2001:db8:9::1", "VLAN, QinQ, " TUNNELS, "QinQ, " TUNNELS },
	{ "ip6", "VLAN, QinQ, " TUNNELS, "QinQ, " TUNNELS },
	{ "udp port 4789 or udp port 6081 or proto gre", "TCP", "TCP" },
	{ "no filter at all", "", "" }, /* it does not compile */
};

static void
what_a_filter_hides_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct blindness file = blindness_of(rows[i].filter, false);
		struct blindness live = blindness_of(rows[i].filter, true);

		assert_string_equal(file.names, rows[i].file);
		assert_string_equal(live.names, rows[i].live);
		assert_int_equal(file.kinds == 0, *rows[i].file == '\0');
	}
	assert_int_equal(blindness_of(NULL, true).kinds, 0);
}

static void
the_better_filter_hides_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int live = 0; live < 2; live++) {
			struct blindness it =
			    blindness_of(rows[i].filter, live);

			if (it.kinds == 0 || strcmp(it.names, "TCP") == 0) {
				assert_string_equal(it.better, "");
				continue;
			}
			assert_string_not_equal(it.better, "");
			assert_int_equal(
			    blindness_of(it.better, live).kinds, 0);
		}
	}
}

static void
a_filter_too_long_gets_no_advice(void **state)
{
	char filter[BLINDNESS_BETTER * 2] = "tcp";

	(void)state;
	while (strlen(filter) < BLINDNESS_BETTER)
		strcat(filter, " or host 10.0.0.1");
	struct blindness it = blindness_of(filter, false);

	assert_true(it.kinds > 0);
	assert_string_equal(it.better, "");
}

/* --- frames of the tests' own ----------------------------------------------- */

static void
tcp(struct wire *w)
{
	wire_packet(w,
	    &(struct wire_segment){ .source = "10.0.0.7",
		.destination = "10.0.0.8",
		.source_port = 40000,
		.destination_port = 8025,
		.flags = WIRE_SYN });
}

static void
plain(struct wire *w)
{
	tcp(w);
	wire_ethernet(w, WIRE_IPV4);
}

static void
vlan(struct wire *w)
{
	tcp(w);
	wire_vlan(w, 5, WIRE_IPV4);
	wire_ethernet(w, WIRE_VLAN);
}

static void
qinq(struct wire *w)
{
	tcp(w);
	wire_vlan(w, 5, WIRE_IPV4);
	wire_vlan(w, 6, WIRE_VLAN);
	wire_ethernet(w, WIRE_SERVICE_VLAN);
}

static void
vxlan(struct wire *w)
{
	plain(w);
	wire_vxlan(w, 9);
	wire_udp(w, 50001, 4789);
	wire_ip4(w, "10.9.0.1", "10.9.0.2", 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
gre(struct wire *w)
{
	tcp(w);
	wire_gre(w, 0, 0, WIRE_IPV4);
	wire_ip4(w, "10.9.0.1", "10.9.0.2", 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
the_better_filter_lets_real_frames_pass(void **state)
{
	static void (*const build[])(
	    struct wire *) = { plain, vlan, qinq, vxlan, gre };
	struct blindness it = blindness_of("tcp", false);
	struct filter *tried = filter_new(it.better);
	struct filter *bad = filter_new("tcp");
	static struct wire w;

	(void)state;
	assert_non_null(tried);
	assert_non_null(bad);
	for (size_t i = 0; i < sizeof(build) / sizeof(build[0]); i++) {
		struct slice frame;

		build[i](&w);
		frame = slice_of(wire_bytes(&w), w.len);
		assert_true(filter_passes(tried, frame));
		assert_int_equal(filter_passes(bad, frame), i == 0);
	}
	wire_begin(&w, "x", 1);
	wire_udp(&w, 53, 53);
	wire_ip4(&w, "10.0.0.7", "10.0.0.8", 0);
	wire_ethernet(&w, WIRE_IPV4);
	assert_false(filter_passes(tried, slice_of(wire_bytes(&w), w.len)));
	filter_free(tried);
	filter_free(bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_filter_hides_is_named),
		cmocka_unit_test(the_better_filter_hides_nothing),
		cmocka_unit_test(a_filter_too_long_gets_no_advice),
		cmocka_unit_test(the_better_filter_lets_real_frames_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
