/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer - a capture file on its way to stdout, and the chance that fills it.
 *
 * The same chance each time, so that the same arguments give the same bytes.
 */
#ifndef STRAYMAIL_BENCH_WRITER_H
#define STRAYMAIL_BENCH_WRITER_H

#include "tests/support/plain_frame.h"

#include <stdint.h>

/* Bytes to take payload from, from any place below this. */
#define PATTERN_BYTES 65536
#define SEGMENT_MAX   1460

struct writer {
	uint64_t bytes, packets, when_ns;
	uint64_t random;
	uint32_t megabits; /* a second; the clock goes by it */
	uint8_t noise[PATTERN_BYTES + SEGMENT_MAX];
	uint8_t text[PATTERN_BYTES + SEGMENT_MAX]; /* lines of a mail's body */
};

/* Writes the file's header.  Whatever cannot be written ends the program. */
void writer_begin(struct writer *writer, uint32_t megabits);
void writer_end(struct writer *writer);

/* A number below that. */
uint32_t writer_draw(struct writer *writer, uint32_t below);

/* A packet of frame->payload_len bytes. */
void writer_packet(struct writer *writer, const struct plain_frame *frame,
    const void *payload);

#endif
