/* SPDX-License-Identifier: Apache-2.0 */
/*
 * from_file - the servers that a file of events (NDJSON) tells of.
 */
#include "output/registry/from_file.h"

#include "output/event_read.h"
#include "output/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An event has about 1,500 bytes, a path in it some 1,000 more. */
#define LINE_MOST 65536
#define NAMED_MAX 5

struct lines {
	const char *path;
	FILE *file;
	uint64_t number, bad;
	char text[LINE_MOST];
	size_t length;
	bool cut; /* longer than any event */
};

/* The next line without its end; false: there is none. */
static bool
next_line(struct lines *lines)
{
	int byte;

	lines->length = 0;
	lines->cut = false;
	lines->number++;
	while ((byte = getc(lines->file)) != EOF && byte != '\n') {
		if (lines->length < sizeof lines->text)
			lines->text[lines->length++] = (char)byte;
		else
			lines->cut = true;
	}
	return byte != EOF || lines->length > 0;
}

static void
say_bad(struct lines *lines, const char *why)
{
	if (lines->bad++ < NAMED_MAX)
		log_warnx("%s: line %" PRIu64 ": %s", lines->path,
		    lines->number, why);
}

/* False: no memory. */
static bool
take_line(struct lines *lines, struct known_list *list)
{
	char why[EVENT_WHY_MAX];
	struct known said, *known;

	if (lines->length == 0)
		return true;
	if (lines->cut) {
		say_bad(lines, "too long for an event");
		return true;
	}
	switch (event_read(lines->text, lines->length, &said, why)) {
	case EVENT_OTHER:
		return true;
	case EVENT_BAD:
		say_bad(lines, why);
		return true;
	case EVENT_OF_SERVER:
		break;
	}
	known = known_of(list, said.id);
	if (known == NULL)
		return false;
	/* Timestamps have one form and one zone: their order is the texts'. */
	if (strcmp(said.said_at, known->said_at) >= 0)
		*known = said;
	return true;
}

bool
from_file(const char *path, struct known_list *ret_list)
{
	struct lines *lines = calloc(1, sizeof *lines);
	bool fine = false;

	if (lines == NULL) {
		log_warnx("%s: no memory", path);
		return false;
	}
	lines->path = path;
	lines->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (lines->file == NULL) {
		log_warn("%s", path);
		goto out;
	}
	fine = true;
	while (fine && next_line(lines))
		fine = take_line(lines, ret_list);
	if (!fine)
		log_warnx("%s: line %" PRIu64 ": no room for another server",
		    path, lines->number);
	if (ferror(lines->file)) {
		log_warn("%s", path);
		fine = false;
	}
	if (lines->bad > 0)
		log_warnx("%s: %" PRIu64 " of %" PRIu64
			  " lines are no events and were passed over",
		    path, lines->bad, lines->number - 1);
	if (lines->file != stdin)
		fclose(lines->file);
out:
	free(lines);
	return fine;
}
