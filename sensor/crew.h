/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew - the workers of a run: how many, what each gets, and their threads.
 *
 * Sizes in the configuration are for the process, and are divided here.  Each
 * worker has a ring and counters of its own; whoever wants totals sums them up.
 */
#ifndef STRAYMAIL_CREW_H
#define STRAYMAIL_CREW_H

#include "sensor/counters.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CREW_MAX 64

struct capture;
struct config;
struct crew;
struct mirror_port;
struct publisher;
struct ring;

/* One worker in `read`; else as configured, where `auto` is one for each
 * processor that this process may run on.  Their rings and what they show are
 * there from now on.  The configuration is borrowed.  NULL after it has said
 * why. */
struct crew *crew_new(const struct config *config);
void crew_free(struct crew *crew);

unsigned crew_size(const struct crew *crew);

struct ring *const *crew_rings(const struct crew *crew);

/* What has been seen so far, one a worker; any time. */
const struct shown *crew_shown(const struct crew *crew);

/* The workers, each with one of the captures, that know these ports, one for
 * each interface; all borrowed.  False after it has said why. */
bool crew_hire(struct crew *crew, struct capture *const *captures,
    struct publisher *publisher, const struct mirror_port *ports);

/* Runs all of them, the first one on the caller's thread, until they return.
 * False: one of them had no thread, or its capture failed; it has said why, and
 * the others were asked to return. */
bool crew_run(struct crew *crew);

/* Asks all to return; any thread, more than once. */
void crew_stop(struct crew *crew);

/* Whether all were asked to; any thread. */
const atomic_bool *crew_stopping(const struct crew *crew);

/* The sum; after crew_run(). */
struct counters crew_counters(const struct crew *crew);

#endif
