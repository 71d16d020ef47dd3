/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - one capture file, read through libpcap.
 *
 * libpcap opens and judges every file.  As long as its records are those of a
 * sound classic capture they are lent by records.c; libpcap goes on where that
 * ends, so what is wrong with a file is always libpcap's to say.
 */
#include "sensor/capture/file.h"

#include "sensor/capture/fault.h"
#include "sensor/capture/filter.h"
#include "sensor/capture/foreign.h"
#include "sensor/capture/gzip.h"
#include "sensor/capture/records.h"
#include "sensor/decode/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MAGIC_LEN 4 /* what every capture file begins with */

struct file {
	int fd; /* gzip's; only looked at */
	struct gzip *gzip;
	pcap_t *pcap;
	struct records records; /* open: they are read, not libpcap */
	uint16_t link;
	bool filtered;
	struct bpf_program filter;
	uint64_t packets;
	enum file_result result; /* FILE_MORE until it has come to an end */
	struct fault fault;
	const char *broken; /* why, where libpcap has nothing against it */

	/* during file_read() */
	struct arena *arena;
	struct batch *batch;
};

/* A descriptor of something that can be read from front to back, or -1. */
static int
open_path(const char *path, struct file_reason *ret_reason)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	    : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		snprintf(ret_reason->text, FILE_REASON, "%s",
		    strerrordesc_np(errno));
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		snprintf(ret_reason->text, FILE_REASON,
		    "a directory without capture files");
		close(fd);
		return -1;
	}
	return fd;
}

/* libpcap did not take it: is it damaged, or something else altogether? */
static void
say_unopened(
    const struct gzip *gzip, const char *words, struct file_reason *ret_reason)
{
	struct slice head = gzip_head(gzip);
	bool damaged = true;

	if (gzip_error(gzip) != NULL)
		words = gzip_error(gzip);
	else if (head.len < MAGIC_LEN ||
	    strstr(words, "unknown file format") != NULL)
		words = foreign_kind(head, &damaged);
	ret_reason->foreign = !damaged;
	snprintf(ret_reason->text, FILE_REASON, "%s", words);
}

static bool
open_pcap(struct file *file, struct file_reason *ret_reason)
{
	char words[PCAP_ERRBUF_SIZE];
	FILE *stream = gzip_stream(file->gzip);

	file->pcap = pcap_fopen_offline_with_tstamp_precision(
	    stream, PCAP_TSTAMP_PRECISION_NANO, words);
	if (file->pcap != NULL)
		return true;
	say_unopened(file->gzip, words, ret_reason);
	fclose(stream);
	return false;
}

static bool
check_link(struct file *file, bool any, struct file_reason *ret_reason)
{
	int link = pcap_datalink(file->pcap);
	const char *name = pcap_datalink_val_to_name(link);

	file->link = (uint16_t)link;
	if (any || frame_link_known(link))
		return true;
	snprintf(ret_reason->text, FILE_REASON,
	    "link type %d (%s) is not supported", link,
	    name != NULL ? name : "unknown");
	return false;
}

static bool
set_filter(
    struct file *file, const char *filter, struct file_reason *ret_reason)
{
	char words[FILTER_REASON];

	if (filter == NULL)
		return true;
	if (!filter_compile(file->pcap, filter, &file->filter, words)) {
		snprintf(ret_reason->text, FILE_REASON, "%s", words);
		return false;
	}
	file->filtered = true;
	return true;
}

struct file *
file_open(const char *path, const struct file_options *options,
    struct file_reason *ret_reason)
{
	ret_reason->foreign = false;

	int fd = open_path(path, ret_reason);

	if (fd < 0)
		return NULL;

	off_t start = lseek(fd, 0, SEEK_CUR);
	struct gzip *gzip =
	    gzip_new(fd, options->buffer, options->buffer_len, options->stop);
	struct file *file = calloc(1, sizeof(*file));

	if (gzip == NULL || file == NULL) {
		snprintf(ret_reason->text, FILE_REASON, "no memory to read it");
		if (gzip != NULL)
			fclose(gzip_stream(gzip));
		gzip_free(gzip);
		free(file);
		return NULL;
	}
	file->fd = fd;
	file->gzip = gzip;
	if (!open_pcap(file, ret_reason) ||
	    !check_link(file, options->any_link, ret_reason) ||
	    !set_filter(file, options->filter, ret_reason)) {
		file_free(file);
		return NULL;
	}
	records_begin(&file->records, fd, start, pcap_snapshot(file->pcap));
	return file;
}

void
file_free(struct file *file)
{
	if (file == NULL)
		return;
	if (file->filtered)
		pcap_freecode(&file->filter);
	if (file->pcap != NULL)
		pcap_close(file->pcap); /* the stream with it */
	gzip_free(file->gzip);
	free(file);
}

bool
file_digest(const struct file *file, char ret_text[static DIGEST_TEXT])
{
	return digest_of_file(file->fd, ret_text);
}

static bool
passes(const struct file *file, const struct pcap_pkthdr *header,
    const u_char *bytes)
{
	return !file->filtered ||
	    pcap_offline_filter(&file->filter, header, bytes) != 0;
}

/* The newest packet, as the batch's next frame. */
static void
add_frame(struct file *file, struct batch *batch,
    const struct pcap_pkthdr *header, struct slice bytes)
{
	batch->frame[batch->count++] = (struct frame){
		.bytes = bytes,
		.wire_len = header->len,
		.link = file->link,
		.number = file->packets,
		.when_ns = fault_time(header->ts.tv_sec, header->ts.tv_usec),
	};
}

static bool
is_packet(struct file *file, const struct pcap_pkthdr *header)
{
	if (header->caplen > 0)
		file->fault = (struct fault){ 0 };
	else if (file->broken == NULL)
		file->broken = fault_look(&file->fault,
		    &(struct fault_record){ header->ts.tv_sec,
			header->ts.tv_usec, header->caplen, header->len });
	return file->broken == NULL;
}

static void
take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct file *file = (struct file *)(void *)user;

	if (!is_packet(file, header)) {
		pcap_breakloop(file->pcap);
		return;
	}
	file->packets++;
	if (!passes(file, header, bytes))
		return;
	add_frame(file, file->batch, header,
	    arena_copy(file->arena, bytes, header->caplen));
	if (arena_full(file->arena))
		pcap_breakloop(file->pcap);
}

/* Of the records that are there, as many as make a batch.  False: the batch
 * would go on. */
static bool
lend_records(struct file *file, struct arena *arena, struct batch *batch)
{
	struct record record;
	size_t bytes = 0;

	for (int taken = 0; taken < CAPTURE_BATCH; taken++) {
		if (!records_next(&file->records, arena, &record))
			return false;

		struct pcap_pkthdr header = { record.time, record.len,
			record.wire_len };

		file->packets++;
		if (!passes(file, &header, record.bytes))
			continue;
		add_frame(
		    file, batch, &header, slice_of(record.bytes, record.len));
		bytes += record.len;
		if (bytes >= ARENA_FULL)
			break;
	}
	return true;
}

/* The batch that pcap_dispatch() and take() would make.  False: something in
 * it is not as it should be, or the file ends there. */
static bool
read_records(struct file *file, struct arena *arena, struct batch *batch)
{
	uint64_t before = file->packets;
	bool more = true;

	records_begin_batch(&file->records);
	while (!lend_records(file, arena, batch)) {
		file->packets = before;
		batch->count = 0;
		if (!more)
			return false;
		more = records_read_on(&file->records, arena);
	}
	return true;
}

/* From the batch's first record on.  False: the stream would not go there. */
static bool
hand_over_to_libpcap(struct file *file)
{
	file->records.open = false;
	return fseeko(gzip_stream(file->gzip), records_offset(&file->records),
		   SEEK_SET) == 0;
}

/* A compressed file may end in mid stream, and a file that somebody cuts short
 * meanwhile where a packet does. */
static bool
ended_well(struct file *file)
{
	struct stat st;

	if (fstat(file->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size < gzip_consumed(file->gzip))
		file->broken = "it was cut short while it was read";
	return file->broken == NULL && gzip_error(file->gzip) == NULL;
}

enum file_result
file_read(struct file *file, struct arena *arena, struct batch *batch)
{
	batch->count = 0;
	if (file->result != FILE_MORE)
		return file->result;
	if (file->records.open) {
		if (read_records(file, arena, batch))
			return FILE_MORE;
		if (!hand_over_to_libpcap(file))
			return file->result = FILE_BROKEN;
	}
	arena_clear(arena);
	file->arena = arena;
	file->batch = batch;

	int got = pcap_dispatch(
	    file->pcap, CAPTURE_BATCH, take, (u_char *)(void *)file);

	if (file->broken != NULL)
		return file->result = FILE_BROKEN;
	if (got == PCAP_ERROR_BREAK) /* by take(), now or the last time */
		return FILE_MORE;
	if (got < 0 && gzip_stopped(file->gzip))
		return FILE_MORE;
	if (got < 0)
		file->result = FILE_BROKEN;
	else if (got == 0)
		file->result = ended_well(file) ? FILE_END : FILE_BROKEN;
	return file->result;
}

void
file_fault(const struct file *file, char ret_text[static FILE_REASON])
{
	const char *words = gzip_error(file->gzip);

	if (words == NULL)
		words = file->broken;
	if (words == NULL)
		words = pcap_geterr(file->pcap);
	snprintf(ret_text, FILE_REASON, "%s%s at packet %llu, offset %lld",
	    words, fault_advice(words), (unsigned long long)file->packets + 1,
	    (long long)ftello(gzip_stream(file->gzip)));
}

uint64_t
file_packets(const struct file *file)
{
	return file->packets;
}

uint64_t
file_consumed(const struct file *file)
{
	return file->records.open ? (uint64_t)records_offset(&file->records)
				  : gzip_consumed(file->gzip);
}

uint64_t
file_first_ns(const char *path, struct file_reason *ret_reason)
{
	char buffer[4096];
	struct file_options options = {
		.buffer = buffer,
		.buffer_len = sizeof(buffer),
		.any_link = true,
	};
	struct file *file = file_open(path, &options, ret_reason);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	uint64_t first_ns = UINT64_MAX;

	if (file == NULL)
		return UINT64_MAX;
	ret_reason->text[0] = '\0';
	if (pcap_next_ex(file->pcap, &header, &bytes) == 1)
		first_ns = fault_time(header->ts.tv_sec, header->ts.tv_usec);
	file_free(file);
	return first_ns;
}
