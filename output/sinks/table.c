/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table - rows laid out for a terminal.
 *
 * Every cell is made into text first, so that a column is as wide as its widest
 * cell.  What is too wide for the terminal is taken from the columns that can
 * spare it; where that is not enough, whole columns are left out, because a
 * line that wraps is worse than one that says less.  Colour marks the severity
 * and nothing else.
 */
#include "output/sinks/table.h"

#include "output/utc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CELL_MAX     512
#define GAP          2 /* blanks between columns */
#define NS_PER_S     UINT64_C(1000000000)

enum column {
	COLUMN_SEVERITY,
	COLUMN_STATE,
	COLUMN_SERVER,
	COLUMN_SOFTWARE,
	COLUMN_TLS,
	COLUMN_AUTH,
	COLUMN_CLIENTS,
	COLUMN_FLOWS,
	COLUMN_MESSAGES,
	COLUMN_LAST_SEEN,
	COLUMN_WHY,
	COLUMNS
};

static const struct {
	const char *head;
	bool is_number; /* to the right */
	size_t least;   /* so much of a cell still says something; 0: all */
} columns[COLUMNS] = {
	[COLUMN_SEVERITY] = { "SEV", false, 0 },
	[COLUMN_STATE] = { "STATE", false, 0 },
	[COLUMN_SERVER] = { "SERVER", false, 0 },
	[COLUMN_SOFTWARE] = { "SOFTWARE", false, 11 },
	[COLUMN_TLS] = { "TLS", false, 0 },
	[COLUMN_AUTH] = { "AUTH", false, 4 },
	[COLUMN_CLIENTS] = { "CLIENTS", true, 0 },
	[COLUMN_FLOWS] = { "FLOWS", true, 0 },
	[COLUMN_MESSAGES] = { "MSGS", true, 0 },
	[COLUMN_LAST_SEEN] = { "LAST-SEEN", false, 0 },
	[COLUMN_WHY] = { "WHY", false, 18 },
};

/* Who gives way on a narrow terminal, first to last. */
static const enum column spare[] = { COLUMN_WHY, COLUMN_SOFTWARE, COLUMN_AUTH };

/* Who is left out on one that is narrower still.  WHY tells of AUTH in the
 * clear, the sections of the state; severity and server always stay. */
static const enum column dispensable[] = { COLUMN_AUTH, COLUMN_LAST_SEEN,
	COLUMN_STATE, COLUMN_CLIENTS, COLUMN_MESSAGES, COLUMN_TLS, COLUMN_FLOWS,
	COLUMN_WHY, COLUMN_SOFTWARE };

/* SGR (ECMA-48 8.3.117); a severity without a row stays as it is. */
static const struct {
	const char *severity, *begin;
} colours[] = {
	{ "critical", "\033[1;31m" },
	{ "high", "\033[31m" },
	{ "medium", "\033[33m" },
	{ "info", "\033[2m" },
};

#define COLOUR_END "\033[0m"

/* One row as it is shown. */
struct cells {
	char text[COLUMNS][CELL_MAX];
};

struct layout {
	size_t width[COLUMNS]; /* 0: left out */
	bool coloured;
};

static void
text_cell(char cell[CELL_MAX], const char *text)
{
	bool empty = text == NULL || *text == '\0';

	snprintf(cell, CELL_MAX, "%s", empty ? "-" : text);
}

static void
number_cell(char cell[CELL_MAX], uint64_t number)
{
	snprintf(cell, CELL_MAX, "%" PRIu64, number);
}

static void
time_cell(char cell[CELL_MAX], uint64_t when_ns)
{
	char seconds[UTC_TEXT_MAX];

	utc_text(when_ns / NS_PER_S, seconds);
	snprintf(cell, CELL_MAX, "%sZ", seconds);
}

/* That the port is odd is why there is a finding at all; on a narrow terminal it
 * would stand where what tells one from another could. */
static void
why_cell(char cell[CELL_MAX], const char *why)
{
	static const char always[] = "nonstandard_port ";
	size_t length = sizeof(always) - 1;

	if (why != NULL && strncmp(why, always, length) == 0)
		why += length;
	text_cell(cell, why);
}

static void
make_cells(struct cells *cells, const struct table_row *row)
{
	text_cell(cells->text[COLUMN_SEVERITY], row->severity);
	text_cell(cells->text[COLUMN_STATE], row->state);
	text_cell(cells->text[COLUMN_SERVER], row->server);
	text_cell(cells->text[COLUMN_SOFTWARE], row->software);
	text_cell(cells->text[COLUMN_TLS], row->starttls);
	text_cell(cells->text[COLUMN_AUTH], row->auth);
	number_cell(cells->text[COLUMN_CLIENTS], row->clients);
	number_cell(cells->text[COLUMN_FLOWS], row->flows);
	number_cell(cells->text[COLUMN_MESSAGES], row->messages);
	time_cell(cells->text[COLUMN_LAST_SEEN], row->last_seen_ns);
	why_cell(cells->text[COLUMN_WHY], row->why);
}

/* As wide as the widest cell, or the head. */
static void
measure(struct layout *layout, const struct table_row *rows, size_t count)
{
	struct cells cells;

	for (unsigned c = 0; c < COLUMNS; c++)
		layout->width[c] = strlen(columns[c].head);
	for (size_t i = 0; i < count; i++) {
		make_cells(&cells, &rows[i]);
		for (unsigned c = 0; c < COLUMNS; c++) {
			size_t len = strlen(cells.text[c]);

			if (len > layout->width[c])
				layout->width[c] = len;
		}
	}
}

/* What a column takes with its gap, at its width or squeezed to its least. */
static size_t
room_of(const struct layout *layout, enum column column, bool squeezed)
{
	size_t width = layout->width[column], least = columns[column].least;

	if (width == 0)
		return 0;
	return GAP + (squeezed && least > 0 && least < width ? least : width);
}

static size_t
total_room(const struct layout *layout, bool squeezed)
{
	size_t total = 0;

	for (unsigned c = 0; c < COLUMNS; c++)
		total += room_of(layout, c, squeezed);
	return total - GAP; /* the last one has none */
}

/* Leaves out what would not fit even squeezed, then squeezes the rest. */
static void
fit(struct layout *layout, unsigned width)
{
	for (size_t i = 0; i < COUNT(dispensable); i++)
		if (total_room(layout, true) > width)
			layout->width[dispensable[i]] = 0;
	for (size_t i = 0; i < COUNT(spare); i++) {
		size_t total = total_room(layout, false);
		size_t most = room_of(layout, spare[i], false) -
		    room_of(layout, spare[i], true);

		if (total > width)
			layout->width[spare[i]] -=
			    total - width < most ? total - width : most;
	}
}

static const char *
colour_of(const char *severity)
{
	for (size_t i = 0; i < COUNT(colours); i++)
		if (strcmp(severity, colours[i].severity) == 0)
			return colours[i].begin;
	return NULL;
}

/* A cell that is too long ends in two dots, where there is room for them. */
static void
shorten(char cell[CELL_MAX], size_t width)
{
	if (strlen(cell) <= width)
		return;
	cell[width] = '\0';
	if (width > 2)
		memset(cell + width - 2, '.', 2);
}

static void
write_cell(
    FILE *out, const struct layout *layout, enum column column, char *cell)
{
	const char *colour = layout->coloured && column == COLUMN_SEVERITY
	    ? colour_of(cell)
	    : NULL;
	int width = (int)layout->width[column];

	shorten(cell, layout->width[column]);
	if (columns[column].is_number)
		fprintf(out, "%*s", width, cell);
	else if (colour != NULL)
		fprintf(out, "%s%-*s%s", colour, width, cell, COLOUR_END);
	else
		fprintf(out, "%-*s", column == COLUMN_WHY ? 0 : width, cell);
}

static void
write_cells(FILE *out, const struct layout *layout, struct cells *cells)
{
	for (unsigned c = 0; c < COLUMNS; c++) {
		if (layout->width[c] == 0)
			continue;
		if (c > 0)
			fprintf(out, "%*s", GAP, "");
		write_cell(out, layout, c, cells->text[c]);
	}
	fputc('\n', out);
}

static void
write_head(FILE *out, const struct layout *layout)
{
	struct cells cells;

	for (unsigned c = 0; c < COLUMNS; c++)
		text_cell(cells.text[c], columns[c].head);
	write_cells(out, layout, &cells);
}

static void
write_row(FILE *out, const struct layout *layout, const struct table_row *row)
{
	struct cells cells;

	make_cells(&cells, row);
	write_cells(out, layout, &cells);
}

enum section {
	SECTION_FINDINGS,
	SECTION_SUSPECTED,
	SECTION_STANDARD
};

static const char *const titles[] = {
	[SECTION_FINDINGS] = NULL, /* the table itself */
	[SECTION_SUSPECTED] = "suspected, not proven:",
	[SECTION_STANDARD] = "on standard ports:",
};

static enum section
section_of(const struct table_row *row)
{
	if (row->suspected)
		return SECTION_SUSPECTED;
	return row->standard ? SECTION_STANDARD : SECTION_FINDINGS;
}

/* Its title, the head and its rows; nothing where it has none.  A title keeps
 * its distance to what stands above. */
static void
write_section(FILE *out, const struct layout *layout, enum section section,
    const struct table_row *rows, size_t count)
{
	bool begun = false;

	for (size_t i = 0; i < count; i++) {
		if (section_of(&rows[i]) != section)
			continue;
		if (!begun && titles[section] != NULL)
			fprintf(out, "\n%s\n", titles[section]);
		if (!begun)
			write_head(out, layout);
		begun = true;
		write_row(out, layout, &rows[i]);
	}
}

/* NULL where it is not set, or empty. */
static const char *
environment(const char *name)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody ever sets it */
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* https://no-color.org: any value but an empty one says no. */
static bool
wants_colour(FILE *out)
{
	return environment("NO_COLOR") == NULL && isatty(fileno(out));
}

void
table_write(
    FILE *out, const struct table_row *rows, size_t count, unsigned width)
{
	struct layout layout = { .coloured = wants_colour(out) };

	measure(&layout, rows, count);
	if (width > 0)
		fit(&layout, width);
	write_section(out, &layout, SECTION_FINDINGS, rows, count);
	write_section(out, &layout, SECTION_SUSPECTED, rows, count);
	write_section(out, &layout, SECTION_STANDARD, rows, count);
}

void
table_write_none(FILE *out, uint64_t standard)
{
	fprintf(out, "no stray mail servers");
	if (standard > 0)
		fprintf(out, "; %" PRIu64 " standard server%s seen", standard,
		    standard == 1 ? "" : "s");
	fputc('\n', out);
}

unsigned
table_width(FILE *out)
{
	const char *said = environment("COLUMNS");
	struct winsize size;
	unsigned long width;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	width = said != NULL ? strtoul(said, NULL, 10) : 0;
	return width <= UINT16_MAX ? (unsigned)width : 0;
}
