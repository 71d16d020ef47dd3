/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write - servers that were read back, as a table, as JSON or as CSV.
 */
#include "output/registry/write.h"

#include "output/event_read.h"
#include "output/sinks/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000

/* --- table ---------------------------------------------------------------- */

/* The texts of a row that are not in the server as such. */
struct shown {
	char software[2 * KNOWN_WORD_MAX + 2];
	char why[KNOWN_LINE_MAX];
};

/* "auth_cleartext+20 odd_port+10": for a table, the words are enough. */
static void
without_points(const char *reasons, char ret_why[KNOWN_LINE_MAX])
{
	size_t used = 0;
	bool word = true;

	for (; *reasons != '\0'; reasons++) {
		if (*reasons == ' ')
			word = true;
		else if (*reasons == '+' || *reasons == '-')
			word = false;
		if (word)
			ret_why[used++] = *reasons;
	}
	ret_why[used] = '\0';
}

static const char *
state_of(const struct known *known)
{
	if (known_suspected(known))
		return known->verdict;
	return known->standard ? "standard" : known->state;
}

/* Where everybody is on the same site, its name says nothing. */
static const char *
server_of(const struct known *known)
{
	static const char usual[] = "default/";
	size_t length = sizeof usual - 1;

	return strncmp(known->id, usual, length) == 0 ? known->id + length
						      : known->id;
}

static void
show(const struct known *known, struct shown *shown, struct table_row *ret_row)
{
	bool suspected = known_suspected(known);

	snprintf(shown->software, sizeof shown->software, "%s%s%s",
	    known->software, known->version[0] != '\0' ? " " : "",
	    known->version);
	without_points(known->reasons, shown->why);
	*ret_row = (struct table_row){
		.severity = known->severity,
		.state = state_of(known),
		.server = server_of(known),
		.software = shown->software,
		.starttls = known->starttls,
		.auth = known->auth,
		.clients = known->clients,
		.flows = suspected ? known->suspected_flows : known->flows,
		.messages = known->messages,
		.last_seen_ns = known->last_seen_ms * NS_PER_MS,
		.why = shown->why,
		.suspected = suspected,
		.standard = known->standard,
	};
}

static bool
write_table(FILE *out, const struct known_list *list)
{
	struct table_row *rows = calloc(list->count + 1, sizeof *rows);
	struct shown *shown = calloc(list->count + 1, sizeof *shown);
	bool fine = rows != NULL && shown != NULL;

	for (size_t i = 0; fine && i < list->count; i++)
		show(&list->servers[i], &shown[i], &rows[i]);
	if (fine)
		table_write(out, rows, list->count, table_width(out));
	free(rows);
	free(shown);
	return fine;
}

/* --- CSV ------------------------------------------------------------------ */

static const char csv_head[] =
    "severity,score,state,site,server_ip,port,name,software,version,banner,"
    "starttls,auth,auth_cleartext,clients,flows,messages,bytes,first_seen,"
    "last_seen,sensors,reasons,hint,community_id_sample\r\n";

/* RFC 4180, 2; a spreadsheet takes a cell that begins with one of these for a
 * formula, so it gets a quote in front. */
static void
write_cell(FILE *out, const char *text, bool last)
{
	bool formula = text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	if (quoted)
		putc('"', out);
	if (formula)
		putc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
	fputs(last ? "\r\n" : ",", out);
}

static void
write_number(FILE *out, uint64_t number)
{
	fprintf(out, "%" PRIu64 ",", number);
}

static void
write_time(FILE *out, uint64_t when_ms)
{
	char text[KNOWN_TIME_MAX];

	known_time(when_ms, text);
	write_cell(out, text, false);
}

static void
write_csv_row(FILE *out, const struct known *known)
{
	write_cell(out, known->severity, false);
	write_number(out, known->score);
	write_cell(out, state_of(known), false);
	write_cell(out, known->site, false);
	write_cell(out, known->ip, false);
	write_number(out, known->port);
	write_cell(out, known->name, false);
	write_cell(out, known->software, false);
	write_cell(out, known->version, false);
	write_cell(out, known->banner, false);
	write_cell(out, known->starttls, false);
	write_cell(out, known->auth, false);
	write_cell(out, known->auth_cleartext ? "1" : "0", false);
	write_number(out, known->clients);
	write_number(out,
	    known_suspected(known) ? known->suspected_flows : known->flows);
	write_number(out, known->messages);
	write_number(out, known->bytes);
	write_time(out, known->first_seen_ms);
	write_time(out, known->last_seen_ms);
	write_number(out, known->sensors);
	write_cell(out, known->reasons, false);
	write_cell(out, known->hint, false);
	write_cell(out, known->community_id, true);
}

static bool
write_csv(FILE *out, const struct known_list *list)
{
	fputs(csv_head, out);
	for (size_t i = 0; i < list->count; i++)
		write_csv_row(out, &list->servers[i]);
	return true;
}

/* --- JSON ----------------------------------------------------------------- */

static bool
write_json(FILE *out, const struct known_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		char *line = known_json(&list->servers[i]);

		if (line == NULL)
			return false;
		fprintf(out, "%s\n", line);
		free(line);
	}
	return true;
}

bool
write_servers(
    FILE *out, const struct known_list *list, enum registry_format format)
{
	bool fine = false;

	switch (format) {
	case FORMAT_TABLE:
		fine = write_table(out, list);
		break;
	case FORMAT_JSON:
		fine = write_json(out, list);
		break;
	case FORMAT_CSV:
		fine = write_csv(out, list);
		break;
	}
	return fflush(out) == 0 && fine;
}
