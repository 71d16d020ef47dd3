/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame - from a captured frame to a TCP packet, or to the reason why not.
 *
 * Three steps inwards: link, IP, TCP.  Every frame that a mirror port carries
 * comes through here, so the common one (Ethernet, IP, TCP) runs straight
 * through each of them.
 */
#include "sensor/decode/frame.h"

#include "sensor/decode/ip.h"
#include "sensor/decode/link.h"
#include "sensor/decode/tcp.h"

#include <string.h>

static const char *const names[] = {
	[DECODED_TCP] = "tcp",
	[DECODED_UDP] = "udp",
	[DECODED_ICMP] = "icmp",
	[DECODED_OTHER_L4] = "other_l4",
	[DECODED_FRAGMENT] = "fragment",
	[DECODED_NOT_IP] = "not_ip",
	[DECODED_UNKNOWN_LINK] = "unknown_link",
	[DECODED_MALFORMED_LINK] = "malformed_link",
	[DECODED_MALFORMED_IP] = "malformed_ip",
	[DECODED_MALFORMED_TCP] = "malformed_tcp",
	[DECODED_EXTENSIONS] = "extensions",
	[DECODED_HEADERS_CUT] = "headers_cut",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == DECODED_KINDS,
    "every outcome has a name");

const char *
decoded_name(enum decoded decoded)
{
	return names[decoded];
}

bool
frame_link_known(int linktype)
{
	return link_known(linktype);
}

/* Addresses are 4 or 16 bytes; what an IPv4 address leaves over is zero, so
 * that the flow table may compare all sixteen. */
static void
put_address(uint8_t dst[static 16], struct slice address)
{
	if (address.len == 16) {
		slice_bytes(dst, 16, address);
		return;
	}
	memset(dst, 0, 16);
	if (address.len == 4)
		slice_bytes(dst, 4, address);
}

static void
put_addresses(struct packet *packet, const struct ip *ip)
{
	packet->family = ip->family;
	put_address(packet->source, ip->source);
	put_address(packet->destination, ip->destination);
}

static void
put_link(struct packet *packet, const struct link *link)
{
	packet->vlan_count = link->vlan_count;
	for (unsigned i = 0; i < PACKET_VLANS_MAX; i++)
		packet->vlan[i] = link->vlan[i];
}

static void
put_frame(struct packet *packet, const struct frame *frame)
{
	packet->source_number = frame->source;
	packet->interface = frame->interface;
	packet->number = frame->number;
	packet->when_ns = frame->when_ns;
	packet->tick_ns = frame->tick_ns;
}

enum decoded
frame_decode(const struct frame *frame, struct packet *ret_packet)
{
	struct link link;
	struct ip ip;
	enum decoded decoded = link_take(frame, &link);

	if (decoded != DECODED_TCP)
		return decoded;
	decoded = link.family == 4 ? ip_take_v4(link.payload, &ip)
				   : ip_take_v6(link.payload, &ip);
	if (decoded != DECODED_TCP)
		return decoded;
	decoded = tcp_take(ip.payload, ret_packet);
	if (decoded != DECODED_TCP)
		return decoded;
	put_addresses(ret_packet, &ip);
	put_link(ret_packet, &link);
	put_frame(ret_packet, frame);
	return DECODED_TCP;
}
