/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp - the TCP header (RFC 9293 3.1), options skipped.
 */
#include "sensor/decode/tcp.h"

#define TCP_LEN        20
#define TCP_FLAGS_MASK 0x3F /* the six of RFC 793; ECN's two do not matter */

enum decoded
tcp_take(struct layer layer, struct packet *ret_packet)
{
	struct slice header = slice_first(layer.bytes, TCP_LEN);

	if (header.len < TCP_LEN)
		return layer_missing(layer, TCP_LEN, DECODED_MALFORMED_TCP);

	uint32_t header_len = (slice_at(header, 12) >> 4) * 4U;

	if (header_len < TCP_LEN || header_len > layer.wire_len)
		return DECODED_MALFORMED_TCP;

	struct layer payload = layer_after(layer, header_len);

	ret_packet->source_port = layer_be16(header, 0);
	ret_packet->destination_port = layer_be16(header, 2);
	ret_packet->seq = layer_be32(header, 4);
	ret_packet->ack = layer_be32(header, 8);
	ret_packet->flags = slice_at(header, 13) & TCP_FLAGS_MASK;
	ret_packet->payload = payload.bytes;
	ret_packet->payload_len = payload.wire_len;
	ret_packet->cut = payload.bytes.len < payload.wire_len;
	return DECODED_TCP;
}
