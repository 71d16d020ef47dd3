/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire - frames for tests, built from the inside out.
 *
 * The payload stands in the middle of a buffer, behind room for headers, so
 * that putting one before it moves nothing.
 */
#include "tests/support/wire.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

static void
put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xFFFF);
}

/* Room for a header of len zero bytes before what is there. */
static uint8_t *
header(struct wire *wire, size_t len)
{
	assert(len <= wire->at);
	wire->at -= len;
	wire->len += len;
	memset(wire->bytes + wire->at, 0, len);
	return wire->bytes + wire->at;
}

void
wire_begin(struct wire *wire, const void *payload, size_t len)
{
	assert(len <= WIRE_MAX);
	wire->at = WIRE_ROOM;
	wire->len = len;
	wire->tcp_at = 0;
	wire->next = WIRE_NOTHING;
	if (len > 0)
		memcpy(wire->bytes + wire->at, payload, len);
}

const uint8_t *
wire_bytes(const struct wire *wire)
{
	return wire->bytes + wire->at;
}

void
wire_put(struct wire *wire, const void *bytes, size_t len)
{
	memcpy(header(wire, len), bytes, len);
}

void
wire_carry(struct wire *wire, uint8_t protocol)
{
	wire->next = protocol;
}

void
wire_tcp(struct wire *wire, const struct wire_tcp *tcp)
{
	size_t len = 20U + tcp->options_len;
	uint8_t *at = header(wire, len);

	put16(at, tcp->source_port);
	put16(at + 2, tcp->destination_port);
	put32(at + 4, tcp->seq);
	put32(at + 8, tcp->ack);
	at[12] = (uint8_t)(len / 4 << 4);
	at[13] = tcp->flags;
	put16(at + 14, 65535);
	memset(at + 20, 1, tcp->options_len);
	if (tcp->options != NULL)
		memcpy(at + 20, tcp->options, tcp->options_len);
	wire->tcp_at = wire->at;
	wire->next = WIRE_TCP;
}

void
wire_udp(struct wire *wire, uint16_t source_port, uint16_t dest_port)
{
	uint8_t *at = header(wire, 8);

	put16(at, source_port);
	put16(at + 2, dest_port);
	put16(at + 4, wire->len); /* without a checksum: it may be zero */
	wire->next = WIRE_UDP;
}

/* The Internet checksum (RFC 1071), not yet folded. */
static uint32_t
sum(const uint8_t *bytes, size_t len)
{
	uint32_t total = 0;

	for (size_t i = 0; i < len; i++)
		total += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	return total;
}

static uint16_t
folded(uint32_t total)
{
	while (total > 0xFFFF)
		total = (total & 0xFFFF) + (total >> 16);
	return (uint16_t)~total;
}

/* addresses: both, as they stand in the IP header. */
static void
fill_tcp_checksum(struct wire *wire, const uint8_t *addresses, size_t len)
{
	if (wire->tcp_at == 0)
		return;

	uint8_t *tcp = wire->bytes + wire->tcp_at;
	size_t tcp_len = wire->at + wire->len - wire->tcp_at;
	uint32_t total = sum(addresses, len) + WIRE_TCP + (uint32_t)tcp_len +
	    sum(tcp, tcp_len);

	put16(tcp + 16, folded(total));
	wire->tcp_at = 0;
}

static void
put_address(int family, const char *text, uint8_t *at)
{
	int converted = inet_pton(family, text, at);

	assert(converted == 1);
	(void)converted;
}

void
wire_ip4(struct wire *wire, const char *source, const char *destination,
    uint8_t options_len)
{
	size_t len = 20U + options_len;
	uint8_t *at = header(wire, len);

	at[0] = (uint8_t)(4U << 4 | len / 4);
	put16(at + 2, wire->len);
	at[8] = 64;
	at[9] = wire->next;
	put_address(AF_INET, source, at + 12);
	put_address(AF_INET, destination, at + 16);
	memset(at + 20, 1, options_len);
	put16(at + 10, folded(sum(at, len)));
	fill_tcp_checksum(wire, at + 12, 8);
	wire->next = WIRE_IP_IN_IP;
}

void
wire_ip6(struct wire *wire, const char *source, const char *destination)
{
	size_t payload_len = wire->len;
	uint8_t *at = header(wire, 40);

	at[0] = 6U << 4;
	put16(at + 4, payload_len);
	at[6] = wire->next;
	at[7] = 64;
	put_address(AF_INET6, source, at + 8);
	put_address(AF_INET6, destination, at + 24);
	fill_tcp_checksum(wire, at + 8, 32);
	wire->next = WIRE_IPV6_IN_IP;
}

void
wire_extension(struct wire *wire, uint8_t protocol, size_t len)
{
	uint8_t *at = header(wire, len);

	at[0] = wire->next;
	if (protocol == WIRE_AUTHENTICATION)
		at[1] = (uint8_t)(len / 4 - 2);
	else if (protocol != WIRE_FRAGMENT)
		at[1] = (uint8_t)(len / 8 - 1);
	wire->next = protocol;
}

void
wire_vlan(struct wire *wire, uint16_t id, uint16_t ethertype)
{
	uint8_t *at = header(wire, 4);

	put16(at, id);
	put16(at + 2, ethertype);
}

void
wire_ethernet(struct wire *wire, uint16_t ethertype)
{
	uint8_t *at = header(wire, 14);

	at[0] = at[6] = 0x02; /* locally administered */
	at[5] = 1;
	at[11] = 2;
	put16(at + 12, ethertype);
}

void
wire_sll(struct wire *wire, uint16_t ethertype)
{
	uint8_t *at = header(wire, 16);

	put16(at + 2, 1); /* ARPHRD_ETHER */
	put16(at + 4, 6);
	put16(at + 14, ethertype);
}

void
wire_sll2(struct wire *wire, uint16_t ethertype)
{
	uint8_t *at = header(wire, 20);

	put16(at, ethertype);
	put32(at + 4, 3); /* interface index */
	put16(at + 8, 1); /* ARPHRD_ETHER */
	at[11] = 6;
}

void
wire_vntag(struct wire *wire, uint16_t ethertype)
{
	put16(header(wire, 6) + 4, ethertype);
}

void
wire_backbone(struct wire *wire, uint32_t service)
{
	put32(header(wire, 4), service);
}

void
wire_snap(struct wire *wire, uint16_t ethertype)
{
	uint8_t *at = header(wire, 8);

	at[0] = at[1] = 0xAA;
	at[2] = 3;
	put16(at + 6, ethertype);
}

void
wire_mpls(struct wire *wire, uint32_t label, bool bottom)
{
	put32(header(wire, 4), label << 12 | (bottom ? 0x100 : 0) | 64);
}

void
wire_pppoe(struct wire *wire, uint16_t ppp_protocol)
{
	size_t len = wire->len + 2;
	uint8_t *at = header(wire, 8);

	at[0] = 0x11;
	put16(at + 2, 7); /* session */
	put16(at + 4, len);
	put16(at + 6, ppp_protocol);
}

void
wire_gre(struct wire *wire, uint16_t flags, uint32_t key, uint16_t type)
{
	if ((flags & 0x1000) != 0)
		header(wire, 4);
	if ((flags & 0x2000) != 0)
		put32(header(wire, 4), key);
	if ((flags & 0x8000) != 0)
		header(wire, 4);

	uint8_t *at = header(wire, 4);

	put16(at, flags);
	put16(at + 2, type);
	wire->next = WIRE_GRE;
}

void
wire_erspan2(struct wire *wire, uint16_t session)
{
	uint8_t *at = header(wire, 8);

	at[0] = 1 << 4;
	put16(at + 2, session);
}

void
wire_erspan3(struct wire *wire, uint16_t session, bool more)
{
	if (more)
		header(wire, 8);

	uint8_t *at = header(wire, 12);

	at[0] = 2 << 4;
	put16(at + 2, session);
	at[11] = more;
}

void
wire_vxlan(struct wire *wire, uint32_t network)
{
	uint8_t *at = header(wire, 8);

	at[0] = 0x08;
	put32(at + 4, network << 8);
}

void
wire_geneve(
    struct wire *wire, uint32_t network, uint16_t type, size_t options_len)
{
	header(wire, options_len);

	uint8_t *at = header(wire, 8);

	at[0] = (uint8_t)(options_len / 4);
	put16(at + 2, type);
	put32(at + 4, network << 8);
}

void
wire_gtpu(struct wire *wire, uint32_t teid, bool extended)
{
	if (extended) { /* a number, and a header of 8 bytes behind it */
		header(wire, 8)[0] = 2;
		header(wire, 4)[3] = 0x85;
	}

	size_t len = wire->len;
	uint8_t *at = header(wire, 8);

	at[0] = extended ? 0x36 : 0x30;
	at[1] = 0xFF;
	put16(at + 2, len);
	put32(at + 4, teid);
}

static bool
is_ip6(const struct wire *wire)
{
	return wire_bytes(wire)[0] >> 4 == 6;
}

size_t
wire_carried(const struct wire *whole)
{
	return whole->len - (is_ip6(whole) ? 40 : 20);
}

void
wire_fragment(
    struct wire *wire, const struct wire *whole, struct wire_part part)
{
	bool v6 = is_ip6(whole);
	size_t header_len = whole->len - wire_carried(whole);
	bool more = part.offset + part.len < wire_carried(whole);
	const uint8_t *from = wire_bytes(whole);

	assert(part.offset % 8 == 0);
	wire_begin(wire, from + header_len + part.offset, part.len);
	if (v6) {
		wire->next = from[6];
		wire_extension(wire, WIRE_FRAGMENT, 8);
		put16(wire->bytes + wire->at + 2, part.offset | more);
		put32(wire->bytes + wire->at + 4, part.id);
	}
	wire_put(wire, from, header_len);

	uint8_t *at = wire->bytes + wire->at;

	if (v6) {
		put16(at + 4, wire->len - header_len);
		at[6] = WIRE_FRAGMENT;
		return;
	}
	put16(at + 2, wire->len);
	put16(at + 4, part.id);
	put16(at + 6, part.offset / 8 | (more ? 0x2000 : 0));
	put16(at + 10, 0);
	put16(at + 10, folded(sum(at, header_len)));
}

void
wire_packet(struct wire *wire, const struct wire_segment *segment)
{
	wire_begin(wire, segment->payload, segment->payload_len);
	wire_tcp(wire,
	    &(struct wire_tcp){
		.source_port = segment->source_port,
		.destination_port = segment->destination_port,
		.seq = segment->seq,
		.ack = segment->ack,
		.flags = segment->flags,
		.options = segment->options,
		.options_len = segment->options_len,
	    });
	if (strchr(segment->source, ':') != NULL)
		wire_ip6(wire, segment->source, segment->destination);
	else
		wire_ip4(wire, segment->source, segment->destination, 0);
}

void
wire_segment(struct wire *wire, const struct wire_segment *segment)
{
	uint16_t type =
	    strchr(segment->source, ':') != NULL ? WIRE_IPV6 : WIRE_IPV4;

	wire_packet(wire, segment);
	if (segment->vlan != 0) {
		wire_vlan(wire, segment->vlan, type);
		type = WIRE_VLAN;
	}
	wire_ethernet(wire, type);
}
