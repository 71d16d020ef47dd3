/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor - rows judged over windows, and what became of each since.
 */
#include "sensor/doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

/* A window over which a row is fine may be luck; two are the end of it. */
#define CALM 2

/* Of a code; kept with the first of its rows. */
struct state {
	struct measures base; /* when its window began */
	uint64_t since_ns;
	unsigned calm;          /* windows in a row */
	struct diagnostic told; /* level DIAGNOSTIC_FINE: nothing is wrong */
};

struct doctor {
	struct doctor_parts parts;
	struct surroundings around;
	bool visited;
	uint64_t frames, heard_ns; /* when these grew */
	struct state state[DIAGNOSES_MAX];
	struct diagnostic news[DIAGNOSES_MAX];
	size_t news_count, news_told;
};

static uint64_t
window_s(const struct doctor *d)
{
	return d->parts.window_ns / NS_PER_S;
}

/* The row, with the window for the longest silence; false: past the last. */
static bool
row_at(const struct doctor *d, size_t row, struct diagnosis *ret_row)
{
	const struct diagnosis *at = diagnosis_at(row);

	if (at == NULL)
		return false;
	*ret_row = *at;
	if (at->part == MEASURE_SILENT_S)
		ret_row->critical = (double)window_s(d);
	return true;
}

static bool
applies(const struct doctor *d, const struct diagnosis *row)
{
	unsigned here = d->parts.interface_count > 0 ? ON_PORTS : IN_FILES;

	return (row->where & here) != 0;
}

/* Counters by what was added, facts as they are. */
static struct measures
since(const struct measures *now, const struct measures *base)
{
	struct measures added = *now;

	for (unsigned i = 0; i < MEASURE_FACTS; i++)
		added.of[i] -=
		    base->of[i] < now->of[i] ? base->of[i] : now->of[i];
	return added;
}

/* told: its level and value, and the rest is filled in. */
static void
tell(const struct doctor *d, const struct diagnosis *row,
    const struct counters *counters, struct diagnostic *told)
{
	char list[MEASURES_LIST];
	const struct diagnosis_words words = {
		.list = list,
		.filter = d->around.blindness.better,
	};
	bool of_ports = row->list == LIST_DOWN || row->list == LIST_OFFLOADS;

	measures_list(row->list, counters, &d->around, list);
	diagnosis_tell(
	    row, (enum diagnostic_level)told->level, told->value, &words, told);
	if (of_ports)
		snprintf(told->interface, sizeof(told->interface), "%.*s",
		    DIAGNOSTIC_INTERFACE_MAX - 1, list);
	else if (d->parts.interface_count == 1)
		snprintf(told->interface, sizeof(told->interface), "%.*s",
		    DIAGNOSTIC_INTERFACE_MAX - 1, d->parts.interfaces[0]);
}

/*
 * The worst of all rows that have that one's code, told as it is; level
 * DIAGNOSTIC_FINE: none applies.  Returns the number of rows.
 */
static size_t
judge_code(const struct doctor *d, size_t first,
    const struct counters *counters, const struct measures *added,
    struct diagnostic *ret_told)
{
	const char *code = diagnosis_at(first)->code;
	struct diagnosis next;
	size_t rows = 0;

	*ret_told = (struct diagnostic){ .level = DIAGNOSTIC_FINE };
	while (row_at(d, first + rows, &next) && strcmp(next.code, code) == 0) {
		double value;
		enum diagnostic_level level =
		    diagnosis_judge(&next, added, &value);

		if (applies(d, &next) && level > ret_told->level) {
			ret_told->level = (uint8_t)level;
			ret_told->value = value;
			tell(d, &next, counters, ret_told);
		}
		rows++;
	}
	return rows;
}

size_t
doctor_examine(struct doctor *d, const struct counters *counters,
    unsigned broken, struct diagnostic ret_found[static DIAGNOSES_MAX])
{
	bool silent = counters->mirror.frames == 0;
	struct measures measures;
	size_t count = 0;

	surroundings_ask(
	    &d->around, d->parts.interfaces, d->parts.interface_count);
	measures_take(&measures, counters, &d->around);
	measures.of[MEASURE_SILENT_S] = silent ? window_s(d) : 0;
	measures.of[MEASURE_BROKEN] = broken;
	measures.of[MEASURE_EMPTY] = silent;
	for (size_t row = 0; diagnosis_at(row) != NULL;) {
		row +=
		    judge_code(d, row, counters, &measures, &ret_found[count]);
		count += ret_found[count].level != DIAGNOSTIC_FINE;
	}
	return count;
}

/* --- visits ----------------------------------------------------------------- */

/* Long enough, and one of the code's rows has seen enough. */
static bool
window_is_over(const struct doctor *d, size_t first,
    const struct measures *added, uint64_t now_ns)
{
	const struct diagnosis *row = diagnosis_at(first), *next = row;

	if (diagnosis_is_fact(row))
		return true;
	if (now_ns - d->state[first].since_ns < d->parts.window_ns)
		return false;
	for (; next != NULL && strcmp(next->code, row->code) == 0;
	     next = diagnosis_at(++first))
		if ((double)added->of[next->whole] >= next->least)
			return true;
	return false;
}

static void
add_news(struct doctor *d, const struct diagnostic *told,
    enum diagnostic_action action)
{
	struct diagnostic *news = &d->news[d->news_count++];

	*news = *told;
	news->action = (uint8_t)action;
}

/* A level that falls is no news, but may rise again. */
static void
update(struct doctor *d, size_t first, const struct diagnostic *told)
{
	struct state *state = &d->state[first];
	bool fact = diagnosis_is_fact(diagnosis_at(first));

	if (told->level != DIAGNOSTIC_FINE) {
		if (state->told.level == DIAGNOSTIC_FINE)
			add_news(d, told, DIAGNOSTIC_BEGINS);
		else if (told->level > state->told.level)
			add_news(d, told, DIAGNOSTIC_WORSENS);
		state->told = *told;
		state->calm = 0;
		return;
	}
	if (state->told.level == DIAGNOSTIC_FINE ||
	    (!fact && ++state->calm < CALM))
		return;
	add_news(d, &state->told, DIAGNOSTIC_ENDS);
	state->told.level = DIAGNOSTIC_FINE;
}

/* Seconds, as soon as they are as many as a window has. */
static uint64_t
silence(struct doctor *d, const struct counters *counters, uint64_t now_ns)
{
	uint64_t frames = counters->mirror.frames;
	uint64_t silent_ns;

	if (!d->visited || frames != d->frames)
		d->heard_ns = now_ns;
	d->frames = frames;
	silent_ns = now_ns - d->heard_ns;
	return silent_ns >= d->parts.window_ns ? silent_ns / NS_PER_S : 0;
}

void
doctor_visit(struct doctor *d, const struct counters *counters, uint64_t now_ns)
{
	struct measures now, added;
	struct diagnostic told;
	size_t row = 0;

	surroundings_ask(
	    &d->around, d->parts.interfaces, d->parts.interface_count);
	measures_take(&now, counters, &d->around);
	now.of[MEASURE_SILENT_S] = silence(d, counters, now_ns);
	d->news_count = d->news_told = 0;
	while (diagnosis_at(row) != NULL) {
		size_t first = row;
		struct state *state = &d->state[first];

		if (!d->visited)
			state->since_ns = now_ns;
		added = since(&now, &state->base);
		row += judge_code(d, first, counters, &added, &told);
		if (!window_is_over(d, first, &added, now_ns))
			continue;
		state->base = now;
		state->since_ns = now_ns;
		update(d, first, &told);
	}
	d->visited = true;
}

bool
doctor_news(struct doctor *d, struct diagnostic *ret_news)
{
	if (d->news_told == d->news_count)
		return false;
	*ret_news = d->news[d->news_told++];
	return true;
}

void
doctor_free(struct doctor *d)
{
	free(d);
}

struct doctor *
doctor_new(const struct doctor_parts *parts)
{
	struct doctor *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->parts = *parts;
	d->around.blindness =
	    blindness_of(parts->filter, parts->interface_count > 0);
	return d;
}
