/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event - a server and its newest dialog as one JSON object.
 *
 * One function a section, one line a key, in the order in which they are
 * written.  A value for which there was no memory spoils its section, and so
 * the event: half an event is none.  Every text goes through the sanitizer,
 * our own as well: names and paths may hold anything.
 */
#include "output/event.h"

#include "output/event_parts.h"
#include "output/pending.h"
#include "output/policy.h"
#include "output/redis/keys.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* An array of the words between the blanks of a text. */
static json_t *
words(const char *list, size_t cap)
{
	size_t len = strnlen(list, cap);
	json_t *array = json_array();
	size_t begin = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && list[i] != ' ')
			continue;
		if (i > begin)
			append(&array, text(list + begin, i - begin));
		begin = i + 1;
	}
	return array;
}

/* An array of the names of the bits that are set. */
static json_t *
bits(uint32_t set, const char *(*name_of)(unsigned))
{
	json_t *array = json_array();
	const char *name;

	for (unsigned i = 0; (name = name_of(i)) != NULL; i++)
		if (set & 1U << i)
			append(&array, json_string(name));
	return array;
}

static json_t *
vlans(const struct sighting *s)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < s->vlan_count && i < SIGHTING_VLANS_MAX; i++)
		append(&array, json_integer(s->vlan[i]));
	return array;
}

static json_t *
flow(const struct sighting *s)
{
	bool midstream = (s->flags & SIGHTING_MIDSTREAM) != 0;
	json_t *section = json_object();

	put(&section, "start", timestamp(s->start_ns));
	put(&section, "end", timestamp(s->end_ns));
	put(&section, "pkts_toserver", number(s->pkts_toserver));
	put(&section, "pkts_toclient", number(s->pkts_toclient));
	put(&section, "bytes_toserver", number(s->dialog_bytes_toserver));
	put(&section, "bytes_toclient", number(s->dialog_bytes_toclient));
	put(&section, "gaps", number(s->gaps));
	put(&section, "midstream", json_boolean(midstream));
	return section;
}

/* Who spoke for the server where it was not who listens: people can go to the
 * TCP responder, and that is the server; null: it spoke itself. */
static json_t *
reversed_ip(const struct sighting *s)
{
	if ((s->flags & SIGHTING_ROLE_REVERSED) == 0)
		return json_null();
	return address(&s->client);
}

/* Redis has state and totals in the server's hash: there they are the
 * authority, so an event for it must not say them again. */
static json_t *
server_section(const struct output_options *options,
    const struct server *server, bool for_redis)
{
	const struct endpoint *where = &server->endpoint;
	const char *direction = policy_direction_name(
	    policy_direction(options, &server->latest.client, where));
	json_t *section = json_object();
	char id[SERVER_ID_MAX];

	server_id(options->site, where, server->latest.name, id);
	put(&section, "id", string(id));
	put(&section, "ip", address(where));
	put(&section, "port", number(where->port));
	put(&section, "direction",
	    string(where->family != 0 ? direction : NULL));
	put(&section, "name", FIELD(server->latest.name));
	put(&section, "reversed_ip", reversed_ip(&server->latest));
	if (!for_redis)
		put(&section, "state", string("new"));
	put(&section, "first_seen", timestamp(server->first_seen_ns));
	put(&section, "last_seen", timestamp(server->last_seen_ns));
	if (for_redis)
		return section;
	put(&section, "flows", number(server->flows));
	put(&section, "suspected_flows", number(server->suspected_flows));
	put(&section, "clients", number(server->client_count));
	put(&section, "messages", number(server->messages));
	return section;
}

static json_t *
reply_codes(const struct sighting *s)
{
	json_t *codes = json_object();
	char code[8];

	for (unsigned i = 0; i < s->reply_count && i < SIGHTING_CODES_MAX;
	     i++) {
		snprintf(code, sizeof(code), "%u", s->replies[i].code);
		put(&codes, code, number(s->replies[i].count));
	}
	return codes;
}

static json_t *
number_or_null(uint64_t value)
{
	return value != 0 ? number(value) : json_null();
}

static json_t *
hash_text(uint32_t hash)
{
	char shown[16];

	if (hash == 0)
		return json_null();
	snprintf(shown, sizeof(shown), "%08" PRIx32, hash);
	return json_string(shown);
}

static json_t *
smtp(const struct sighting *s)
{
	bool auth_clear = (s->flags & SIGHTING_AUTH_CLEAR) != 0;
	json_t *section = json_object();
	size_t host_len;
	const char *host = sighting_greeting_host(s, &host_len);

	put(&section, "greeting", text(s->greeting, s->greeting_len));
	put(&section, "greeting_code",
	    number_or_null(sighting_greeting_code(s)));
	put(&section, "greeting_host", text(host, host_len));
	put(&section, "software", FIELD(s->software));
	put(&section, "version", FIELD(s->version));
	put(&section, "software_by",
	    string(sighting_source_name(s->software_by)));
	put(&section, "variant", string(sighting_variant_name(s->variant)));
	put(&section, "helo", text(s->helo, s->helo_len));
	put(&section, "ehlo", words(s->ehlo, sizeof(s->ehlo)));
	put(&section, "ehlo_hash", hash_text(s->ehlo_hash));
	put(&section, "starttls", string(sighting_starttls_name(s->starttls)));
	put(&section, "auth_mechs", words(s->auth, sizeof(s->auth)));
	put(&section, "auth_cleartext", json_boolean(auth_clear));
	put(&section, "messages", number(s->dialog_messages));
	put(&section, "rcpt_accepted", number(s->rcpt_accepted));
	put(&section, "rcpt_rejected", number(s->rcpt_rejected));
	put(&section, "reply_codes", reply_codes(s));
	put(&section, "blocklist", FIELD(s->blocklist));
	put(&section, "client_dialect", FIELD(s->client_dialect));
	return section;
}

static json_t *
detection(const struct server *server)
{
	const struct sighting *s = &server->latest;
	json_t *section = json_object();

	put(&section, "verdict",
	    string(sighting_verdict_name(server->verdict)));
	put(&section, "reason", FIELD(s->reason));
	put(&section, "evidence", bits(s->evidence, sighting_atom_name));
	put(&section, "flags", bits(s->flags, sighting_flag_name));
	put(&section, "ndpi", FIELD(s->ndpi));
	return section;
}

static json_t *
reasons(struct score score)
{
	json_t *array = json_array();
	const char *name;
	int points;

	for (unsigned i = 0; (name = score_term_name(i, &points)) != NULL; i++)
		if (score.terms & 1U << i)
			append(&array, json_pack("[s, i]", name, points));
	return array;
}

/* MITRE ATT&CK: a port that is not the protocol's (T1571), mail as the way of
 * talking (T1071.003), which needs more than a greeting, and a proxy (T1090). */
static json_t *
techniques(const struct server *server)
{
	json_t *array = json_array();

	if (!server->standard)
		append(&array, string("T1571"));
	if (!server->standard && sighting_of_mail(&server->latest))
		append(&array, string("T1071.003"));
	if (server->latest.via[0] != SIGHTING_VIA_NONE)
		append(&array, string("T1090"));
	return array;
}

static json_t *
finding(const struct server *server)
{
	json_t *section = json_object();

	put(&section, "severity",
	    string(severity_name(server->score.severity)));
	put(&section, "score", number(server->score.points));
	put(&section, "reasons", reasons(server->score));
	put(&section, "hint", string(policy_port_hint(server->endpoint.port)));
	put(&section, "technique", techniques(server));
	return section;
}

/* Live there is an interface, in `read` a file and a place in it. */
static void
put_where(json_t **event, const struct event_context *context,
    const struct sighting *s, const struct source *source)
{
	const char *file = source != NULL ? source->file : NULL;
	const char *const *interfaces = context->interfaces;

	put(event, "in_iface",
	    string(interfaces != NULL ? interfaces[s->interface] : NULL));
	put(event, "pcap_filename",
	    text_capped(file, file != NULL ? strlen(file) : 0, PATH_SHOWN));
	put(event, "pcap_cnt", file != NULL ? number(s->packet) : json_null());
}

/* What came before the dialog, and who stands between; null: nothing did. */
static json_t *
via(const struct sighting *s)
{
	json_t *path;

	if (s->via[0] == SIGHTING_VIA_NONE)
		return json_null();
	path = json_array();
	for (unsigned i = 0; i < SIGHTING_VIA_MAX && s->via[i] != 0; i++)
		append(&path,
		    string(sighting_via_name((enum sighting_via)s->via[i])));
	return json_pack("{s:o, s:o, s:i}", "path", path, "ip",
	    address(&s->proxy), "port", (int)s->proxy.port);
}

void
event_community_id(const struct output_options *options,
    const struct sighting *s, char ret_text[static COMMUNITY_ID_SHOWN])
{
	ret_text[0] = '\0';
	if (options->community_id != NULL)
		options->community_id(&s->client, sighting_peer(s), ret_text);
}

/* The connection's ends: one that asks a proxy goes to that. */
static void
put_tuple(json_t **event, const struct output_options *options,
    const struct sighting *s)
{
	const struct endpoint *to = sighting_peer(s);
	char community[COMMUNITY_ID_SHOWN];

	event_community_id(options, s, community);
	put(event, "vlan", vlans(s));
	put(event, "tunnel", carriers(s->carrier));
	put(event, "flow_id", number(s->flow_id));
	put(event, "community_id", FIELD(community));
	put(event, "src_ip", address(&s->client));
	put(event, "src_port", number(s->client.port));
	put(event, "dest_ip", address(to));
	put(event, "dest_port", number(to->port));
	put(event, "proto", string("TCP"));
	put(event, "app_proto", string("smtp"));
	put(event, "via", via(s));
}

char *
event_json(const struct event_context *context, enum change action,
    const struct tally *tally, bool for_redis)
{
	const struct server *server = tally->server;
	const struct sighting *s = &server->latest;
	const struct source *source = sources_at(context->sources, s->source);
	json_t *event = json_object();
	char *line = NULL;

	put(&event, "schema", string("straymail.event/1"));
	put(&event, "timestamp", timestamp(context->now_ns));
	put(&event, "event_type",
	    string(server->via_proxy ? "smtp_via_proxy" : "smtp_server"));
	put(&event, "action", string(change_name(action)));
	put(&event, "event_id", event_id(context, source, for_redis));
	put(&event, "sensor", sensor(context->options));
	put_where(&event, context, s, source);
	put_tuple(&event, context->options, s);
	put(&event, "flow", flow(s));
	put(&event, "server",
	    server_section(context->options, server, for_redis));
	put(&event, "smtp", smtp(s));
	put(&event, "detection", detection(server));
	put(&event, "finding", finding(server));
	put(&event, "policy",
	    json_pack("{s:n, s:n}", "match", "approved_until"));
	if (event != NULL)
		line = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(event);
	return line;
}
