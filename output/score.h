/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score - how much a server deserves somebody's attention, and why.
 *
 * One table of terms, each with its points and its word; the sum starts at 30
 * and ends within 0 to 100.  Every term that counted is shown.
 */
#ifndef STRAYMAIL_SCORE_H
#define STRAYMAIL_SCORE_H

#include "output/options.h"

#include <stdint.h>

struct server;

enum severity {
	SEVERITY_INFO,
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL
};

struct score {
	uint8_t points;   /* 0 to 100 */
	uint8_t severity; /* enum severity */
	uint16_t terms;   /* bit i: score_term_name(i) counted */
};

/*
 * From what the server's best dialogs showed.  A server on a standard port is
 * never more than SEVERITY_INFO.  now_ns: capture time in `read`, the wall clock in `watch`.
 */
struct score score_of(const struct output_options *options,
    const struct server *server, uint64_t now_ns);

/* NULL past the last one; ret_points may be NULL. */
const char *score_term_name(unsigned term, int *ret_points);

/* "info" ... "critical" */
const char *severity_name(enum severity severity);

#endif
