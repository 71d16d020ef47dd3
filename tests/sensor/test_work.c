/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_work - a packet takes as much work after a million others as after a
 * thousand, whatever they were.
 *
 * The packet path and the dissectors are linked as a second build that counts
 * what it does; see tests/dissectors/work.h.
 */
#include "tests/dissectors/work.h"
#include "tests/sensor/attacks.h"

#include <inttypes.h>

#define QUARTERS 4

static storm_make *attack;
static uint64_t done[QUARTERS]; /* work, where each quarter begins */

static void
make_and_note(struct storm *storm, uint64_t number, struct storm_packet *packet)
{
	const uint64_t quarter = storm->packets / QUARTERS;

	if (number % quarter == 0 && number / quarter < QUARTERS)
		done[number / quarter] = work;
	attack(storm, number, packet);
}

/* clang-format off */
static const struct {
	const char *name;
	storm_make *make;
	uint64_t packets;
	uint64_t gap_ns;
} attacks[] = {
	{ "MEM-1: SYNs", make_syn, 10000000, 67 },
	{ "MEM-2: handshakes", make_handshake, 24000000, 1000 },
	{ "MEM-3: early bytes", make_early_byte, 8000000, 1000 },
	{ "MEM-4: holes", make_hole, 3600000, 1000 },
	{ "MEM-5: a banner", make_endless, (1U << 30) / ENDLESS, 1000 },
	{ "MEM-5: banners", make_endless_each, 5000000, 1000 },
	{ "MEM-6: drips", make_drip, 100000 * (DRIP_ROUNDS + 1), 290000 },
};
/* clang-format on */

/* The second quarter is what the third is measured by: tables fill in the
 * first. */
static void
a_packet_takes_no_more_work_for_those_before_it(void **state)
{
	static struct storm storm;
	uint64_t second, third;

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		attack = attacks[i].make;
		storm = (struct storm){ .make = make_and_note,
			.packets = storm_share(attacks[i].packets),
			.gap_ns = attacks[i].gap_ns };
		work = 0;
		storm_run(&storm);
		second = done[2] - done[1];
		third = done[3] - done[2];
		print_message("%-20s %6.1f, then %6.1f a packet\n",
		    attacks[i].name,
		    (double)second * QUARTERS / (double)storm.packets,
		    (double)third * QUARTERS / (double)storm.packets);
		if (second == 0 || third * 10 > second * 11)
			fail_msg("%s: %" PRIu64 ", then %" PRIu64,
			    attacks[i].name, second, third);
		rig_end(&storm.rig);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_packet_takes_no_more_work_for_those_before_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
