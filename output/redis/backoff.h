/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backoff - when to try again: after 100 ms, then twice as long each time, up
 * to 30 s; a quarter more or less, so that many sensors do not come together.
 */
#ifndef STRAYMAIL_BACKOFF_H
#define STRAYMAIL_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#define BACKOFF_LEAST_NS (100ULL * 1000 * 1000)
#define BACKOFF_MOST_NS  (30ULL * 1000 * 1000 * 1000)

struct backoff {
	unsigned failures;
	uint64_t until_ns; /* 0: at once */
};

/* patient: somebody has to repair something first, so the longest wait. */
void backoff_failed(struct backoff *backoff, uint64_t now_ns, bool patient);

/* It works: the next failure is the first again. */
void backoff_reset(struct backoff *backoff);

/* A clock that was set back does not make anybody wait for longer. */
bool backoff_over(const struct backoff *backoff, uint64_t now_ns);

#endif
