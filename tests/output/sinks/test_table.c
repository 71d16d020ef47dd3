/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_table - what people see at the end of a run.
 */
#include "tests/output/hostile.h"
#include "tests/output/sample.h"

#include "output/sinks/table.h"

#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

static const struct table_row finding = {
	.severity = "medium",
	.state = "new",
	.server = "10.0.0.5:2525",
	.software = "Postfix 3.7.11",
	.starttls = "offered",
	.auth = "PLAIN LOGIN",
	.clients = 2,
	.flows = 3,
	.messages = 1,
	.last_seen_ns = SAMPLE_T,
	.why = "nonstandard_port auth_cleartext first_seen_24h",
};

static struct table_row
suspected_row(void)
{
	struct table_row row = { .severity = "low",
		.state = "suspected",
		.server = "[2001:db8::1]:26",
		.last_seen_ns = SAMPLE_T,
		.suspected = true };

	return row;
}

static char text[8192];

/* The table as text, until the next one. */
static void
write_text(const struct table_row *rows, size_t count, unsigned width)
{
	FILE *out;

	text[0] = '\0';
	out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	table_write(out, rows, count, width);
	fclose(out);
}

static void
a_finding_is_a_line_under_its_heads(void **state)
{
	(void)state;
	write_text(&finding, 1, 0);
	assert_string_equal(text,
	    "SEV     STATE  SERVER         SOFTWARE        TLS      "
	    "AUTH         CLIENTS  FLOWS  MSGS  LAST-SEEN             WHY\n"
	    "medium  new    10.0.0.5:2525  Postfix 3.7.11  offered  "
	    "PLAIN LOGIN        2      3     1  2026-11-24T03:10:15Z  "
	    "auth_cleartext first_seen_24h\n");
}

static void
an_odd_port_is_a_reason_only_where_it_is_the_only_one(void **state)
{
	struct table_row row = finding;

	(void)state;
	row.why = "nonstandard_port";
	write_text(&row, 1, 0);
	assert_non_null(strstr(text, "Z  nonstandard_port\n"));
	row.why = "nonstandard_port external_client";
	write_text(&row, 1, 0);
	assert_non_null(strstr(text, "Z  external_client\n"));
}

static void
what_is_not_known_is_a_dash(void **state)
{
	struct table_row row = suspected_row();

	(void)state;
	row.suspected = false;
	row.software = "";
	write_text(&row, 1, 0);
	assert_non_null(strstr(text, "[2001:db8::1]:26  -         -    -  "));
}

static size_t
longest_line(void)
{
	const char *rest = text;
	size_t longest = 0;

	while (*rest != '\0') {
		size_t len = strcspn(rest, "\n");

		if (len > longest)
			longest = len;
		rest += len + (rest[len] == '\n');
	}
	return longest;
}

static void
a_narrow_terminal_shortens_why_first(void **state)
{
	size_t whole;
	(void)state;
	write_text(&finding, 1, 0);
	whole = longest_line();
	write_text(&finding, 1, (unsigned)whole);
	assert_null(strstr(text, "..\n"));
	write_text(&finding, 1, (unsigned)whole - 10);
	assert_int_equal(longest_line(), whole - 10);
	assert_non_null(strstr(text, "auth_cleartext fi..\n"));
	assert_non_null(strstr(text, "Postfix 3.7.11"));
	write_text(&finding, 1, 115); /* then SOFTWARE */
	assert_int_equal(longest_line(), 115);
	assert_null(strstr(text, "Postfix 3.7.11"));
}

static void
a_narrower_one_leaves_columns_out_and_wraps_no_line(void **state)
{
	(void)state;
	for (unsigned width = 24; width < 160; width++) {
		write_text(&finding, 1, width);
		assert_true(longest_line() <= width);
		assert_non_null(strstr(text, "\nmedium  "));
		assert_non_null(strstr(text, "10.0.0.5:2525"));
	}
	write_text(&finding, 1, 80);
	assert_string_equal(text,
	    "SEV     SERVER         SOFTWARE        TLS      "
	    "FLOWS  MSGS  WHY\n"
	    "medium  10.0.0.5:2525  Postfix 3.7.11  offered  "
	    "    3     1  auth_cleartext fi..\n");
	write_text(&finding, 1, 10); /* what cannot be spared stays */
	assert_string_equal(text,
	    "SEV     SERVER       \n"
	    "medium  10.0.0.5:2525\n");
}

/* Where a part begins; it must be there. */
static size_t
place_of(const char *part)
{
	const char *found = strstr(text, part);

	assert_non_null(found);
	return (size_t)(found - text);
}

static void
sections_come_in_their_order(void **state)
{
	struct table_row rows[3] = { suspected_row(), finding, finding };
	size_t second, third;

	(void)state;
	rows[1].standard = true;
	rows[1].server = "10.0.0.6:25";
	write_text(rows, 3, 0);
	second = place_of("\n\nsuspected, not proven:\nSEV");
	third = place_of("\n\non standard ports:\nSEV");
	assert_true(place_of("10.0.0.5:2525") < second);
	assert_in_range(place_of("[2001:db8::1]:26"), second, third);
	assert_true(place_of("10.0.0.6:25") > third);
}

static void
no_rows_are_no_table(void **state)
{
	(void)state;
	write_text(NULL, 0, 80);
	assert_string_equal(text, "");
}

static void
nothing_found_is_said_honestly(void **state)
{
	static const struct {
		uint64_t standard;
		const char *text;
	} cases[] = {
		{ 0, "no stray mail servers\n" },
		{ 1, "no stray mail servers; 1 standard server seen\n" },
		{ 12, "no stray mail servers; 12 standard servers seen\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *out = fmemopen(text, sizeof(text), "w");

		table_write_none(out, cases[i].standard);
		fclose(out);
		assert_string_equal(text, cases[i].text);
	}
}

/* What a terminal of that width is sent. */
static void
on_a_terminal(unsigned short width)
{
	struct winsize size = { .ws_row = 24, .ws_col = width };
	int master, slave;
	size_t len = 0;
	ssize_t got;
	FILE *out;

	if (openpty(&master, &slave, NULL, NULL, &size) != 0)
		skip();
	out = fdopen(slave, "w");
	assert_int_equal(table_width(out), width);
	table_write(out, &finding, 1, 0);
	fclose(out); /* then the other end has a last byte, and EIO behind it */
	while ((got = read(master, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(master);
}

static void
colour_is_for_terminals_and_severity_only(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	write_text(&finding, 1, 0);
	assert_null(strchr(text, '\033'));
	on_a_terminal(100);
	assert_non_null(strstr(text, "\033[33mmedium\033[0m"));
	assert_null(strchr(strstr(text, "\033[0m") + 1, '\033'));
	setenv("NO_COLOR", "1", 1);
	on_a_terminal(100);
	assert_null(strchr(text, '\033'));
	unsetenv("NO_COLOR");
}

static void
columns_is_asked_where_there_is_no_terminal(void **state)
{
	FILE *out = tmpfile();

	(void)state;
	unsetenv("COLUMNS");
	assert_int_equal(table_width(out), 0);
	setenv("COLUMNS", "72", 1);
	assert_int_equal(table_width(out), 72);
	setenv("COLUMNS", "wide", 1);
	assert_int_equal(table_width(out), 0);
	setenv("COLUMNS", "99999999999999999999", 1);
	assert_int_equal(table_width(out), 0);
	unsetenv("COLUMNS");
	fclose(out);
}

/* What the sink writes to stdout when it is closed. */
static void
write_ledger(struct ledger *ledger, const struct output_options *options)
{
	struct sink *sink = table_open(ledger, options);
	FILE *catcher = tmpfile();
	int saved;
	size_t len;

	assert_non_null(sink);
	assert_true(sink->verbs->flush(sink, SAMPLE_T, false));
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	dup2(fileno(catcher), STDOUT_FILENO);
	/* The last flush may be tried again; there is one table. */
	assert_true(sink->verbs->flush(sink, SAMPLE_T, true));
	assert_true(sink->verbs->flush(sink, SAMPLE_T, true));
	sink->verbs->close(sink);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(catcher);
	len = fread(text, 1, sizeof(text) - 1, catcher);
	text[len] = '\0';
	fclose(catcher);
}

static void
the_sink_shows_the_ledger(void **state)
{
	struct output_options options = sample_options();
	struct ledger *ledger = ledger_new(&options);
	struct sighting s = sample_sighting();
	struct tally *tally;

	(void)state;
	write_ledger(ledger, &options);
	assert_string_equal(text, "no stray mail servers\n");

	s.server.port = 25;
	ledger_add(ledger, &s, SAMPLE_T, &tally);
	write_ledger(ledger, &options);
	assert_string_equal(
	    text, "no stray mail servers; 1 standard server seen\n");

	s = sample_suspicion();
	s.server.port = 4001;
	ledger_add(ledger, &s, SAMPLE_T, &tally);
	write_ledger(ledger, &options);
	assert_non_null(strstr(text, "no stray mail servers; 1 standard"));
	assert_non_null(strstr(text, "suspected  10.0.0.5:4001"));
	assert_null(strstr(text, "10.0.0.5:25 "));

	s = sample_sighting();
	sample_text(s.version, sizeof(s.version), "3.7.11");
	ledger_add(ledger, &s, SAMPLE_T, &tally);
	options.all = true;
	write_ledger(ledger, &options);
	assert_null(strstr(text, "no stray"));
	assert_non_null(strstr(text,
	    "medium  new        10.0.0.5:2525  "
	    "Postfix 3.7.11  offered  PLAIN LOGIN"));
	assert_non_null(strstr(text, "  first_seen_24h"));
	assert_non_null(strstr(text, "standard   10.0.0.5:25 "));
	ledger_free(ledger);
}

static void
the_sink_says_what_stands_between(void **state)
{
	struct output_options options = sample_options();
	struct ledger *ledger = ledger_new(&options);
	struct sighting s = sample_named("mx.example");
	struct tally *tally;

	(void)state;
	s.via[1] = SIGHTING_PROXY_V1;
	ledger_add(ledger, &s, SAMPLE_T, &tally);
	write_ledger(ledger, &options);
	assert_non_null(strstr(text, " mx.example:2525 "));
	assert_non_null(
	    strstr(text, "via socks5+proxy_v1 10.0.0.9:1080 nonstandard_port"));
	ledger_free(ledger);
}

static void
hostile_texts_do_not_reach_the_terminal(void **state)
{
	struct output_options options = sample_options();

	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		struct ledger *ledger = ledger_new(&options);
		struct sighting s = sample_sighting();
		struct tally *tally;
		size_t lines = 0;

		memset(s.software, 0, sizeof(s.software));
		memcpy(s.software, hostile_texts[i].bytes,
		    hostile_texts[i].len < sizeof(s.software)
			? hostile_texts[i].len
			: sizeof(s.software));
		memcpy(s.version, s.software, sizeof(s.version));
		memcpy(s.auth, s.software, sizeof(s.software));
		ledger_add(ledger, &s, SAMPLE_T, &tally);
		write_ledger(ledger, &options);
		for (const char *c = text; *c != '\0'; c++) {
			lines += *c == '\n';
			assert_true(*c == '\n' || (*c >= 0x20 && *c <= 0x7e));
		}
		assert_int_equal(lines, 2);
		ledger_free(ledger);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_a_line_under_its_heads),
		cmocka_unit_test(
		    an_odd_port_is_a_reason_only_where_it_is_the_only_one),
		cmocka_unit_test(what_is_not_known_is_a_dash),
		cmocka_unit_test(a_narrow_terminal_shortens_why_first),
		cmocka_unit_test(
		    a_narrower_one_leaves_columns_out_and_wraps_no_line),
		cmocka_unit_test(sections_come_in_their_order),
		cmocka_unit_test(no_rows_are_no_table),
		cmocka_unit_test(nothing_found_is_said_honestly),
		cmocka_unit_test(colour_is_for_terminals_and_severity_only),
		cmocka_unit_test(columns_is_asked_where_there_is_no_terminal),
		cmocka_unit_test(the_sink_shows_the_ledger),
		cmocka_unit_test(the_sink_says_what_stands_between),
		cmocka_unit_test(hostile_texts_do_not_reach_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
