/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - all that is known of one server, for a person.
 *
 * Sections of lines, each with what it is called on the left; what is not known
 * has no line.
 */
#include "output/registry/show.h"

#include <inttypes.h>
#include <string.h>

#define LABEL "  %-16s"

static void
line(FILE *out, const char *label, const char *text)
{
	if (text[0] != '\0')
		fprintf(out, LABEL "%s\n", label, text);
}

static void
number(FILE *out, const char *label, uint64_t value)
{
	fprintf(out, LABEL "%" PRIu64 "\n", label, value);
}

static void
when(FILE *out, const char *label, uint64_t when_ms)
{
	char text[KNOWN_TIME_MAX];

	known_time(when_ms, text);
	line(out, label, text);
}

static void
show_finding(FILE *out, const struct known *known)
{
	fputs("finding\n", out);
	line(out, "verdict", known->verdict);
	line(out, "state", known->state);
	line(out, "by", known->state_by);
	line(out, "note", known->state_note);
	line(out, "severity", known->severity);
	number(out, "score", known->score);
	line(out, "why", known->reasons);
	line(out, "usual for", known->hint);
	line(out, "evidence", known->evidence);
	line(out, "flags", known->flags);
	line(out, "nDPI says", known->ndpi);
}

static void
show_mail(FILE *out, const struct known *known)
{
	fputs("mail\n", out);
	line(out, "greeting", known->banner);
	line(out, "software", known->software);
	line(out, "version", known->version);
	line(out, "variant", known->variant);
	line(out, "capabilities", known->ehlo);
	line(out, "starttls", known->starttls);
	line(out, "auth", known->auth);
	line(out, "auth in clear", known->auth_cleartext ? "yes" : "no");
}

static void
show_traffic(FILE *out, const struct known *known)
{
	fputs("traffic\n", out);
	when(out, "first seen", known->first_seen_ms);
	when(out, "last seen", known->last_seen_ms);
	number(out, "flows", known->flows);
	if (known->suspected_flows > 0)
		number(out, "suspected flows", known->suspected_flows);
	number(out, "messages", known->messages);
	if (known->bytes > 0)
		number(out, "bytes", known->bytes);
	number(out, "clients", known->clients);
	number(out, "seen by sensors", known->sensors);
	line(out, "last sensor", known->last_sensor);
	line(out, "community id", known->community_id);
}

static void
show_visitors(FILE *out, const struct visitor *visitors, size_t count)
{
	if (count == 0)
		return;
	fputs("busiest clients\n", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, LABEL " %" PRIu64 " %s\n", visitors[i].address,
		    visitors[i].flows,
		    visitors[i].flows == 1 ? "flow" : "flows");
}

void
show_server(FILE *out, const struct known *known,
    const struct visitor *visitors, size_t count)
{
	fprintf(out, "%s\n", known->id);
	show_finding(out, known);
	show_mail(out, known);
	show_traffic(out, known);
	show_visitors(out, visitors, count);
}
