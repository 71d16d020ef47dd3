/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_stranger - something that is not SMTP on a mail port, as one JSON
 * object: the envelope of every event, and who was named by whom.
 */
#include "output/event_parts.h"
#include "output/redis/keys.h"
#include "output/stranger.h"

static json_t *
vlans(const struct stranger *stranger)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < stranger->vlan_count && i < STRANGER_VLANS_MAX;
	     i++)
		append(&array, json_integer(stranger->vlan[i]));
	return array;
}

static json_t *
named(const struct output_options *options, const struct stranger *stranger)
{
	const bool by_ndpi = stranger->named_by == STRANGER_BY_NDPI;
	json_t *section = json_object();
	char id[SERVER_ID_MAX];

	server_id(options->site, &stranger->server, "", id);
	put(&section, "server_id", string(id));
	put(&section, "protocol", FIELD(stranger->protocol));
	put(&section, "named_by", string(by_ndpi ? "ndpi" : "table"));
	return section;
}

static void
put_where(json_t **event, const struct event_context *context,
    const struct stranger *stranger, const struct source *source)
{
	const char *file = source != NULL ? source->file : NULL;
	const char *const *interfaces = context->interfaces;

	put(event, "in_iface",
	    string(
		interfaces != NULL ? interfaces[stranger->interface] : NULL));
	put(event, "pcap_filename",
	    text_capped(file, file != NULL ? strlen(file) : 0, PATH_SHOWN));
	put(event, "pcap_cnt",
	    file != NULL ? number(stranger->packet) : json_null());
}

char *
event_stranger_json(const struct event_context *context,
    const struct stranger *stranger, uint32_t source_number)
{
	const struct source *source =
	    sources_at(context->sources, source_number);
	json_t *event = json_object();
	char *line = NULL;

	put(&event, "schema", string("straymail.event/1"));
	put(&event, "timestamp", timestamp(context->now_ns));
	put(&event, "event_type", string("not_smtp_on_mail_port"));
	put(&event, "event_id", event_id(context, source, false));
	put(&event, "sensor", sensor(context->options));
	put_where(&event, context, stranger, source);
	put(&event, "vlan", vlans(stranger));
	put(&event, "tunnel", carriers(stranger->carrier));
	put(&event, "flow_id", number(stranger->flow_id));
	put(&event, "community_id", FIELD(stranger->community_id));
	put(&event, "src_ip", address(&stranger->client));
	put(&event, "src_port", number(stranger->client.port));
	put(&event, "dest_ip", address(&stranger->server));
	put(&event, "dest_port", number(stranger->server.port));
	put(&event, "proto", string("TCP"));
	put(&event, "app_proto", FIELD(stranger->protocol));
	put(&event, "stranger", named(context->options, stranger));
	if (event != NULL)
		line = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(event);
	return line;
}
