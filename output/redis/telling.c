/* SPDX-License-Identifier: Apache-2.0 */
/*
 * telling - a tally of the ledger, put into the words of the ingest script.
 */
#include "output/redis/telling.h"

#include "output/fnv.h"
#include "output/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000

static uint64_t
told_ms(uint64_t when_ns, uint64_t limit_ms)
{
	uint64_t when_ms = when_ns / NS_PER_MS;

	return when_ms < limit_ms ? when_ms : limit_ms;
}

static void
add_fact(struct ingest *ingest, const char *name, const char *value)
{
	if (ingest->fact_count < INGEST_FACTS_MAX)
		ingest->facts[ingest->fact_count++] =
		    (struct fact){ name, value };
}

/* Appends a word, parted by a blank; what does not fit is left out. */
static void
append(char line[TELLING_LINE_MAX], const char *word)
{
	size_t used = strlen(line);

	if (used + strlen(word) + 2 <= TELLING_LINE_MAX)
		snprintf(line + used, TELLING_LINE_MAX - used, "%s%s",
		    used > 0 ? " " : "", word);
}

static void
clean(char ret_text[SANITIZE_MAX], const char *bytes, size_t length)
{
	sanitize(ret_text, SANITIZE_MAX, bytes, length, NULL);
}

/* Fixed arrays of a sighting end at a NUL, or where they are full. */
#define CLEAN(text, field) clean(text, field, strnlen(field, sizeof(field)))

static void
write_lists(struct telling *telling, const struct server *server)
{
	const struct sighting *latest = &server->latest;
	const char *name;
	char term[64];
	int points;

	telling->evidence[0] = telling->flags[0] = telling->reasons[0] = '\0';
	for (unsigned i = 0; (name = sighting_atom_name(i)) != NULL; i++)
		if (latest->evidence >> i & 1)
			append(telling->evidence, name);
	for (unsigned i = 0; (name = sighting_flag_name(i)) != NULL; i++)
		if (latest->flags >> i & 1)
			append(telling->flags, name);
	for (unsigned i = 0; (name = score_term_name(i, &points)) != NULL; i++)
		if (server->score.terms >> i & 1) {
			snprintf(term, sizeof term, "%s%+d", name, points);
			append(telling->reasons, term);
		}
}

static void
write_facts(struct telling *telling, const struct output_options *options,
    const struct server *server)
{
	const struct sighting *latest = &server->latest;
	const char *hint = policy_port_hint(server->endpoint.port);
	size_t host_len;
	const char *host = sighting_greeting_host(latest, &host_len);
	struct ingest *ingest = &telling->ingest;

	if (server->endpoint.family != 0)
		endpoint_address_text(&server->endpoint, telling->address);
	else
		telling->address[0] = '\0';
	snprintf(telling->port, sizeof telling->port, "%" PRIu16,
	    server->endpoint.port);
	clean(telling->banner, latest->greeting, latest->greeting_len);
	clean(telling->greeting_host, host, host_len);
	CLEAN(telling->software, latest->software);
	CLEAN(telling->version, latest->version);
	CLEAN(telling->ehlo, latest->ehlo);
	CLEAN(telling->auth, latest->auth);
	CLEAN(telling->ndpi, latest->ndpi);
	event_community_id(options, latest, telling->community_id);
	write_lists(telling, server);

	add_fact(ingest, "site", options->site);
	add_fact(ingest, "ip", telling->address);
	add_fact(ingest, "name", latest->name);
	add_fact(ingest, "port", telling->port);
	add_fact(ingest, "severity", severity_name(server->score.severity));
	add_fact(ingest, "reasons", telling->reasons);
	add_fact(ingest, "banner", telling->banner);
	add_fact(ingest, "greeting_host", telling->greeting_host);
	add_fact(ingest, "software", telling->software);
	add_fact(ingest, "version", telling->version);
	add_fact(ingest, "ehlo", telling->ehlo);
	add_fact(ingest, "starttls", sighting_starttls_name(server->starttls));
	add_fact(ingest, "auth", telling->auth);
	add_fact(ingest, "auth_cleartext",
	    server->flags & SIGHTING_AUTH_CLEAR ? "1" : "0");
	add_fact(ingest, "variant", sighting_variant_name(latest->variant));
	add_fact(ingest, "evidence", telling->evidence);
	add_fact(ingest, "flags", telling->flags);
	add_fact(ingest, "ndpi", telling->ndpi);
	add_fact(ingest, "community_id", telling->community_id);
	add_fact(ingest, "hint", hint != NULL ? hint : "");
}

/*
 * What makes a change one in kind.  A capture file is a source of its own, and
 * reading it again, alone or with others, must not change anything: its digest
 * is made of what the file itself says, and not of what is known of the server
 * from elsewhere.
 */
static void
write_digest(struct telling *telling, const struct event_context *context,
    const struct tally *tally)
{
	const struct server *server = tally->server;
	uint64_t hash = FNV_BEGIN;
	char open[24], points[24];

	snprintf(open, sizeof open, "%" PRIu64, tally->suspected_flows);
	snprintf(points, sizeof points, "%u", server->score.points);
	if (context->options->replay) {
		hash = fnv(hash, context->options->version);
		hash = fnv(hash, open);
	} else {
		hash = fnv(hash, telling->ingest.verdict);
		hash = fnv(hash, telling->software);
		hash = fnv(hash, sighting_starttls_name(server->starttls));
		hash = fnv(hash, telling->auth);
		hash =
		    fnv(hash, server->flags & SIGHTING_AUTH_CLEAR ? "1" : "0");
		hash = fnv(hash, points);
	}
	snprintf(telling->digest, sizeof telling->digest, "%016" PRIx64, hash);
}

/* An event in Redis says what the news is, as the NDJSON does. */
static enum change
action_of(const struct tally *tally)
{
	if (tally->told == 0)
		return CHANGE_NEW;
	return tally->urgent ? CHANGE_KIND : CHANGE_TOTALS;
}

bool
telling_begin(struct telling *telling, const struct event_context *context,
    const struct tally *tally, uint64_t limit_ms)
{
	const struct output_options *options = context->options;
	const struct server *server = tally->server;

	telling->json = event_json(context, action_of(tally), tally, true);
	if (telling->json == NULL)
		return false;
	server_id(options->site, &server->endpoint, server->latest.name,
	    telling->server);
	telling->ingest = (struct ingest){
		.prefix = options->redis.prefix,
		.source = sources_at(context->sources, tally->source)->name,
		.sensor = options->sensor_name,
		.server = telling->server,
		.first_seen_ms = told_ms(tally->first_seen_ns, limit_ms),
		.last_seen_ms = told_ms(tally->last_seen_ns, limit_ms),
		.flows = tally->flows,
		.bytes_toserver = tally->bytes_toserver,
		.bytes_toclient = tally->bytes_toclient,
		.messages = tally->messages,
		.suspected_flows = server->suspected_flows,
		.verdict = sighting_verdict_name(server->verdict),
		.score = server->score.points,
		.digest = telling->digest,
		.retention_s = RETENTION_S,
		.stream_length = options->redis.stream_maxlen,
		.json = telling->json,
		.clients = server->clients,
	};
	write_facts(telling, options, server);
	write_digest(telling, context, tally);
	return true;
}

void
telling_end(struct telling *telling)
{
	free(telling->json);
	telling->json = NULL;
}
