/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_sink - the ledger's servers as rows of a table, when a run ends.
 *
 * The ledger says everything there is to say, so the sink listens to nothing
 * and writes once, at the last flush: a table that nobody could be shown is an
 * error of the run.
 */
#include "output/ledger.h"
#include "output/log.h"
#include "output/sanitize.h"
#include "output/sinks/table.h"

#include <stdlib.h>
#include <string.h>

struct table_sink {
	struct sink sink;
	struct ledger *ledger;
	const struct output_options *options;
	bool written, taken; /* once; by stdout */
};

/* The texts that a row points to. */
struct shown {
	char server[ENDPOINT_TEXT_MAX];
	char software[2 * SIGHTING_NAME_MAX * 4]; /* if all were escaped */
	char auth[SIGHTING_AUTH_MAX * 4];
	char why[SANITIZE_MAX];
};

static void
table_publish(struct sink *sink, const struct news *news)
{
	(void)sink;
	(void)news;
}

/* "Postfix 3.7.11" */
static void
show_software(struct shown *shown, const struct sighting *s)
{
	size_t len = sanitize(shown->software, sizeof(shown->software),
	    s->software, strnlen(s->software, sizeof(s->software)), NULL);

	if (len == 0 || s->version[0] == '\0')
		return;
	shown->software[len++] = ' ';
	sanitize(shown->software + len, sizeof(shown->software) - len,
	    s->version, strnlen(s->version, sizeof(s->version)), NULL);
}

/* What came before the dialog; returns how long that is. */
static size_t
show_via(struct shown *shown, const struct sighting *s)
{
	const char *first = sighting_via_name((enum sighting_via)s->via[0]);
	const char *second = sighting_via_name((enum sighting_via)s->via[1]);
	char proxy[ENDPOINT_TEXT_MAX];

	if (*first == '\0')
		return 0;
	endpoint_text(&s->proxy, proxy);
	return (size_t)snprintf(shown->why, sizeof(shown->why), "via %s%s%s %s",
	    first, *second != '\0' ? "+" : "", second, proxy);
}

/* The terms that counted; the first one does for every finding. */
static void
show_why(struct shown *shown, const struct sighting *s, struct score score)
{
	const char *name;
	size_t used = show_via(shown, s);

	for (unsigned i = 0; (name = score_term_name(i, NULL)) != NULL; i++) {
		int len;

		if ((score.terms & 1U << i) == 0)
			continue;
		len = snprintf(shown->why + used, sizeof(shown->why) - used,
		    "%s%s", used > 0 ? " " : "", name);
		if (len < 0 || (size_t)len >= sizeof(shown->why) - used)
			return;
		used += (size_t)len;
	}
}

static const char *
state_of(const struct server *server)
{
	if (server->verdict == SIGHTING_SUSPECTED)
		return "suspected";
	return server->standard ? "standard" : "new";
}

static void
show(struct shown *shown, struct table_row *row, const struct server *server)
{
	const struct sighting *s = &server->latest;
	bool suspected = server->verdict == SIGHTING_SUSPECTED;

	endpoint_named_text(&server->endpoint, s->name, shown->server);
	show_software(shown, s);
	sanitize(shown->auth, sizeof(shown->auth), s->auth,
	    strnlen(s->auth, sizeof(s->auth)), NULL);
	show_why(shown, s, server->score);
	*row = (struct table_row){
		.severity = severity_name(server->score.severity),
		.state = state_of(server),
		.server = shown->server,
		.software = shown->software,
		.starttls = sighting_starttls_name(server->starttls),
		.auth = shown->auth,
		.clients = server->client_count,
		/* what a suspected server has: its flows are not proven */
		.flows = suspected ? server->suspected_flows : server->flows,
		.messages = server->messages,
		.last_seen_ns = server->last_seen_ns,
		.why = shown->why,
		.suspected = suspected,
		.standard = server->standard,
	};
}

/* Standard ones only where they were asked for. */
static size_t
show_all(
    const struct table_sink *table, struct table_row *rows, struct shown *texts)
{
	const struct server *const *servers;
	size_t count = ledger_servers(table->ledger, &servers);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (servers[i]->standard && !table->options->all)
			continue;
		show(&texts[used], &rows[used], servers[i]);
		used++;
	}
	return used;
}

static void
write_table(const struct table_sink *table)
{
	struct ledger_counts counts = ledger_count(table->ledger);
	const struct server *const *servers;
	size_t most = ledger_servers(table->ledger, &servers) + 1;
	struct table_row *rows = calloc(most, sizeof(rows[0]));
	struct shown *texts = calloc(most, sizeof(texts[0]));

	if (rows == NULL || texts == NULL) {
		log_warn("table");
	} else {
		size_t count = show_all(table, rows, texts);

		if (counts.findings == 0)
			table_write_none(stdout, counts.standard);
		table_write(stdout, rows, count, table_width(stdout));
	}
	free(rows);
	free(texts);
}

static bool
table_flush(struct sink *sink, uint64_t now_ns, bool last)
{
	struct table_sink *table = (struct table_sink *)sink;

	(void)now_ns;
	if (!last)
		return true;
	if (!table->written) {
		log_progress_end(); /* it may be on the same terminal */
		write_table(table);
		table->taken = fflush(stdout) == 0;
		if (!table->taken)
			log_warn("stdout");
	}
	table->written = true;
	return table->taken;
}

static void
table_close(struct sink *sink)
{
	free(sink);
}

static const struct sink_verbs verbs = {
	.name = "table",
	.publish = table_publish,
	.flush = table_flush,
	.close = table_close,
};

struct sink *
table_open(struct ledger *ledger, const struct output_options *options)
{
	struct table_sink *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->sink.verbs = &verbs;
	table->ledger = ledger;
	table->options = options;
	return &table->sink;
}
