/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counters - what a worker saw, dropped and could not hold.
 *
 * The worker counts in plain integers of its own.  Once a batch it shows a
 * copy of a few, which the main thread reads for the progress bar and for USR1,
 * and once a second one of all, for the doctor.
 */
#ifndef STRAYMAIL_COUNTERS_H
#define STRAYMAIL_COUNTERS_H

#include "dissectors/dialog.h"
#include "output/observation.h"
#include "sensor/decode/frame.h"
#include "sensor/doctor/mirror.h"
#include "sensor/flow/flow_table.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

/* How a connection that was listened to came to its end. */
enum ending {
	ENDING_SETTLED, /* by what was said: no more of it is wanted */
	ENDING_FIN,     /* of both */
	ENDING_RST,
	ENDING_SILENT,
	ENDING_EVICTED, /* its place was another's */
	ENDING_DONE,    /* with the capture */
};

#define ENDINGS (ENDING_DONE + 1)

struct counters {
	struct traffic traffic;
	struct mirror_counts mirror;
	uint64_t decoded[DECODED_KINDS];
	struct census census;           /* of what was not decoded */
	uint64_t payload_bytes;         /* of TCP, as captured */
	uint64_t not_followed;          /* ... and heard by nobody */
	uint64_t passers[FLOW_PASSERS]; /* TCP segments of no connection */
	uint64_t turned_away;           /* connections refuted unheard */
	uint64_t refuted[LABELS];       /* by what they are instead */
	uint64_t ended[ENDINGS];        /* dialogs */
	uint64_t undecided[ENDINGS];    /* ... that said too little */
	uint64_t dropped[ENDINGS];      /* flows that ended with theirs */
	uint64_t bound[SESSION_BOUNDS]; /* dialogs in which that one bit */
	uint64_t silent;                /* ... and that fell silent for good */
	uint64_t bytes_read, bytes_all; /* of capture files */
	uint64_t starting, miscounted;  /* live: see capture_numbers */
	uint64_t held;                  /* bytes in reassembly, a second ago */
};

/* Several workers' as one. */
void counters_add(struct counters *sum, const struct counters *of_worker);

/* One frame's outcome, in both of the places where it shows. */
void counters_decoded(struct counters *counters, enum decoded decoded);

/* How a dialog ended, or that it never began since somebody else spoke. */
void counters_verdict(
    struct counters *counters, const struct dialog *dialog, enum ending ending);
void counters_turned_away(struct counters *counters, enum label label);

/* What capture, flow table and reassembly have counted so far, taken over. */
struct capture_numbers;
struct reassembly_numbers;
void counters_capture(
    struct counters *counters, const struct capture_numbers *numbers);
void counters_flows(
    struct counters *counters, const struct flow_numbers *numbers);
void counters_reassembly(
    struct counters *counters, const struct reassembly_numbers *numbers);

#define COUNTERS_WORDS (sizeof(struct counters) / sizeof(uint64_t))

/* The copy for others: exact on its own, each number for itself.  A cache line
 * of its own, since other workers write theirs beside it. */
struct shown {
	_Alignas(64) atomic_uint_least64_t packets;
	atomic_uint_least64_t bytes, dialogs, confirmed, suspected, sightings;
	atomic_uint_least64_t kernel_drops, interface_drops, shunted;
	atomic_uint_least64_t bytes_read, bytes_all; /* of capture files */
	atomic_uint_least64_t all[COUNTERS_WORDS];   /* struct counters */
};

void counters_show(const struct counters *counters, struct shown *shown);

/* All of them, to be read by another thread. */
void counters_show_all(const struct counters *counters, struct shown *shown);
void counters_peek(const struct shown *shown, struct counters *ret_counters);

/* How many dialogs were told so far. */
uint64_t counters_told(const struct shown *shown);

/* Everything but zeroes, a line each, for -v. */
void counters_write(const struct counters *counters, FILE *out);

#endif
