/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock - what a clock says, in nanoseconds.
 *
 * Time is a parameter wherever it can be one, so that a replay is exact:
 * tests/layers.sh has the list of those who may ask.
 */
#ifndef STRAYMAIL_CLOCK_H
#define STRAYMAIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_REALTIME: since the epoch; CLOCK_MONOTONIC: since some time. */
uint64_t clock_ns(clockid_t clock);

#endif
