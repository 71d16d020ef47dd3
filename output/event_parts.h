/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_parts - what events of every type are written with.
 *
 * Values for which there was no memory spoil what they are put into, so half
 * an event is none.  Every text goes through the sanitizer, our own as well.
 * For event*.c alone: small, and inlined into each.
 */
#ifndef STRAYMAIL_EVENT_PARTS_H
#define STRAYMAIL_EVENT_PARTS_H

#include "output/carrier.h"
#include "output/event.h"
#include "output/sanitize.h"
#include "output/utc.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S   UINT64_C(1000000000)
#define PATH_SHOWN 1024

/* Takes the value; where that fails, *object is gone and stays NULL. */
static inline void
put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) == 0)
		return;
	json_decref(*object);
	*object = NULL;
}

static inline void
append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

/* At most cap bytes of it, escaped. */
static inline json_t *
text_capped(const void *bytes, size_t len, size_t cap)
{
	char shown[PATH_SHOWN + 1];

	if (len == 0)
		return json_null();
	sanitize(shown, cap + 1, bytes, len, NULL);
	return json_string(shown);
}

/* Null where there is nothing to say. */
static inline json_t *
text(const void *bytes, size_t len)
{
	return text_capped(bytes, len, SANITIZE_MAX);
}

/* A field of fixed size, up to its NUL if it has one. */
#define FIELD(array) text((array), strnlen((array), sizeof(array)))

static inline json_t *
string(const char *value)
{
	return value != NULL ? text(value, strlen(value)) : json_null();
}

static inline json_t *
number(uint64_t value)
{
	return json_integer((json_int_t)(value & INT64_MAX));
}

/* As Suricata writes it: microseconds, UTC. */
static inline json_t *
timestamp(uint64_t when_ns)
{
	char second[UTC_TEXT_MAX], whole[64];

	utc_text(when_ns / NS_PER_S, second);
	snprintf(whole, sizeof(whole), "%s.%06" PRIu64 "+0000", second,
	    when_ns % NS_PER_S / 1000);
	return json_string(whole);
}

static inline json_t *
address(const struct endpoint *endpoint)
{
	char shown[ENDPOINT_TEXT_MAX];

	if (endpoint->family == 0)
		return json_null(); /* a name stands for it */
	endpoint_address_text(endpoint, shown);
	return json_string(shown);
}

static inline json_t *
carriers(const struct carrier carrier[static CARRIERS_MAX])
{
	json_t *array = json_array();

	for (unsigned i = 0; i < CARRIERS_MAX && carrier[i].kind != 0; i++) {
		enum carrier_kind kind = (enum carrier_kind)carrier[i].kind;
		const char *id = carrier_id_name(kind);
		json_t *one = json_object();

		put(&one, "type", json_string(carrier_name(kind)));
		if (id != NULL)
			put(&one, id, number(carrier[i].id));
		append(&array, one);
	}
	return array;
}

/*
 * Live "s1:8f3c02:42"; from a file "pcap/9d01f2:42", where nothing may stand
 * that another run over the same file would say otherwise.  Redis's are told at
 * other times, and some again, so they are numbered apart: "s1:8f3c02:r42".
 */
static inline json_t *
event_id(const struct event_context *context, const struct source *source,
    bool for_redis)
{
	const char *which = for_redis ? "r" : "";
	const char *run = source != NULL ? source->name : "";
	const char *slash = strrchr(run, '/');
	char id[SANITIZE_MAX];

	if (context->options->replay)
		snprintf(id, sizeof(id), "%s:%s%" PRIu64, run, which,
		    context->serial);
	else
		snprintf(id, sizeof(id), "%s:%s:%s%" PRIu64,
		    context->options->sensor_name,
		    slash != NULL ? slash + 1 : run, which, context->serial);
	return string(id);
}

static inline json_t *
sensor(const struct output_options *options)
{
	json_t *section = json_object();

	put(&section, "name", string(options->sensor_name));
	put(&section, "site", string(options->site));
	put(&section, "version", string(options->version));
	return section;
}

#endif
