/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_read - servers out of lines of events, and into lines of JSON again.
 */
#include "output/event_read.h"

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Where a text of an event goes. */
#define TEXT(section, key, field)                                              \
	{                                                                      \
		section, key, offsetof(struct known, field),                   \
		    sizeof((struct known *)NULL)->field                        \
	}
static const struct {
	const char *section, *key;
	size_t offset, cap;
} texts[] = {
	TEXT("server", "id", id),
	TEXT("server", "ip", ip),
	TEXT("server", "name", name),
	TEXT("server", "state", state),
	TEXT("sensor", "name", last_sensor),
	TEXT("sensor", "site", site),
	TEXT("smtp", "greeting", banner),
	TEXT("smtp", "software", software),
	TEXT("smtp", "version", version),
	TEXT("smtp", "variant", variant),
	TEXT("smtp", "starttls", starttls),
	TEXT("detection", "verdict", verdict),
	TEXT("detection", "ndpi", ndpi),
	TEXT("finding", "severity", severity),
	TEXT("finding", "hint", hint),
};

#define NUMBER(section, key, field)                                            \
	{                                                                      \
		section, key, offsetof(struct known, field)                    \
	}
static const struct {
	const char *section, *key;
	size_t offset;
} numbers[] = {
	NUMBER("server", "port", port),
	NUMBER("server", "flows", flows),
	NUMBER("server", "suspected_flows", suspected_flows),
	NUMBER("server", "clients", clients),
	NUMBER("server", "messages", messages),
	NUMBER("finding", "score", score),
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void
put_text(char *field, size_t cap, const json_t *value)
{
	if (json_is_string(value))
		known_text(field, cap, json_string_value(value),
		    json_string_length(value));
}

static uint64_t
number_of(const json_t *value)
{
	json_int_t number = json_integer_value(value);

	return number > 0 ? (uint64_t)number : 0;
}

/* "2026-11-24T03:10:15.262573+0000": always UTC, as we write it. */
static uint64_t
time_of(const json_t *value)
{
	const char *text = json_string_value(value);
	struct tm utc = { .tm_isdst = 0 };
	unsigned long millis = 0;
	const char *rest;
	time_t when;

	rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &utc) : NULL;
	when = rest != NULL ? timegm(&utc) : -1;
	if (when < 0)
		return 0;
	if (*rest == '.')
		millis = strtoul(rest + 1, NULL, 10) / 1000 % 1000;
	return (uint64_t)when * 1000 + millis;
}

/* Appends a word, parted by a blank; what does not fit is left out. */
static void
append(char *line, size_t cap, const char *word)
{
	size_t used = strlen(line);
	size_t length = strlen(word);

	if (used + length + 2 > cap)
		return;
	if (used > 0)
		line[used++] = ' ';
	known_text(line + used, cap - used, word, length);
}

static void
put_words(char *line, size_t cap, const json_t *words)
{
	size_t i;
	json_t *word;

	json_array_foreach(words, i, word)
	{
		if (json_is_string(word))
			append(line, cap, json_string_value(word));
	}
}

/* [["auth_cleartext", 20], ...] */
static void
put_reasons(struct known *known, const json_t *reasons)
{
	char word[KNOWN_WORD_MAX];
	json_t *reason;
	size_t i;

	json_array_foreach(reasons, i, reason)
	{
		const char *name = json_string_value(json_array_get(reason, 0));
		json_int_t points =
		    json_integer_value(json_array_get(reason, 1));

		if (name == NULL)
			continue;
		snprintf(word, sizeof word, "%s%+" JSON_INTEGER_FORMAT, name,
		    points);
		append(known->reasons, sizeof known->reasons, word);
	}
}

/* An event of a standard server does not name the technique of odd ports. */
static bool
names_odd_port(const json_t *techniques)
{
	json_t *technique;
	size_t i;

	json_array_foreach(techniques, i, technique)
	{
		const char *name = json_string_value(technique);

		if (name != NULL && strcmp(name, "T1571") == 0)
			return true;
	}
	return false;
}

static json_t *
part(const json_t *event, const char *section, const char *key)
{
	return json_object_get(json_object_get(event, section), key);
}

static void
read_server(const json_t *event, struct known *known)
{
	for (size_t i = 0; i < COUNT(texts); i++)
		put_text((char *)known + texts[i].offset, texts[i].cap,
		    part(event, texts[i].section, texts[i].key));
	for (size_t i = 0; i < COUNT(numbers); i++) {
		uint64_t number =
		    number_of(part(event, numbers[i].section, numbers[i].key));

		memcpy(
		    (char *)known + numbers[i].offset, &number, sizeof number);
	}
	put_text(known->said_at, sizeof known->said_at,
	    json_object_get(event, "timestamp"));
	put_text(known->community_id, sizeof known->community_id,
	    json_object_get(event, "community_id"));
	put_words(known->ehlo, sizeof known->ehlo, part(event, "smtp", "ehlo"));
	put_words(
	    known->auth, sizeof known->auth, part(event, "smtp", "auth_mechs"));
	put_words(known->evidence, sizeof known->evidence,
	    part(event, "detection", "evidence"));
	put_words(known->flags, sizeof known->flags,
	    part(event, "detection", "flags"));
	put_reasons(known, part(event, "finding", "reasons"));
	known->auth_cleartext =
	    json_is_true(part(event, "smtp", "auth_cleartext"));
	known->standard = !names_odd_port(part(event, "finding", "technique"));
	known->first_seen_ms = time_of(part(event, "server", "first_seen"));
	known->last_seen_ms = time_of(part(event, "server", "last_seen"));
	known->sensors = 1;
}

enum event_line
event_read(const char *line, size_t length, struct known *ret_server,
    char ret_why[EVENT_WHY_MAX])
{
	json_error_t error;
	json_t *event =
	    json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	const char *schema =
	    json_string_value(json_object_get(event, "schema"));
	const char *type =
	    json_string_value(json_object_get(event, "event_type"));
	struct known known = { .port = 0 };
	enum event_line kind = EVENT_BAD;

	if (event == NULL)
		known_text(
		    ret_why, EVENT_WHY_MAX, error.text, strlen(error.text));
	else if (schema == NULL || strcmp(schema, "straymail.event/1") != 0)
		snprintf(ret_why, EVENT_WHY_MAX, "no straymail.event/1");
	else if (type == NULL || strcmp(type, "smtp_server") != 0)
		kind = EVENT_OTHER;
	else {
		read_server(event, &known);
		if (known.id[0] == '\0')
			snprintf(ret_why, EVENT_WHY_MAX, "no server.id");
		else
			kind = EVENT_OF_SERVER;
	}
	if (kind == EVENT_OF_SERVER)
		*ret_server = known;
	json_decref(event);
	return kind;
}

static json_t *
text_or_null(const char *text)
{
	return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *
time_or_null(uint64_t when_ms)
{
	char text[KNOWN_TIME_MAX];

	known_time(when_ms, text);
	return text_or_null(text);
}

static json_t *
words_of(const char *line)
{
	json_t *words = json_array();

	for (size_t length; *line != '\0'; line += length) {
		line += strspn(line, " ");
		length = strcspn(line, " ");
		if (length > 0)
			json_array_append_new(
			    words, json_stringn(line, length));
	}
	return words;
}

/* "auth_cleartext+20 ...", as events say it: [["auth_cleartext", 20], ...] */
static json_t *
reasons_of(const char *line)
{
	json_t *reasons = json_array();

	for (size_t length; *line != '\0'; line += length) {
		size_t name;

		line += strspn(line, " ");
		length = strcspn(line, " ");
		name = strcspn(line, "+-");
		if (name > 0 && name < length)
			json_array_append_new(reasons,
			    json_pack("[s%, I]", line, name,
				(json_int_t)strtol(line + name, NULL, 10)));
	}
	return reasons;
}

char *
known_json(const struct known *known)
{
	char *line = NULL;
	json_t *object = json_pack(
	    "{s:s, s:s, s:o, s:s, s:I, s:o, s:o, s:s, s:o, s:I, s:o, s:o}",
	    "schema", "straymail.server/1", "id", known->id, "site",
	    text_or_null(known->site), "ip", known->ip, "port",
	    (json_int_t)known->port, "name", text_or_null(known->name), "state",
	    text_or_null(known->state), "verdict", known->verdict, "severity",
	    text_or_null(known->severity), "score", (json_int_t)known->score,
	    "reasons", reasons_of(known->reasons), "hint",
	    text_or_null(known->hint));
	json_t *smtp = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
	    "greeting", text_or_null(known->banner), "software",
	    text_or_null(known->software), "version",
	    text_or_null(known->version), "variant",
	    text_or_null(known->variant), "ehlo", words_of(known->ehlo),
	    "starttls", text_or_null(known->starttls), "auth_mechs",
	    words_of(known->auth), "auth_cleartext", known->auth_cleartext);
	json_t *seen =
	    json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
		"first_seen", time_or_null(known->first_seen_ms), "last_seen",
		time_or_null(known->last_seen_ms), "flows",
		(json_int_t)known->flows, "suspected_flows",
		(json_int_t)known->suspected_flows, "clients",
		(json_int_t)known->clients, "messages",
		(json_int_t)known->messages, "bytes", (json_int_t)known->bytes,
		"sensors", (json_int_t)known->sensors, "last_sensor",
		text_or_null(known->last_sensor), "community_id",
		text_or_null(known->community_id));

	/* Each takes over its part, and says so if one was not made. */
	if (json_object_set_new(object, "smtp", smtp) == 0 &&
	    json_object_update(object, seen) == 0)
		line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(seen);
	json_decref(object);
	return line;
}
