/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requests - what other threads ask of the publisher's thread.
 *
 * Waiting for an answer is counted, not flagged: who asks while the publisher
 * is busy with an older request waits for the next answer.
 */
#include "output/requests.h"

#include <errno.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

void
requests_begin(struct requests *requests)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&requests->lock, NULL);
	pthread_cond_init(&requests->wake, &attributes);
	pthread_cond_init(&requests->answered, NULL);
	pthread_condattr_destroy(&attributes);
	requests->asked = (struct asked){ 0 };
	requests->settled = 0;
}

void
requests_end(struct requests *requests)
{
	pthread_cond_destroy(&requests->answered);
	pthread_cond_destroy(&requests->wake);
	pthread_mutex_destroy(&requests->lock);
}

static void
ask(struct requests *requests, bool *what)
{
	pthread_mutex_lock(&requests->lock);
	*what = true;
	pthread_cond_signal(&requests->wake);
	pthread_mutex_unlock(&requests->lock);
}

void
requests_nudge(struct requests *requests)
{
	ask(requests, &requests->asked.nudged);
}

void
requests_reopen(struct requests *requests)
{
	ask(requests, &requests->asked.reopen);
}

void
requests_stop(struct requests *requests)
{
	ask(requests, &requests->asked.stop);
}

void
requests_settle(struct requests *requests)
{
	uint64_t mine;

	pthread_mutex_lock(&requests->lock);
	mine = ++requests->asked.settle;
	pthread_cond_signal(&requests->wake);
	while (requests->settled < mine)
		pthread_cond_wait(&requests->answered, &requests->lock);
	pthread_mutex_unlock(&requests->lock);
}

static bool
is_asked(const struct requests *requests)
{
	const struct asked *asked = &requests->asked;

	return asked->nudged || asked->reopen || asked->stop ||
	    asked->settle > requests->settled;
}

/* 0, or ETIMEDOUT. */
static int
wait_until(struct requests *requests, uint64_t until_ns)
{
	struct timespec until = { .tv_sec = (time_t)(until_ns / NS_PER_S),
		.tv_nsec = (long)(until_ns % NS_PER_S) };

	if (until_ns == UINT64_MAX)
		return pthread_cond_wait(&requests->wake, &requests->lock);
	return pthread_cond_timedwait(&requests->wake, &requests->lock, &until);
}

struct asked
requests_take(struct requests *requests, uint64_t until_ns)
{
	struct asked taken;
	int waited = 0;

	pthread_mutex_lock(&requests->lock);
	while (!is_asked(requests) && waited != ETIMEDOUT)
		waited = wait_until(requests, until_ns);
	taken = requests->asked;
	requests->asked.nudged = false;
	requests->asked.reopen = false;
	pthread_mutex_unlock(&requests->lock);
	return taken;
}

void
requests_answer(struct requests *requests, const struct asked *asked)
{
	pthread_mutex_lock(&requests->lock);
	requests->settled = asked->settle;
	pthread_cond_broadcast(&requests->answered);
	pthread_mutex_unlock(&requests->lock);
}
