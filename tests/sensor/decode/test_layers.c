/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_layers - what is kept of the layers on the way inwards, and what frames
 * may do that nobody meant: end anywhere, be damaged anywhere, nest for ever.
 */
#include "tests/sensor/decode/encapsulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define TEXT     "220 mx.example.org ESMTP\r\n"
#define TEXT_LEN (sizeof(TEXT) - 1)

static struct decoder *decoder; /* each test has one of its own */
static struct census census;
static struct wire wire;

static int
begin(void **state)
{
	(void)state;
	memset(&census, 0, sizeof(census));
	decoder = decoder_new(&(struct decoder_options){
	    .key = 1, .realm = true, .census = &census });
	return decoder == NULL;
}

static int
end(void **state)
{
	(void)state;
	decoder_free(decoder);
	return 0;
}

static void
packet_of(bool v6)
{
	wire_packet(&wire,
	    &(struct wire_segment){
		.source = v6 ? "2001:db8::2" : "10.0.0.2",
		.destination = v6 ? "2001:db8::1" : "10.0.0.1",
		.source_port = 2525,
		.destination_port = 40000,
		.seq = 77,
		.flags = WIRE_ACK,
		.payload = TEXT,
		.payload_len = TEXT_LEN,
	    });
}

/*
 * The decoder sees a copy that ends where the allocation ends, so that an
 * address sanitizer sees one byte too far.
 */
static enum decoded
decode(uint32_t link, size_t captured, size_t wire_len, struct packet *ret)
{
	uint8_t *copy = malloc(captured > 0 ? captured : 1);

	assert_non_null(copy);
	memcpy(copy, wire_bytes(&wire), captured);

	struct frame frame = {
		.bytes = slice_of(copy, captured),
		.wire_len = (uint32_t)wire_len,
		.link = (uint16_t)link,
	};
	enum decoded decoded = frame_decode(decoder, &frame, ret);

	if (decoded == DECODED_TCP) {
		char text[TEXT_LEN];
		struct slice payload = ret->payload;

		slice_bytes(text, sizeof(text), payload); /* can be read */
		assert_true(payload.len <= ret->payload_len);
		assert_int_equal(ret->cut, payload.len < ret->payload_len);
	}
	free(copy);
	return decoded;
}

static enum decoded
decode_whole(struct packet *ret_packet)
{
	return decode(LINK_ETHERNET, wire.len, wire.len, ret_packet);
}

/* --- ends and damage ------------------------------------------------------- */

static void
for_each(void (*check)(const struct encapsulation *of))
{
	for (size_t i = 0; i < ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i];

		for (int v6 = 0; v6 < 2; v6++) {
			if (v6 ? !of->v6 : !of->v4)
				continue;
			packet_of(v6);
			of->wrap(&wire);
			check(of);
		}
	}
}

/* Where the payload begins. */
static size_t
headers_len(void)
{
	const uint8_t *text =
	    memmem(wire_bytes(&wire), wire.len, TEXT, TEXT_LEN);

	assert_non_null(text);
	return (size_t)(text - wire_bytes(&wire));
}

static void
check_cuts(const struct encapsulation *of)
{
	size_t headers = headers_len();

	for (size_t captured = 0; captured <= wire.len; captured++) {
		struct packet p;
		enum decoded d = decode(of->link, captured, wire.len, &p);
		enum decoded wanted =
		    captured < headers ? DECODED_HEADERS_CUT : DECODED_TCP;
		size_t rest = captured < headers ? 0 : captured - headers;

		if (d != wanted)
			fail_msg("%s, %zu of %zu bytes: %s", of->name, captured,
			    wire.len, decoded_name(d));
		if (d != DECODED_TCP)
			continue;
		assert_int_equal(
		    p.payload.len, rest < TEXT_LEN ? rest : TEXT_LEN);
		assert_int_equal(p.payload_len, TEXT_LEN);
		assert_int_equal(p.seq, 77);
	}
}

static void
a_snap_length_at_every_byte_cuts_and_never_contradicts(void **state)
{
	(void)state;
	for_each(check_cuts);
}

static void
check_ends(const struct encapsulation *of)
{
	for (size_t len = 0; len < headers_len(); len++) {
		struct packet p;
		enum decoded d = decode(of->link, len, len, &p);

		if (d != DECODED_MALFORMED_LINK &&
		    d != DECODED_MALFORMED_TUNNEL &&
		    d != DECODED_MALFORMED_IP && d != DECODED_MALFORMED_TCP &&
		    d != DECODED_NOT_IP)
			fail_msg("%s of %zu bytes: %s", of->name, len,
			    decoded_name(d));
	}
}

static void
a_frame_that_ends_in_its_headers_is_malformed(void **state)
{
	(void)state;
	for_each(check_ends);
}

/* A shorter snap length takes bytes away; it never changes what is said. */
static void
check_damage(const struct encapsulation *of)
{
	static const uint8_t values[] = { 0, 0x01, 0x45, 0x60, 0xFF };
	size_t headers = headers_len();

	for (size_t i = 0; i < headers * sizeof(values); i++) {
		uint8_t *at = &wire.bytes[wire.at + i / sizeof(values)];
		uint8_t saved = *at;
		struct packet whole, part;

		*at = values[i % sizeof(values)];

		enum decoded all = decode(of->link, wire.len, wire.len, &whole);

		for (size_t captured = 5; captured < wire.len; captured += 7) {
			enum decoded d =
			    decode(of->link, captured, wire.len, &part);

			if (d == DECODED_HEADERS_CUT)
				continue;
			assert_int_equal(d, all);
			if (d != DECODED_TCP)
				continue;
			assert_int_equal(part.seq, whole.seq);
			assert_int_equal(part.payload_len, whole.payload_len);
			assert_memory_equal(part.source, whole.source, 16);
		}
		*at = saved;
	}
}

static void
a_damaged_byte_anywhere_is_survived(void **state)
{
	(void)state;
	for_each(check_damage);
}

/* --- what is kept ---------------------------------------------------------- */

static const struct kept {
	const char *name;
	void (*wrap)(struct wire *w);
	uint8_t vlan_count, tunnel_count;
	uint16_t vlan[PACKET_VLANS_MAX];
	struct packet_tunnel tunnel[PACKET_TUNNELS_MAX];
} kept[] = {
	{ "none", ethernet, 0, 0, { 0 }, { { 0 } } },
	{ "QinQ", qinq, 2, 0, { 8, 7 }, { { 0 } } },
	{ "three tags", three_vlans, 3, 0, { 9, 8, 7 }, { { 0 } } },
	{ "those outside, where there are none inside", backbone, 1, 1, { 9 },
	    { { 4711, TUNNEL_BACKBONE } } },
	{ "pseudowire", pseudowire_with_control_word, 1, 1, { 7 },
	    { { 100, TUNNEL_MPLS } } },
	{ "IP in IP", ip_in_ip, 0, 1, { 0 }, { { 0, TUNNEL_IP } } },
	{ "GRE, no key", gre, 0, 1, { 0 }, { { 0, TUNNEL_GRE } } },
	{ "GRE", gre_all_fields, 0, 1, { 0 }, { { 12, TUNNEL_GRE } } },
	{ "ERSPAN I", erspan1, 0, 1, { 0 }, { { 0, TUNNEL_ERSPAN } } },
	{ "ERSPAN II", erspan2, 1, 1, { 7 }, { { 300, TUNNEL_ERSPAN } } },
	{ "ERSPAN III", erspan3_more, 0, 1, { 0 }, { { 300, TUNNEL_ERSPAN } } },
	{ "EtherIP", etherip, 0, 1, { 0 }, { { 0, TUNNEL_ETHERIP } } },
	{ "VXLAN, the inner tags", vxlan_vlans, 1, 1, { 7 },
	    { { 5000, TUNNEL_VXLAN } } },
	{ "VXLAN-GPE", vxlan_gpe, 0, 1, { 0 }, { { 7, TUNNEL_VXLAN } } },
	{ "GENEVE", geneve, 0, 1, { 0 }, { { 77, TUNNEL_GENEVE } } },
	{ "GTP-U", gtpu_extended, 0, 1, { 0 }, { { 0xABCD, TUNNEL_GTP } } },
	{ "TZSP", tzsp, 0, 1, { 0 }, { { 0, TUNNEL_TZSP } } },
	{ "L2TP", l2tp_all_fields, 0, 1, { 0 }, { { 0x70008, TUNNEL_L2TP } } },
	{ "outermost first", vxlan_gtpu, 0, 2, { 0 },
	    { { 5000, TUNNEL_VXLAN }, { 0xABCD, TUNNEL_GTP } } },
};

static void
tags_and_tunnels_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct kept *row = &kept[i];
		struct packet p;

		packet_of(false);
		row->wrap(&wire);
		if (decode_whole(&p) != DECODED_TCP)
			fail_msg("%s is not TCP", row->name);
		if (p.vlan_count != row->vlan_count ||
		    p.tunnel_count != row->tunnel_count)
			fail_msg("%s: %u tags, %u tunnels", row->name,
			    p.vlan_count, p.tunnel_count);
		assert_memory_equal(p.vlan, row->vlan, p.vlan_count * 2U);
		for (size_t t = 0; t < p.tunnel_count; t++) {
			assert_int_equal(p.tunnel[t].id, row->tunnel[t].id);
			assert_int_equal(p.tunnel[t].kind, row->tunnel[t].kind);
		}
	}
}

static uint32_t
realm_of(void (*wrap)(struct wire *w))
{
	struct packet p;

	packet_of(false);
	wrap(&wire);
	assert_int_equal(decode_whole(&p), DECODED_TCP);
	return p.realm;
}

static void
priority_tag(struct wire *w)
{
	wire_vlan(w, 0xE000, type_of(w));
	wire_ethernet(w, WIRE_VLAN);
}

static void
other_vlan(struct wire *w)
{
	wire_vlan(w, 8, type_of(w));
	wire_ethernet(w, WIRE_VLAN);
}

static void
other_end_of_gtpu(struct wire *w)
{
	wire_gtpu(w, 0x1234, false);
	udp(w, 2152);
}

static void
ip_17_networks_are_told_apart_and_directions_are_not(void **state)
{
	uint32_t none = realm_of(ethernet);

	(void)state;
	assert_int_equal(none, 0);
	assert_int_equal(realm_of(priority_tag), none);
	assert_int_not_equal(realm_of(one_vlan), none);
	assert_int_not_equal(realm_of(one_vlan), realm_of(other_vlan));
	assert_int_not_equal(realm_of(qinq), realm_of(one_vlan));
	assert_int_equal(realm_of(vxlan), realm_of(vxlan_linux));
	assert_int_not_equal(realm_of(vxlan), realm_of(vxlan_vlans));
	assert_int_equal(realm_of(gtpu), realm_of(other_end_of_gtpu));
	assert_int_equal(realm_of(gtpu), none);
}

static void
networks_count_only_where_asked_for(void **state)
{
	struct packet p;

	(void)state;
	decoder_free(decoder);
	decoder = decoder_new(&(struct decoder_options){ .key = 1 });
	assert_non_null(decoder);
	packet_of(false);
	one_vlan(&wire);
	assert_int_equal(decode_whole(&p), DECODED_TCP);
	assert_int_equal(p.realm, 0);
}

/* --- bounds ---------------------------------------------------------------- */

static void
ip_18_two_tunnels_are_walked_and_more_are_counted(void **state)
{
	(void)state;
	for (unsigned deep = 0; deep <= 5; deep++) {
		struct packet p;

		packet_of(false);
		for (unsigned i = 0; i < deep; i++) {
			if (i % 2 == 0)
				wire_gre(&wire, 0, 0, WIRE_IPV4);
			wire_ip4(&wire, OUTER_A4, OUTER_B4, 0);
		}
		wire_ethernet(&wire, WIRE_IPV4);
		assert_int_equal(decode_whole(&p),
		    deep <= 2 ? DECODED_TCP : DECODED_TUNNEL_LIMIT);
	}
}

static void
tags_without_end_are_not_followed(void **state)
{
	struct packet p;

	(void)state;
	packet_of(false);
	wire_vntag(&wire, WIRE_IPV4);
	for (unsigned i = 0; i < 100; i++)
		wire_vntag(&wire, WIRE_VNTAG);
	wire_ethernet(&wire, WIRE_VNTAG);
	assert_int_equal(decode_whole(&p), DECODED_TUNNEL_LIMIT);
}

static void
labels_without_end_are_not_followed(void **state)
{
	struct packet p;

	(void)state;
	for (unsigned labels = 15; labels <= 17; labels++) {
		packet_of(false);
		wire_mpls(&wire, 1, true);
		for (unsigned i = 1; i < labels; i++)
			wire_mpls(&wire, 2, false);
		wire_ethernet(&wire, WIRE_MPLS);
		assert_int_equal(decode_whole(&p),
		    labels <= 16 ? DECODED_TCP : DECODED_MALFORMED_LINK);
	}
}

/* An address whose first bits are an IP version's, without a control word. */
static void
a_pseudowire_is_known_by_all_of_its_header(void **state)
{
	static const uint8_t first[] = { 0x00, 0x04, 0x45, 0x46, 0x60, 0x68 };
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(first); i++) {
		packet_of(false);
		ethernet(&wire);
		wire.bytes[wire.at] = first[i];
		memset(&wire.bytes[wire.at + 1], 0xEE, 5);
		wire_mpls(&wire, 100, true);
		wire_ethernet(&wire, WIRE_MPLS);
		assert_int_equal(decode_whole(&p), DECODED_TCP);
		assert_int_equal(p.tunnel_count, 1);
	}
}

/* --- what only looks like a tunnel ----------------------------------------- */

static const struct datagram_case {
	const char *name;
	uint16_t port;
	const char *bytes;
	size_t len;
	enum decoded decoded;
} datagrams[] = {
	{ "vxlan, no flag", 4789, "\0\0\0\0\0\0\1\0", 8, DECODED_UDP },
	{ "vxlan, short", 4789, "\x08\0\0", 3, DECODED_UDP },
	{ "vxlan, empty", 4789, "\x08\0\0\0\0\0\1\0", 8,
	    DECODED_MALFORMED_LINK },
	{ "gpe, what?", 4790, "\x0C\0\0\7\0\0\1\0", 8, DECODED_UDP },
	{ "geneve, version 1", 6081, "\x40\0\x65\x58\0\0\1\0", 8, DECODED_UDP },
	{ "geneve, options", 6081, "\x3F\0\x65\x58\0\0\1\0", 8,
	    DECODED_MALFORMED_TUNNEL },
	{ "geneve, ARP", 6081, "\0\0\x08\x06\0\0\1\0", 8, DECODED_NOT_IP },
	{ "gtp, echo", 2152, "\x32\1\0\4\0\0\0\0\0\0\0\0", 12, DECODED_UDP },
	{ "gtp, version 2", 2152, "\x48\xFF\0\0\0\0\0\0", 8, DECODED_UDP },
	{ "gtp, too long", 2152, "\x30\xFF\0\x09\0\0\0\0", 8, DECODED_UDP },
	{ "gtp, no IP", 2152, "\x30\xFF\0\4\0\0\0\0\1\2\3\4", 12,
	    DECODED_MALFORMED_IP },
	{ "gtp, extension of 0", 2152,
	    "\x34\xFF\0\x08\0\0\0\0\0\0\0\x85\0\0\0\0", 16,
	    DECODED_MALFORMED_TUNNEL },
	{ "gtp, extension missing", 2152, "\x34\xFF\0\4\0\0\0\0\0\0\0\x85", 12,
	    DECODED_MALFORMED_TUNNEL },
	{ "tzsp, keepalive", 37008, "\1\4\0\0", 4, DECODED_UDP },
	{ "tzsp, 802.11", 37008, "\1\0\0\x12\1", 5, DECODED_NOT_IP },
	{ "tzsp, no end", 37008, "\1\0\0\1\0\0", 6, DECODED_MALFORMED_TUNNEL },
	{ "tzsp, a tag too long", 37008, "\1\0\0\1\x0A\x09x", 7,
	    DECODED_MALFORMED_TUNNEL },
	{ "tzsp, padding for ever", 37008,
	    "\1\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\1",
	    37, DECODED_MALFORMED_TUNNEL },
	{ "teredo, no IPv6", 3544, "\x45\0\0\0\0\0\0\0", 8, DECODED_UDP },
	{ "teredo, short", 3544, "\0\1\0\0n", 5, DECODED_UDP },
	{ "l2tp, control", 1701, "\xC8\2\0\x0C\0\0\0\0\0\0\0\0", 12,
	    DECODED_UDP },
	{ "l2tp, version 3", 1701, "\0\3\0\0\0\1", 6, DECODED_UDP },
	{ "l2tp, short", 1701, "\0\2\0", 3, DECODED_MALFORMED_TUNNEL },
	{ "l2tp, LCP", 1701, "\0\2\0\1\0\1\xFF\3\xC0\x21", 10, DECODED_NOT_IP },
	{ "another port", 4788, "\x08\0\0\0\0\0\1\0", 8, DECODED_UDP },
};

static void
what_only_looks_like_a_tunnel_stays_udp(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++) {
		const struct datagram_case *row = &datagrams[i];
		struct packet p;

		wire_begin(&wire, row->bytes, row->len);
		udp(&wire, row->port);

		enum decoded d = decode_whole(&p);

		if (d != row->decoded)
			fail_msg("%s: %s", row->name, decoded_name(d));
	}
}

static void
a_datagram_longer_than_its_packet_is_malformed(void **state)
{
	struct packet p;

	(void)state;
	packet_of(false);
	vxlan(&wire);
	wire.bytes[wire.at + 14 + 20 + 5]++;
	assert_int_equal(decode_whole(&p), DECODED_MALFORMED_TUNNEL);
}

/* Some of these begin their search in the same place, or at its end. */
static void
ports_can_be_chosen(void **state)
{
	static const struct decap chosen[DECAP_PORTS_MAX] = {
		{ 5555, DECAP_VXLAN },
		{ 0x00FF, DECAP_VXLAN },
		{ 0xFF00, DECAP_VXLAN },
		{ 0x01FE, DECAP_VXLAN },
		{ 0xFFFF, DECAP_VXLAN },
	};
	static const uint16_t others[] = { 4789, 0x00FE, 0x02FD, 0, 1 };
	struct packet p;

	(void)state;
	decoder_free(decoder);
	decoder =
	    decoder_new(&(struct decoder_options){ .key = 1, .decap = chosen });
	assert_non_null(decoder);
	for (size_t i = 0; i < 10; i++) {
		packet_of(false);
		ethernet(&wire);
		wire_vxlan(&wire, 5000);
		udp(&wire, i < 5 ? chosen[i].port : others[i - 5]);
		assert_int_equal(
		    decode_whole(&p), i < 5 ? DECODED_TCP : DECODED_UDP);
	}
}

/* --- fragments ------------------------------------------------------------- */

static struct wire whole;

static enum decoded
decode_part(size_t offset, size_t len, uint8_t spoilt, struct packet *ret)
{
	wire_fragment(&wire, &whole,
	    (struct wire_part){ .offset = offset, .len = len, .id = 5 });
	wire.bytes[wire.at + wire.len - 1] ^= spoilt;
	ethernet(&wire);
	return decode_whole(ret);
}

static void
ip_05_fragments_that_contradict_each_other_mark_the_packet(void **state)
{
	struct packet p;

	(void)state;
	for (uint8_t spoilt = 0; spoilt < 2; spoilt++) {
		packet_of(false);
		whole = wire;

		size_t len = wire_carried(&whole);

		assert_int_equal(
		    decode_part(0, 24, 0, &p), DECODED_FRAGMENT_HELD);
		assert_int_equal(
		    decode_part(16, 8, spoilt, &p), DECODED_FRAGMENT_HELD);
		assert_int_equal(decode_part(24, len - 24, 0, &p), DECODED_TCP);
		assert_int_equal(p.conflict, spoilt);
		assert_true(slice_equal(p.payload, slice_of_text(TEXT)));
		end(NULL);
		assert_int_equal(begin(NULL), 0);
	}
}

static void
ip_13_extension_headers_may_be_in_the_fragments(void **state)
{
	struct packet p;

	(void)state;
	wire_begin(&wire, TEXT, TEXT_LEN);
	wire_tcp(&wire, &(struct wire_tcp){ .seq = 77, .flags = WIRE_ACK });
	wire_extension(&wire, WIRE_DESTINATION_OPTIONS, 24);
	wire_ip6(&wire, "2001:db8::2", "2001:db8::1");
	whole = wire;
	assert_int_equal(decode_part(0, 16, 0, &p), DECODED_FRAGMENT_HELD);
	assert_int_equal(
	    decode_part(16, wire_carried(&whole) - 16, 0, &p), DECODED_TCP);
	assert_int_equal(p.seq, 77);
	assert_true(slice_equal(p.payload, slice_of_text(TEXT)));
}

/* Or a frame could put together more datagrams than are lent at a time. */
static void
fragments_of_a_fragment_are_malformed(void **state)
{
	struct packet p;

	(void)state;
	wire_begin(&wire, TEXT, 24);
	wire_carry(&wire, WIRE_TCP);
	wire_extension(&wire, WIRE_FRAGMENT, 8);
	wire.bytes[wire.at + 3] = 1; /* more */
	wire_extension(&wire, WIRE_DESTINATION_OPTIONS, 8);
	wire_ip6(&wire, "2001:db8::2", "2001:db8::1");
	whole = wire;
	assert_int_equal(decode_part(0, 24, 0, &p), DECODED_FRAGMENT_HELD);
	assert_int_equal(decode_part(24, wire_carried(&whole) - 24, 0, &p),
	    DECODED_MALFORMED_FRAGMENT);
}

static void
ip_20_a_fragment_that_was_cut_is_counted_and_not_held(void **state)
{
	struct packet p;

	(void)state;
	packet_of(false);
	whole = wire;
	wire_fragment(&wire, &whole, (struct wire_part){ .len = 24 });
	ethernet(&wire);
	assert_int_equal(decode(LINK_ETHERNET, wire.len - 1, wire.len, &p),
	    DECODED_HEADERS_CUT);
	assert_int_equal(decode_part(24, wire_carried(&whole) - 24, 0, &p),
	    DECODED_FRAGMENT_HELD);
	assert_int_equal(census.datagrams_whole, 0);
}

/* --- what is not gone into ------------------------------------------------- */

static void
frame_of(uint16_t type)
{
	struct packet p;

	wire_begin(&wire, TEXT, TEXT_LEN);
	wire_ethernet(&wire, type);
	assert_int_equal(decode_whole(&p), DECODED_NOT_IP);
}

static void
packet_carrying(uint8_t protocol)
{
	struct packet p;

	wire_begin(&wire, "\xFF\xFF\xFF\xFF", 4);
	wire_carry(&wire, protocol);
	outer4(&wire);
	assert_int_equal(decode_whole(&p), DECODED_OTHER_L4);
}

static void
what_is_not_gone_into_is_counted_by_its_number(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++)
		frame_of(0x88E5); /* MACsec */
	frame_of(WIRE_ARP);
	packet_carrying(132); /* SCTP */
	packet_carrying(132);
	packet_carrying(WIRE_GRE); /* of a version that there is not */
	assert_int_equal(census.type[0].type, 0x88E5);
	assert_int_equal(census.type[0].frames, 3);
	assert_int_equal(census.type[1].type, WIRE_ARP);
	assert_int_equal(census.type[1].frames, 1);
	assert_int_equal(census.type[2].frames, 0);
	assert_int_equal(census.protocol[132], 2);
	assert_int_equal(census.protocol[WIRE_GRE], 1);
}

static void
ethertypes_without_room_are_counted_together(void **state)
{
	(void)state;
	for (uint16_t type = 0x9000; type < 0x9000 + CENSUS_TYPES + 5; type++)
		frame_of(type);
	frame_of(0x9000);
	assert_int_equal(census.type[0].frames, 2);
	assert_int_equal(census.type[CENSUS_TYPES - 1].frames, 1);
	assert_int_equal(census.types_more, 5);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_snap_length_at_every_byte_cuts_and_never_contradicts),
		TEST(a_frame_that_ends_in_its_headers_is_malformed),
		TEST(a_damaged_byte_anywhere_is_survived),
		TEST(tags_and_tunnels_are_kept),
		TEST(ip_17_networks_are_told_apart_and_directions_are_not),
		TEST(networks_count_only_where_asked_for),
		TEST(ip_18_two_tunnels_are_walked_and_more_are_counted),
		TEST(tags_without_end_are_not_followed),
		TEST(labels_without_end_are_not_followed),
		TEST(a_pseudowire_is_known_by_all_of_its_header),
		TEST(what_only_looks_like_a_tunnel_stays_udp),
		TEST(a_datagram_longer_than_its_packet_is_malformed),
		TEST(ports_can_be_chosen),
		TEST(
		    ip_05_fragments_that_contradict_each_other_mark_the_packet),
		TEST(ip_13_extension_headers_may_be_in_the_fragments),
		TEST(fragments_of_a_fragment_are_malformed),
		TEST(ip_20_a_fragment_that_was_cut_is_counted_and_not_held),
		TEST(what_is_not_gone_into_is_counted_by_its_number),
		TEST(ethertypes_without_room_are_counted_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
