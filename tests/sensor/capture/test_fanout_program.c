/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fanout_program - whom a packet is for, by the program that the kernel
 * gets, run by libpcap's interpreter over every encapsulation there is.
 */
#include "tests/sensor/decode/encapsulations.h"

#include "sensor/capture/fanout_program.h"

#include <linux/if_arp.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SECRET  0x5EEDF00DU
#define MEMBERS 4
#define PAIRS   64

static struct code program;

/* --- a kernel of ours ------------------------------------------------------- */

/* What the kernel has made of a frame when the program is asked. */
struct seen {
	uint16_t type; /* SKF_AD_PROTOCOL */
	uint8_t kind;  /* SKF_AD_PKTTYPE */
	uint16_t link; /* SKF_AD_HATYPE */
	const uint8_t *bytes;
	uint32_t len;
};

static uint16_t
half(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/* Received: the link layer is off, and so is the outermost tag of 802.1Q and
 * 802.1ad.  A length is none of Ethernet's types: ETH_P_802_2. */
static struct seen
received(const uint8_t *bytes, size_t len, uint32_t link)
{
	struct seen seen = { 0, PACKET_HOST, 0, bytes, (uint32_t)len };
	uint32_t header = 0;

	if (link == LINK_ETHERNET) {
		seen.type = half(bytes + 12);
		header = 14;
		if (seen.type == WIRE_VLAN || seen.type == WIRE_SERVICE_VLAN) {
			seen.type = half(bytes + 16);
			header = 18;
		}
		if (seen.type < 0x600)
			seen.type = 4;
	} else {
		seen.type = bytes[0] >> 4 == 6 ? WIRE_IPV6 : WIRE_IPV4;
	}
	seen.bytes += header;
	seen.len -= header;
	return seen;
}

/* The interpreter knows nothing of the kernel's own words: they are put in. */
static uint32_t
run(struct seen seen)
{
	static struct bpf_insn ready[CODE_MAX];

	_Static_assert(sizeof(ready[0]) == sizeof(program.instruction[0]),
	    "instructions are alike");
	memcpy(ready, program.instruction, program.count * sizeof(ready[0]));
	for (uint32_t i = 0; i < program.count; i++) {
		uint32_t what = ready[i].k - (uint32_t)SKF_AD_OFF;

		if (ready[i].code != (BPF_LD | BPF_W | BPF_ABS))
			continue;
		ready[i].code = BPF_LD | BPF_IMM;
		ready[i].k = what == SKF_AD_PKTTYPE ? seen.kind
		    : what == SKF_AD_HATYPE         ? seen.link
						    : seen.type;
	}
	return bpf_filter(ready, seen.bytes, seen.len, seen.len);
}

static uint32_t
run_wire(const struct wire *w, uint32_t link)
{
	return run(received(wire_bytes(w), w->len, link));
}

/* --- packets ---------------------------------------------------------------- */

static void
packet(struct wire *w, bool v6, unsigned pair, bool back)
{
	char client[32], server[32];

	snprintf(client, sizeof(client), v6 ? "2001:db8::1:%x" : "10.1.0.%u",
	    pair + 1);
	snprintf(server, sizeof(server), v6 ? "2001:db8::2" : "10.0.0.2");
	wire_packet(w,
	    &(struct wire_segment){
		.source = back ? server : client,
		.destination = back ? client : server,
		.source_port = back ? 2525 : 40000,
		.destination_port = back ? 40000 : 2525,
		.flags = WIRE_PSH | WIRE_ACK,
		.payload = "220 mx.example ESMTP\r\n",
		.payload_len = 22,
	    });
}

/* What the kernel would not call IP by itself, or is looked into by nobody. */
static bool
walked(const struct encapsulation *of)
{
	static const char *const others[] = { "TZSP", "Teredo's server", "L2TP",
		"L2TP, all fields" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(of->name, others[i]) == 0)
			return false;
	return true;
}

static bool
kernel_begins_with_ip(uint32_t link)
{
	return link == LINK_ETHERNET || link == LINK_RAW || link == LINK_IPV4 ||
	    link == LINK_IPV6;
}

/* False: two directions of a pair part, or all pairs go to one member. */
static bool
shared_well(const struct encapsulation *of, bool v6)
{
	static struct wire w;
	unsigned members[MEMBERS] = { 0 };
	bool together = true;

	for (unsigned pair = 0; pair < PAIRS; pair++) {
		uint32_t way[2];

		for (unsigned back = 0; back < 2; back++) {
			packet(&w, v6, pair, back != 0);
			of->wrap(&w);
			way[back] = run_wire(&w, of->link);
		}
		together &= way[0] == way[1];
		members[way[0] % MEMBERS]++;
	}
	if (!together)
		print_error("%s, IPv%d: parted\n", of->name, v6 ? 6 : 4);
	for (unsigned i = 0; i < MEMBERS && walked(of); i++)
		if (members[i] < PAIRS / MEMBERS / 3) {
			print_error("%s, IPv%d: member %u has %u of %d\n",
			    of->name, v6 ? 6 : 4, i, members[i], PAIRS);
			return false;
		}
	return together;
}

static void
both_directions_go_to_one_member_and_pairs_spread(void **state)
{
	size_t run_of = 0, bad = 0;

	(void)state;
	for (size_t i = 0; i < ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i];

		if (!kernel_begins_with_ip(of->link))
			continue;
		run_of += (size_t)of->v4 + of->v6;
		bad += of->v4 && !shared_well(of, false);
		bad += of->v6 && !shared_well(of, true);
	}
	print_message(
	    "%zu encapsulations, %u instructions\n", run_of, program.count);
	assert_true(run_of >= 80);
	assert_int_equal(bad, 0);
}

/* A packet is for the same member in a tunnel and without: the innermost pair
 * alone counts. */
static void
the_innermost_pair_alone_counts(void **state)
{
	static struct wire w;

	(void)state;
	for (unsigned i = 0; i < 2 * ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i / 2];
		bool v6 = i % 2 != 0;

		if (!kernel_begins_with_ip(of->link) || !walked(of) ||
		    !(v6 ? of->v6 : of->v4))
			continue;
		packet(&w, v6, 7, false);
		uint32_t plain = run_wire(&w, LINK_RAW);

		of->wrap(&w);
		if (run_wire(&w, of->link) != plain)
			fail_msg("%s, IPv%d", of->name, v6 ? 6 : 4);
	}
}

/* --- what is short, in pieces, sent ------------------------------------------ */

static uint32_t
hash_of(const char *source, const char *destination)
{
	static struct wire w;

	wire_begin(&w, "x", 1);
	wire_udp(&w, 1, 2);
	if (strchr(source, ':') != NULL)
		wire_ip6(&w, source, destination);
	else
		wire_ip4(&w, source, destination, 0);
	return run_wire(&w, LINK_RAW);
}

/* Cut anywhere, a frame goes by the addresses that are still there: none at
 * first, then those of the outer headers, then the packet's. */
static void
a_short_frame_is_hashed_by_what_was_read(void **state)
{
	static struct wire w;
	const uint32_t outer[] = { 0, hash_of(OUTER_A4, OUTER_B4),
		hash_of(OUTER_A6, OUTER_B6),
		hash_of("10.255.0.1", "10.255.0.2") };

	(void)state;
	for (size_t i = 0; i < ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i];
		struct seen seen;
		bool inside = false;

		if (of->link != LINK_ETHERNET || !walked(of) || !of->v4)
			continue;
		packet(&w, false, 7, false);
		uint32_t whole = run_wire(&w, LINK_RAW);

		of->wrap(&w);
		seen = received(wire_bytes(&w), w.len, of->link);
		for (uint32_t len = 0, full = seen.len; len <= full; len++) {
			uint32_t got, k = 0;

			seen.len = len;
			got = run(seen);
			while (k < 4 && outer[k] != got)
				k++;
			if (got != whole && (inside || k == 4))
				fail_msg(
				    "%s, %u bytes: %08x", of->name, len, got);
			inside = got == whole;
		}
		assert_true(inside);
	}
}

static void
fragments_stay_with_the_other_packets_of_their_pair(void **state)
{
	static struct wire whole, w;

	(void)state;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		packet(&whole, v6 != 0, 7, false);
		uint32_t member = run_wire(&whole, LINK_RAW);

		for (size_t at = 0; at < 40; at += 8) {
			wire_fragment(&w, &whole,
			    (struct wire_part){
				.offset = at, .len = 8, .id = 1 });
			assert_int_equal(run_wire(&w, LINK_RAW), member);
			vxlan_vlans(&w);
			assert_int_equal(run_wire(&w, LINK_ETHERNET), member);
		}
	}
}

/* All pieces of a tunnel's packet go by the tunnel's own addresses, the one
 * with the inner headers too. */
static void
fragments_of_a_tunnel_stay_together(void **state)
{
	static struct wire whole, w;
	uint32_t member = hash_of(OUTER_A4, OUTER_B4);

	(void)state;
	packet(&whole, false, 7, false);
	ethernet(&whole);
	wire_vxlan(&whole, 5000);
	wire_udp(&whole, 49152, 4789);
	wire_ip4(&whole, OUTER_A4, OUTER_B4, 0);
	for (size_t at = 0; at < 96; at += 48) {
		wire_fragment(&w, &whole,
		    (struct wire_part){ .offset = at, .len = 48, .id = 1 });
		assert_int_equal(run_wire(&w, LINK_RAW), member);
	}
}

/* The kernel does not take its Ethernet header off. */
static void
what_this_host_sends_meets_what_it_receives(void **state)
{
	static struct wire w;
	struct seen sent = { 0 };

	(void)state;
	for (unsigned pair = 0; pair < PAIRS; pair++)
		for (unsigned tagged = 0; tagged < 2; tagged++) {
			packet(&w, pair % 2 != 0, pair, false);
			if (tagged != 0)
				one_vlan(&w);
			else
				ethernet(&w);
			sent = (struct seen){ half(wire_bytes(&w) + 12),
				PACKET_OUTGOING, ARPHRD_ETHER, wire_bytes(&w),
				(uint32_t)w.len };
			uint32_t member = run(sent);

			assert_true(member != 0);
			packet(&w, pair % 2 != 0, pair, true);
			ethernet(&w);
			assert_int_equal(run_wire(&w, LINK_ETHERNET), member);
		}
	sent.link = ARPHRD_PPP; /* whatever its header is */
	assert_int_equal(run(sent), 0);
}

static void
what_has_no_addresses_goes_to_member_0(void **state)
{
	static const uint8_t arp[46] = { 0, 1, 8, 0, 6, 4, 0, 1 };

	(void)state;
	assert_int_equal(
	    run((struct seen){ WIRE_ARP, PACKET_BROADCAST, 0, arp, 46 }), 0);
	assert_int_equal(
	    run((struct seen){ WIRE_IPV4, PACKET_HOST, 0, arp, 46 }), 0);
	assert_int_equal(
	    run((struct seen){ WIRE_IPV4, PACKET_HOST, 0, arp, 0 }), 0);
}

static void
another_secret_is_another_order(void **state)
{
	static struct wire w;
	unsigned moved = 0;
	uint32_t before[PAIRS];

	(void)state;
	for (unsigned pair = 0; pair < PAIRS; pair++) {
		packet(&w, false, pair, false);
		before[pair] = run_wire(&w, LINK_RAW) % MEMBERS;
	}
	assert_true(fanout_program(decap_standard, ~SECRET, &program));
	for (unsigned pair = 0; pair < PAIRS; pair++) {
		packet(&w, false, pair, false);
		moved += run_wire(&w, LINK_RAW) % MEMBERS != before[pair];
	}
	assert_true(fanout_program(decap_standard, SECRET, &program));
	assert_true(moved > PAIRS / 2);
}

static int
write_program(void **state)
{
	(void)state;
	return fanout_program(decap_standard, SECRET, &program) ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    both_directions_go_to_one_member_and_pairs_spread),
		cmocka_unit_test(the_innermost_pair_alone_counts),
		cmocka_unit_test(a_short_frame_is_hashed_by_what_was_read),
		cmocka_unit_test(
		    fragments_stay_with_the_other_packets_of_their_pair),
		cmocka_unit_test(fragments_of_a_tunnel_stay_together),
		cmocka_unit_test(what_this_host_sends_meets_what_it_receives),
		cmocka_unit_test(what_has_no_addresses_goes_to_member_0),
		cmocka_unit_test(another_secret_is_another_order),
	};

	return cmocka_run_group_tests(tests, write_program, NULL);
}
