/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp - the TCP header (RFC 9293 3.1), options skipped.
 *
 * Options are not read, so a snap length that falls among them costs the
 * payload only: the packet is still told, with nothing in it and marked cut.
 */
#include "sensor/decode/checksum.h"
#include "sensor/decode/decoder.h"
#include "sensor/decode/walk.h"

#define TCP_LEN        20
#define TCP_FLAGS_MASK 0x3F /* the six of RFC 793; ECN's two do not matter */

enum next
tcp_take(struct walk *walk)
{
	struct layer segment = walk->layer;
	struct packet *packet = walk->packet;
	struct slice header;

	if (!walk_take(walk, TCP_LEN, DECODED_MALFORMED_TCP, &header))
		return NEXT_END;

	uint32_t header_len = (slice_at(header, 12) >> 4) * 4U;

	if (header_len < TCP_LEN || header_len > segment.wire_len)
		return walk_end(walk, DECODED_MALFORMED_TCP);

	if (walk->decoder->verify)
		checksum_count(walk, segment);

	struct layer payload = layer_after(segment, header_len);

	packet->source_port = layer_be16(header, 0);
	packet->destination_port = layer_be16(header, 2);
	packet->seq = layer_be32(header, 4);
	packet->ack = layer_be32(header, 8);
	packet->flags = slice_at(header, 13) & TCP_FLAGS_MASK;
	packet->urgent = layer_be16(header, 18);
	packet->payload = payload.bytes;
	packet->payload_len = payload.wire_len;
	packet->cut = payload.bytes.len < payload.wire_len;
	return walk_end(walk, DECODED_TCP);
}
