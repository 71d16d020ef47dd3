/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger - every mail server seen, and what each source has counted of it.
 *
 * Servers, tallies and clients are places in arrays made at the start and are
 * never given back, so a pointer to one stays good.  With 65,536
 * servers at most that is 77 MiB for servers, 32 for tallies and 8 for
 * clients, of which the kernel lends only the pages that were touched.
 *
 * The index is keyed with a secret (a server's address is its owner's choice),
 * and nothing that is told depends on its order.
 */
#include "output/ledger.h"

#include "output/clients.h"
#include "output/hosts.h"
#include "output/merge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

/* Without memory an insertion fails, and the program goes on. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#define TALLIES_PER_SERVER 4 /* on average: sources are files in `read` */
#define CLIENTS_PER_SERVER 4

struct entry {
	struct server server;
	struct server_key key;
	UT_hash_handle hh;
};

static_assert(sizeof(struct entry) <= 1248, "the budget of a server");
static_assert(sizeof(struct tally) <= 128, "the budget of a tally");

TAILQ_HEAD(waiting_tallies, tally);

struct ledger {
	const struct output_options *options;
	uint64_t secret;
	struct entry *index; /* by key; uthash's head */
	struct entry *entries;
	struct tally *tallies;
	struct clients *clients;
	struct hosts *hosts;
	struct server *also; /* changed besides; next_of_host: the others */
	const struct server **sorted;
	uint32_t servers_max, servers_used;
	size_t tallies_max, tallies_used;
	struct waiting_tallies waiting; /* has all that is untold, and some
	                                 * that were told since */
	uint64_t refused;
};

struct ledger *
ledger_new(const struct output_options *options)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger == NULL)
		return NULL;
	ledger->options = options;
	ledger->servers_max = options->servers_max;
	ledger->tallies_max = (size_t)options->servers_max * TALLIES_PER_SERVER;
	ledger->entries =
	    calloc(options->servers_max, sizeof(ledger->entries[0]));
	ledger->tallies =
	    calloc(ledger->tallies_max, sizeof(ledger->tallies[0]));
	ledger->clients =
	    clients_new((size_t)options->servers_max * CLIENTS_PER_SERVER);
	ledger->hosts = hosts_new(options->servers_max);
	ledger->sorted = calloc(options->servers_max, sizeof(void *));
	TAILQ_INIT(&ledger->waiting);
	/* Where the kernel has none to give, zero is as good as unkeyed. */
	if (getrandom(&ledger->secret, sizeof(ledger->secret), GRND_NONBLOCK) <
	    0)
		ledger->secret = 0;
	if (ledger->entries != NULL && ledger->tallies != NULL &&
	    ledger->clients != NULL && ledger->hosts != NULL &&
	    ledger->sorted != NULL)
		return ledger;
	ledger_free(ledger);
	return NULL;
}

void
ledger_free(struct ledger *ledger)
{
	if (ledger == NULL)
		return;
	HASH_CLEAR(hh, ledger->index);
	free(ledger->entries);
	free(ledger->tallies);
	clients_free(ledger->clients);
	hosts_free(ledger->hosts);
	free(ledger->sorted);
	free(ledger);
}

static unsigned
hash_of(const struct ledger *ledger, const struct server_key *key)
{
	return (unsigned)XXH3_64bits_withSeed(
	    key, sizeof(*key), ledger->secret);
}

/* NOLINTBEGIN(readability-function-*): the size of uthash's macros */

static struct server *
server_find(const struct ledger *ledger, const struct sighting *sighting)
{
	const struct server_key key = merge_key(ledger->options, sighting);
	struct entry *found;

	HASH_FIND_BYHASHVALUE(
	    hh, ledger->index, &key, sizeof(key), hash_of(ledger, &key), found);
	return found != NULL ? &found->server : NULL;
}

/* NULL: the ledger is full, or its index found no memory. */
static struct server *
server_new(struct ledger *ledger, const struct sighting *sighting)
{
	struct entry *entry;

	if (ledger->servers_used == ledger->servers_max)
		return NULL;
	entry = &ledger->entries[ledger->servers_used];
	entry->key = merge_key(ledger->options, sighting);
	merge_begin(&entry->server, ledger->options, &entry->key);
	HASH_ADD_BYHASHVALUE(hh, ledger->index, key, sizeof(entry->key),
	    hash_of(ledger, &entry->key), entry);
	if (entry->hh.tbl == NULL)
		return NULL;
	ledger->servers_used++;
	return &entry->server;
}

/* NOLINTEND(readability-function-*) */

static struct tally *
tally_find(const struct server *server, uint32_t source)
{
	struct tally *tally = server->tallies;

	while (tally != NULL && tally->source != source)
		tally = tally->next_of_server;
	return tally;
}

static struct tally *
tally_new(struct ledger *ledger, struct server *server, uint32_t source)
{
	struct tally *tally = &ledger->tallies[ledger->tallies_used++];

	tally->server = server;
	tally->source = source;
	tally->next_of_server = server->tallies;
	server->tallies = tally;
	return tally;
}

/* NULL: neither there nor to be made; then nothing has changed. */
static struct tally *
tally_of(struct ledger *ledger, const struct sighting *sighting)
{
	struct server *server = server_find(ledger, sighting);
	struct tally *tally =
	    server != NULL ? tally_find(server, sighting->source) : NULL;

	if (tally != NULL)
		return tally;
	/* A suspicion may leave in another file than the one it came in. */
	if (server != NULL && sighting->verdict == SIGHTING_REFUTED)
		return server->tallies;
	if (ledger->tallies_used == ledger->tallies_max)
		return NULL;
	if (server == NULL)
		server = server_new(ledger, sighting);
	if (server == NULL)
		return NULL;
	return tally_new(ledger, server, sighting->source);
}

static void
wait_to_be_told(struct ledger *ledger, struct tally *tally)
{
	if (tally->is_waiting)
		TAILQ_REMOVE(&ledger->waiting, tally, waiting);
	TAILQ_INSERT_TAIL(&ledger->waiting, tally, waiting);
	tally->is_waiting = true;
}

static void
mark_changed(struct ledger *ledger, struct tally *tally, enum change change)
{
	if (tally->server->standard)
		return;
	tally->revision++;
	if (change >= CHANGE_KIND)
		tally->urgent = true;
	wait_to_be_told(ledger, tally);
}

static bool
score_again(struct ledger *ledger, struct server *server, uint64_t now_ns)
{
	struct score before = server->score;

	server->score = score_of(ledger->options, server, now_ns);
	return before.points != server->score.points ||
	    before.terms != server->score.terms;
}

/* Proven on an odd port, for the first time: what that says of its host. */
static void
prove(struct ledger *ledger, struct server *server,
    const struct sighting *sighting, uint64_t now_ns)
{
	struct server_key host = merge_key(ledger->options, sighting);

	if (server->verdict != SIGHTING_CONFIRMED || server->standard ||
	    server->host_ports > 0)
		return;
	host.endpoint.port = 0;
	ledger->also =
	    hosts_prove(ledger->hosts, hash_of(ledger, &host), server);
	for (struct server *s = ledger->also; s != NULL; s = s->next_of_host)
		if (s != server && score_again(ledger, s, now_ns))
			mark_changed(ledger, s->tallies, CHANGE_KIND);
}

static enum change
add(struct ledger *ledger, const struct sighting *sighting, uint64_t now_ns,
    struct tally **ret_tally)
{
	uint32_t known = ledger->servers_used;
	enum change change = CHANGE_TOTALS;
	struct tally *tally;
	bool kind, scored;

	ledger->also = NULL;
	if (sighting->verdict == SIGHTING_REFUTED &&
	    server_find(ledger, sighting) == NULL)
		return CHANGE_REFUSED;
	tally = tally_of(ledger, sighting);
	if (tally == NULL) {
		ledger->refused++;
		return CHANGE_REFUSED;
	}
	merge_numbers(tally->server, tally, sighting);
	clients_count(ledger->clients, tally->server, sighting);
	kind = merge_facts(tally->server, ledger->options, sighting);
	prove(ledger, tally->server, sighting, now_ns);
	scored = score_again(ledger, tally->server, now_ns);

	if (ledger->servers_used > known)
		change = CHANGE_NEW;
	else if (kind || scored)
		change = CHANGE_KIND;
	mark_changed(ledger, tally, change);
	*ret_tally = tally;
	return change;
}

enum change
ledger_add(struct ledger *ledger, const struct sighting *sighting,
    uint64_t now_ns, struct tally **ret_tally)
{
	struct sighting refuted;

	if (sighting->variant != SIGHTING_LMTP ||
	    !ledger->options->lmtp_ignored)
		return add(ledger, sighting, now_ns, ret_tally);
	if (sighting->suspected_flows > 0)
		return CHANGE_REFUSED;
	/* A suspicion of SMTP that was told: that it was not. */
	refuted = *sighting;
	refuted.verdict = SIGHTING_REFUTED;
	refuted.suspected_flows = -1;
	return add(ledger, &refuted, now_ns, ret_tally);
}

struct tally *
ledger_also_changed(struct ledger *ledger, const struct tally *added)
{
	struct server *server = ledger->also;

	if (server == added->server)
		server = server->next_of_host;
	if (server == NULL)
		return NULL;
	ledger->also = server->next_of_host;
	return server->tallies;
}

struct tally *
ledger_untold(struct ledger *ledger, struct tally *after)
{
	struct tally *tally = after != NULL ? TAILQ_NEXT(after, waiting)
					    : TAILQ_FIRST(&ledger->waiting);

	while (tally != NULL && tally->told == tally->revision) {
		struct tally *next = TAILQ_NEXT(tally, waiting);

		TAILQ_REMOVE(&ledger->waiting, tally, waiting);
		tally->is_waiting = false;
		tally = next;
	}
	return tally;
}

void
ledger_retell(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->tallies_used; i++) {
		struct tally *tally = &ledger->tallies[i];

		if (tally->server->standard)
			continue;
		tally->told = tally->revision - 1;
		if (!tally->is_waiting)
			wait_to_be_told(ledger, tally);
	}
}

/* Highest score, then the last seen; what makes a server one makes the order a total one,
 * so that a replay is exact. */
static int
in_table_order(const void *left, const void *right)
{
	const struct server *a = *(const struct server *const *)left;
	const struct server *b = *(const struct server *const *)right;
	int order;

	if (a->score.points != b->score.points)
		return a->score.points > b->score.points ? -1 : 1;
	if (a->last_seen_ns != b->last_seen_ns)
		return a->last_seen_ns > b->last_seen_ns ? -1 : 1;
	order = memcmp(&a->endpoint, &b->endpoint, sizeof(a->endpoint));
	if (order == 0)
		order = strcmp(a->latest.name, b->latest.name);
	return order != 0 ? order : a->via_proxy - b->via_proxy;
}

size_t
ledger_servers(struct ledger *ledger, const struct server *const **ret_servers)
{
	size_t count = 0;

	for (uint32_t i = 0; i < ledger->servers_used; i++)
		if (ledger->entries[i].server.verdict != SIGHTING_REFUTED)
			ledger->sorted[count++] = &ledger->entries[i].server;
	qsort(ledger->sorted, count, sizeof(void *), in_table_order);
	*ret_servers = ledger->sorted;
	return count;
}

static void
count_server(struct ledger_counts *counts, const struct server *server)
{
	bool confirmed = server->verdict == SIGHTING_CONFIRMED;

	if (server->verdict == SIGHTING_REFUTED)
		return;
	if (server->via_proxy)
		counts->via_proxy += confirmed;
	else if (server->standard)
		counts->standard += confirmed;
	else if (confirmed) {
		counts->findings++;
		counts->stray_flows += server->flows;
	} else if (server->latest.variant == SIGHTING_LMTP)
		counts->lmtp++;
	else
		counts->suspected++;
}

struct ledger_counts
ledger_count(const struct ledger *ledger)
{
	struct ledger_counts counts = { .refused = ledger->refused };

	for (uint32_t i = 0; i < ledger->servers_used; i++)
		count_server(&counts, &ledger->entries[i].server);
	return counts;
}
