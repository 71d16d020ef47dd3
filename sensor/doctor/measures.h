/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measures - all that a diagnosis may be made from, as one row of numbers.
 *
 * Counters come from the workers, added up; facts are asked of the kernel and
 * of the filter.  diagnosis.c's table knows the numbers by name and nothing of
 * where they are from.
 */
#ifndef STRAYMAIL_MEASURES_H
#define STRAYMAIL_MEASURES_H

#include "sensor/capture/blindness.h"
#include "sensor/counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum measure {
	/* counters: what counts is how much they grow */
	MEASURE_PACKETS,
	MEASURE_NOT_TCP,
	MEASURE_UNKNOWN, /* frames in an encapsulation that is not decoded */
	MEASURE_KERNEL_DROPS,
	MEASURE_KERNEL_ALL, /* with those that were dropped */
	MEASURE_NIC_DROPS,
	MEASURE_FRAMES,
	MEASURE_CUT,
	MEASURE_BACK,
	MEASURE_UNICAST,
	MEASURE_OWN,
	MEASURE_BATCHES,
	MEASURE_LAG_MS,
	MEASURE_TCP,
	MEASURE_CONTROL,
	MEASURE_SUPER,
	MEASURE_TAGGED,
	MEASURE_TUNNELLED,
	MEASURE_SYN,
	MEASURE_SYN_ALL, /* with SYN-ACKs */
	MEASURE_FLOWS,
	MEASURE_ONE_WAY,
	MEASURE_MET,
	MEASURE_ASYMMETRIC,
	MEASURE_LATE,
	MEASURE_MIDSTREAM,
	MEASURE_FOLLOWED,
	MEASURE_COPIES,
	MEASURE_EARLY,
	MEASURE_ACKED,
	MEASURE_LOST,
	MEASURE_CHECKSUMS,
	MEASURE_CHECKSUMS_BAD,
	/* facts: they are what they are now */
	MEASURE_ONE, /* always 1: what is no share of anything is a share of it */
	MEASURE_DOWN,     /* interfaces that are down, or without a carrier */
	MEASURE_OFFLOADS, /* ... that put received frames together */
	MEASURE_SILENT_S, /* seconds without a frame, if they are many */
	MEASURE_HIDDEN,   /* kinds of frames that the filter hides */
	MEASURE_UNKEPT,   /* nobody keeps this machine's clock */
	MEASURE_BROKEN,   /* files that were read in part */
	MEASURE_EMPTY,    /* a file, and no packet in it */
};

#define MEASURES      (MEASURE_EMPTY + 1)
#define MEASURE_FACTS MEASURE_ONE /* the first of them */

struct measures {
	uint64_t of[MEASURES];
};

#define MEASURES_LIST 112

/* What belongs to a number, by name. */
enum measure_list {
	LIST_NONE,
	LIST_DOWN,     /* interfaces */
	LIST_OFFLOADS, /* interfaces */
	LIST_HIDDEN,   /* kinds of frames */
	LIST_OTHERS,   /* what there is that is not TCP, the most first */
	LIST_VLANS,
	LIST_NETWORKS, /* of tunnels */
};

/* Asked again whenever it is wanted, but for the filter. */
struct surroundings {
	struct blindness blindness;
	unsigned down, offloads;
	bool clock_kept;
	char down_names[MEASURES_LIST], offload_names[MEASURES_LIST];
};

/* interfaces: count of them, none for files.  The blindness stays. */
void surroundings_ask(
    struct surroundings *around, const char *const *interfaces, unsigned count);

/* SILENT_S, BROKEN and EMPTY are the caller's to set. */
void measures_take(struct measures *ret_measures,
    const struct counters *counters, const struct surroundings *around);

/* "10, 20", as much as fits; "" where there is nothing. */
void measures_list(enum measure_list list, const struct counters *counters,
    const struct surroundings *around, char ret_text[static MEASURES_LIST]);

#endif
