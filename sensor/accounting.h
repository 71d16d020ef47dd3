/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounting - sums of a worker's counters that must agree, whatever the
 * network does.
 *
 * Every frame that the capture delivered has one outcome, every byte of payload
 * one fate, every connection one end.  Where two counts of the same thing part,
 * something is lost or counted twice, and the fault is ours.  The product says
 * so once and goes on; what tests are linked with (-DACCOUNTING_FATAL) stops
 * there.
 */
#ifndef STRAYMAIL_ACCOUNTING_H
#define STRAYMAIL_ACCOUNTING_H

#include "sensor/counters.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/reassembly.h"

#include <stdint.h>

/* What is remembered from one check to the next; begin with zeroes. */
struct accounting {
	uint64_t tick_ns;   /* the newest */
	uint64_t backwards; /* times that one was before the newest */
	uint32_t warned;    /* of which identities, a bit each */
};

/* What the parts of a worker have counted, as it stands between two batches;
 * all borrowed. */
struct accounting_books {
	const struct counters *counters;
	const struct flow_numbers *flows;
	const struct reassembly_numbers *reassembly;
	uint64_t flows_live, dialogs_live, cells_live;
	uint64_t flow_bytes; /* flow_table_bytes() */
	uint64_t memory;     /* what all may take, in bytes; 0: not bounded */
	unsigned worker;
};

/* Time that drives time-outs never goes back. */
static inline void
accounting_tick(struct accounting *accounting, uint64_t tick_ns)
{
	if (tick_ns < accounting->tick_ns)
		accounting->backwards++;
	else
		accounting->tick_ns = tick_ns;
}

/* How many identities do not hold; each is warned of once, with its sums. */
unsigned accounting_check(
    struct accounting *accounting, const struct accounting_books *books);

#endif
