/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer - classic pcap with nanoseconds, in this machine's byte order.
 */
#include "tests/bench/traffic/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND    1000000000U
#define BEGINNING (1700000000ULL * SECOND)

static void
fail(void)
{
	perror("make_capture");
	exit(1);
}

static void
put(struct writer *w, const void *bytes, size_t length)
{
	if (fwrite(bytes, 1, length, stdout) != length)
		fail();
	w->bytes += length;
}

uint32_t
writer_draw(struct writer *w, uint32_t below)
{
	/* splitmix64: any spread will do, as long as it is the same each time */
	uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(((z ^ z >> 31) >> 32) * below >> 32);
}

void
writer_begin(struct writer *w, uint32_t megabits)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snap_length, link_type;
	} header = { 0xa1b23c4d, 2, 4, 0, 0, 262144, 1 };

	memset(w, 0, sizeof(*w));
	w->when_ns = BEGINNING;
	w->megabits = megabits;
	for (size_t i = 0; i < sizeof(w->noise); i++)
		w->noise[i] = (uint8_t)writer_draw(w, 256);
	for (size_t i = 0; i < sizeof(w->text); i++)
		w->text[i] = (uint8_t)('a' + writer_draw(w, 26));
	for (size_t i = 70; i < sizeof(w->text); i += 72) {
		w->text[i - 1] = '\r';
		w->text[i] = '\n';
	}
	put(w, &header, sizeof(header));
}

void
writer_end(struct writer *w)
{
	(void)w;
	if (fflush(stdout) != 0)
		fail();
}

void
writer_packet(
    struct writer *w, const struct plain_frame *frame, const void *payload)
{
	uint8_t headers[PLAIN_HEADERS];
	size_t length = plain_frame(headers, frame);
	uint32_t record[4];

	w->when_ns += (length + frame->payload_len) * 8000 / w->megabits;
	record[0] = (uint32_t)(w->when_ns / SECOND);
	record[1] = (uint32_t)(w->when_ns % SECOND);
	record[2] = record[3] = (uint32_t)length + frame->payload_len;
	put(w, record, sizeof(record));
	put(w, headers, length);
	put(w, payload, frame->payload_len);
	w->packets++;
}
