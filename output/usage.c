/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage - what this process takes of the machine.
 */
#include "output/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t
ms_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_usec / 1000;
}

/* proc(5): the second number is what is resident, in pages. */
static uint64_t
resident(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	char line[128] = "", *end = line;
	uint64_t pages;

	if (statm == NULL)
		return 0;
	if (fgets(line, sizeof(line), statm) == NULL)
		line[0] = '\0';
	fclose(statm);
	strtoull(line, &end, 10);
	pages = strtoull(end, NULL, 10);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

struct usage
usage_now(void)
{
	struct rusage counted = { 0 };

	getrusage(RUSAGE_SELF, &counted);
	return (struct usage){
		.cpu_ms = ms_of(&counted.ru_utime) + ms_of(&counted.ru_stime),
		.rss_bytes = resident(),
	};
}
