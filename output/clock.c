/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock - what a clock says.
 */
#include "output/clock.h"

#define NS_PER_S UINT64_C(1000000000)

uint64_t
clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}
