/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame - from a captured frame to a TCP packet, or to the reason why not.
 *
 * The table below is all there is to the way inwards: a layer is taken off and
 * says which is next.
 */
#include "sensor/decode/frame.h"

#include "sensor/decode/checksum.h"
#include "sensor/decode/decoder.h"
#include "sensor/decode/link.h"
#include "sensor/decode/udp.h"
#include "sensor/decode/walk.h"

#include <stdlib.h>
#include <string.h>

static walk_take_fn *const take[NEXT_KINDS] = {
	[NEXT_ETHERNET] = ethernet_take,
	[NEXT_LLC] = llc_take,
	[NEXT_SLL] = sll_take,
	[NEXT_SLL2] = sll2_take,
	[NEXT_LOOPBACK] = loopback_take,
	[NEXT_PPP] = ppp_take,
	[NEXT_HDLC] = hdlc_take,
	[NEXT_PPPOE] = pppoe_take,
	[NEXT_VLAN] = vlan_take,
	[NEXT_VNTAG] = vntag_take,
	[NEXT_BACKBONE] = backbone_take,
	[NEXT_MPLS] = mpls_take,
	[NEXT_IP] = ip_take,
	[NEXT_IPV4] = ipv4_take,
	[NEXT_IPV6] = ipv6_take,
	[NEXT_EXTENSION] = extension_take,
	[NEXT_FRAGMENT] = fragment_take,
	[NEXT_TCP] = tcp_take,
	[NEXT_UDP] = udp_take,
	[NEXT_GRE] = gre_take,
	[NEXT_ERSPAN2] = erspan2_take,
	[NEXT_ERSPAN3] = erspan3_take,
	[NEXT_ETHERIP] = etherip_take,
	[NEXT_VXLAN] = vxlan_take,
	[NEXT_VXLAN_GPE] = vxlan_gpe_take,
	[NEXT_GENEVE] = geneve_take,
	[NEXT_GTPU] = gtpu_take,
	[NEXT_TZSP] = tzsp_take,
	[NEXT_TEREDO] = teredo_take,
	[NEXT_L2TP] = l2tp_take,
};

static const char *const names[] = {
	[DECODED_TCP] = "tcp",
	[DECODED_UDP] = "udp",
	[DECODED_ICMP] = "icmp",
	[DECODED_OTHER_L4] = "other_l4",
	[DECODED_FRAGMENT_HELD] = "fragment_held",
	[DECODED_FRAGMENT_DROPPED] = "fragment_dropped",
	[DECODED_NOT_IP] = "not_ip",
	[DECODED_UNKNOWN_LINK] = "unknown_link",
	[DECODED_MALFORMED_LINK] = "malformed_link",
	[DECODED_MALFORMED_TUNNEL] = "malformed_tunnel",
	[DECODED_MALFORMED_IP] = "malformed_ip",
	[DECODED_MALFORMED_FRAGMENT] = "malformed_fragment",
	[DECODED_MALFORMED_TCP] = "malformed_tcp",
	[DECODED_EXTENSIONS] = "extensions",
	[DECODED_TUNNEL_LIMIT] = "tunnel_limit",
	[DECODED_HEADERS_CUT] = "headers_cut",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == DECODED_KINDS,
    "every outcome has a name");
_Static_assert(FRAGMENTS_LENT >= CAPTURE_BATCH * (PACKET_TUNNELS_MAX + 1),
    "no datagram is taken back before its batch is over");

const struct decap decap_standard[DECAP_PORTS_MAX] = {
	{ 4789, DECAP_VXLAN },
	{ 8472, DECAP_VXLAN }, /* Linux's, before there was a number */
	{ 4790, DECAP_VXLAN_GPE }, { 6081, DECAP_GENEVE }, { 2152, DECAP_GTPU },
	{ 37008, DECAP_TZSP }, { 3544, DECAP_TEREDO }, { 1701, DECAP_L2TP },
	{ 4754, DECAP_GRE },  /* RFC 8086 */
	{ 6635, DECAP_MPLS }, /* RFC 7510 */
};

const char *
decoded_name(enum decoded decoded)
{
	return names[decoded];
}

bool
frame_link_known(int linktype)
{
	return link_first(linktype) != NEXT_END;
}

struct decoder *
decoder_new(const struct decoder_options *options)
{
	struct decoder *decoder = calloc(1, sizeof(*decoder));

	if (decoder == NULL)
		return NULL;
	decoder->options = *options;
	if (options->decap == NULL)
		decoder->options.decap = decap_standard;
	decoder->census =
	    options->census != NULL ? options->census : &decoder->own;
	decoder->fragments = fragments_new(options->key, decoder->census);
	udp_note_ports(decoder);
	if (decoder->fragments == NULL) {
		decoder_free(decoder);
		return NULL;
	}
	return decoder;
}

void
decoder_free(struct decoder *decoder)
{
	if (decoder == NULL)
		return;
	fragments_free(decoder->fragments);
	free(decoder);
}

/* Addresses are 4 or 16 bytes; what an IPv4 address leaves over is zero, so
 * that the flow table may compare all sixteen.  They are written by halves, as
 * it reads them: a read of what is written in smaller pieces has to wait. */
static void
put_address(uint8_t dst[static 16], struct slice address)
{
	uint64_t half = 0;

	if (address.len == 16) {
		slice_bytes(dst, 16, address);
		return;
	}
	if (address.len == 4)
		slice_bytes(&half, 4, address);
	memcpy(dst, &half, sizeof(half));
	memset(dst + sizeof(half), 0, sizeof(half));
}

static void
put_walk(struct packet *packet, const struct walk *walk)
{
	packet->family = walk->family;
	put_address(packet->source, walk->source);
	put_address(packet->destination, walk->destination);
	packet->vlan_count = walk->vlan_count;
	memcpy(packet->vlan, walk->vlan, sizeof(packet->vlan));
	packet->tunnel_count = walk->tunnel_count;
	memcpy(packet->tunnel, walk->tunnel, sizeof(packet->tunnel));
	packet->realm = walk->decoder->options.realm ? walk->realm : 0;
	packet->conflict = walk->conflict;
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

static enum decoded
walk_through(struct walk *walk, enum next next)
{
	for (unsigned steps = 0; next != NEXT_END; steps++) {
		if (steps == WALK_STEPS_MAX)
			next = walk_end(walk, DECODED_TUNNEL_LIMIT);
		else
			next = take[next](walk);
	}
	return walk->outcome;
}

enum decoded
frame_decode(struct decoder *decoder, const struct frame *frame,
    struct packet *ret_packet)
{
	struct walk walk = {
		.layer.bytes = frame->bytes,
		.decoder = decoder,
		.packet = ret_packet,
		.tick_ns = frame->tick_ns,
		.outcome = DECODED_UNKNOWN_LINK,
	};
	enum next first = frame->link == LINK_ETHERNET
	    ? NEXT_ETHERNET
	    : link_first(frame->link);

	decoder->verify = checksum_is_due(++decoder->frames);
	/* Some writers note less than they captured. */
	walk.layer.wire_len = frame->wire_len < frame->bytes.len
	    ? (uint32_t)frame->bytes.len
	    : frame->wire_len;
	if (walk_through(&walk, first) != DECODED_TCP)
		return walk.outcome;
	put_walk(ret_packet, &walk);
	put_frame(ret_packet, frame);
	return DECODED_TCP;
}
