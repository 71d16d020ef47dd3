/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requests - what other threads ask of the publisher's thread.
 *
 * A lock and two conditions, so that whoever asks need not know when it wakes,
 * and a request is never missed: what was asked stays asked until it is taken.
 */
#ifndef STRAYMAIL_REQUESTS_H
#define STRAYMAIL_REQUESTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* What was asked since it was last taken. */
struct asked {
	bool nudged;     /* something is in a ring */
	bool reopen;     /* log files were rotated */
	bool stop;       /* the run ends; stays asked */
	uint64_t settle; /* this many have asked to wait so far */
};

/* In the publisher's memory; its fields are requests.c's. */
struct requests {
	pthread_mutex_t lock;
	pthread_cond_t wake, answered;
	struct asked asked;
	uint64_t settled; /* this many may go on */
};

void requests_begin(struct requests *requests);
void requests_end(struct requests *requests);

/* Any thread. */
void requests_nudge(struct requests *requests);
void requests_reopen(struct requests *requests);
void requests_stop(struct requests *requests);

/* Returns when the publisher has answered a take that came after this call. */
void requests_settle(struct requests *requests);

/* The publisher's: waits until something is asked or until until_ns of
 * CLOCK_MONOTONIC (UINT64_MAX: without an end). */
struct asked requests_take(struct requests *requests, uint64_t until_ns);

/* All that was in the rings when `asked` was taken has been handled. */
void requests_answer(struct requests *requests, const struct asked *asked);

#endif
