/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table - findings for a terminal, written once, at the end of a run.
 */
#ifndef STRAYMAIL_TABLE_H
#define STRAYMAIL_TABLE_H

#include "output/sinks/sink.h"

#include <stdio.h>

/* One line of the table; texts are fit to show (sanitize.h), or "" or NULL. */
struct table_row {
	const char *severity, *state, *server, *software, *starttls, *auth;
	uint64_t clients, flows, messages;
	uint64_t last_seen_ns; /* shown in UTC */
	const char *why; /* nonstandard_port is shown only where it is alone */
	bool suspected;  /* goes into the section of its own */
	bool standard;   /* likewise */
};

/*
 * Findings first, then the sections; says nothing where there are no rows.
 * width: columns of the terminal, 0: no limit; WHY is shortened first, then
 * columns are left out; severity and the server's address stay whole.  Rows are
 * in their order.
 */
void table_write(
    FILE *out, const struct table_row *rows, size_t count, unsigned width);

/* "no stray mail servers; 12 standard servers seen" */
void table_write_none(FILE *out, uint64_t standard);

/* What a table to `out` should keep to: the terminal, or COLUMNS, or 0. */
unsigned table_width(FILE *out);

/* The sink that writes the ledger's servers to stdout at the last flush.  Both
 * are borrowed.  NULL: no memory. */
struct sink *table_open(
    struct ledger *ledger, const struct output_options *options);

#endif
