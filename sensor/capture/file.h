/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - one capture file, read through libpcap.
 *
 * pcap and pcapng, in any byte order and time resolution, compressed or not,
 * from a disk or from a pipe.  A file that is not what it should be is told
 * with a reason, never by a crash; what stands before the damage is read.
 */
#ifndef STRAYMAIL_FILE_H
#define STRAYMAIL_FILE_H

#include "sensor/capture/arena.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/digest.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILE_REASON 640

struct file;

struct file_reason {
	bool foreign; /* no capture at all, by its first bytes */
	char text[FILE_REASON];
};

struct file_options {
	const char *filter; /* NULL: none */
	char *buffer;       /* what is read at a time; lent until file_free() */
	size_t buffer_len;
	const atomic_bool *stop; /* once set, reading ends; NULL: never */
	bool any_link; /* only look: a link type need not be decodable */
};

/* "-" is stdin.  NULL, and why in *ret_reason. */
struct file *file_open(const char *path, const struct file_options *options,
    struct file_reason *ret_reason);
void file_free(struct file *file);

/* A digest of the content; false where it has none (a pipe). */
bool file_digest(const struct file *file, char ret_text[static DIGEST_TEXT]);

enum file_result {
	FILE_MORE,
	FILE_END,
	FILE_BROKEN, /* file_fault() says why */
};

/*
 * Fills an empty batch, or as much of it as came before a stop: bytes (copied to the arena), lengths, link, number and
 * when_ns of each frame.  It may stay empty where a filter let nothing pass.
 * After the end or a fault there are no frames, and the answer is the same.
 */
enum file_result file_read(
    struct file *file, struct arena *arena, struct batch *batch);

/* "REASON at packet N, offset O". */
void file_fault(const struct file *file, char ret_text[static FILE_REASON]);

/* Packets that were read, those that a filter hid among them. */
uint64_t file_packets(const struct file *file);

/* Bytes that were read, as they lie on the disk. */
uint64_t file_consumed(const struct file *file);

/* The timestamp of a file's first packet; UINT64_MAX: it has none. */
uint64_t file_first_ns(const char *path, struct file_reason *ret_reason);

#endif
