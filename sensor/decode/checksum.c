/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checksum - the sum of RFC 1071, over what was sent and over its addresses.
 */
#include "sensor/decode/checksum.h"

#include "sensor/decode/decoder.h"

#define PROTOCOL_TCP 6

#define CHUNK        512

/*
 * Words of four bytes in this machine's order: to turn the bytes of each half
 * turns those of the sum, and all ones stay all ones (RFC 1071 2).  What an odd
 * end lacks is zero.
 */
static uint64_t
add(uint64_t sum, struct slice bytes)
{
	while (bytes.len > 0) {
		uint32_t words[CHUNK / 4] = { 0 };
		size_t len = slice_bytes(words, sizeof(words), bytes);

		for (size_t i = 0; i < (len + 3) / 4; i++)
			sum += words[i];
		bytes = slice_after(bytes, len);
	}
	return sum;
}

/* A sum that includes the checksum itself is all ones. */
static bool
fits(uint64_t sum)
{
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return sum == UINT16_MAX;
}

bool
checksum_ip4_fits(struct slice header)
{
	size_t len = (size_t)(slice_at(header, 0) & 0x0FU) * 4;

	return header.len < len || fits(add(0, slice_first(header, len)));
}

void
checksum_count(const struct walk *walk, struct layer segment)
{
	struct census *census = walk->decoder->census;
	const uint8_t length[] = { (uint8_t)(segment.wire_len >> 8),
		(uint8_t)segment.wire_len, 0, PROTOCOL_TCP };
	uint64_t sum;

	if (segment.bytes.len < segment.wire_len ||
	    segment.wire_len > UINT16_MAX)
		return;
	sum = add(0, slice_of(length, sizeof(length)));
	sum = add(add(sum, walk->source), walk->destination);
	sum = add(sum, segment.bytes);
	census->checksums++;
	census->checksums_bad += !fits(sum) || walk->damaged;
}
