/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay - capture files, one after the other, as one run of frames.
 *
 * Their own timestamps are the only time there is, so that a replay gives the
 * same result whenever it is run.  A bad file costs one line and a count; the
 * next one is read.
 */
#include "output/log.h"
#include "output/sources.h"
#include "sensor/capture/backend.h"
#include "sensor/capture/file.h"
#include "sensor/capture/file_list.h"
#include "sensor/capture/filter.h"
#include "sensor/counters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

/* libpcap alone would read 4 KiB at a time; this pays for copying frames. */
#define BUFFER_BYTES ((size_t)256 * 1024)

/* No time-out is longer, and a clock that was set must not overflow ours. */
#define STEP_MAX_NS (UINT64_C(86400) * NS_PER_S)

struct replay {
	struct capture capture; /* first: see backend.h */
	struct capture_files want;
	struct file_list *list;
	size_t next; /* in the list */
	struct file *file;
	const struct file_entry *entry; /* the open file's */
	uint32_t source;
	uint64_t told_before; /* dialogs, when the file was opened */
	struct arena *arena;
	char *buffer;
	uint64_t tick_ns, last_ns;
	uint64_t bytes_done, bytes_all;
	struct capture_outcome outcome;
};

static const char *
shown(const char *path)
{
	return strcmp(path, "-") == 0 ? "stdin" : path;
}

/* Adds the open file to the sources; false after it has said why. */
static bool
add_source(struct replay *replay)
{
	char digest[DIGEST_TEXT], name[SOURCE_NAME_MAX];
	const char *path = replay->entry->path;
	bool named = !replay->want.replay_as_new && strcmp(path, "-") != 0 &&
	    file_digest(replay->file, digest);

	if (!named && !digest_fresh(digest)) {
		log_warn("%s: no random name for it", shown(path));
		return false;
	}
	snprintf(name, sizeof(name), "pcap/%s", digest);

	int64_t source = sources_add(replay->want.sources, name, shown(path));

	if (source < 0) {
		log_warnx("%s: too many files", shown(path));
		return false;
	}
	replay->source = (uint32_t)source;
	return true;
}

/* Relaxed: nothing else is shown with it. */
static bool
stopped(const struct replay *replay)
{
	return replay->want.stop != NULL &&
	    atomic_load_explicit(replay->want.stop, memory_order_relaxed);
}

/* Opens the next file that can be; file stays NULL where there is none. */
static void
open_next(struct replay *replay)
{
	struct file_options options = {
		.filter = replay->want.filter,
		.buffer = replay->buffer,
		.buffer_len = BUFFER_BYTES,
		.stop = replay->want.stop,
	};
	struct file_reason reason;

	while (replay->file == NULL &&
	    replay->next < file_list_count(replay->list)) {
		replay->entry = file_list_at(replay->list, replay->next++);
		replay->outcome.files++;
		replay->file =
		    file_open(replay->entry->path, &options, &reason);
		if (replay->file != NULL || stopped(replay))
			return;
		log_warnx("%s: %s", shown(replay->entry->path), reason.text);
		replay->outcome.unusable++;
		replay->bytes_done += replay->entry->bytes;
	}
}

static void
close_file(struct replay *replay)
{
	replay->bytes_done += replay->entry->bytes > 0
	    ? replay->entry->bytes
	    : file_consumed(replay->file);
	file_free(replay->file);
	replay->file = NULL;
}

static uint64_t
dialogs_told(const struct replay *replay)
{
	return replay->want.shown != NULL ? counters_told(replay->want.shown)
					  : 0;
}

/* Nothing analysed is unusable; so is a part, to the strict. */
static void
count_broken(struct replay *replay)
{
	char fault[FILE_REASON], sightings[64] = "";
	uint64_t packets = file_packets(replay->file);
	uint64_t told = dialogs_told(replay) - replay->told_before;

	file_fault(replay->file, fault);
	if (replay->want.shown != NULL)
		snprintf(sightings, sizeof(sightings),
		    ", %" PRIu64 " sighting%s reported", told,
		    told == 1 ? "" : "s");
	log_warnx("%s: %s; %" PRIu64 " packet%s analysed%s",
	    shown(replay->entry->path), fault, packets, packets == 1 ? "" : "s",
	    sightings);
	if (packets == 0 || replay->want.strict)
		replay->outcome.unusable++;
	else
		replay->outcome.partial++;
}

/* The sum of the forward steps of the timestamps. */
static void
advance(struct replay *replay, uint64_t when_ns)
{
	if (replay->last_ns != 0 && when_ns > replay->last_ns) {
		uint64_t step = when_ns - replay->last_ns;

		replay->tick_ns += step < STEP_MAX_NS ? step : STEP_MAX_NS;
	}
	replay->last_ns = when_ns;
}

static void
stamp(struct replay *replay, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct frame *frame = &batch->frame[i];

		advance(replay, frame->when_ns);
		frame->tick_ns = replay->tick_ns;
		frame->source = replay->source;
	}
	batch->tick_ns = replay->tick_ns;
	replay->outcome.frames += batch->count;
}

static enum capture_result
replay_next(struct capture *capture, struct batch *batch)
{
	struct replay *replay = (struct replay *)capture;

	batch->count = 0;
	batch->tick_ns = replay->tick_ns;
	if (replay->file == NULL) {
		open_next(replay);
		if (replay->file == NULL)
			return CAPTURE_END;
		if (!add_source(replay))
			return CAPTURE_FAILED;
		replay->told_before = dialogs_told(replay);
	}

	enum file_result result = file_read(replay->file, replay->arena, batch);

	stamp(replay, batch);
	if (batch->count > 0)
		return CAPTURE_BATCH_READY;
	if (result == FILE_MORE) /* a filter let nothing pass */
		return CAPTURE_QUIET;
	if (result == FILE_BROKEN)
		count_broken(replay);
	close_file(replay);
	return CAPTURE_SOURCE_END;
}

static void
replay_numbers(struct capture *capture, struct capture_numbers *ret_numbers)
{
	struct replay *replay = (struct replay *)capture;

	*ret_numbers = (struct capture_numbers){
		.bytes_read = replay->bytes_done,
		.bytes_all = replay->bytes_all,
	};
	if (replay->file != NULL)
		ret_numbers->bytes_read += file_consumed(replay->file);
}

static struct capture_outcome
replay_outcome(const struct capture *capture)
{
	return ((const struct replay *)capture)->outcome;
}

static void
replay_free(struct capture *capture)
{
	struct replay *replay = (struct replay *)capture;

	file_free(replay->file);
	file_list_free(replay->list);
	arena_free(replay->arena);
	free(replay->buffer);
	free(replay);
}

static const struct capture_verbs verbs = {
	.next = replay_next,
	.numbers = replay_numbers,
	.outcome = replay_outcome,
	.free = replay_free,
};

struct capture *
capture_open_files(const struct capture_files *files)
{
	if (files->filter != NULL && !filter_check(files->filter))
		return NULL;

	struct replay *replay = calloc(1, sizeof(*replay));

	if (replay == NULL)
		goto no_memory;
	replay->capture.verbs = &verbs;
	replay->want = *files;
	replay->tick_ns = NS_PER_S;
	replay->arena = arena_new();
	replay->buffer = malloc(BUFFER_BYTES);
	replay->list = file_list_new(files->paths, files->count);
	if (replay->arena == NULL || replay->buffer == NULL ||
	    replay->list == NULL) {
		replay_free(&replay->capture);
		goto no_memory;
	}
	for (size_t i = 0; i < file_list_count(replay->list); i++)
		replay->bytes_all += file_list_at(replay->list, i)->bytes;
	return &replay->capture;
no_memory:
	log_warnx("capture files: no memory");
	return NULL;
}
