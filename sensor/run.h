/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run - a sensor that runs: started, listened to for signals, and ended.
 *
 * The main thread does nothing but wait: for a signal, for the end of the
 * capture, or for the next time that somebody wants to know how it goes.
 */
#ifndef STRAYMAIL_RUN_H
#define STRAYMAIL_RUN_H

#include "sensor/config.h"
#include "sensor/doctor/doctor.h"
#include "sensor/sensor.h"

#include <stdbool.h>
#include <stdint.h>

/* Plain; the first few are the caller's to set, the rest starts at zero. */
struct run {
	const struct config *config;
	struct doctor *doctor; /* looks after it; NULL: nobody does */
	uint64_t limit_ns;     /* how long it is to last; 0: until it ends */
	bool progress;         /* somebody watches */
	int aborted;           /* exit code where it is ended by force */

	struct sensor *sensor;
	uint64_t begun_ns;
	int signals;      /* signalfd */
	bool interrupted; /* INT or TERM came before the end */
};

/* False, and nothing is left of it, after it has said why. */
bool run_start(struct run *run);

/* Until the run is over, by itself or because it was asked to be. */
void run_wait(struct run *run);

uint64_t run_elapsed_ns(const struct run *run);

/* What run_start() has made. */
void run_end(struct run *run);

#endif
