/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interleave - frames of several interfaces, put in the order of their times.
 *
 * The two directions of a connection may come in on two interfaces (a tap).
 * Each is read in blocks, so a frame may have to wait for an older one that
 * the other has not handed over yet: until every other interface has a later
 * one ready, or until it is 200 ms old, two block time-outs.
 */
#ifndef STRAYMAIL_INTERLEAVE_H
#define STRAYMAIL_INTERLEAVE_H

#include "sensor/capture/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTERLEAVE_OLD_NS  UINT64_C(200000000)
#define INTERLEAVE_NOTHING UINT32_MAX

/* What one interface has ready, oldest first. */
struct interleave_queue {
	struct batch batch;
	size_t at;   /* the head; batch.count: it is empty */
	bool closed; /* nothing more will come: do not wait for it */
};

bool interleave_empty(const struct interleave_queue *queue);

/* The queue whose head may be passed on now, or INTERLEAVE_NOTHING.  now_ns is the
 * clock that stamps the frames. */
uint32_t interleave_next(
    const struct interleave_queue *queues, uint32_t count, uint64_t now_ns);

/* How long the oldest head has to wait at most; UINT64_MAX: there is none. */
uint64_t interleave_wait_ns(
    const struct interleave_queue *queues, uint32_t count, uint64_t now_ns);

#endif
