/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observation - what a ring carries: a tagged record of fixed size.
 *
 * A sighting is about a dialog, a mark is about the capture itself, and
 * counters are what the worker has seen so far.  when_ns is capture time: in
 * `read` it is the only clock the publisher has.
 */
#ifndef STRAYMAIL_OBSERVATION_H
#define STRAYMAIL_OBSERVATION_H

#include "output/diagnostic.h"
#include "output/sighting.h"
#include "output/stranger.h"

#include <stdint.h>

/* The worker's counters that people are shown; totals since the start. */
#define TRAFFIC_FIELDS(X)                                                      \
	X(packets, "frames handed over by the capture")                        \
	X(bytes, "their length on the wire")                                   \
	X(kernel_drops, "lost in the kernel's ring")                           \
	X(interface_drops, "lost by the interface")                            \
	X(shunted, "ruled out, and dropped before they were copied")           \
	X(shunted_bytes, "their length")                                       \
	X(tcp, "TCP segments decoded")                                         \
	X(not_tcp, "decoded, and not TCP")                                     \
	X(not_ip, "not IP, or in an encapsulation that is not decoded")        \
	X(malformed, "headers that contradict themselves")                     \
	X(cut, "cut off by the snap length")                                   \
	X(fragments, "IP fragments")                                           \
	X(flows, "connections that took a place")                              \
	X(flows_evicted, "connections that made place for others")             \
	X(dialogs, "connections that were listened to")                        \
	X(dialogs_refused, "... for which no dialog was free")                 \
	X(dialogs_evicted, "... and that were cut short")                      \
	X(confirmed, "dialogs that are SMTP")                                  \
	X(suspected, "dialogs that may be")                                    \
	X(refuted, "dialogs that are something else")                          \
	X(undecided, "dialogs that said too little")                           \
	X(not_smtp, "connections to something else on a mail port")            \
	X(duplicates, "segments seen before")                                  \
	X(out_of_order, "segments that came early")                            \
	X(out_of_window, "segments too far ahead to hold")                     \
	X(gaps, "holes that never filled")                                     \
	X(over_budget, "segments that reassembly had no memory for")           \
	X(overlap_unchecked, "sides whose copies could not be compared")       \
	X(sightings, "dialogs told")                                           \
	X(ring_full, "times that the publisher was behind")                    \
	X(strangers_lost, "something else on a mail port, and not told")       \
	X(accounting_violations, "sums of ours that did not agree: a defect")

struct traffic {
#define TRAFFIC_FIELD(name, meaning) uint64_t name;
	TRAFFIC_FIELDS(TRAFFIC_FIELD)
#undef TRAFFIC_FIELD
};

enum observation_kind {
	OBSERVED_SIGHTING,
	OBSERVED_TRAFFIC,      /* a worker's totals so far */
	OBSERVED_STRANGER,     /* something else on a mail port */
	OBSERVED_SOURCE_BEGIN, /* `read` opened a file: source says which */
	OBSERVED_SOURCE_END,   /* ... and has read it */
	OBSERVED_DIAGNOSTIC,   /* something is wrong with the mirror port */
};

struct observation {
	uint8_t kind; /* enum observation_kind */
	uint8_t worker;
	uint32_t source;
	uint64_t when_ns;
	union {
		struct sighting sighting;
		struct traffic traffic;
		struct stranger stranger;
		struct diagnostic diagnostic;
	};
};

_Static_assert(sizeof(struct diagnostic) <= sizeof(struct sighting),
    "most of what a ring holds is sightings");

#endif
