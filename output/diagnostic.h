/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diagnostic - something that is wrong with what the sensor is fed, as the
 * world is told of it.
 *
 * Like a sighting it is fixed in size, and copied by value into the ring.
 * Which there are, and when, is the sensor's to know (sensor/doctor/diagnosis.c).
 */
#ifndef STRAYMAIL_DIAGNOSTIC_H
#define STRAYMAIL_DIAGNOSTIC_H

#include <stdint.h>

#define DIAGNOSTIC_CODE_MAX      16
#define DIAGNOSTIC_UNIT_MAX      8
#define DIAGNOSTIC_INTERFACE_MAX 32
#define DIAGNOSTIC_MESSAGE_MAX   192
#define DIAGNOSTIC_FIX_MAX       432

enum diagnostic_level {
	DIAGNOSTIC_FINE,
	DIAGNOSTIC_INFO,
	DIAGNOSTIC_WARNING,
	DIAGNOSTIC_CRITICAL, /* it cannot see what it is there for */
};

enum diagnostic_action {
	DIAGNOSTIC_BEGINS,
	DIAGNOSTIC_WORSENS, /* its level is a higher one now */
	DIAGNOSTIC_ENDS,
};

struct diagnostic {
	double value, threshold;
	uint8_t level;  /* enum diagnostic_level; where it ends, the last one */
	uint8_t action; /* enum diagnostic_action */
	char code[DIAGNOSTIC_CODE_MAX];
	char unit[DIAGNOSTIC_UNIT_MAX];           /* "%", "s", "" */
	char interface[DIAGNOSTIC_INTERFACE_MAX]; /* "": of a file, or all */
	char message[DIAGNOSTIC_MESSAGE_MAX];
	char fix[DIAGNOSTIC_FIX_MAX];
};

/* "warning" ... */
const char *diagnostic_level_name(enum diagnostic_level level);

#endif
