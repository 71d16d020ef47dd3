/* SPDX-License-Identifier: Apache-2.0 */
/* test_frame - frames of every kind in, the right packet or reason out. */
#include "tests/support/wire.h"

#include "sensor/decode/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TEXT     "220 mx.example.org ESMTP\r\n"
#define TEXT_LEN (sizeof(TEXT) - 1)

#define A4       "192.0.2.1"
#define B4       "198.51.100.7"
#define A6       "2001:db8::1"
#define B6       "2001:db8:5::7"

static struct decoder *decoder; /* each test has one of its own */

/* --- building blocks ------------------------------------------------------- */

static void
tcp(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_tcp(w,
	    &(struct wire_tcp){
		.source_port = 2525,
		.destination_port = 40000,
		.seq = 0xFFFFFFF0,
		.ack = 0x01020304,
		.flags = WIRE_ACK | WIRE_PSH,
	    });
}

static void
ip4(struct wire *w)
{
	tcp(w);
	wire_ip4(w, A4, B4, 0);
}

static void
ip6(struct wire *w)
{
	tcp(w);
	wire_ip6(w, A6, B6);
}

static void
ethernet4(struct wire *w)
{
	ip4(w);
	wire_ethernet(w, WIRE_IPV4);
}

static void
ethernet6(struct wire *w)
{
	ip6(w);
	wire_ethernet(w, WIRE_IPV6);
}

/* The decoder sees a copy that ends where the allocation ends, so that an
 * address sanitizer sees one byte too far. */
static enum decoded
decode_cut(const struct wire *w, uint16_t link, size_t captured,
    size_t wire_len, struct packet *ret_packet)
{
	uint8_t *copy = malloc(captured > 0 ? captured : 1);

	assert_non_null(copy);
	memcpy(copy, wire_bytes(w), captured);

	struct frame frame = {
		.bytes = slice_of(copy, captured),
		.wire_len = (uint32_t)wire_len,
		.link = link,
		.interface = 3,
		.source = 5,
		.number = 7,
		.when_ns = 11,
		.tick_ns = 13,
	};
	enum decoded decoded = frame_decode(decoder, &frame, ret_packet);

	if (decoded == DECODED_TCP) { /* while the bytes are there */
		char text[TEXT_LEN];
		size_t len =
		    slice_bytes(text, sizeof(text), ret_packet->payload);

		assert_memory_equal(text, TEXT, len);
	}
	free(copy);
	return decoded;
}

static enum decoded
decode(const struct wire *w, uint16_t link, struct packet *ret_packet)
{
	return decode_cut(w, link, w->len, w->len, ret_packet);
}

/* --- what is TCP ----------------------------------------------------------- */

static void
sll4(struct wire *w)
{
	ip4(w);
	wire_sll(w, WIRE_IPV4);
}

static void
sll6(struct wire *w)
{
	ip6(w);
	wire_sll(w, WIRE_IPV6);
}

static void
sll_vlan(struct wire *w)
{
	ip4(w);
	wire_vlan(w, 100, WIRE_IPV4);
	wire_sll(w, WIRE_VLAN);
}

static void
sll2_4(struct wire *w)
{
	ip4(w);
	wire_sll2(w, WIRE_IPV4);
}

static void
sll2_6(struct wire *w)
{
	ip6(w);
	wire_sll2(w, WIRE_IPV6);
}

static void
family4_little(struct wire *w)
{
	ip4(w);
	wire_put(w, "\2\0\0\0", 4);
}

static void
family4_big(struct wire *w)
{
	ip4(w);
	wire_put(w, "\0\0\0\2", 4);
}

static void
family6_linux(struct wire *w)
{
	ip6(w);
	wire_put(w, "\12\0\0\0", 4);
}

static void
family6_openbsd(struct wire *w)
{
	ip6(w);
	wire_put(w, "\0\0\0\30", 4);
}

static void
family6_freebsd(struct wire *w)
{
	ip6(w);
	wire_put(w, "\34\0\0\0", 4);
}

static void
family6_darwin(struct wire *w)
{
	ip6(w);
	wire_put(w, "\36\0\0\0", 4);
}

static void
one_tag(struct wire *w)
{
	ip4(w);
	wire_vlan(w, 0xE000 | 100, WIRE_IPV4); /* with a priority */
	wire_ethernet(w, WIRE_VLAN);
}

static void
two_tags(struct wire *w)
{
	ip6(w);
	wire_vlan(w, 100, WIRE_IPV6);
	wire_vlan(w, 200, WIRE_VLAN);
	wire_ethernet(w, WIRE_SERVICE_VLAN);
}

static void
three_tags(struct wire *w)
{
	ip4(w);
	wire_vlan(w, 100, WIRE_IPV4);
	wire_vlan(w, 200, WIRE_VLAN);
	wire_vlan(w, 300, WIRE_VLAN);
	wire_ethernet(w, WIRE_OLD_QINQ);
}

static void
padded(struct wire *w)
{
	ethernet4(w);
	memset(w->bytes + w->at + w->len, 0xAA, 40);
	w->len += 40;
}

static void
padded6(struct wire *w)
{
	ethernet6(w);
	memset(w->bytes + w->at + w->len, 0xAA, 40);
	w->len += 40;
}

static void
ip_options(struct wire *w)
{
	tcp(w);
	wire_ip4(w, A4, B4, 40);
	wire_ethernet(w, WIRE_IPV4);
}

static void
tcp_options(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_tcp(w,
	    &(struct wire_tcp){
		.source_port = 2525,
		.destination_port = 40000,
		.seq = 0xFFFFFFF0,
		.ack = 0x01020304,
		.flags = WIRE_ACK | WIRE_PSH,
		.options_len = 40,
	    });
	wire_ip4(w, A4, B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
length_zero(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 2] = w->bytes[w->at + 14 + 3] = 0;
}

static void
reserved_flags(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 20 + 12] |= 0x0F;
	w->bytes[w->at + 14 + 20 + 13] |= 0xC0; /* ECN */
}

static void
extensions6(struct wire *w)
{
	tcp(w);
	wire_extension(w, WIRE_DESTINATION_OPTIONS, 24);
	wire_extension(w, WIRE_AUTHENTICATION, 28);
	wire_extension(w, WIRE_FRAGMENT, 8);
	wire_extension(w, WIRE_ROUTING, 40);
	wire_extension(w, WIRE_MOBILITY, 8);
	wire_extension(w, WIRE_HOP_BY_HOP, 8);
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
eight_extensions(struct wire *w)
{
	tcp(w);
	for (unsigned i = 0; i < 8; i++)
		wire_extension(w, WIRE_DESTINATION_OPTIONS, 8);
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static const struct good {
	const char *name;
	void (*build)(struct wire *w);
	uint16_t link;
	uint8_t family;
	uint8_t vlan_count;
	uint16_t vlan[3];
} good[] = {
	{ "ethernet4", ethernet4, LINK_ETHERNET, 4, 0, { 0 } },
	{ "ethernet6", ethernet6, LINK_ETHERNET, 6, 0, { 0 } },
	{ "one_tag", one_tag, LINK_ETHERNET, 4, 1, { 100 } },
	{ "two_tags", two_tags, LINK_ETHERNET, 6, 2, { 200, 100 } },
	{ "three_tags", three_tags, LINK_ETHERNET, 4, 3, { 300, 200, 100 } },
	{ "padded", padded, LINK_ETHERNET, 4, 0, { 0 } },
	{ "padded6", padded6, LINK_ETHERNET, 6, 0, { 0 } },
	{ "ip_options", ip_options, LINK_ETHERNET, 4, 0, { 0 } },
	{ "tcp_options", tcp_options, LINK_ETHERNET, 4, 0, { 0 } },
	{ "length_zero", length_zero, LINK_ETHERNET, 4, 0, { 0 } },
	{ "reserved_flags", reserved_flags, LINK_ETHERNET, 4, 0, { 0 } },
	{ "extensions6", extensions6, LINK_ETHERNET, 6, 0, { 0 } },
	{ "eight_extensions", eight_extensions, LINK_ETHERNET, 6, 0, { 0 } },
	{ "sll4", sll4, LINK_LINUX_SLL, 4, 0, { 0 } },
	{ "sll6", sll6, LINK_LINUX_SLL, 6, 0, { 0 } },
	{ "sll_vlan", sll_vlan, LINK_LINUX_SLL, 4, 1, { 100 } },
	{ "sll2_4", sll2_4, LINK_LINUX_SLL2, 4, 0, { 0 } },
	{ "sll2_6", sll2_6, LINK_LINUX_SLL2, 6, 0, { 0 } },
	{ "raw 101", ip4, LINK_RAW, 4, 0, { 0 } },
	{ "raw 101 v6", ip6, LINK_RAW, 6, 0, { 0 } },
	{ "raw 12", ip4, 12, 4, 0, { 0 } },
	{ "raw 14", ip6, 14, 6, 0, { 0 } },
	{ "ipv4", ip4, LINK_IPV4, 4, 0, { 0 } },
	{ "ipv6", ip6, LINK_IPV6, 6, 0, { 0 } },
	{ "null, little-endian", family4_little, LINK_NULL, 4, 0, { 0 } },
	{ "null, big-endian", family4_big, LINK_NULL, 4, 0, { 0 } },
	{ "null, linux", family6_linux, LINK_NULL, 6, 0, { 0 } },
	{ "null, openbsd", family6_openbsd, LINK_NULL, 6, 0, { 0 } },
	{ "null, freebsd", family6_freebsd, LINK_NULL, 6, 0, { 0 } },
	{ "null, darwin", family6_darwin, LINK_NULL, 6, 0, { 0 } },
	{ "loop", family4_big, LINK_LOOP, 4, 0, { 0 } },
	{ "loop v6", family6_openbsd, LINK_LOOP, 6, 0, { 0 } },
};

static const uint8_t a4[16] = { 192, 0, 2, 1 };
static const uint8_t b4[16] = { 198, 51, 100, 7 };
static const uint8_t a6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
static const uint8_t b6[16] = { 0x20, 1, 0xd, 0xb8, 0, 5, [15] = 7 };

static void
assert_packet(const struct packet *p, const struct good *row)
{
	assert_int_equal(p->family, row->family);
	assert_memory_equal(p->source, row->family == 4 ? a4 : a6, 16);
	assert_memory_equal(p->destination, row->family == 4 ? b4 : b6, 16);
	assert_int_equal(p->source_port, 2525);
	assert_int_equal(p->destination_port, 40000);
	assert_int_equal(p->seq, 0xFFFFFFF0);
	assert_int_equal(p->ack, 0x01020304);
	assert_int_equal(p->flags & 0x1F, TCP_ACK | TCP_PSH);
	assert_int_equal(p->vlan_count, row->vlan_count);
	assert_memory_equal(p->vlan, row->vlan, sizeof(p->vlan));
	assert_int_equal(p->payload_len, TEXT_LEN);
	assert_int_equal(p->source_number, 5);
	assert_int_equal(p->interface, 3);
	assert_int_equal(p->number, 7);
	assert_int_equal(p->when_ns, 11);
	assert_int_equal(p->tick_ns, 13);
}

static void
every_encapsulation_of_tcp_is_taken_apart(void **state)
{
	(void)state;
	static struct wire w;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct packet p;

		memset(&p, 0xEE, sizeof(p));
		good[i].build(&w);
		if (decode(&w, good[i].link, &p) != DECODED_TCP)
			fail_msg("%s is not taken for TCP", good[i].name);
		assert_packet(&p, &good[i]);
		assert_int_equal(p.payload.len, TEXT_LEN);
		assert_false(p.cut);
	}
}

/* Where the payload begins; what is behind it is padding. */
static size_t
headers_len(const struct wire *w)
{
	const uint8_t *text = memmem(wire_bytes(w), w->len, TEXT, TEXT_LEN);

	assert_non_null(text);
	return (size_t)(text - wire_bytes(w));
}

/* Options are not needed, so TCP's fixed 20 bytes are enough. */
static size_t
needed_len(const struct wire *w, const struct good *row)
{
	size_t options = strcmp(row->name, "tcp_options") == 0 ? 40 : 0;

	return headers_len(w) - options;
}

static void
a_snap_length_at_every_byte_cuts_and_never_contradicts(void **state)
{
	(void)state;
	static struct wire w;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		good[i].build(&w);

		size_t headers = headers_len(&w);
		size_t needed = needed_len(&w, &good[i]);

		for (size_t captured = 0; captured < w.len; captured++) {
			struct packet p;
			enum decoded d =
			    decode_cut(&w, good[i].link, captured, w.len, &p);

			if (captured < needed) {
				assert_int_equal(d, DECODED_HEADERS_CUT);
				continue;
			}

			size_t rest =
			    captured > headers ? captured - headers : 0;

			rest = rest < TEXT_LEN ? rest : TEXT_LEN;
			assert_int_equal(d, DECODED_TCP);
			assert_packet(&p, &good[i]);
			assert_int_equal(p.payload.len, rest);
			assert_int_equal(p.cut, rest < TEXT_LEN);
		}
	}
}

static bool
is_malformed(enum decoded d)
{
	return d == DECODED_MALFORMED_LINK || d == DECODED_MALFORMED_TUNNEL ||
	    d == DECODED_MALFORMED_IP || d == DECODED_MALFORMED_TCP;
}

static void
a_frame_that_ends_early_on_the_wire_is_malformed(void **state)
{
	(void)state;
	static struct wire w;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		good[i].build(&w);
		if (good[i].build == padded || good[i].build == padded6 ||
		    good[i].build == length_zero)
			continue; /* shorter ones are right, too */
		for (size_t len = 0; len < w.len; len++) {
			struct packet p;
			enum decoded d =
			    decode_cut(&w, good[i].link, len, len, &p);

			if (!is_malformed(d))
				fail_msg("%s of %zu bytes: %s", good[i].name,
				    len, decoded_name(d));
		}
	}
}

/*
 * Decodes a copy of exactly `captured` bytes and reads the payload to its end;
 * what must hold for any frame whatever.
 */
static enum decoded
decode_any(const struct wire *w, uint16_t link, size_t captured,
    struct packet *ret_packet)
{
	uint8_t *copy = malloc(captured > 0 ? captured : 1);

	assert_non_null(copy);
	memcpy(copy, wire_bytes(w), captured);

	struct frame frame = {
		.bytes = slice_of(copy, captured),
		.wire_len = (uint32_t)w->len,
		.link = link,
	};
	enum decoded decoded = frame_decode(decoder, &frame, ret_packet);

	if (decoded == DECODED_TCP) {
		char text[256];
		struct slice payload = ret_packet->payload;

		slice_bytes(text, sizeof(text), payload);
		assert_true(payload.len <= ret_packet->payload_len);
		assert_true(ret_packet->payload_len <= w->len);
		assert_int_equal(
		    ret_packet->cut, payload.len < ret_packet->payload_len);
	}
	free(copy);
	return decoded;
}

/* A shorter snap length takes bytes away; it never changes what is said. */
static void
assert_cuts_agree(const struct wire *w, uint16_t link)
{
	struct packet whole, part;
	enum decoded all = decode_any(w, link, w->len, &whole);

	for (size_t captured = 0; captured < w->len; captured += 3) {
		enum decoded d = decode_any(w, link, captured, &part);

		if (d == DECODED_HEADERS_CUT)
			continue;
		assert_int_equal(d, all);
		if (d != DECODED_TCP)
			continue;
		assert_int_equal(part.seq, whole.seq);
		assert_int_equal(part.payload_len, whole.payload_len);
		assert_memory_equal(part.source, whole.source, 16);
	}
}

static void
a_damaged_byte_anywhere_is_survived(void **state)
{
	(void)state;
	static struct wire w;
	static const uint8_t values[] = { 0, 1, 0x0F, 0x45, 0x60, 0x80, 0xFF };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		good[i].build(&w);
		for (size_t at = w.at; at < w.at + w.len - TEXT_LEN; at++) {
			uint8_t saved = w.bytes[at];

			for (size_t v = 0; v < sizeof(values); v++) {
				w.bytes[at] = values[v];
				assert_cuts_agree(&w, good[i].link);
			}
			w.bytes[at] = saved;
		}
	}
}

/* --- what is not ----------------------------------------------------------- */

static void
udp(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_udp(w, 53, 53);
	wire_ip4(w, A4, B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
icmp6(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_carry(w, WIRE_ICMPV6);
	wire_extension(w, WIRE_HOP_BY_HOP, 8);
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
icmp4(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_carry(w, WIRE_ICMP);
	wire_ip4(w, A4, B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
gre(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_carry(w, 47);
	wire_ip4(w, A4, B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static void
no_next_header(struct wire *w)
{
	wire_begin(w, NULL, 0);
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
arp(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_ethernet(w, WIRE_ARP);
}

static void
llc(struct wire *w)
{
	wire_begin(w, TEXT, TEXT_LEN);
	wire_ethernet(w, TEXT_LEN); /* 802.3: a length, not a type */
}

static void
four_tags(struct wire *w)
{
	ip4(w);
	wire_vlan(w, 1, WIRE_IPV4);
	wire_vlan(w, 2, WIRE_VLAN);
	wire_vlan(w, 3, WIRE_VLAN);
	wire_vlan(w, 4, WIRE_VLAN);
	wire_ethernet(w, WIRE_VLAN);
}

static void
appletalk(struct wire *w)
{
	ip4(w);
	wire_put(w, "\20\0\0\0", 4);
}

static void
first_fragment(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 6] = 0x20; /* more fragments */
}

static void
last_fragment(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 5] = 1; /* of another datagram */
	w->bytes[w->at + 14 + 7] = 1; /* offset 8 */
}

static void
not_fragmented(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 6] = 0x40; /* don't fragment */
}

static void
fragment6(struct wire *w)
{
	tcp(w);
	wire_extension(w, WIRE_FRAGMENT, 8);
	w->bytes[w->at + 3] = 1; /* more fragments */
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
nine_extensions(struct wire *w)
{
	tcp(w);
	for (unsigned i = 0; i < 9; i++)
		wire_extension(w, WIRE_DESTINATION_OPTIONS, 8);
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
extension_overrun(struct wire *w)
{
	tcp(w);
	wire_extension(w, WIRE_DESTINATION_OPTIONS, 8);
	w->bytes[w->at + 1] = 255;
	wire_ip6(w, A6, B6);
	wire_ethernet(w, WIRE_IPV6);
}

static void
jumbogram(struct wire *w)
{
	tcp(w);
	wire_extension(w, WIRE_HOP_BY_HOP, 8);
	wire_ip6(w, A6, B6);
	w->bytes[w->at + 4] = w->bytes[w->at + 5] = 0;
	wire_ethernet(w, WIRE_IPV6);
}

static void
version_five(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14] = 0x55;
}

static void
six_in_four(struct wire *w)
{
	ip6(w);
	wire_ethernet(w, WIRE_IPV4);
}

static void
four_in_six(struct wire *w)
{
	ip4(w);
	wire_ethernet(w, WIRE_IPV6);
}

static void
short_ihl(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14] = 0x44;
}

static void
total_below_header(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 3] = 19;
}

static void
total_beyond_frame(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 3]++;
}

static void
payload_beyond_frame(struct wire *w)
{
	ethernet6(w);
	w->bytes[w->at + 14 + 5]++;
}

static void
short_offset(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 20 + 12] = 4 << 4;
}

static void
offset_beyond_segment(struct wire *w)
{
	ethernet4(w);
	w->bytes[w->at + 14 + 20 + 12] = 15 << 4;
}

static void
half_a_header(struct wire *w)
{
	wire_begin(w, TEXT, 10);
	wire_carry(w, WIRE_TCP);
	wire_ip4(w, A4, B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static const struct other {
	const char *name;
	void (*build)(struct wire *w);
	uint16_t link;
	enum decoded decoded;
} others[] = {
	{ "udp", udp, LINK_ETHERNET, DECODED_UDP },
	{ "icmp4", icmp4, LINK_ETHERNET, DECODED_ICMP },
	{ "icmp6", icmp6, LINK_ETHERNET, DECODED_ICMP },
	{ "gre", gre, LINK_ETHERNET, DECODED_OTHER_L4 },
	{ "no_next", no_next_header, LINK_ETHERNET, DECODED_OTHER_L4 },
	{ "arp", arp, LINK_ETHERNET, DECODED_NOT_IP },
	{ "llc", llc, LINK_ETHERNET, DECODED_NOT_IP },
	{ "four_tags", four_tags, LINK_ETHERNET, DECODED_NOT_IP },
	{ "appletalk", appletalk, LINK_NULL, DECODED_NOT_IP },
	{ "802.11", ethernet4, 105, DECODED_UNKNOWN_LINK },
	{ "65535", ethernet4, 65535, DECODED_UNKNOWN_LINK },
	{ "first_fragment", first_fragment, LINK_ETHERNET,
	    DECODED_FRAGMENT_HELD },
	{ "last_fragment", last_fragment, LINK_ETHERNET,
	    DECODED_FRAGMENT_HELD },
	{ "not_fragmented", not_fragmented, LINK_ETHERNET, DECODED_TCP },
	{ "fragment6", fragment6, LINK_ETHERNET, DECODED_FRAGMENT_HELD },
	{ "nine", nine_extensions, LINK_ETHERNET, DECODED_EXTENSIONS },
	{ "overrun", extension_overrun, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "jumbogram", jumbogram, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "version", version_five, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "six_in_four", six_in_four, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "four_in_six", four_in_six, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "raw ethernet", ethernet4, LINK_RAW, DECODED_MALFORMED_IP },
	{ "short_ihl", short_ihl, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "total", total_below_header, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "total+1", total_beyond_frame, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "len+1", payload_beyond_frame, LINK_ETHERNET, DECODED_MALFORMED_IP },
	{ "short_offset", short_offset, LINK_ETHERNET, DECODED_MALFORMED_TCP },
	{ "offset", offset_beyond_segment, LINK_ETHERNET,
	    DECODED_MALFORMED_TCP },
	{ "half", half_a_header, LINK_ETHERNET, DECODED_MALFORMED_TCP },
};

static void
everything_else_is_told_apart(void **state)
{
	(void)state;
	static struct wire w;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct packet p;

		others[i].build(&w);

		enum decoded d = decode(&w, others[i].link, &p);

		if (d != others[i].decoded)
			fail_msg("%s: %s", others[i].name, decoded_name(d));
	}
}

static void
a_packet_is_untouched_unless_it_is_tcp(void **state)
{
	(void)state;
	static struct wire w;
	struct packet before, p;

	memset(&before, 0x5A, sizeof(before));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		p = before;
		others[i].build(&w);
		if (decode(&w, others[i].link, &p) != DECODED_TCP)
			assert_memory_equal(&p, &before, sizeof(p));
	}
}

static void
a_super_segment_of_64_kib_is_taken_whole(void **state)
{
	(void)state;
	static struct wire w;
	static const char zeros[65495];
	struct packet p;

	wire_begin(&w, zeros, sizeof(zeros));
	wire_tcp(&w, &(struct wire_tcp){ .flags = WIRE_ACK });
	wire_ip4(&w, A4, B4, 0);
	wire_ethernet(&w, WIRE_IPV4);

	struct frame frame = {
		.bytes = slice_of(wire_bytes(&w), w.len),
		.wire_len = (uint32_t)w.len,
		.link = LINK_ETHERNET,
	};

	assert_int_equal(frame_decode(decoder, &frame, &p), DECODED_TCP);
	assert_int_equal(p.payload.len, sizeof(zeros));
}

static void
a_writer_that_notes_too_short_a_wire_length_is_forgiven(void **state)
{
	(void)state;
	static struct wire w;
	struct packet p;

	ethernet4(&w);
	assert_int_equal(
	    decode_cut(&w, LINK_ETHERNET, w.len, 0, &p), DECODED_TCP);
	assert_int_equal(p.payload.len, TEXT_LEN);
}

static void
every_outcome_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int a = 0; a < DECODED_KINDS; a++) {
		assert_non_null(decoded_name((enum decoded)a));
		for (int b = 0; b < a; b++)
			assert_string_not_equal(decoded_name((enum decoded)a),
			    decoded_name((enum decoded)b));
	}
}

static void
known_links_are_those_that_decode(void **state)
{
	(void)state;
	static const int known[] = { 0, 1, 9, 12, 14, 50, 51, 101, 104, 108,
		113, 219, 228, 229, 276 };
	size_t found = 0;

	for (int link = 0; link < 400; link++)
		found += frame_link_known(link);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_true(frame_link_known(known[i]));
	assert_int_equal(found, sizeof(known) / sizeof(known[0]));
}

static int
begin(void **state)
{
	(void)state;
	decoder = decoder_new(&(struct decoder_options){ .key = 1 });
	return decoder == NULL;
}

static int
end(void **state)
{
	(void)state;
	decoder_free(decoder);
	return 0;
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_encapsulation_of_tcp_is_taken_apart),
		TEST(a_snap_length_at_every_byte_cuts_and_never_contradicts),
		TEST(a_frame_that_ends_early_on_the_wire_is_malformed),
		TEST(a_damaged_byte_anywhere_is_survived),
		TEST(everything_else_is_told_apart),
		TEST(a_packet_is_untouched_unless_it_is_tcp),
		TEST(a_super_segment_of_64_kib_is_taken_whole),
		TEST(a_writer_that_notes_too_short_a_wire_length_is_forgiven),
		TEST(every_outcome_has_a_name_of_its_own),
		TEST(known_links_are_those_that_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
