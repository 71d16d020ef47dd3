/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoder - what decoding keeps from frame to frame: fragments, and numbers.
 *
 * Only for decode/; for everybody else it is opaque (frame.h).
 */
#ifndef STRAYMAIL_DECODER_H
#define STRAYMAIL_DECODER_H

#include "sensor/decode/census.h"
#include "sensor/decode/fragment.h"
#include "sensor/decode/frame.h"

#include <stdint.h>

struct decoder {
	struct decoder_options options;
	struct fragments *fragments;
	struct census *census; /* the caller's, or own */
	struct census own;
	uint64_t frames; /* decoded so far ... */
	bool verify;     /* ... and whether this one's checksums are asked */
	uint8_t by_port[256]; /* rows of options.decap, from 1: udp.h */
};

#endif
