/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_frame - any bytes at all, as a frame of any link type.
 *
 * Claims: what is decoded as TCP lies within the frame and fits its own
 * numbers; what is not leaves the packet alone.  The first byte chooses the
 * link type, the second how much longer the frame was on the wire.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/slice.h"
#include "sensor/decode/frame.h"

#include <string.h>

static const uint16_t links[] = {
	LINK_NULL, LINK_ETHERNET, LINK_RAW_LIBPCAP, LINK_RAW_BSDOS, LINK_RAW,
	LINK_LOOP, LINK_LINUX_SLL, LINK_IPV4, LINK_IPV6, LINK_LINUX_SLL2,
	LINK_PPP, LINK_PPP_HDLC, LINK_PPPOE, LINK_CISCO_HDLC, LINK_MPLS,
	147, /* a user's own: unknown */
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct decoder *decoder;
	struct packet packet, untouched;
	struct frame frame = { 0 };
	enum decoded decoded;

	if (size < 2)
		return 0;
	frame.bytes = slice_of(data + 2, size - 2);
	frame.link = links[data[0] % (sizeof(links) / sizeof(links[0]))];
	frame.wire_len = (uint32_t)(size - 2) + data[1];
	memset(&packet, 0x5a, sizeof(packet));
	memset(&untouched, 0x5a, sizeof(untouched));

	if (decoder == NULL)
		decoder = decoder_new(&(struct decoder_options){ 0 });
	FUZZ_HOLDS(decoder != NULL);
	decoded = frame_decode(decoder, &frame, &packet);
	FUZZ_HOLDS(decoded < DECODED_KINDS);
	if (decoded != DECODED_TCP) {
		FUZZ_HOLDS(memcmp(&packet, &untouched, sizeof(packet)) == 0);
		return 0;
	}
	FUZZ_HOLDS(packet.family == 4 || packet.family == 6);
	FUZZ_HOLDS(packet.vlan_count <= PACKET_VLANS_MAX);
	FUZZ_HOLDS(packet.payload.len <= frame.bytes.len);
	FUZZ_HOLDS(packet.payload.len <= packet.payload_len);
	FUZZ_HOLDS(packet.cut == (packet.payload.len < packet.payload_len));
	slice_digest(packet.payload); /* reads all of it, under the sanitizer */
	return 0;
}
