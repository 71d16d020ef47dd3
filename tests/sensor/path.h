/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path - the whole way of frames, from a file to what is told, for tests.
 *
 *	path_begin(&path);
 *	talk_connect(&path.talk, 40000, 2525); ...
 *	path_run(&path);
 *	while (path_told(&path, &seen)) ...
 *	path_end(&path);
 *
 * Nobody drains the ring while the worker runs, so that what was told can be
 * read in its order; it has room for all of it.
 */
#ifndef STRAYMAIL_TEST_PATH_H
#define STRAYMAIL_TEST_PATH_H

#include "tests/support/talk.h"

#include "output/ledger.h"
#include "output/observation.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "output/sources.h"
#include "sensor/capture/capture.h"
#include "sensor/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct path {
	char file[64];
	struct talk talk;
	size_t slots; /* of the ring; a test may set more */
	struct output_options options;
	struct sources *sources;
	struct capture *capture;
	struct ring *ring;
	struct ledger *ledger;
	struct publisher *publisher;
	struct worker *worker;
	struct shown shown;
};

static inline void
path_begin(struct path *path)
{
	int fd;

	memset(path, 0, sizeof(*path));
	strcpy(path->file, "/tmp/straymail-path-XXXXXX");
	fd = mkstemp(path->file);
	assert_true(fd >= 0);
	close(fd);
	path->slots = 256;
	talk_begin(&path->talk, path->file);
}

static inline void
path_run(struct path *path)
{
	const struct worker_options options = {
		.flows = 1024,
		.dialogs = 256,
		.reassembly = 1U << 20,
		.secret = "a test's",
		.policy = &path->options,
	};
	const char *files[] = { path->file };
	atomic_bool stop = false;

	talk_end(&path->talk);
	path->options = (struct output_options){
		.sensor_name = "test", .servers_max = 16, .replay = true
	};
	path->sources = sources_new(4);
	path->capture = capture_open_files(&(struct capture_files){
	    .paths = files, .count = 1, .sources = path->sources });
	path->ring = ring_new(path->slots);
	path->ledger = ledger_new(&path->options);
	path->publisher =
	    publisher_new(&(struct publisher_parts){ .options = &path->options,
		.ledger = path->ledger,
		.rings = &path->ring,
		.ring_count = 1 }); /* to be nudged; it never starts */
	assert_non_null(path->capture);
	assert_non_null(path->publisher);
	path->worker = worker_new(&options,
	    &(struct worker_parts){ .capture = path->capture,
		.ring = path->ring,
		.publisher = path->publisher,
		.shown = &path->shown });
	assert_non_null(path->worker);
	assert_true(worker_run(path->worker, &stop));
}

/* The next thing told of a dialog.  False: that was all. */
static inline bool
path_told(struct path *path, struct sighting *ret_seen)
{
	struct observation seen;

	while (ring_pop(path->ring, &seen)) {
		if (seen.kind != OBSERVED_SIGHTING)
			continue;
		*ret_seen = seen.sighting;
		return true;
	}
	return false;
}

static inline const struct counters *
path_counters(const struct path *path)
{
	return worker_counters(path->worker);
}

static inline void
path_end(struct path *path)
{
	worker_free(path->worker);
	publisher_free(path->publisher);
	ring_free(path->ring);
	ledger_free(path->ledger);
	if (path->capture != NULL)
		capture_free(path->capture);
	sources_free(path->sources);
	unlink(path->file);
}

#endif
