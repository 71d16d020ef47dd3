/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - the link layer, VLAN tags included, taken off a frame.
 *
 * Layouts are those of the link-type registry at tcpdump.org; EtherTypes are
 * IEEE 802's.
 */
#include "sensor/decode/link.h"

#define ETHERTYPE_IPV4    0x0800
#define ETHERTYPE_IPV6    0x86DD
#define ETHERTYPE_VLAN    0x8100 /* 802.1Q */
#define ETHERTYPE_SERVICE 0x88A8 /* 802.1ad, the outer tag of QinQ */
#define ETHERTYPE_QINQ    0x9100 /* the same, before there was a standard */

#define ETHERNET_LEN      14
#define VLAN_TAG_LEN      4
#define SLL_LEN           16
#define SLL2_LEN          20
#define NULL_LEN          4
#define VLAN_ID_MASK      0x0FFF

static bool
is_vlan(uint16_t ethertype)
{
	return ethertype == ETHERTYPE_VLAN || ethertype == ETHERTYPE_SERVICE ||
	    ethertype == ETHERTYPE_QINQ;
}

/* Takes the tags off; *ethertype becomes what stands behind the last. */
static enum decoded
take_vlans(struct link *link, uint16_t *ethertype)
{
	while (is_vlan(*ethertype)) {
		struct slice tag =
		    slice_first(link->payload.bytes, VLAN_TAG_LEN);

		if (link->vlan_count == PACKET_VLANS_MAX)
			return DECODED_NOT_IP;
		if (tag.len < VLAN_TAG_LEN)
			return layer_missing(link->payload, VLAN_TAG_LEN,
			    DECODED_MALFORMED_LINK);
		link->vlan[link->vlan_count++] =
		    layer_be16(tag, 0) & VLAN_ID_MASK;
		*ethertype = layer_be16(tag, 2);
		link->payload = layer_after(link->payload, VLAN_TAG_LEN);
	}
	return DECODED_TCP;
}

/* A header of header_len bytes whose EtherType stands at type_at. */
static enum decoded
take_typed(struct link *link, uint32_t header_len, size_t type_at)
{
	struct slice header = slice_first(link->payload.bytes, header_len);

	if (header.len < header_len)
		return layer_missing(
		    link->payload, header_len, DECODED_MALFORMED_LINK);

	uint16_t ethertype = layer_be16(header, type_at);

	link->payload = layer_after(link->payload, header_len);
	if (is_vlan(ethertype)) {
		enum decoded tags = take_vlans(link, &ethertype);

		if (tags != DECODED_TCP)
			return tags;
	}
	if (ethertype == ETHERTYPE_IPV4)
		link->family = 4;
	else if (ethertype == ETHERTYPE_IPV6)
		link->family = 6;
	else
		return DECODED_NOT_IP;
	return DECODED_TCP;
}

/* The number that a system gives to its IPv6 family is its own affair. */
static enum decoded
family_of(uint32_t af, uint8_t *ret_family)
{
	switch (af) {
	case 2: /* everybody's AF_INET */
		*ret_family = 4;
		return DECODED_TCP;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD, BSD/OS */
	case 28: /* FreeBSD, DragonFly */
	case 30: /* Darwin */
		*ret_family = 6;
		return DECODED_TCP;
	default:
		return DECODED_NOT_IP;
	}
}

/*
 * BSD loopback: the address family in the byte order of the machine that
 * captured, which nobody noted down (LINK_NULL); families are small, so the
 * half that is zero tells.  LINK_LOOP is in network order and never turned.
 */
static enum decoded
take_loopback(struct link *link)
{
	struct slice header = slice_first(link->payload.bytes, NULL_LEN);

	if (header.len < NULL_LEN)
		return layer_missing(
		    link->payload, NULL_LEN, DECODED_MALFORMED_LINK);

	uint32_t af = layer_be32(header, 0);

	if (af > UINT16_MAX)
		af = __builtin_bswap32(af);
	link->payload = layer_after(link->payload, NULL_LEN);
	return family_of(af, &link->family);
}

/* No link layer at all: the IP version is what tells. */
static enum decoded
take_raw(struct link *link)
{
	if (link->payload.bytes.len == 0)
		return layer_missing(link->payload, 1, DECODED_MALFORMED_LINK);
	link->family = slice_at(link->payload.bytes, 0) >> 4;
	if (link->family != 4 && link->family != 6)
		return DECODED_MALFORMED_IP;
	return DECODED_TCP;
}

static enum decoded
take_ip(struct link *link, uint8_t family)
{
	link->family = family;
	return DECODED_TCP;
}

static enum decoded
take(struct link *link, enum frame_link linktype)
{
	switch (linktype) {
	case LINK_ETHERNET:
		return take_typed(link, ETHERNET_LEN, 12);
	case LINK_LINUX_SLL:
		return take_typed(link, SLL_LEN, 14);
	case LINK_LINUX_SLL2:
		return take_typed(link, SLL2_LEN, 0);
	case LINK_NULL:
	case LINK_LOOP:
		return take_loopback(link);
	case LINK_RAW:
	case LINK_RAW_LIBPCAP:
	case LINK_RAW_BSDOS:
		return take_raw(link);
	case LINK_IPV4:
		return take_ip(link, 4);
	case LINK_IPV6:
		return take_ip(link, 6);
	}
	return DECODED_UNKNOWN_LINK;
}

enum decoded
link_take(const struct frame *frame, struct link *ret_link)
{
	struct link link = { .payload.bytes = frame->bytes };

	/* Some writers note less than they captured. */
	link.payload.wire_len = frame->wire_len < frame->bytes.len
	    ? (uint32_t)frame->bytes.len
	    : frame->wire_len;

	enum decoded decoded = take(&link, (enum frame_link)frame->link);

	if (decoded == DECODED_TCP)
		*ret_link = link;
	return decoded;
}

bool
link_known(int linktype)
{
	struct link link = { 0 };

	return take(&link, (enum frame_link)linktype) != DECODED_UNKNOWN_LINK;
}
