/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage - what this process takes of the machine, as the kernel counts it.
 */
#ifndef STRAYMAIL_USAGE_H
#define STRAYMAIL_USAGE_H

#include <stdint.h>

struct usage {
	uint64_t cpu_ms; /* of all threads, since the start; user and system */
	uint64_t rss_bytes; /* resident now; 0: the kernel does not say */
};

struct usage usage_now(void);

#endif
