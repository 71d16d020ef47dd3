/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture_file - pcap and pcapng files for tests, built in memory.
 *
 * Built byte by byte and not through libpcap, so that a test may cut and
 * damage them, and so that the reader is not tested with its own writer.
 */
#ifndef STRAYMAIL_TEST_CAPTURE_FILE_H
#define STRAYMAIL_TEST_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture_file {
	bool ng; /* it is pcapng */
	size_t len;
	size_t last_at; /* where the last packet's record or block begins */
	uint8_t bytes[1024 * 1024];
};

struct capture_packet {
	uint64_t when_ns;
	const void *bytes;
	size_t len;
	size_t wire_len;    /* 0: nothing was cut */
	uint32_t interface; /* pcapng */
};

/* pcap: with nanoseconds, in this machine's byte order. */
void capture_file_begin_pcap(struct capture_file *file, uint32_t linktype);

/* pcapng: one section; an interface comes before its packets. */
void capture_file_begin_pcapng(struct capture_file *file);
void capture_file_interface(struct capture_file *file, uint16_t linktype);

void capture_file_put(
    struct capture_file *file, const struct capture_packet *packet);

/* The first len bytes, to a file of that name; compressed where asked for. */
void capture_file_write(
    const struct capture_file *file, size_t len, const char *path);
void capture_file_write_gz(
    const struct capture_file *file, size_t len, const char *path);

#endif
