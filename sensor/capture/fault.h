/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault - what is wrong with a capture file where libpcap sees nothing wrong,
 * and what a user may do about what it does see.
 *
 * Zeros read as empty packets of 1970, 16 bytes each: a hole of a few gigabytes
 * would take ages and say nothing.  A second file behind the first one reads as
 * an empty packet, and then as garbage.
 */
#ifndef STRAYMAIL_FAULT_H
#define STRAYMAIL_FAULT_H

#include <stdint.h>

/* So many records of zeros on end are no packets any more. */
#define FAULT_ZEROS 64

/* Begins as zeros, with each file. */
struct fault {
	unsigned zeros; /* records on end, so far */
};

struct fault_record {
	int64_t seconds, fraction;
	uint32_t captured, on_wire;
};

/* What the next record is instead of a packet, or NULL.  Only those that hold
 * no bytes need to be looked at. */
const char *fault_look(struct fault *fault, const struct fault_record *record);

/*
 * Whatever a file claims becomes a time, in nanoseconds since 1970, as are the
 * fractions.  libpcap reads the 32 bits of classic pcap as signed; they are
 * taken for 1970 to 2106.
 */
uint64_t fault_time(int64_t seconds, int64_t fraction);

/* " (...)" to what libpcap says, or "". */
const char *fault_advice(const char *words);

#endif
