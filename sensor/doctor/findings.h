/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings - what the doctor has found, for people and for programs.
 */
#ifndef STRAYMAIL_FINDINGS_H
#define STRAYMAIL_FINDINGS_H

#include "output/options.h"
#include "sensor/doctor/doctor.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct doctor_report {
	const char *subject; /* the file, or the interfaces */
	bool is_file;
	const struct counters *counters;
	const struct diagnostic *found;
	size_t count;
	uint64_t now_ns; /* since the epoch */
};

/* To stdout: a page, or a line of JSON each.  JSON: false where there was no
 * memory. */
void doctor_print(const struct doctor_report *report);
bool doctor_print_json(
    const struct doctor_report *report, const struct output_options *options);

/* One line to stderr. */
void doctor_log(const struct diagnostic *news);

/* The table, for --help. */
void doctor_help(void);

#endif
