/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sensor - capture, workers and publisher: made, started, watched and stopped
 * in the right order.
 *
 * Start: captures and sinks are opened, then the threads run.  Stop: the
 * workers end what is open and return, the publisher drains their rings, the
 * sinks are flushed and closed.  The end of the last file takes the same path.
 */
#ifndef STRAYMAIL_SENSOR_H
#define STRAYMAIL_SENSOR_H

#include "output/ledger.h"
#include "sensor/capture/capture.h"
#include "sensor/counters.h"

#include <stdbool.h>

struct config;
struct sensor;

/* Opens everything that the configuration names.  NULL after it has said what
 * is missing; the configuration is borrowed. */
struct sensor *sensor_new(const struct config *config);
void sensor_free(struct sensor *sensor);

/* False after it has said why. */
bool sensor_start(struct sensor *sensor);

/* Becomes readable when the run is over: the workers have returned, by themselves
 * or because they were asked to, and the sinks have been told and closed. */
int sensor_done_fd(const struct sensor *sensor);

/* Asks the workers to return; any thread, more than once. */
void sensor_stop(struct sensor *sensor);

/* Log files are opened anew. */
void sensor_reopen(struct sensor *sensor);

/* What each worker has seen so far; any time. */
struct sensor_shown {
	const struct shown *of; /* one a worker */
	unsigned workers;
};

struct sensor_shown sensor_shown(const struct sensor *sensor);

/* ... and all counters of all workers, as they were within the last second. */
void sensor_counters(
    const struct sensor *sensor, struct counters *ret_counters);

/* Something is wrong with the mirror port: told like what workers see, but lost
 * where there is no room.  The main thread's alone. */
void sensor_tell(struct sensor *sensor, const struct diagnostic *news);

struct sensor_outcome {
	bool capture_failed; /* live: no interface is left */
	bool untold;         /* a sink did not take everything */
	struct capture_outcome capture;
	struct ledger_counts servers;
	uint64_t strangers; /* servers on mail ports that are none */
	struct counters counters;
};

/* Waits for that, and says how it was; once, after sensor_start(). */
void sensor_finish(struct sensor *sensor, struct sensor_outcome *ret_outcome);

#endif
