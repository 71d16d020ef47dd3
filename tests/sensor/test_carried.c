/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_carried - a dialog whose greeting is contradicted, in what a mirror
 * carries it in; and one that TCP itself makes hard to follow.
 */
#include "tests/sensor/decode/encapsulations.h"
#include "tests/sensor/packet_case.h"

static void (*wrap)(struct wire *wire);

static void
send_wrapped(struct talk *talk)
{
	wrap(&talk->wire);
	talk_frame(talk);
}

/* All of that packet, as garbage, goes before it. */
static void
contradict(struct play *play, size_t at)
{
	struct talk_shot garbage = play->shot[at];

	assert_true(garbage.len <= 40);
	garbage.bytes = "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
	insert(play, at, garbage);
}

static void
write_contradicted(struct play *play)
{
	say_all(play);
	contradict(play, EHLO_REPLY);
	contradict(play, GREETING);
}

static void
copies_that_differ_are_told_from_each_other_whatever_carries_them(void **state)
{
	static const struct {
		const char *id;
		void (*wrap)(struct wire *wire);
		bool v6;
	} rows[] = {
		{ "p35", ethernet, true },
		{ "p36", one_vlan, false },
		{ "p37", qinq, false },
		{ "p38", one_label, false },
		{ "p39", gre, false },
		{ "p40", vxlan, false },
	};
	struct play *play = calloc(1, sizeof(*play));

	(void)state;
	assert_non_null(play);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct packet_case packet = {
			.name = rows[i].id,
			.write = write_contradicted,
			.send = send_wrapped,
			.v6 = rows[i].v6,
			.flags = SIGHTING_OVERLAP,
		};

		wrap = rows[i].wrap;
		assert_true(packet_play(play, &packet, &views[0]));
	}
	play_free(play);
}

/* Data on the SYN; a window that opens by a byte; and an idle side that is
 * asked with a byte that was never its. */
static void
write_p68(struct play *play)
{
	struct talk_shot probe;

	play_packet(play, TALK_CLIENT, WIRE_SYN, "EHLO client.example\r\n", 21);
	play_packet(play, TALK_SERVER, WIRE_SYN | WIRE_ACK, NULL, 0);
	play_packet(play, TALK_CLIENT, WIRE_ACK, NULL, 0);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	play_packet(play, TALK_CLIENT, WIRE_ACK, NULL, 0);
	probe = part_of(play, GREETING, 0, 1);
	probe.seq += 29; /* its last byte again */
	probe.bytes = "\0";
	play_packet(play, TALK_SERVER, WIRE_ACK, NULL, 0);
	play->shot[play->count - 1] = probe;
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	probe = part_of(play, play->count - 1, 0, 1);
	insert(play, play->count - 1, probe);
	play_hang_up(play, TALK_CLIENT);
}

static void
p68_fast_open_and_a_closed_window_and_a_keep_alive(void **state)
{
	static const struct packet_case p68 =
	    CASE(write_p68, SIGHTING_EARLY_TALKER);

	(void)state;
	assert_int_equal(packet_play_all(&p68, 1), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    copies_that_differ_are_told_from_each_other_whatever_carries_them),
		cmocka_unit_test(
		    p68_fast_open_and_a_closed_window_and_a_keep_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
