/* SPDX-License-Identifier: Apache-2.0 */
/*
 * score - how much a server deserves somebody's attention, and why.
 *
 * A term is a row: its word, its points and the question that decides it.
 */
#include "output/score.h"

#include "output/ledger.h"
#include "output/policy.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define HOUR_NS      UINT64_C(3600000000000)
#define DAY_NS       (24 * HOUR_NS)

/* What a term may look at. */
struct question {
	const struct output_options *options;
	const struct server *server;
	uint64_t now_ns;
};

static bool
on_nonstandard_port(const struct question *q)
{
	return !q->server->standard;
}

static bool
serves_outside_clients(const struct question *q)
{
	return q->server->directions & 1U << DIRECTION_INBOUND;
}

static bool
is_reached_from_inside(const struct question *q)
{
	return q->server->directions & 1U << DIRECTION_OUTBOUND;
}

static bool
auth_in_the_clear(const struct question *q)
{
	return q->server->flags & SIGHTING_AUTH_CLEAR;
}

static bool
on_another_services_port(const struct question *q)
{
	return !q->server->standard &&
	    policy_port_taken(q->server->endpoint.port);
}

static bool
on_a_high_port(const struct question *q)
{
	return q->server->endpoint.port >= 32768;
}

/* One that is high anyhow need not change. */
static bool
one_of_many_ports(const struct question *q)
{
	return q->server->host_ports >= LEDGER_PORTS_MANY && !on_a_high_port(q);
}

static bool
dials_back(const struct question *q)
{
	return q->server->flags & SIGHTING_ROLE_REVERSED;
}

/* Over the time between first and last seen, at least an hour. */
static bool
over_100_messages_an_hour(const struct question *q)
{
	uint64_t span = q->server->last_seen_ns - q->server->first_seen_ns;

	if (span < HOUR_NS)
		span = HOUR_NS;
	/* one in every 36 s is 100 an hour; no product that could wrap */
	return q->server->messages > span / (HOUR_NS / 100);
}

static bool
over_20_clients(const struct question *q)
{
	return q->server->client_count > 20;
}

static bool
greeting_is_forged_or_masked(const struct question *q)
{
	return q->server->flags & (SIGHTING_FORGED_GREETING | SIGHTING_MASKED);
}

static bool
greets_as_malware(const struct question *q)
{
	return q->server->flags & SIGHTING_MALWARE;
}

static bool
first_seen_in_24h(const struct question *q)
{
	return q->now_ns < q->server->first_seen_ns ||
	    q->now_ns - q->server->first_seen_ns < DAY_NS;
}

static bool
usual_on_this_port(const struct question *q)
{
	uint16_t port = q->server->endpoint.port;

	return policy_port_class(q->options, port) == PORT_ALTERNATIVE &&
	    policy_port_fits(port, q->server->latest.software);
}

static bool
always_uses_starttls(const struct question *q)
{
	return q->server->starttls == SIGHTING_TLS_USED &&
	    !q->server->clear_mail && !auth_in_the_clear(q);
}

/* clang-format off */
static const struct term {
	const char *name;
	int points;
	bool (*holds)(const struct question *q);
} terms[] = {
	{ "nonstandard_port",    30, on_nonstandard_port },
	{ "external_client",     25, serves_outside_clients },
	{ "external_server",     15, is_reached_from_inside },
	{ "auth_cleartext",      20, auth_in_the_clear },
	{ "other_service_port",  20, on_another_services_port },
	{ "high_port",           10, on_a_high_port },
	{ "changing_ports",      10, one_of_many_ports },
	{ "role_reversed",       10, dials_back },
	{ "many_messages",       10, over_100_messages_an_hour },
	{ "many_clients",        10, over_20_clients },
	{ "forged_or_masked",    10, greeting_is_forged_or_masked },
	{ "malware_greeting",    30, greets_as_malware },
	{ "first_seen_24h",      10, first_seen_in_24h },
	{ "usual_on_port",      -20, usual_on_this_port },
	{ "starttls_always",    -10, always_uses_starttls },
};

static const struct threshold {
	int points;
	enum severity severity;
} thresholds[] = {
	{ 85, SEVERITY_CRITICAL },
	{ 65, SEVERITY_HIGH },
	{ 40, SEVERITY_MEDIUM },
	{  0, SEVERITY_LOW },
};
/* clang-format on */

static_assert(COUNT(terms) <= 16, "struct score has 16 bits for them");

static const char *const severities[] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_LOW] = "low",
	[SEVERITY_MEDIUM] = "medium",
	[SEVERITY_HIGH] = "high",
	[SEVERITY_CRITICAL] = "critical",
};

static int
clamp(int points)
{
	if (points < 0)
		return 0;
	return points > 100 ? 100 : points;
}

static enum severity
severity_of(int points)
{
	const struct threshold *threshold = thresholds;

	while (points < threshold->points)
		threshold++; /* the last one takes all */
	return threshold->severity;
}

struct score
score_of(const struct output_options *options, const struct server *server,
    uint64_t now_ns)
{
	struct question q = { options, server, now_ns };
	unsigned counted = 0;
	enum severity severity;
	int sum = 0;

	for (unsigned i = 0; i < COUNT(terms); i++) {
		if (!terms[i].holds(&q))
			continue;
		counted |= 1U << i;
		sum += terms[i].points;
	}
	sum = clamp(sum);
	severity = server->standard ? SEVERITY_INFO : severity_of(sum);
	return (
	    struct score){ (uint8_t)sum, (uint8_t)severity, (uint16_t)counted };
}

const char *
score_term_name(unsigned term, int *ret_points)
{
	if (term >= COUNT(terms))
		return NULL;
	if (ret_points != NULL)
		*ret_points = terms[term].points;
	return terms[term].name;
}

const char *
severity_name(enum severity severity)
{
	return severities[severity];
}
