/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault - what is wrong with a capture file where libpcap sees nothing wrong,
 * and what a user may do about what it does see.
 */
#include "sensor/capture/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define NS_PER_S     UINT64_C(1000000000)
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What a classic file begins with: microseconds, nanoseconds, Kuznetzov's, each
 * in both byte orders. */
static const uint32_t magics[] = {
	0xA1B2C3D4,
	0xA1B23C4D,
	0xA1B2CD34,
	0xD4C3B2A1,
	0x4D3CB2A1,
	0x34CDB2A1,
};

static const struct {
	const char *says, *advice;
} advices[] = {
	{ "different from the type of the first interface",
	    " (split it by interface: tshark -Y frame.interface_id==0 -w PART, "
	    "then editcap -F pcap -T ether PART ONE)" },
	{ "different from the snapshot length of the first interface",
	    " (make it one: editcap -F pcap FILE ONE)" },
	{ "pcapng block size",
	    " (damage, or a section in the other byte order)" },
	{ "bigger than snaplen", " (damage, or another file behind this one)" },
};

/* A file's header, read as that of a record: the time is its magic, and the
 * lengths are its time zone and accuracy, which nobody sets. */
static bool
is_file_header(const struct fault_record *record)
{
	for (size_t i = 0; i < COUNT(magics); i++)
		if ((uint32_t)record->seconds == magics[i])
			return record->captured == 0 && record->on_wire == 0;
	return false;
}

const char *
fault_look(struct fault *fault, const struct fault_record *record)
{
	bool zeros = record->seconds == 0 && record->fraction == 0 &&
	    record->captured == 0 && record->on_wire == 0;

	fault->zeros = zeros ? fault->zeros + 1 : 0;
	if (fault->zeros == FAULT_ZEROS)
		return "zeros in place of packets";
	if (is_file_header(record))
		return "another capture file begins here (put them together "
		       "with mergecap instead)";
	return NULL;
}

uint64_t
fault_time(int64_t seconds, int64_t fraction)
{
	if (seconds < 0)
		seconds =
		    seconds >= INT32_MIN ? seconds + (INT64_C(1) << 32) : 0;
	if ((uint64_t)seconds >= UINT64_MAX / NS_PER_S)
		seconds = (int64_t)(UINT64_MAX / NS_PER_S) - 1;
	if (fraction < 0 || fraction >= (int64_t)NS_PER_S)
		fraction = 0;
	return (uint64_t)seconds * NS_PER_S + (uint64_t)fraction;
}

const char *
fault_advice(const char *words)
{
	for (size_t i = 0; i < COUNT(advices); i++)
		if (strstr(words, advices[i].says) != NULL)
			return advices[i].advice;
	return "";
}
