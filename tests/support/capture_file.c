/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture_file - pcap and pcapng files for tests, built in memory.
 */
#include "tests/support/capture_file.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define NS_PER_S 1000000000U
#define SNAPLEN  262144U

static void
put(struct capture_file *file, const void *bytes, size_t len)
{
	assert(file->len + len <= sizeof(file->bytes));
	memcpy(file->bytes + file->len, bytes, len);
	file->len += len;
}

static void
put16(struct capture_file *file, uint16_t value)
{
	put(file, &value, sizeof(value));
}

static void
put32(struct capture_file *file, uint32_t value)
{
	put(file, &value, sizeof(value));
}

static uint32_t
wire_len(const struct capture_packet *packet)
{
	return (
	    uint32_t)(packet->wire_len > 0 ? packet->wire_len : packet->len);
}

static void
put_record(struct capture_file *file, const struct capture_packet *packet)
{
	file->last_at = file->len;
	put32(file, (uint32_t)(packet->when_ns / NS_PER_S));
	put32(file, (uint32_t)(packet->when_ns % NS_PER_S));
	put32(file, (uint32_t)packet->len);
	put32(file, wire_len(packet));
	put(file, packet->bytes, packet->len);
}

static void
put_block(struct capture_file *file, const struct capture_packet *packet)
{
	static const uint8_t zeros[4];
	size_t pad = (4 - packet->len % 4) % 4;
	uint32_t block_len = (uint32_t)(32 + packet->len + pad);

	file->last_at = file->len;
	put32(file, 6);
	put32(file, block_len);
	put32(file, packet->interface);
	put32(file, (uint32_t)(packet->when_ns >> 32));
	put32(file, (uint32_t)packet->when_ns);
	put32(file, (uint32_t)packet->len);
	put32(file, wire_len(packet));
	put(file, packet->bytes, packet->len);
	put(file, zeros, pad);
	put32(file, block_len);
}

void
capture_file_begin_pcap(struct capture_file *file, uint32_t linktype)
{
	file->len = 0;
	file->ng = false;
	put32(file, 0xA1B23C4D);
	put16(file, 2);
	put16(file, 4);
	put32(file, 0);
	put32(file, 0);
	put32(file, SNAPLEN);
	put32(file, linktype);
	file->last_at = file->len;
}

void
capture_file_begin_pcapng(struct capture_file *file)
{
	file->len = 0;
	file->ng = true;
	put32(file, 0x0A0D0D0A);
	put32(file, 28);
	put32(file, 0x1A2B3C4D);
	put16(file, 1);
	put16(file, 0);
	put32(file, UINT32_MAX); /* section length: not known */
	put32(file, UINT32_MAX);
	put32(file, 28);
	file->last_at = file->len;
}

void
capture_file_interface(struct capture_file *file, uint16_t linktype)
{
	put32(file, 1);
	put32(file, 32);
	put16(file, linktype);
	put16(file, 0);
	put32(file, SNAPLEN);
	put16(file, 9); /* if_tsresol: nanoseconds */
	put16(file, 1);
	put32(file, 9);
	put32(file, 0); /* end of options */
	put32(file, 32);
}

void
capture_file_put(struct capture_file *file, const struct capture_packet *packet)
{
	if (file->ng)
		put_block(file, packet);
	else
		put_record(file, packet);
}

void
capture_file_write(
    const struct capture_file *file, size_t len, const char *path)
{
	FILE *out = fopen(path, "wb");

	assert(out != NULL);

	size_t written = fwrite(file->bytes, 1, len, out);

	assert(written == len);
	fclose(out);
}

void
capture_file_write_gz(
    const struct capture_file *file, size_t len, const char *path)
{
	gzFile out = gzopen(path, "wb");

	assert(out != NULL);

	int written = gzwrite(out, file->bytes, (unsigned)len);

	assert(written == (int)len);
	gzclose(out);
}
