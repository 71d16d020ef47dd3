/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records - the packets of a classic capture file, lent where they were read.
 *
 * Nearly every capture is one: the original format, in this machine's byte
 * order, neither compressed nor a pipe.  libpcap would copy each packet twice
 * (to its buffer, from there to ours); here the kernel reads into the arena
 * and the packets are lent as they lie.  Only whole batches of sound records
 * are: from the first batch that is not one, libpcap reads and judges.
 */
#ifndef STRAYMAIL_RECORDS_H
#define STRAYMAIL_RECORDS_H

#include "sensor/capture/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/types.h>

struct record {
	const uint8_t *bytes; /* lent until records_read_on() */
	uint32_t len, wire_len;
	struct timeval time; /* as libpcap gives it, in nanoseconds */
};

/* Plain, as a part of its file; the arena is lent, the same at each call. */
struct records {
	int fd;
	bool open;        /* not handed over to libpcap */
	off_t start;      /* of the capture, in what fd reads */
	off_t end;        /* up to where it was read */
	uint32_t longest; /* a record may be */
	int64_t unit_ns;  /* of a timestamp's fraction */

	/* places in the arena */
	size_t first; /* the batch's first record */
	size_t next;  /* the next one to be lent */
	size_t filled;
};

/* start: where fd stood before anything was read of it.  snaplen: libpcap's;
 * it would cut a longer record.  For anything but a classic capture in a
 * regular file it does not open. */
void records_begin(struct records *records, int fd, off_t start, int snaplen);

/* The next of the records that are there; false: none that is whole, or one of
 * a packet without bytes, which may not be what it seems. */
bool records_next(
    struct records *records, struct arena *arena, struct record *ret_record);

/* Reads on, and goes back to the batch's first record: whatever was lent of
 * this batch has moved.  False: there was no more, or no room for it. */
bool records_read_on(struct records *records, struct arena *arena);

/* The next record begins a batch; what was lent before is over. */
void records_begin_batch(struct records *records);

/* Where, behind `start`, the batch's first record lies. */
off_t records_offset(const struct records *records);

#endif
