/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report - facts, flow and verdict folded into one sighting.
 */
#include "sensor/report.h"

#include "dissectors/blocklist.h"
#include "dissectors/client_dialect.h"
#include "dissectors/ndpi.h"

#include <assert.h>
#include <string.h>

/* Both rooms have enumerators of their own, in the same order: say so here. */
static_assert(ATOMS <= 32, "evidence is a set of 32 bits");
static_assert((unsigned)FACT_MIDSTREAM == (unsigned)SIGHTING_MIDSTREAM &&
	(unsigned)FACT_ROLE_REVERSED == (unsigned)SIGHTING_ROLE_REVERSED &&
	(unsigned)FACT_AUTH_CLEAR == (unsigned)SIGHTING_AUTH_CLEAR &&
	(unsigned)FACT_BOUND_HIT == (unsigned)SIGHTING_BOUND_HIT &&
	(unsigned)FACT_PRETENDS == (unsigned)SIGHTING_MALWARE &&
	(unsigned)FACT_BLOCKLISTED == (unsigned)SIGHTING_BLOCKLISTED,
    "flags cross the border as they are");
static_assert(ATOMS == SIGHTING_ATOMS && (int)ATOM_R1 == (int)SIGHTING_R1 &&
	(int)ATOM_X6 == (int)SIGHTING_X6,
    "and atoms");
static_assert((int)VARIANT_ESMTP == (int)SIGHTING_ESMTP &&
	(int)VARIANT_LMTP == (int)SIGHTING_LMTP,
    "and variants");
static_assert((int)STARTTLS_USED == (int)SIGHTING_TLS_USED &&
	(int)STARTTLS_OFFERED == (int)SIGHTING_TLS_OFFERED,
    "so does STARTTLS");
static_assert((int)VIA_PROXY_V1 == (int)SIGHTING_PROXY_V1 &&
	(int)VIA_SOCKS4 == (int)SIGHTING_SOCKS4 &&
	(int)VIA_HTTP_CONNECT == (int)SIGHTING_HTTP_CONNECT &&
	PREAMBLES_MAX == SIGHTING_VIA_MAX,
    "and preambles");
static_assert((int)SOFTWARE_BY_DIALOG == (int)SIGHTING_BY_DIALOG &&
	(int)SOFTWARE_BY_GREETING == (int)SIGHTING_BY_GREETING &&
	CLIENT_DIALECT_MAX <= SIGHTING_DIALECT_MAX,
    "and how the software is known, and the dialect");
static_assert((int)TUNNEL_GRE == (int)CARRIER_GRE &&
	(int)TUNNEL_VXLAN == (int)CARRIER_VXLAN &&
	(int)TUNNEL_BACKBONE == (int)CARRIER_PBB &&
	TUNNEL_KINDS == CARRIER_KINDS && PACKET_TUNNELS_MAX == CARRIERS_MAX,
    "and tunnels");
static_assert(SIGHTING_GREETING_MAX >= FACTS_GREETING_MAX, "greetings fit");

static bool
is_lmtp(const struct conversation *from)
{
	return from->dialog.verdict == VERDICT_REFUTED &&
	    from->dialog.label == LABEL_LMTP;
}

/*
 * Who listens: people can go to the TCP responder, whoever speaks for the
 * server; where no handshake was seen content decides (detection 6).
 */
static enum side
listener_of(const struct conversation *from)
{
	return from->handshake ? SIDE_RESPONDER : from->dialog.session.server;
}

static bool
worth_telling(const struct conversation *from, enum report_why why)
{
	bool told_suspected = (from->told & TOLD_SUSPECTED) != 0;

	if (is_lmtp(from)) /* it may have been a suspicion of SMTP before */
		return (from->told & TOLD_LMTP) == 0;
	switch (from->dialog.verdict) {
	case VERDICT_CONFIRMED:
		return true;
	case VERDICT_SUSPECTED:
		return why == REPORT_ENDED ||
		    (why == REPORT_SILENT && !told_suspected);
	case VERDICT_REFUTED:
		return told_suspected;
	case VERDICT_NONE:
	case VERDICT_UNDECIDED:
		break;
	}
	return false;
}

/* Appends a word behind a blank, if there is room for all of it and a NUL;
 * returns how long the list is then. */
static size_t
add_word(char *list, size_t cap, size_t used, const char *word)
{
	const size_t len = strlen(word), blank = used > 0 ? 1 : 0;

	if (used + blank + len >= cap)
		return used;
	if (used > 0)
		list[used] = ' ';
	memcpy(list + used + blank, word, len + 1);
	return used + blank + len;
}

/* What a table or the dialog calls it: NULL is nothing. */
static void
set_name(char *field, size_t cap, const char *name)
{
	if (name != NULL)
		slice_copy(field, cap, slice_of_text(name));
}

static void
set_words(const struct facts *facts, struct sighting *told)
{
	size_t used = 0;

	for (unsigned i = 0; i < facts->keyword_count; i++)
		used = add_word(told->ehlo, sizeof(told->ehlo), used,
		    keyword_name(facts->keywords[i]));
	used = 0;
	for (unsigned i = 0; facts->auth_mechs >> i != 0; i++)
		if ((facts->auth_mechs & 1U << i) != 0)
			used = add_word(told->auth, sizeof(told->auth), used,
			    auth_mech_name(i));
}

static void
set_replies(const struct facts *facts, struct sighting *told)
{
	for (unsigned i = 0; i < facts->code_count && i < SIGHTING_CODES_MAX;
	     i++)
		told->replies[told->reply_count++] = (struct sighting_reply){
			.code = facts->codes[i].code,
			.count = facts->codes[i].count,
		};
}

static void
set_facts(const struct dialog *dialog, struct sighting *told)
{
	const struct facts *facts = &dialog->session.facts;

	memcpy(told->greeting, facts->greeting, sizeof(facts->greeting));
	told->greeting_len = facts->greeting_len;
	told->helo_len = facts->helo_len < SIGHTING_HELO_MAX
	    ? facts->helo_len
	    : SIGHTING_HELO_MAX;
	memcpy(told->helo, facts->helo, told->helo_len);
	set_name(told->software, sizeof(told->software),
	    software_product(&facts->software));
	told->software_by = (uint8_t)software_source(&facts->software);
	client_dialect_id(facts->dialect, told->client_dialect);
	set_name(told->version, sizeof(told->version), facts->software.version);
	set_name(told->ndpi, sizeof(told->ndpi), dialog_opinion(dialog));
	set_name(told->reason, sizeof(told->reason), dialog_reason(dialog));
	told->starttls = facts->starttls;
	told->flags = facts->flags;
	told->evidence = dialog->session.heard;
	told->dialog_messages = facts->messages;
	told->rcpt_accepted = facts->rcpt_accepted;
	told->rcpt_rejected = facts->rcpt_rejected;
	set_name(told->blocklist, sizeof(told->blocklist),
	    blocklist_name(facts->blocklist));
	told->ehlo_hash = facts_offer_hash(facts);
	set_words(facts, told);
	set_replies(facts, told);
}

/* Whom a proxy was asked for is the server, and never the proxy. */
static void
set_target(const struct preamble_target *target, struct sighting *told)
{
	struct endpoint server = { .port = target->port };

	switch ((enum preamble_host)target->kind) {
	case HOST_NONE:
		return;
	case HOST_V4:
	case HOST_V6:
		server.family = target->kind == HOST_V6 ? 6 : 4;
		memcpy(server.address, target->host, target->len);
		break;
	case HOST_TEXT:
		endpoint_of_host(
		    target->host, target->len, &server, told->name);
		break;
	}
	told->proxy = told->server;
	told->server = server;
}

/* Behind a PROXY header alone, whoever sent it is the proxy. */
static void
set_via(const struct preamble *preamble, struct sighting *told)
{
	if (preamble->layers == 0)
		return;
	memcpy(told->via, preamble->via, preamble->layers);
	told->proxy = told->client;
	set_target(&preamble->target, told);
}

static void
set_flow(const struct conversation *from, struct sighting *told)
{
	enum side server = listener_of(from), client = side_other(server);

	told->server = from->end[server];
	told->client = from->end[client];
	told->flow_id = from->flow_id;
	set_via(&from->dialog.preamble, told);
	told->start_ns = from->start_ns;
	told->end_ns = from->end_ns;
	told->packet = from->packet;
	told->source = from->source;
	told->interface = from->interface;
	memcpy(told->vlan, from->vlan, sizeof(told->vlan));
	told->vlan_count = from->vlan_count;
	report_carriers(from->tunnel, told->carrier);
	told->gaps = from->gaps;
	told->pkts_toserver = from->packets[client];
	told->pkts_toclient = from->packets[server];
	told->dialog_bytes_toserver = from->bytes[client];
	told->dialog_bytes_toclient = from->bytes[server];
	told->bytes_toserver = from->bytes[client] - from->told_bytes[client];
	told->bytes_toclient = from->bytes[server] - from->told_bytes[server];
}

/* The verdict, and what this dialog adds to, or takes from, each count. */
static void
set_verdict(const struct conversation *from, struct sighting *told)
{
	bool was_suspected = (from->told & TOLD_SUSPECTED) != 0;

	told->variant = from->dialog.session.facts.variant;
	if (from->dialog.verdict == VERDICT_CONFIRMED) {
		told->verdict = SIGHTING_CONFIRMED;
		told->flows = (from->told & TOLD_CONFIRMED) == 0 ? 1 : 0;
		told->suspected_flows = was_suspected ? -1 : 0;
		told->messages = told->dialog_messages - from->told_messages;
	} else if (from->dialog.verdict == VERDICT_SUSPECTED || is_lmtp(from)) {
		told->verdict = SIGHTING_SUSPECTED;
		told->suspected_flows = was_suspected ? 0 : 1;
	} else {
		told->verdict = SIGHTING_REFUTED;
		told->suspected_flows = was_suspected ? -1 : 0;
	}
}

bool
report(const struct conversation *from, enum report_why why,
    struct observation *ret_seen)
{
	struct sighting *told = &ret_seen->sighting;

	if (!worth_telling(from, why))
		return false;
	*ret_seen = (struct observation){
		.kind = OBSERVED_SIGHTING,
		.source = from->source,
		.when_ns = from->end_ns,
	};
	set_facts(&from->dialog, told);
	set_flow(from, told);
	set_verdict(from, told);
	return true;
}

void
report_community_id(const struct endpoint *from, const struct endpoint *to,
    char ret_text[static COMMUNITY_ID_SHOWN])
{
	const size_t len = to->family == 6 ? 16 : 4;
	const struct community_tuple tuple = {
		.source = slice_of(from->address, len),
		.destination = slice_of(to->address, len),
		.source_port = from->port,
		.destination_port = to->port,
	};

	static_assert(
	    COMMUNITY_ID_SHOWN >= COMMUNITY_ID_MAX, "a community id fits");
	community_id(&tuple, ret_text);
}

void
report_carriers(const struct packet_tunnel tunnel[static PACKET_TUNNELS_MAX],
    struct carrier ret_carrier[static CARRIERS_MAX])
{
	for (unsigned i = 0; i < CARRIERS_MAX; i++)
		ret_carrier[i] = (struct carrier){ .id = tunnel[i].id,
			.kind = tunnel[i].kind };
}

void
report_told(struct conversation *conversation, const struct sighting *told)
{
	if (told->verdict == SIGHTING_SUSPECTED) {
		conversation->told |= TOLD_SUSPECTED;
		if (told->variant == SIGHTING_LMTP)
			conversation->told |= TOLD_LMTP;
	} else {
		conversation->told &= (uint8_t)~TOLD_SUSPECTED;
		if (told->verdict == SIGHTING_CONFIRMED)
			conversation->told |= TOLD_CONFIRMED;
	}
	if (told->verdict == SIGHTING_CONFIRMED)
		conversation->told_messages = told->dialog_messages;
	for (int side = 0; side < SIDES; side++)
		conversation->told_bytes[side] = conversation->bytes[side];
}
