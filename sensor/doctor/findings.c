/* SPDX-License-Identifier: Apache-2.0 */
/*
 * findings - pages, lines of JSON, lines in a log.
 */
#include "sensor/doctor/findings.h"

#include "output/event.h"
#include "output/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char *
level_name(const struct diagnostic *diagnostic)
{
	return diagnostic_level_name((enum diagnostic_level)diagnostic->level);
}

void
doctor_print(const struct doctor_report *report)
{
	const struct mirror_counts *mirror = &report->counters->mirror;

	printf("%s: %" PRIu64 " frames, %" PRIu64 " TCP segments, %" PRIu64
	       " connections: %zu diagnostic%s\n",
	    report->subject, mirror->frames, mirror->tcp, mirror->flows,
	    report->count, report->count == 1 ? "" : "s");
	for (size_t i = 0; i < report->count; i++) {
		const struct diagnostic *found = &report->found[i];

		printf("\n%-8s  %-14s  %s\n%26s(%.4g%s%s; %s from %.4g on)\n"
		       "%26s%s\n",
		    level_name(found), found->code, found->message, "",
		    found->value, found->unit[0] != '\0' ? " " : "",
		    found->unit, level_name(found), found->threshold, "",
		    found->fix);
	}
}

bool
doctor_print_json(
    const struct doctor_report *report, const struct output_options *options)
{
	struct sources *sources = sources_new(1);
	struct event_context context = {
		.options = options,
		.sources = sources,
		.now_ns = report->now_ns,
	};
	char run[SOURCE_NAME_MAX];
	size_t told = 0;

	snprintf(run, sizeof(run), "doctor/%" PRIx64, report->now_ns);
	if (sources == NULL ||
	    sources_add(
		sources, run, report->is_file ? report->subject : NULL) < 0) {
		sources_free(sources);
		return false;
	}
	while (told < report->count) {
		char *line;

		context.serial = told + 1;
		line = event_diagnostic_json(&context, &report->found[told], 0);
		if (line == NULL)
			break;
		puts(line);
		free(line);
		told++;
	}
	sources_free(sources);
	return told == report->count;
}

void
doctor_log(const struct diagnostic *news)
{
	if (news->action == DIAGNOSTIC_ENDS)
		log_warnx("%s is over (it was: %s)", news->code, news->message);
	else
		log_warnx("%s, %s: %s: %s", news->code, level_name(news),
		    news->message, news->fix);
}

/* "from 5 %", or nothing for a level that there is not. */
static void
print_level(const struct diagnosis *row, enum diagnostic_level level)
{
	double from = diagnosis_threshold(row, level);

	if (from > 0)
		printf("  %s from %g%s%s", diagnostic_level_name(level), from,
		    row->unit[0] != '\0' ? " " : "", row->unit);
}

void
doctor_help(void)
{
	const struct diagnosis *row;

	printf("\nwhat it looks for:\n");
	for (size_t i = 0; (row = diagnosis_at(i)) != NULL; i++) {
		printf("  %-14s", row->code);
		print_level(row, DIAGNOSTIC_INFO);
		print_level(row, DIAGNOSTIC_WARNING);
		print_level(row, DIAGNOSTIC_CRITICAL);
		printf("%s\n      %s\n      %s\n",
		    row->where == ON_PORTS       ? "  (interfaces)"
			: row->where == IN_FILES ? "  (files)"
						 : "",
		    row->message, row->fix);
	}
	printf("\nexit codes: 0 fine, or info only; 10 warnings; 1 unfit "
	       "(critical), or it could not be\nlooked at; 2 usage\n");
}
