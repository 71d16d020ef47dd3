/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer - what one protocol layer of a frame holds: bytes, and how many there
 * should be.
 *
 * A header may be missing for two reasons that are counted apart: the snap
 * length took it, or the packet says one thing and is another.  So every layer
 * carries both lengths on its way inwards, and layer_missing() tells which it
 * was.  A value; its bytes are lent from the frame.
 */
#ifndef STRAYMAIL_LAYER_H
#define STRAYMAIL_LAYER_H

#include "dissectors/slice.h"
#include "sensor/decode/frame.h"

#include <stddef.h>
#include <stdint.h>

struct layer {
	struct slice bytes; /* what was captured of it */
	uint32_t wire_len;  /* what was on the wire; never less */
};

/* What follows the layer's first n bytes; n is at most wire_len. */
static inline struct layer
layer_after(struct layer layer, uint32_t n)
{
	layer.bytes = slice_after(layer.bytes, n);
	layer.wire_len -= n;
	return layer;
}

/* The layer without what stands behind its first n bytes (padding). */
static inline struct layer
layer_first(struct layer layer, uint32_t n)
{
	layer.bytes = slice_first(layer.bytes, n);
	layer.wire_len = n < layer.wire_len ? n : layer.wire_len;
	return layer;
}

/* Why n bytes are not there. */
static inline enum decoded
layer_missing(struct layer layer, uint32_t n, enum decoded malformed)
{
	return n > layer.wire_len ? malformed : DECODED_HEADERS_CUT;
}

/*
 * Numbers in network order at a place of a header.  Where the caller has taken
 * the header with its length the compiler makes one load of each.
 */
static inline uint16_t
layer_be16(struct slice header, size_t at)
{
	return (uint16_t)(slice_at(header, at) << 8 | slice_at(header, at + 1));
}

static inline uint32_t
layer_be32(struct slice header, size_t at)
{
	return (uint32_t)slice_at(header, at) << 24 |
	    (uint32_t)slice_at(header, at + 1) << 16 |
	    (uint32_t)slice_at(header, at + 2) << 8 | slice_at(header, at + 3);
}

#endif
