/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utc - a time as text.
 */
#include "output/utc.h"

#include <time.h>

void
utc_text(uint64_t when_s, char ret_text[UTC_TEXT_MAX])
{
	time_t when = (time_t)when_s;
	struct tm utc;

	ret_text[0] = '\0';
	if (gmtime_r(&when, &utc) != NULL)
		strftime(ret_text, UTC_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &utc);
}
