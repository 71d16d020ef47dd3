/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor - what is wrong with this mirror port, or with this capture file.
 *
 * Asked once it judges all that was counted so far.  On visits, about once a
 * second, each row of diagnosis.c's table has a window of its own, which ends
 * when it is long enough and enough was seen to say something; only what begins,
 * worsens or ends is news.
 */
#ifndef STRAYMAIL_DOCTOR_H
#define STRAYMAIL_DOCTOR_H

#include "sensor/doctor/diagnosis.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doctor;

/* Borrowed; they outlive the doctor. */
struct doctor_parts {
	const char *const *interfaces;
	unsigned interface_count; /* 0: files are looked at */
	const char *filter;       /* NULL: none */
	uint64_t window_ns; /* at least so long; and the longest silence */
};

/* Tries the filter and asks the kernel.  NULL: no memory. */
struct doctor *doctor_new(const struct doctor_parts *parts);
void doctor_free(struct doctor *doctor);

/* All that is wrong, in the order of the table; returns how much.  broken:
 * files that were read in part. */
size_t doctor_examine(struct doctor *doctor, const struct counters *counters,
    unsigned broken, struct diagnostic ret_found[static DIAGNOSES_MAX]);

/* now_ns: any clock that does not go back. */
void doctor_visit(
    struct doctor *doctor, const struct counters *counters, uint64_t now_ns);

/* What is new since the last visit, one after the other.  False: no more. */
bool doctor_news(struct doctor *doctor, struct diagnostic *ret_news);

#endif
