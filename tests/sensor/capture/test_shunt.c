/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_shunt - the program, run by the kernel over frames of every kind: it
 * drops what belongs to a flow that is in its map, and nothing else.
 */
#include "tests/sensor/decode/encapsulations.h"
#include "tests/support/bpf_run.h"

#include "sensor/capture/shunt.h"
#include "sensor/flow/flow_key.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SNAPLEN 1234
#define DATA    (WIRE_PSH | WIRE_ACK)

struct bench {
	struct shunt *shunt;
	struct decoder *decoder;
	int program; /* of the link type that was last asked for */
	uint32_t link;
};

static const struct wire_segment v4 = {
	.source = "10.0.0.1",
	.destination = "10.0.0.2",
	.source_port = 40000,
	.destination_port = 8080,
	.seq = 1000,
	.ack = 2000,
	.flags = DATA,
	.payload = "GET",
	.payload_len = 3,
};

static const struct wire_segment v6 = {
	.source = "2001:db8::1",
	.destination = "2001:db8::2",
	.source_port = 40000,
	.destination_port = 8080,
	.seq = 1000,
	.ack = 2000,
	.flags = DATA,
	.payload = "GET",
	.payload_len = 3,
};

/* Both ways: who sends is not part of a flow's key. */
static struct wire_segment
answer_to(const struct wire_segment *said)
{
	struct wire_segment answer = *said;

	answer.source = said->destination;
	answer.destination = said->source;
	answer.source_port = said->destination_port;
	answer.destination_port = said->source_port;
	return answer;
}

static struct wire wire;

static int
set_up(void **state)
{
	static struct bench bench;

	errno = 0;
	bench = (struct bench){ .shunt = shunt_new(NULL), .program = -1 };
	if (bench.shunt == NULL && errno != EPERM)
		return -1;
	bench.decoder = decoder_new(&(struct decoder_options){ .key = 1 });
	*state = &bench;
	return bench.decoder != NULL ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct bench *bench = *state;

	if (bench->program >= 0)
		close(bench->program);
	shunt_free(bench->shunt);
	decoder_free(bench->decoder);
	return 0;
}

static struct bench *
bench_of(void **state)
{
	struct bench *bench = *state;

	if (bench->shunt == NULL) {
		print_message("SKIPPED: bpf(2) is not permitted here\n");
		skip();
	}
	return bench;
}

static void
want_link(struct bench *bench, uint32_t link)
{
	const struct shunt_socket socket = {
		.link = (int)link,
		.snaplen = SNAPLEN,
	};
	char reason[SHUNT_REASON];

	if (bench->program >= 0 && bench->link == link)
		return;
	if (bench->program >= 0)
		close(bench->program);
	bench->link = link;
	bench->program = shunt_program(bench->shunt, &socket, reason);
	if (bench->program < 0)
		fail_msg("link type %u: %s", link, reason);
}

/* What the program says to the frame in `wire`. */
static bool
passes(struct bench *bench)
{
	int64_t got = bpf_run(bench->program, wire_bytes(&wire), wire.len,
	    bench->link != LINK_LINUX_SLL && bench->link != LINK_LINUX_SLL2);

	if (got < 0)
		fail_msg("test run, %zu bytes: %s", wire.len, strerror(errno));
	assert_true(got == 0 || got == SNAPLEN);
	return got != 0;
}

/* The key that the sensor has for the frame.  False: it is none of TCP. */
static bool
key_of_wire(struct bench *bench, uint16_t link, struct flow_key *ret_key)
{
	const struct frame frame = {
		.bytes = slice_of(wire_bytes(&wire), wire.len),
		.wire_len = (uint32_t)wire.len,
		.link = link,
	};
	struct packet packet;

	if (frame_decode(bench->decoder, &frame, &packet) != DECODED_TCP)
		return false;
	flow_key_of(&packet, ret_key);
	return true;
}

static struct flow_key
key_of(struct bench *bench, const struct wire_segment *segment)
{
	struct flow_key key = { 0 };

	wire_segment(&wire, segment);
	assert_true(key_of_wire(bench, LINK_ETHERNET, &key));
	return key;
}

/* --- encapsulations -------------------------------------------------------- */

/* Those that the program does not walk, whose packets therefore pass. */
static bool
is_left_to_decoding(const char *name)
{
	static const char *const names[] = { "VN-Tag", "VN-Tag and 802.1Q",
		"802.1ah", "SNAP", "pseudowire", "with control word", "PPPoE",
		"PPPoE in 802.1Q", "authenticated", "PPTP", "EtherIP",
		"MPLS in IP", "VXLAN-GPE", "GTP-U", "GTP-U, extended", "TZSP",
		"Teredo", "Teredo's server", "L2TP", "L2TP, all fields",
		"GTP-U in VXLAN" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void
wrap(const struct encapsulation *of, const struct wire_segment *segment)
{
	wire_packet(&wire, segment);
	of->wrap(&wire);
}

/* A packet of a flow that is not in, then of one that is, both ways. */
static void
is_dropped_when_it_is_in(struct bench *bench, const struct encapsulation *of,
    const struct wire_segment *segment)
{
	const struct wire_segment answer = answer_to(segment);
	struct flow_key key = key_of(bench, segment), seen;
	bool walked = !is_left_to_decoding(of->name);

	wrap(of, segment);
	assert_true(key_of_wire(bench, (uint16_t)of->link, &seen));
	assert_true(passes(bench));
	shunt_add(bench->shunt, &key);
	if (passes(bench) == walked)
		fail_msg("%s: %s", of->name, walked ? "passes" : "is dropped");
	wrap(of, &answer);
	assert_int_equal(passes(bench), !walked);
	shunt_remove(bench->shunt, &key);
	assert_true(passes(bench));
}

static void
what_is_in_is_dropped_in_every_encapsulation_that_is_walked(void **state)
{
	struct bench *bench = bench_of(state);
	unsigned walked = 0;

	for (size_t i = 0; i < ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i];

		if (of->link != LINK_ETHERNET && of->link != LINK_RAW &&
		    of->link != LINK_RAW_LIBPCAP)
			continue;
		want_link(bench, of->link);
		walked += !is_left_to_decoding(of->name);
		if (of->v4)
			is_dropped_when_it_is_in(bench, of, &v4);
		if (of->v6)
			is_dropped_when_it_is_in(bench, of, &v6);
	}
	print_message("%u encapsulations are walked\n", walked);
	assert_true(walked >= 25);
}

/* A cooked socket's packets begin behind the link layer, and the kernel knows
 * the EtherType: so a test run gives them. */
static void
a_cooked_sockets_packets_are_walked(void **state)
{
	struct bench *bench = bench_of(state);
	const struct flow_key key4 = key_of(bench, &v4);
	const struct flow_key key6 = key_of(bench, &v6);
	static void (*const wraps[])(
	    struct wire *) = { ethernet, one_vlan, qinq, vxlan, gre_vxlan };

	want_link(bench, LINK_LINUX_SLL2);
	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		wire_packet(&wire, &v4);
		wraps[i](&wire);
		assert_true(passes(bench));
		shunt_add(bench->shunt, &key4);
		assert_false(passes(bench));
		shunt_remove(bench->shunt, &key4);
		wire_packet(&wire, &v6);
		wraps[i](&wire);
		assert_true(passes(bench));
		shunt_add(bench->shunt, &key6);
		assert_false(passes(bench));
		shunt_remove(bench->shunt, &key6);
	}
}

static void
other_link_types_are_refused_with_a_reason(void **state)
{
	struct bench *bench = bench_of(state);
	const struct shunt_socket socket = { .link = LINK_PPP, .snaplen = 1 };
	char reason[SHUNT_REASON];

	assert_int_equal(shunt_program(bench->shunt, &socket, reason), -1);
	assert_string_equal(reason, "frames of link type 9 are not walked");
}

static void
a_filter_of_cooked_frames_is_refused_with_a_reason(void **state)
{
	struct bench *bench = bench_of(state);
	static const uint64_t anything = 0;
	const struct shunt_socket socket = {
		.link = LINK_LINUX_SLL,
		.snaplen = 1,
		.filter = &anything,
		.filter_len = 1,
	};
	char reason[SHUNT_REASON];

	assert_int_equal(shunt_program(bench->shunt, &socket, reason), -1);
	assert_string_equal(
	    reason, "a filter of cooked frames has no translation");
}

/* --- what always passes ---------------------------------------------------- */

static void
only_data_is_dropped(void **state)
{
	struct bench *bench = bench_of(state);
	static const struct {
		uint8_t flags;
		bool drops, deletes;
	} cases[] = {
		{ WIRE_ACK, true, false },
		{ DATA, true, false },
		{ DATA | WIRE_URG, true, false },
		{ 0, true, false },
		{ WIRE_SYN, false, true },
		{ WIRE_SYN | WIRE_ACK, false, true },
		{ WIRE_SYN | WIRE_FIN, false, true },
		{ WIRE_FIN | WIRE_ACK, false, false },
		{ WIRE_FIN | DATA, false, false },
		{ WIRE_RST, false, false },
		{ WIRE_RST | WIRE_ACK, false, false },
	};
	struct wire_segment said = v4;

	want_link(bench, LINK_ETHERNET);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_key key = key_of(bench, &v4);
		uint64_t packets, bytes;

		shunt_add(bench->shunt, &key);
		said.flags = cases[i].flags;
		wire_segment(&wire, &said);
		assert_int_equal(passes(bench), !cases[i].drops);
		assert_int_equal(shunt_of(bench->shunt, &key, &packets, &bytes),
		    !cases[i].deletes);
		said.flags = DATA;
		wire_segment(&wire, &said);
		assert_int_equal(passes(bench), cases[i].deletes);
		shunt_remove(bench->shunt, &key);
	}
}

/* Every frame of which any one part of the key is another's. */
static void
a_neighbour_passes(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key4 = key_of(bench, &v4), key6 = key_of(bench, &v6);
	struct wire_segment other[8] = { v4, v4, v4, v4, v6, v6, v6, v6 };

	other[0].source = "10.0.0.3";
	other[1].destination = "10.0.0.3";
	other[2].source_port++;
	other[3].destination_port++;
	other[4].source = "2001:db8::3";
	other[5].destination = "2001:db9::2";
	other[6].source_port++;
	other[7].destination_port++;
	want_link(bench, LINK_ETHERNET);
	shunt_add(bench->shunt, &key4);
	shunt_add(bench->shunt, &key6);
	for (size_t i = 0; i < 8; i++) {
		struct wire_segment answer = answer_to(&other[i]);

		wire_segment(&wire, &other[i]);
		assert_true(passes(bench));
		wire_segment(&wire, &answer);
		assert_true(passes(bench));
	}
	shunt_remove(bench->shunt, &key4);
	wire_segment(&wire, &v4);
	assert_true(passes(bench));
	wire_segment(&wire, &v6);
	assert_false(passes(bench));
	shunt_remove(bench->shunt, &key6);
}

static void
every_fragment_passes(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key4 = key_of(bench, &v4), key6 = key_of(bench, &v6);
	static struct wire whole;

	want_link(bench, LINK_ETHERNET);
	shunt_add(bench->shunt, &key4);
	shunt_add(bench->shunt, &key6);
	for (unsigned i = 0; i < 2; i++) {
		struct wire_part part = { .len = 16, .id = 7 };

		wire_packet(&whole, i == 0 ? &v4 : &v6);
		for (; part.offset < wire_carried(&whole); part.offset += 16) {
			if (part.offset + part.len > wire_carried(&whole))
				part.len = wire_carried(&whole) - part.offset;
			wire_fragment(&wire, &whole, part);
			ethernet(&wire);
			assert_true(passes(bench));
			wire_fragment(&wire, &whole, part);
			vxlan(&wire);
			assert_true(passes(bench));
		}
	}
	shunt_remove(bench->shunt, &key4);
	shunt_remove(bench->shunt, &key6);
}

/* At every length that a test run takes: what is too short to be told passes. */
static void
a_short_frame_passes(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key = key_of(bench, &v4), seen;
	static void (*const wraps[])(struct wire *) = { ethernet, three_vlans,
		gre_all_fields, geneve_options, gre_vxlan };
	unsigned dropped = 0;

	want_link(bench, LINK_ETHERNET);
	shunt_add(bench->shunt, &key);
	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		size_t flags_at;

		wire_packet(&wire, &v4);
		wraps[i](&wire);
		flags_at = wire.len - v4.payload_len - 20 + 13;
		for (; wire.len >= BPF_RUN_LEAST; wire.len--) {
			bool pass = passes(bench);

			assert_int_equal(pass, wire.len <= flags_at);
			dropped += !pass;
		}
	}
	assert_true(dropped > 0);
	assert_true(key_of(bench, &v4).port[0] == key.port[0]);
	assert_false(key_of_wire(bench, LINK_PPP, &seen));
	shunt_remove(bench->shunt, &key);
}

static void
a_walk_without_an_end_is_ended(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key = key_of(bench, &v4);

	want_link(bench, LINK_ETHERNET);
	shunt_add(bench->shunt, &key);
	wire_packet(&wire, &v4);
	for (unsigned i = 0; i < 20; i++)
		wire_ip4(&wire, OUTER_A4, OUTER_B4, 0);
	ethernet(&wire);
	assert_true(passes(bench));
	wire_packet(&wire, &v4);
	for (unsigned i = 0; i < 40; i++)
		wire_vlan(&wire, 7, i == 0 ? WIRE_IPV4 : WIRE_VLAN);
	wire_ethernet(&wire, WIRE_VLAN);
	assert_true(passes(bench));
	shunt_remove(bench->shunt, &key);
}

/* --- agreement with decoding ----------------------------------------------- */

#define TRIES 200000

static uint32_t
draw(uint32_t *seed)
{
	*seed = *seed * 1664525U + 1013904223U;
	return *seed >> 8;
}

/* One flow is in, and frames that were damaged at random are shown to both: if
 * the program drops one, decoding finds that flow in it, or nothing at all. */
static void
whatever_is_dropped_is_of_that_flow_or_of_none(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key = key_of(bench, &v4), seen;
	uint32_t seed = 1;
	unsigned dropped = 0, nothing = 0;

	want_link(bench, LINK_ETHERNET);
	for (unsigned i = 0; i < TRIES; i++) {
		const struct encapsulation *of =
		    &encapsulations[draw(&seed) % ENCAPSULATIONS];

		if (of->link != LINK_ETHERNET || !of->v4)
			continue;
		wrap(of, &v4);
		for (unsigned n = draw(&seed) % 4; n > 0; n--)
			wire.bytes[wire.at + draw(&seed) % wire.len] ^=
			    (uint8_t)(1U << draw(&seed) % 8);
		shunt_add(bench->shunt, &key); /* a SYN may have deleted it */
		if (passes(bench))
			continue;
		dropped++;
		if (!key_of_wire(bench, LINK_ETHERNET, &seen))
			nothing++;
		else if (memcmp(&seen, &key, offsetof(struct flow_key, from)) !=
		    0)
			fail_msg("try %u, %s: another's packet is dropped", i,
			    of->name);
	}
	print_message("%u frames dropped, %u of which decoding refuses\n",
	    dropped, nothing);
	assert_true(dropped > TRIES / 10 && nothing < dropped / 2);
	shunt_remove(bench->shunt, &key);
}

/* --- counters -------------------------------------------------------------- */

static void
what_is_dropped_is_counted_by_flow_and_in_all(void **state)
{
	struct bench *bench = bench_of(state);
	const struct wire_segment *both[] = { &v4, &v6 };
	uint64_t packets, bytes, before, bytes_before, own, own_bytes;

	want_link(bench, LINK_ETHERNET);
	shunt_totals(bench->shunt, &before, &bytes_before);
	for (unsigned i = 0; i < 2; i++) {
		struct flow_key key = key_of(bench, both[i]);

		shunt_add(bench->shunt, &key);
		for (unsigned n = 0; n < 10; n++)
			assert_false(passes(bench));
		shunt_add(bench->shunt, &key); /* once more changes nothing */
		assert_true(shunt_of(bench->shunt, &key, &own, &own_bytes));
		assert_int_equal(own, 10);
		assert_int_equal(own_bytes, 10 * wire.len);
		shunt_totals(bench->shunt, &packets, &bytes);
		assert_int_equal(packets - before, 10);
		assert_int_equal(bytes - bytes_before, 10 * wire.len);
		before = packets;
		bytes_before = bytes;
		shunt_remove(bench->shunt, &key);
		assert_false(shunt_of(bench->shunt, &key, &own, &own_bytes));
	}
}

/* The kernel makes room by itself, and the newest is always in. */
static void
there_is_always_room_for_one_more(void **state)
{
	struct bench *bench = bench_of(state);
	struct flow_key key = key_of(bench, &v4);
	uint64_t packets, bytes;

	for (uint32_t i = 0; i < 2 * SHUNT_FLOWS_MAX; i++) {
		memcpy(key.address[0], &i, sizeof(i));
		shunt_add(bench->shunt, &key);
		if (i % 1000 == 0)
			assert_true(
			    shunt_of(bench->shunt, &key, &packets, &bytes));
	}
	for (uint32_t i = 0; i < 2 * SHUNT_FLOWS_MAX; i++) {
		memcpy(key.address[0], &i, sizeof(i));
		shunt_remove(bench->shunt, &key);
	}
}

#define TEST(name) cmocka_unit_test(name)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(
		    what_is_in_is_dropped_in_every_encapsulation_that_is_walked),
		TEST(a_cooked_sockets_packets_are_walked),
		TEST(other_link_types_are_refused_with_a_reason),
		TEST(a_filter_of_cooked_frames_is_refused_with_a_reason),
		TEST(only_data_is_dropped),
		TEST(a_neighbour_passes),
		TEST(every_fragment_passes),
		TEST(a_short_frame_passes),
		TEST(a_walk_without_an_end_is_ended),
		TEST(whatever_is_dropped_is_of_that_flow_or_of_none),
		TEST(what_is_dropped_is_counted_by_flow_and_in_all),
		TEST(there_is_always_room_for_one_more),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
