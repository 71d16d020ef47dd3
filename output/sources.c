/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources - the memories of totals of this run, by number.
 *
 * The table has its full length from the start and entries are never moved, so
 * a reader needs no lock: it asks for numbers that came through a ring, and
 * those were written before.
 */
#include "output/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sources {
	uint32_t most, used; /* `used` belongs to whoever adds */
	struct source source[];
};

struct sources *
sources_new(uint32_t most)
{
	struct sources *sources = calloc(
	    1, sizeof(*sources) + (size_t)most * sizeof(sources->source[0]));

	if (sources != NULL)
		sources->most = most;
	return sources;
}

void
sources_free(struct sources *sources)
{
	if (sources == NULL)
		return;
	for (uint32_t i = 0; i < sources->used; i++)
		free(sources->source[i].file);
	free(sources);
}

int64_t
sources_add(struct sources *sources, const char *name, const char *file)
{
	struct source *source;

	if (sources->used == sources->most)
		return -1;
	source = &sources->source[sources->used];
	if (file != NULL && (source->file = strdup(file)) == NULL)
		return -1;
	snprintf(source->name, sizeof(source->name), "%s", name);
	return sources->used++;
}

const struct source *
sources_at(const struct sources *sources, uint32_t number)
{
	return number < sources->most ? &sources->source[number] : NULL;
}
