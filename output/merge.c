/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge - what one more dialog says about its server.
 *
 * Bytes and last_seen grow with every dialog that is or may be SMTP; flows and
 * messages with confirmed ones only, which is how the sensor tells them.  A
 * refuted dialog takes its suspicion back and adds nothing.
 */
#include "output/merge.h"

#include "output/policy.h"

#include <assert.h>
#include <string.h>

/* A greater rank is never replaced by a lesser. */
static int
rank(unsigned verdict)
{
	switch ((enum sighting_verdict)verdict) {
	case SIGHTING_REFUTED:
		return 0;
	case SIGHTING_SUSPECTED:
		return 1;
	case SIGHTING_CONFIRMED:
		return 2;
	}
	return 0;
}

static void
take_earlier(uint64_t *first_ns, uint64_t when_ns)
{
	if (*first_ns == 0 || when_ns < *first_ns)
		*first_ns = when_ns;
}

static void
take_later(uint64_t *last_ns, uint64_t when_ns)
{
	if (when_ns > *last_ns)
		*last_ns = when_ns;
}

/* change: 1, 0, or -1 where a suspicion left.  It may have been raised in
 * another source, so a tally can be asked for more than it has. */
static void
count_suspected(uint64_t *flows, int change)
{
	if (change > 0)
		*flows += (uint64_t)change;
	else if (change < 0 && *flows > 0)
		*flows -= 1;
}

static uint64_t
new_flows(const struct sighting *sighting)
{
	return sighting->flows > 0 ? (uint64_t)sighting->flows : 0;
}

static bool
is_standard(const struct output_options *options, uint16_t port)
{
	return policy_port_class(options, port) == PORT_STANDARD;
}

static_assert(sizeof(struct server_key) ==
	sizeof(struct endpoint) + ENDPOINT_NAME_MAX + sizeof(uint16_t),
    "keys are compared by their bytes");

struct server_key
merge_key(const struct output_options *options, const struct sighting *sighting)
{
	struct server_key key = { .endpoint = sighting->server };

	memcpy(key.name, sighting->name, sizeof(key.name));
	key.via_proxy = sighting_tunnelled(sighting) &&
	    is_standard(options, sighting->server.port);
	return key;
}

void
merge_begin(struct server *server, const struct output_options *options,
    const struct server_key *key)
{
	memset(server, 0, sizeof(*server));
	server->endpoint = key->endpoint;
	server->verdict = SIGHTING_REFUTED; /* any dialog is better */
	server->standard = is_standard(options, key->endpoint.port);
	server->via_proxy = key->via_proxy != 0;
}

static void
count_in_tally(struct tally *tally, const struct sighting *sighting)
{
	bool first_proof = tally->flows == 0 && new_flows(sighting) > 0;

	count_suspected(&tally->suspected_flows, sighting->suspected_flows);
	if (sighting->verdict == SIGHTING_REFUTED)
		return;
	take_earlier(&tally->first_seen_ns, sighting->start_ns);
	take_later(&tally->last_seen_ns, sighting->end_ns);
	if (first_proof)
		tally->started_ns = sighting->start_ns;
	else if (sighting->verdict == SIGHTING_CONFIRMED || tally->flows == 0)
		take_later(&tally->started_ns, sighting->start_ns);
	tally->flows += new_flows(sighting);
	tally->messages += sighting->messages;
	tally->bytes_toserver += sighting->bytes_toserver;
	tally->bytes_toclient += sighting->bytes_toclient;
}

static void
count_in_server(struct server *server, const struct sighting *sighting)
{
	count_suspected(&server->suspected_flows, sighting->suspected_flows);
	if (sighting->verdict == SIGHTING_REFUTED)
		return;
	take_earlier(&server->first_seen_ns, sighting->start_ns);
	take_later(&server->last_seen_ns, sighting->end_ns);
	server->flows += new_flows(sighting);
	server->messages += sighting->messages;
	server->bytes_toserver += sighting->bytes_toserver;
	server->bytes_toclient += sighting->bytes_toclient;
}

void
merge_numbers(
    struct server *server, struct tally *tally, const struct sighting *sighting)
{
	count_in_tally(tally, sighting);
	count_in_server(server, sighting);
}

/* A greeting that was heard and names nobody is news; a dialog that was too
 * short to name anybody is none, unless it takes back what it said itself. */
static bool
keeps_name(const struct server *server, const struct sighting *newer)
{
	if (newer->software[0] != '\0' || newer->flow_id == server->named_by)
		return false;
	return newer->greeting_len == 0 ||
	    server->latest.software_by == SIGHTING_BY_DIALOG;
}

/* What this dialog did not say of the server, an older one did. */
static void
keep_what_was_not_heard(struct sighting *newer, const struct sighting *older)
{
	if (newer->greeting_len == 0) {
		memcpy(
		    newer->greeting, older->greeting, sizeof(newer->greeting));
		newer->greeting_len = older->greeting_len;
	}
	if (newer->ehlo[0] == '\0') {
		memcpy(newer->ehlo, older->ehlo, sizeof(newer->ehlo));
		memcpy(newer->auth, older->auth, sizeof(newer->auth));
		newer->ehlo_hash = older->ehlo_hash;
	}
}

static void
take_as_example(struct server *server, const struct sighting *sighting)
{
	const struct sighting *older = &server->latest;
	struct sighting example = *sighting;

	if (keeps_name(server, sighting)) {
		memcpy(example.software, older->software,
		    sizeof(example.software));
		memcpy(
		    example.version, older->version, sizeof(example.version));
		example.software_by = older->software_by;
	} else {
		server->named_by = sighting->flow_id;
	}
	keep_what_was_not_heard(&example, older);
	server->latest = example;
}

/* True: the last suspicion left, and nothing was ever proven. */
static bool
withdraw(struct server *server, const struct sighting *sighting)
{
	if (server->verdict != SIGHTING_SUSPECTED ||
	    server->suspected_flows > 0)
		return false;
	server->verdict = SIGHTING_REFUTED;
	take_as_example(server, sighting);
	return true;
}

/* A better verdict: what lesser dialogs showed does not count any more. */
static void
rise(struct server *server, unsigned verdict)
{
	server->verdict = (uint8_t)verdict;
	server->clear_mail = false;
	server->starttls = SIGHTING_TLS_NO;
	server->directions = 0;
	server->flags = 0;
}

/* What is true of a server for ever once one dialog has shown it. */
static void
learn_for_ever(struct server *server, const struct output_options *options,
    const struct sighting *sighting)
{
	enum direction direction =
	    policy_direction(options, &sighting->client, &sighting->server);

	if (sighting->server.family != 0) /* where a name is, nobody knows */
		server->directions |= (uint8_t)(1U << direction);
	server->flags |= sighting->flags;
	if (sighting->starttls > server->starttls)
		server->starttls = sighting->starttls;
	/* Under TLS nothing is heard, so mail that was heard was in the clear,
	 * even where TLS came later. */
	if (sighting->dialog_messages > 0 ||
	    (sighting->evidence & SIGHTING_HEARD(SIGHTING_R2)) != 0)
		server->clear_mail = true;
}

/* What people are told of at once. */
struct kind {
	uint8_t verdict, starttls;
	bool auth_clear, lmtp;
	char software[SIGHTING_NAME_MAX], version[SIGHTING_NAME_MAX];
	char auth[SIGHTING_AUTH_MAX];
};

/* Up to the NUL only: what lies behind it is not to be compared. */
static void
copy_text(char *dst, const char *text, size_t cap)
{
	(void)memccpy(dst, text, '\0', cap);
}

static void
kind_of(const struct server *server, struct kind *ret_kind)
{
	const struct sighting *latest = &server->latest;

	memset(ret_kind, 0, sizeof(*ret_kind));
	ret_kind->verdict = server->verdict;
	ret_kind->starttls = server->starttls;
	ret_kind->auth_clear = (server->flags & SIGHTING_AUTH_CLEAR) != 0;
	ret_kind->lmtp = latest->variant == SIGHTING_LMTP;
	copy_text(
	    ret_kind->software, latest->software, sizeof(ret_kind->software));
	copy_text(
	    ret_kind->version, latest->version, sizeof(ret_kind->version));
	copy_text(ret_kind->auth, latest->auth, sizeof(ret_kind->auth));
}

bool
merge_facts(struct server *server, const struct output_options *options,
    const struct sighting *sighting)
{
	struct kind before, after;
	bool better;

	if (sighting->verdict == SIGHTING_REFUTED)
		return withdraw(server, sighting);
	if (rank(sighting->verdict) < rank(server->verdict))
		return false;

	kind_of(server, &before);
	better = rank(sighting->verdict) > rank(server->verdict);
	if (better)
		rise(server, sighting->verdict);
	if (better || sighting->end_ns >= server->latest.end_ns)
		take_as_example(server, sighting);
	learn_for_ever(server, options, sighting);
	kind_of(server, &after);
	return memcmp(&before, &after, sizeof(before)) != 0;
}
