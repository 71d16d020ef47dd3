/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diagnostic - the words for how bad it is.
 */
#include "output/diagnostic.h"

const char *
diagnostic_level_name(enum diagnostic_level level)
{
	static const char *const names[] = {
		[DIAGNOSTIC_FINE] = "fine",
		[DIAGNOSTIC_INFO] = "info",
		[DIAGNOSTIC_WARNING] = "warning",
		[DIAGNOSTIC_CRITICAL] = "critical",
	};

	return names[level];
}
