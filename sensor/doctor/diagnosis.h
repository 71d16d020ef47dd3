/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diagnosis - the table of what may be wrong with a mirror port or a capture
 * file: from which number on, how bad that is, and what to do about it.
 */
#ifndef STRAYMAIL_DIAGNOSIS_H
#define STRAYMAIL_DIAGNOSIS_H

#include "output/diagnostic.h"
#include "sensor/doctor/measures.h"

#include <stdbool.h>
#include <stddef.h>

enum diagnosis_where {
	ON_PORTS = 1U << 0,
	IN_FILES = 1U << 1,
	EVERYWHERE = ON_PORTS | IN_FILES,
};

/* At most so many rows. */
#define DIAGNOSES_MAX 32

struct diagnosis {
	const char *code;
	unsigned where; /* enum diagnosis_where */
	enum measure part, whole;
	double scale;
	const char *unit;
	double info, warning, critical; /* from that value on; 0: never */
	double least;                   /* of whole; fewer say nothing */
	enum measure unless;            /* is not 0; MEASURE_ONE: always */
	enum measure_list list;
	const char *message, *fix;
};

/* NULL past the last one. */
const struct diagnosis *diagnosis_at(size_t row);

/* It is judged by what is, and not by what has been added. */
bool diagnosis_is_fact(const struct diagnosis *diagnosis);

/* By what was added, or is; *ret_value is set in any case. */
enum diagnostic_level diagnosis_judge(const struct diagnosis *diagnosis,
    const struct measures *measures, double *ret_value);

/* Where a level begins. */
double diagnosis_threshold(
    const struct diagnosis *diagnosis, enum diagnostic_level level);

/* What stands for the words in braces. */
struct diagnosis_words {
	const char *list;   /* {list} */
	const char *filter; /* {filter}: a better one; "": there is none */
};

/* Code, value, threshold, message and fix; the rest is the caller's. */
void diagnosis_tell(const struct diagnosis *diagnosis,
    enum diagnostic_level level, double value,
    const struct diagnosis_words *words, struct diagnostic *ret_diagnostic);

#endif
