/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_diagnostic - something that is wrong with the mirror port, or with a
 * capture file, as one JSON object.
 */
#include "output/diagnostic.h"
#include "output/event_parts.h"

static json_t *
action(const struct diagnostic *diagnostic)
{
	static const char *const names[] = {
		[DIAGNOSTIC_BEGINS] = "begin",
		[DIAGNOSTIC_WORSENS] = "worse",
		[DIAGNOSTIC_ENDS] = "end",
	};

	return string(names[diagnostic->action]);
}

/* Two digits behind the point: shares and seconds are not known better. */
static json_t *
rounded(double value)
{
	return json_real((double)(int64_t)(value * 100 + 0.5) / 100);
}

static json_t *
section(const struct diagnostic *diagnostic)
{
	json_t *section = json_object();

	put(&section, "code", FIELD(diagnostic->code));
	put(&section, "level",
	    string(diagnostic_level_name(
		(enum diagnostic_level)diagnostic->level)));
	put(&section, "value", rounded(diagnostic->value));
	put(&section, "threshold", rounded(diagnostic->threshold));
	put(&section, "unit", FIELD(diagnostic->unit));
	put(&section, "message", FIELD(diagnostic->message));
	put(&section, "fix",
	    text_capped(diagnostic->fix,
		strnlen(diagnostic->fix, sizeof(diagnostic->fix)),
		DIAGNOSTIC_FIX_MAX));
	return section;
}

char *
event_diagnostic_json(const struct event_context *context,
    const struct diagnostic *diagnostic, uint32_t source_number)
{
	const struct source *source =
	    sources_at(context->sources, source_number);
	const char *file =
	    context->options->replay && source != NULL ? source->file : NULL;
	json_t *event = json_object();
	char *line = NULL;

	put(&event, "schema", string("straymail.event/1"));
	put(&event, "timestamp", timestamp(context->now_ns));
	put(&event, "event_type", string("diagnostic"));
	put(&event, "action", action(diagnostic));
	put(&event, "event_id", event_id(context, source, false));
	put(&event, "sensor", sensor(context->options));
	put(&event, "in_iface", FIELD(diagnostic->interface));
	put(&event, "pcap_filename",
	    text_capped(file, file != NULL ? strlen(file) : 0, PATH_SHOWN));
	put(&event, "diagnostic", section(diagnostic));
	if (event != NULL)
		line = json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(event);
	return line;
}
