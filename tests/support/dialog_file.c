/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog_file - a file of cases, line by line.
 */
#include "tests/support/dialog_file.h"

#include <assert.h>
#include <errno.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct dialog_case *cases;
	size_t count, room;
	struct dialog_case now; /* the one that is being read */
	size_t steps_room;
	const char *file;
	unsigned line;
	bool wrong;
};

static void
complain(struct reader *reader, const char *what, const char *text)
{
	fprintf(
	    stderr, "%s:%u: %s: %s\n", reader->file, reader->line, what, text);
	reader->wrong = true;
}

static void *
more(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room == 0 ? 16 : *room * 2;
	array = realloc(array, *room * size);
	assert(array != NULL);
	return array;
}

static size_t
unescape(const char *text, char *out)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (*text != '\\') {
			out[n++] = *text;
			continue;
		}
		switch (*++text) {
		case 'r':
			out[n++] = '\r';
			break;
		case 'n':
			out[n++] = '\n';
			break;
		case 't':
			out[n++] = '\t';
			break;
		case 'x':
			out[n++] = (char)strtoul(
			    (const char[]){ text[1], text[2], '\0' }, NULL, 16);
			text += 2;
			break;
		default:
			out[n++] = *text;
		}
	}
	out[n] = '\0';
	return n;
}

static struct dialog_step *
new_step(struct reader *reader, enum dialog_step_kind kind, char who)
{
	struct dialog_case *now = &reader->now;
	struct dialog_step *step;

	now->step = more(
	    now->step, now->steps, &reader->steps_room, sizeof(*now->step));
	step = &now->step[now->steps++];
	*step = (struct dialog_step){
		.kind = kind,
		.server = who == 'S',
		.times = 1,
		.line = reader->line,
	};
	return step;
}

static void
take_spoken(struct reader *reader, const char *line)
{
	struct dialog_step *step = new_step(reader, STEP_SAY, line[0]);
	const char *rest = line + 1;
	char *end;

	if (*rest == '*') {
		step->times = (unsigned)strtoul(rest + 1, &end, 10);
		rest = end;
	}
	if (*rest != ':' && *rest != '|')
		complain(reader, "neither : nor |", line);
	step->ends = *rest == ':';
	rest += rest[1] == ' ' ? 2 : 1;
	step->text = malloc(strlen(rest) + 1);
	assert(step->text != NULL);
	step->len = unescape(rest, step->text);
}

static void
take_event(struct reader *reader, char *line)
{
	const char *what = strtok(line + 1, " ");
	const char *who = strtok(NULL, " ");

	if (who == NULL || what == NULL)
		complain(reader, "no event", line);
	else if (strcmp(what, "gap") == 0)
		new_step(reader, STEP_GAP, *who);
	else if (strcmp(what, "ack") == 0)
		new_step(reader, STEP_ACK, *who);
	else
		complain(reader, "no such event", what);
}

static void
take_option(struct reader *reader, const char *option)
{
	struct dialog_case *now = &reader->now;
	const struct {
		const char *name;
		bool *flag;
	} options[] = {
		{ "midstream", &now->midstream },
		{ "nohandshake", &now->nohandshake },
		{ "sonly", &now->sonly },
		{ "conly", &now->conly },
		{ "lf", &now->lf },
		{ "exact", &now->exact },
		{ "reversed", &now->reversed },
		{ "ordered", &now->ordered },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(option, options[i].name) != 0)
			continue;
		*options[i].flag = true;
		return;
	}
	complain(reader, "no such option", option);
}

static char *
copy(const char *text)
{
	char *made = strdup(text);

	assert(made != NULL);
	return made;
}

static void
end_case(struct reader *reader, char *line)
{
	struct dialog_case *now = &reader->now;
	char *rest = line + 1 + strspn(line + 1, " ");
	size_t word = strcspn(rest, " ");

	if (now->title == NULL || word == 0) {
		complain(reader, "no title, or no verdict", line);
		return;
	}
	now->file = reader->file;
	now->line = reader->line;
	now->facts = copy(rest + word);
	rest[word] = '\0';
	now->verdict = copy(rest);
	reader->cases = more(reader->cases, reader->count, &reader->room,
	    sizeof(*reader->cases));
	reader->cases[reader->count++] = *now;
	*now = (struct dialog_case){ 0 };
	reader->steps_room = 0;
}

static void
take(struct reader *reader, char *line)
{
	struct dialog_case *now = &reader->now;

	switch (line[0]) {
	case '\0':
		return;
	case '#':
		free(now->title);
		now->title = copy(line + 1 + strspn(line + 1, " "));
		return;
	case '-':
		for (char *word = strtok(line + 1, " "); word != NULL;
		     word = strtok(NULL, " "))
			take_option(reader, word);
		return;
	case '!':
		take_event(reader, line);
		return;
	case '?':
		new_step(reader, STEP_EXPECT, 0)->text =
		    copy(line + 1 + strspn(line + 1, " "));
		return;
	case '=':
		end_case(reader, line);
		return;
	case 'S':
	case 'C':
		take_spoken(reader, line);
		return;
	default:
		complain(reader, "no such line", line);
	}
}

static void
read_lines(struct reader *reader, const char *name, FILE *file)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	reader->file = copy(name);
	reader->line = 0;
	while ((len = getline(&line, &cap, file)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			line[len - 1] = '\0';
		reader->line++;
		take(reader, line);
	}
	if (reader->now.steps > 0)
		complain(reader, "the last case does not end", name);
	free(line);
	fclose(file);
}

static struct dialog_case *
all_of(struct reader *reader, size_t *ret_count)
{
	if (reader->wrong) {
		dialog_cases_free(reader->cases, reader->count);
		return NULL;
	}
	*ret_count = reader->count;
	return reader->cases;
}

struct dialog_case *
dialog_cases_read(size_t *ret_count)
{
	struct reader reader = { 0 };
	const char *path;
	glob_t found;
	FILE *file;

	if (glob("tests/dialogs/*.dialog", 0, NULL, &found) != 0) {
		fprintf(
		    stderr, "no tests/dialogs here: run from the tree's top\n");
		return NULL;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		path = found.gl_pathv[i];
		file = fopen(path, "r");
		assert(file != NULL);
		read_lines(&reader, strrchr(path, '/') + 1, file);
	}
	globfree(&found);
	return all_of(&reader, ret_count);
}

struct dialog_case *
dialog_cases_of_text(char *text, size_t *ret_count)
{
	struct reader reader = { 0 };
	FILE *file = fmemopen(text, strlen(text), "r");

	assert(file != NULL);
	read_lines(&reader, "(text)", file);
	return all_of(&reader, ret_count);
}

void
dialog_cases_free(struct dialog_case *cases, size_t count)
{
	const char *file = NULL;

	for (size_t i = 0; i < count; i++) {
		for (size_t s = 0; s < cases[i].steps; s++)
			free(cases[i].step[s].text);
		free(cases[i].step);
		free(cases[i].title);
		free(cases[i].verdict);
		free(cases[i].facts);
		if (cases[i].file != file)
			free((void *)(uintptr_t)cases[i].file);
		file = cases[i].file;
	}
	free(cases);
}

/* Is name among a list by commas? */
static bool
listed(const char *list, const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = list; (at = strstr(at, name)) != NULL; at++)
		if ((at == list || at[-1] == ',') &&
		    (at[len] == ',' || at[len] == '\0'))
			return true;
	return false;
}

/* One word of the expectation, which it takes apart. */
static bool
holds(
    char *word, dialog_value *value_of, const void *from, char *got, size_t cap)
{
	char *value = strchr(word, '='), *part, sign;

	snprintf(got, cap, "(no such fact)");
	if (value == NULL || value == word)
		return false;
	sign = value[-1];
	*value++ = '\0';
	if (sign == '+' || sign == '-')
		value[-2] = '\0';
	if (!value_of(from, word, got, cap))
		return false;
	if (sign != '+' && sign != '-')
		return strcmp(got, value) == 0;
	while ((part = strsep(&value, ",")) != NULL)
		if (listed(got, part) != (sign == '+'))
			return false;
	return true;
}

bool
dialog_facts_hold(const struct dialog_case *wanted, dialog_value *value_of,
    const void *from, char *ret_what, size_t cap)
{
	char *words = copy(wanted->facts), *rest, *taken, got[512];
	bool all = true;

	for (char *word = strtok_r(words, " ", &rest); all && word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		taken = copy(word);
		all = holds(taken, value_of, from, got, sizeof(got));
		if (!all)
			snprintf(ret_what, cap, "%s, got %s", word, got);
		free(taken);
	}
	free(words);
	return all;
}

const char *
dialog_line_end(const struct dialog_case *of, bool swap)
{
	return of->lf == swap ? "\r\n" : "\n";
}
