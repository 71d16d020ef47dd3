/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress - what a person sees of a long run, on stderr.
 */
#ifndef STRAYMAIL_PROGRESS_H
#define STRAYMAIL_PROGRESS_H

#include "sensor/sensor.h"

#include <stdint.h>

/* One line that draws over itself: percent, packets a second, time left.
 * elapsed_ns: since the start. */
void progress_draw(struct sensor_shown shown, uint64_t elapsed_ns);

/* One line of statistics, in the log (USR1), and one for each of several
 * workers. */
void progress_log(struct sensor_shown shown, uint64_t elapsed_ns);

/* Every counter that is not 0, and what each of several workers had (-v). */
void progress_details(
    const struct counters *counters, struct sensor_shown shown);

/* The last line of a run. */
void progress_summary(
    const struct sensor_outcome *outcome, uint64_t elapsed_ns);

#endif
