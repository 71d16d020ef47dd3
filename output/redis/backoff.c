/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backoff - when to try again.
 */
#include "output/redis/backoff.h"

#include <sys/random.h>

/* Within a quarter of the wait; without randomness, none. */
static uint64_t
jitter(uint64_t wait_ns)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) !=
	    (ssize_t)sizeof random)
		return wait_ns;
	return wait_ns - wait_ns / 4 + random % (wait_ns / 2);
}

void
backoff_failed(struct backoff *backoff, uint64_t now_ns, bool patient)
{
	uint64_t wait_ns = BACKOFF_LEAST_NS << backoff->failures;

	if (patient || wait_ns > BACKOFF_MOST_NS)
		wait_ns = BACKOFF_MOST_NS;
	else
		backoff->failures++;
	backoff->until_ns = now_ns + jitter(wait_ns);
}

void
backoff_reset(struct backoff *backoff)
{
	*backoff = (struct backoff){ .until_ns = 0 };
}

bool
backoff_over(const struct backoff *backoff, uint64_t now_ns)
{
	return now_ns >= backoff->until_ns ||
	    backoff->until_ns - now_ns > 2 * BACKOFF_MOST_NS;
}
