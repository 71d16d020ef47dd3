/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_captures - what mirrors, taps and clocks make of a dialog: copies, one
 * direction, tags on one side, times that go back, packets that were cut.  It is
 * found as it would be, and once.
 *
 * What needs interfaces or several files is in tests/integration.
 */
#include "tests/sensor/packet_case.h"

#define MS  UINT64_C(1000000)
#define DAY (UINT64_C(86400000) * MS)

static uint8_t *
ip_of(struct talk *talk)
{
	return talk->wire.bytes + talk->wire.at;
}

static bool
is_servers(struct talk *talk)
{
	const uint8_t *port = ip_of(talk) + 20;

	return port[0] << 8 == (2525 & 0xFF00) && port[1] == (2525 & 0xFF);
}

/* --- copies ---------------------------------------------------------------- */

static void
cap_01_mirrored_twice(struct play *play)
{
	say_all(play);
}

static void
twice(struct talk *talk)
{
	packet_out(talk);
	talk_frame(talk);
}

static void
cap_01_mirrored_three_times(struct play *play)
{
	say_all(play);
}

static void
three_times(struct talk *talk)
{
	packet_out(talk);
	talk_frame(talk);
	talk_frame(talk);
}

/* Both where it comes in and where it goes out: the copy has been routed, and
 * comes as many packets later. */
static size_t skew;

static void
cap_02_received_and_sent(struct play *play)
{
	say_all(play);
}

static void
and_the_one_before(struct talk *talk)
{
	static struct wire routed[6];
	struct wire *copy = &routed[packet_shot % 6];

	*copy = talk->wire;
	copy->bytes[copy->at + 8]--; /* time to live */
	packet_out(talk);
	if (packet_shot < skew)
		return;
	talk->wire = routed[(packet_shot - skew) % 6];
	if (talk->vlan != 0)
		wire_vlan(&talk->wire, talk->vlan, WIRE_IPV4);
	wire_ethernet(&talk->wire, talk->vlan != 0 ? WIRE_VLAN : WIRE_IPV4);
	talk->wire.bytes[talk->wire.at + 5] = 3; /* other stations */
	talk->wire.bytes[talk->wire.at + 11] = 4;
	talk_frame(talk);
}

/* --- directions ------------------------------------------------------------ */

static void
cap_03_only_the_server(struct play *play)
{
	say_all(play);
}

static void
server_only(struct talk *talk)
{
	if (is_servers(talk))
		packet_out(talk);
}

static void
cap_03_only_the_client(struct play *play)
{
	say_all(play);
}

static void
client_only(struct talk *talk)
{
	if (!is_servers(talk))
		packet_out(talk);
}

/* One way is longer: what that side says is seen three packets later. */
static void
delay(struct play *play, enum talker slow)
{
	const size_t by = 3;

	for (size_t i = play->count; i-- > 0;) {
		struct talk_shot late = play->shot[i];

		if (late.from != slow)
			continue;
		insert(play, i + by < play->count ? i + by + 1 : play->count,
		    late);
		take_out(play, i);
	}
}

static void
cap_04_the_server_by_a_longer_way(struct play *play)
{
	say_all(play);
	delay(play, TALK_SERVER);
}

static void
cap_04_the_client_by_a_longer_way(struct play *play)
{
	say_all(play);
	delay(play, TALK_CLIENT);
}

/* Each way has a network of its own. */
static void
cap_04_by_ways_of_their_own(struct play *play)
{
	say_all(play);
}

static void
in_two_networks(struct talk *talk)
{
	uint16_t vlan = talk->vlan;

	talk->vlan = is_servers(talk) ? 100 : 200;
	packet_out(talk);
	talk->vlan = vlan;
}

static void
cap_05_tags_of_one_side_stripped(struct play *play)
{
	say_all(play);
}

static void
server_tagged(struct talk *talk)
{
	uint16_t vlan = talk->vlan;

	talk->vlan = is_servers(talk) ? 100 : 0;
	packet_out(talk);
	talk->vlan = vlan;
}

/* --- time ------------------------------------------------------------------ */

/* Each is written a millisecond after the one before, and what it waits: times
 * wrap as the sums do. */
static void
cap_06_times_go_back(struct play *play)
{
	say_all(play);
	for (size_t i = 1; i < play->count; i += 2)
		play->shot[i].wait_ns = 0 - 5 * MS;
}

static void
cap_06_times_are_the_same(struct play *play)
{
	say_all(play);
	for (size_t i = 1; i < play->count; i++)
		play->shot[i].wait_ns = 0 - MS;
}

static void
cap_07_clock_set_back_by_a_day(struct play *play)
{
	say_all(play);
	play->shot[EHLO].wait_ns = 0 - DAY;
}

static void
cap_07_clock_set_back_and_forth(struct play *play)
{
	say_all(play);
	play->shot[SYN_ACK].wait_ns = 0 - DAY;
	play->shot[FIN + 1].wait_ns = DAY;
}

static void
cap_07_clock_set_forward_by_a_day(struct play *play)
{
	say_all(play);
	play->shot[EHLO].wait_ns = DAY;
}

/* --- packets that were cut --------------------------------------------------- */

#define SNAPLEN 96

static void
cap_10_packets_longer_than_the_snap_length(struct play *play)
{
	char body[1400];

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = "a line of a mail\r\n"[i % 18];
	say_all(play);
	play->count = QUIT;
	play->seq[TALK_CLIENT] = play->shot[QUIT].seq;
	play->seq[TALK_SERVER] = play->shot[QUIT_REPLY].seq;
	say(play, TALK_CLIENT, "RCPT TO:<b@mx.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.5 Ok\r\n");
	say(play, TALK_CLIENT, "DATA\r\n");
	say(play, TALK_SERVER, "354 Go on\r\n");
	for (int i = 0; i < 4; i++)
		play_packet(play, TALK_CLIENT, WIRE_ACK, body, sizeof(body));
	say(play, TALK_CLIENT, "\r\n.\r\n");
	say(play, TALK_SERVER, "250 2.0.0 Ok: queued as 1\r\n");
	play_hang_up(play, TALK_CLIENT);
}

/* The file says so, and its records are longer. */
static void
beyond_the_snap_length(struct talk *talk)
{
	const uint32_t snaplen = SNAPLEN;
	long at = ftell(talk->out);

	if (packet_shot == 0) {
		assert_int_equal(fseek(talk->out, 16, SEEK_SET), 0);
		assert_int_equal(fwrite(&snaplen, 4, 1, talk->out), 1);
		assert_int_equal(fseek(talk->out, at, SEEK_SET), 0);
	}
	packet_out(talk);
}

/* --- silence ----------------------------------------------------------------- */

static void
cap_12_a_day_of_nothing(struct play *play)
{
	size_t first;

	say_all(play);
	play->seq[TALK_CLIENT] += 100000;
	play->seq[TALK_SERVER] += 100000;
	first = play->count;
	say_all(play);
	play->shot[first].wait_ns = DAY;
}

#define SENT(test, by)                                                         \
	{                                                                      \
		.name = #test, .write = test, .send = by                       \
	}

static const struct packet_case cases[] = {
	SENT(cap_01_mirrored_twice, twice),
	SENT(cap_01_mirrored_three_times, three_times),
	{ .name = "cap_03_only_the_server",
	    .write = cap_03_only_the_server,
	    .send = server_only,
	    .flags = SIGHTING_ONE_SIDED },
	{ .name = "cap_03_only_the_client",
	    .write = cap_03_only_the_client,
	    .send = client_only,
	    .flags = SIGHTING_ONE_SIDED,
	    .suspected = true,
	    .blind = true },
	CASE(cap_04_the_server_by_a_longer_way, 0),
	CASE(cap_04_the_client_by_a_longer_way, 0),
	SENT(cap_04_by_ways_of_their_own, in_two_networks),
	SENT(cap_05_tags_of_one_side_stripped, server_tagged),
	CASE(cap_06_times_go_back, 0),
	CASE(cap_06_times_are_the_same, 0),
	CASE(cap_07_clock_set_back_by_a_day, 0),
	CASE(cap_07_clock_set_back_and_forth, 0),
	CASE(cap_07_clock_set_forward_by_a_day, 0),
	{ .name = "cap_10_packets_longer_than_the_snap_length",
	    .write = cap_10_packets_longer_than_the_snap_length,
	    .send = beyond_the_snap_length,
	    .flags = SIGHTING_GAP },
	{ .name = "cap_12_a_day_of_nothing",
	    .write = cap_12_a_day_of_nothing,
	    .dialogs = 2,
	    .flows = 2 },
};

static void
each_case_is_the_same_from_every_view(void **state)
{
	(void)state;
	assert_int_equal(
	    packet_play_all(cases, sizeof(cases) / sizeof(cases[0])), 0);
}

static void
cap_02_copies_of_any_lag_are_counted_once(void **state)
{
	static const struct packet_case of =
	    SENT(cap_02_received_and_sent, and_the_one_before);

	(void)state;
	for (skew = 0; skew < 6; skew++) {
		print_message("%zu packets\n", skew);
		assert_int_equal(packet_play_all(&of, 1), 0);
	}
}

static uint64_t
bytes_of(const struct packet_case *of)
{
	struct play *play = calloc(1, sizeof(*play));
	struct sighting seen = { 0 };
	uint64_t bytes = 0;
	struct path path;

	assert_non_null(play);
	path_begin(&path);
	packet_write(play, of, &views[0], &path);
	path_run(&path);
	while (path_told(&path, &seen))
		bytes += seen.bytes_toserver + seen.bytes_toclient;
	path_end(&path);
	play_free(play);
	return bytes;
}

static void
copies_add_no_bytes(void **state)
{
	static const struct packet_case copies[] = {
		SENT(say_all, NULL),
		SENT(cap_01_mirrored_twice, twice),
		SENT(cap_01_mirrored_three_times, three_times),
		SENT(cap_02_received_and_sent, and_the_one_before),
		SENT(cap_06_times_go_back, NULL),
	};

	(void)state;
	skew = 5;
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		assert_int_equal(
		    bytes_of(&copies[i]), 30 + 21 + 30 + 30 + 14 + 6 + 15);
}

static void
cap_12_a_capture_of_nothing_tells_nothing(void **state)
{
	struct sighting seen;
	struct path path;

	(void)state;
	path_begin(&path);
	path_run(&path);
	assert_false(path_told(&path, &seen));
	assert_int_equal(path_counters(&path)->traffic.packets, 0);
	path_end(&path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_is_the_same_from_every_view),
		cmocka_unit_test(cap_02_copies_of_any_lag_are_counted_once),
		cmocka_unit_test(copies_add_no_bytes),
		cmocka_unit_test(cap_12_a_capture_of_nothing_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
