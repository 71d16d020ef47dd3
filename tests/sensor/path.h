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

#include "tests/sensor/rig.h"
#include "tests/support/talk.h"

#include "output/observation.h"

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
	struct rig rig;
	void (*opened)(struct path *path); /* the capture was; or NULL */
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
	talk_begin(&path->talk, path->file);
	path->opened = NULL;
	rig_begin(&path->rig);
	path->rig.worker_options.replay = false;
}

/* The capture is complete, and the worker can read it. */
static inline void
path_build(struct path *path, struct sink *const *sinks, unsigned sink_count)
{
	const char *files[] = { path->file };

	talk_end(&path->talk);
	path->rig.capture = capture_open_files(&(struct capture_files){
	    .paths = files, .count = 1, .sources = path->rig.sources });
	if (path->opened != NULL)
		path->opened(path);
	assert_true(rig_build(&path->rig, sinks, sink_count));
}

static inline void
path_run(struct path *path)
{
	atomic_bool stop = false;

	path_build(path, NULL, 0);
	assert_true(worker_run(path->rig.worker, &stop));
}

/* The next thing told of a dialog.  False: that was all. */
static inline bool
path_told(struct path *path, struct sighting *ret_seen)
{
	struct observation seen;

	while (ring_pop(path->rig.ring, &seen)) {
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
	return worker_counters(path->rig.worker);
}

static inline void
path_end(struct path *path)
{
	rig_end(&path->rig);
	unlink(path->file);
}

#endif
