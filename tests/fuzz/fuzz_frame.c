/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_frame - any bytes at all, as a few frames of any link type, one after
 * the other through one decoder, so that fragments meet.
 *
 * Claims: what is decoded as TCP can be read to its end and fits its own
 * numbers; it is no longer than the frame, or than a datagram put together;
 * what is not TCP leaves the packet alone; the same frames make the same of it
 * again.  The first byte chooses the link type, the second how much longer each
 * frame was on the wire; frames are as long as two bytes before them say.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/slice.h"
#include "sensor/decode/fragment.h"
#include "sensor/decode/frame.h"

#include <string.h>

static const uint16_t links[] = {
	LINK_ETHERNET, LINK_NULL, LINK_RAW_LIBPCAP, LINK_RAW_BSDOS, LINK_RAW,
	LINK_LOOP, LINK_LINUX_SLL, LINK_IPV4, LINK_IPV6, LINK_LINUX_SLL2,
	LINK_PPP, LINK_PPP_HDLC, LINK_PPPOE, LINK_CISCO_HDLC, LINK_MPLS,
	147, /* a user's own: unknown */
};

#define LINKS      (sizeof(links) / sizeof(links[0]))
#define FRAMES_MAX 8
#define SECOND     UINT64_C(1000000000)

static void
check_packet(const struct packet *packet, const struct frame *frame)
{
	size_t most = frame->bytes.len > 65535 ? frame->bytes.len : 65535;

	FUZZ_HOLDS(packet->family == 4 || packet->family == 6);
	FUZZ_HOLDS(packet->vlan_count <= PACKET_VLANS_MAX);
	FUZZ_HOLDS(packet->tunnel_count <= PACKET_TUNNELS_MAX);
	for (unsigned i = 0; i < packet->tunnel_count; i++)
		FUZZ_HOLDS(packet->tunnel[i].kind != TUNNEL_NONE &&
		    packet->tunnel[i].kind < TUNNEL_KINDS);
	FUZZ_HOLDS(packet->payload.len <= most);
	FUZZ_HOLDS(packet->payload.len <= packet->payload_len);
	FUZZ_HOLDS(packet->cut == (packet->payload.len < packet->payload_len));
}

/* A digest of the outcome; of the payload too, which is read to its end. */
static uint32_t
decode_one(struct decoder *decoder, const struct frame *frame)
{
	struct packet packet, untouched;
	enum decoded decoded;

	memset(&packet, 0x5a, sizeof(packet));
	memset(&untouched, 0x5a, sizeof(untouched));
	decoded = frame_decode(decoder, frame, &packet);
	FUZZ_HOLDS(decoded < DECODED_KINDS);
	if (decoded != DECODED_TCP) {
		FUZZ_HOLDS(memcmp(&packet, &untouched, sizeof(packet)) == 0);
		return decoded;
	}
	check_packet(&packet, frame);
	return slice_digest(packet.payload) ^ packet.seq ^ packet.realm;
}

static struct census census;
static uint64_t tick_ns;

static uint32_t
decode_all(struct decoder *decoder, const uint8_t *data, size_t size)
{
	struct slice rest = slice_of(data + 2, size - 2);
	uint32_t digest = 0;

	for (unsigned n = 0; n < FRAMES_MAX && rest.len > 2; n++) {
		size_t len = (size_t)slice_at(rest, 0) << 8 | slice_at(rest, 1);
		struct frame frame = {
			.bytes = slice_first(slice_after(rest, 2), len),
			.link = links[data[0] % LINKS],
			.tick_ns = tick_ns,
		};

		tick_ns += 5 * SECOND; /* some come too late */
		frame.wire_len = (uint32_t)frame.bytes.len + data[1];
		rest = slice_after(rest, 2 + frame.bytes.len);
		digest = digest * 31 + decode_one(decoder, &frame);
	}
	return digest;
}

/* Nothing waits any more, and nothing is lent. */
static void
forget(struct decoder *decoder)
{
	static const uint8_t fragment[28] = { 0x45, [3] = 28, [6] = 0x20 };
	const struct frame frame = {
		.bytes = slice_of(fragment, sizeof(fragment)),
		.wire_len = sizeof(fragment),
		.link = LINK_IPV4,
		.tick_ns = tick_ns,
	};

	tick_ns += 100 * SECOND;
	for (unsigned i = 0; census.datagrams_whole > 0 && i <= FRAGMENTS_LENT;
	     i++)
		decode_one(decoder, &frame);
	census.datagrams_whole = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decoder *decoder;
	uint32_t digest;

	if (size < 2)
		return 0;
	if (decoder == NULL)
		decoder = decoder_new(&(struct decoder_options){
		    .key = 1, .realm = true, .census = &census });
	FUZZ_HOLDS(decoder != NULL);
	digest = decode_all(decoder, data, size);
	forget(decoder);
	FUZZ_HOLDS(digest == decode_all(decoder, data, size));
	forget(decoder);
	return 0;
}
