/* SPDX-License-Identifier: Apache-2.0 */
/*
 * records - the packets of a classic capture file, lent where they were read.
 *
 * The format is that of draft-ietf-opsawg-pcap: a header of 24 bytes, then
 * records of 16 bytes and a packet each.
 */
#include "sensor/capture/records.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC_MICROSECONDS UINT32_C(0xa1b2c3d4)
#define MAGIC_NANOSECONDS  UINT32_C(0xa1b23c4d)
#define VERSION_MAJOR      2
#define VERSION_MINOR      4

/* Both are copied out of the file, in whose byte order ours has to be. */
struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t reserved[2];
	uint32_t snaplen, link;
};

struct record_header {
	int32_t seconds, fraction;
	uint32_t captured, on_wire;
};

_Static_assert(sizeof(struct file_header) == 24, "no padding");
_Static_assert(sizeof(struct record_header) == 16, "no padding");

/* What a unit of a fraction is worth; 0: no file of ours. */
static int64_t
unit_of(int fd, off_t start)
{
	struct file_header header;
	struct stat st;

	if (start < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    pread(fd, &header, sizeof(header), start) != sizeof(header) ||
	    header.major != VERSION_MAJOR || header.minor != VERSION_MINOR)
		return 0;
	if (header.magic == MAGIC_MICROSECONDS)
		return 1000;
	return header.magic == MAGIC_NANOSECONDS;
}

void
records_begin(struct records *records, int fd, off_t start, int snaplen)
{
	int64_t unit_ns = unit_of(fd, start);

	*records = (struct records){
		.fd = fd,
		.open = unit_ns != 0,
		.start = start,
		.end = start + (off_t)sizeof(struct file_header),
		.longest = snaplen > 0 && (size_t)snaplen < ARENA_FRAME
		    ? (uint32_t)snaplen
		    : (uint32_t)ARENA_FRAME,
		.unit_ns = unit_ns,
	};
}

bool
records_next(
    struct records *records, struct arena *arena, struct record *ret_record)
{
	const uint8_t *at = arena_memory(arena) + records->next;
	size_t there = records->filled - records->next;
	struct record_header header;

	if (there < sizeof(header))
		return false;
	memcpy(&header, at, sizeof(header));
	there -= sizeof(header);
	if (header.captured > records->longest || header.captured > there ||
	    (header.captured == 0 && header.on_wire == 0))
		return false;
	records->next += sizeof(header) + header.captured;
	*ret_record = (struct record){
		.bytes = at + sizeof(header),
		.len = header.captured,
		.wire_len = header.on_wire,
		.time = { .tv_sec = header.seconds,
		    .tv_usec = header.fraction * records->unit_ns },
	};
	return true;
}

bool
records_read_on(struct records *records, struct arena *arena)
{
	uint8_t *memory = arena_memory(arena);
	size_t kept = records->filled - records->first;
	ssize_t got;

	memmove(memory, memory + records->first, kept);
	records->first = 0;
	records->next = 0;
	records->filled = kept;
	got =
	    pread(records->fd, memory + kept, ARENA_BYTES - kept, records->end);
	if (got <= 0)
		return false;
	records->end += got;
	records->filled += (size_t)got;
	return true;
}

void
records_begin_batch(struct records *records)
{
	records->first = records->next;
}

off_t
records_offset(const struct records *records)
{
	size_t ahead = records->filled - records->first;

	return records->end - records->start - (off_t)ahead;
}
