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
void progress_draw(const struct shown *shown, uint64_t elapsed_ns);

/* One line of statistics, in the log (USR1). */
void progress_log(const struct shown *shown, uint64_t elapsed_ns);

/* The last line of a run, and with `details` every counter that is not 0. */
void progress_summary(
    const struct sensor_outcome *outcome, uint64_t elapsed_ns, bool details);

#endif
