/* SPDX-License-Identifier: Apache-2.0 */
/*
 * heartbeat - a sensor in `watch` says that it lives, and what it sees.
 */
#include "output/redis/heartbeat.h"

#include "output/observation.h"
#include "output/redis/checkup.h"
#include "output/redis/keys.h"
#include "output/ring.h"
#include "output/usage.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS     1000000ULL
#define NS_PER_S      (1000 * NS_PER_MS)
#define BEAT_NS       (30 * NS_PER_S)
#define HEALTH_NS     (60 * NS_PER_S)
#define ALIVE_S       90
#define SENSOR_S      ((uint64_t)30 * 86400)
#define HEALTH_LENGTH 10080 /* a week of minutes */
#define WORKERS_MAX   256
#define PORTS_TEXT    (6 * OPTIONS_PORTS_MAX + 1)
#define MIB           ((uint64_t)1024 * 1024)

struct heartbeat {
	const struct event_context *context;
	uint64_t next_beat_ns, next_health_ns;
	uint64_t started_ns; /* 0: the start is not told yet */
	char host[KEY_NAME_MAX];
	struct { /* as of the last health entry */
		struct traffic traffic;
		struct usage usage;
		uint64_t when_ns, stray_flows;
		uint64_t packets[WORKERS_MAX]; /* of each worker */
	} before;
	uint64_t pulse_ns, lag_ns; /* the last flush, the longest pause */
	struct traffic of_worker[WORKERS_MAX];
};

struct heartbeat *
heartbeat_new(const struct event_context *context)
{
	struct heartbeat *heartbeat = calloc(1, sizeof *heartbeat);

	if (heartbeat == NULL)
		return NULL;
	heartbeat->context = context;
	heartbeat->before.usage = usage_now();
	/* A longer name is cut off, and then has no end of its own. */
	if (gethostname(heartbeat->host, sizeof heartbeat->host - 1) != 0)
		heartbeat->host[0] = '\0';
	return heartbeat;
}

void
heartbeat_free(struct heartbeat *heartbeat)
{
	free(heartbeat);
}

void
heartbeat_traffic(struct heartbeat *heartbeat, const struct observation *seen)
{
	heartbeat->of_worker[seen->worker] = seen->traffic;
}

static struct traffic
sum(const struct heartbeat *heartbeat)
{
	struct traffic all = { .packets = 0 };

	for (unsigned i = 0; i < WORKERS_MAX; i++) {
#define ADD_FIELD(name, meaning) all.name += heartbeat->of_worker[i].name;
		TRAFFIC_FIELDS(ADD_FIELD)
#undef ADD_FIELD
	}
	return all;
}

bool
heartbeat_due(const struct heartbeat *heartbeat, uint64_t now_ns)
{
	/* A clock that was set back must not silence the heart. */
	return now_ns >= heartbeat->next_beat_ns ||
	    heartbeat->next_beat_ns - now_ns > BEAT_NS;
}

static void
sensor_key(
    const struct heartbeat *heartbeat, enum key key, char ret_name[KEY_MAX])
{
	const struct output_options *options = heartbeat->context->options;

	key_name(key, options->redis.prefix, options->sensor_name, ret_name);
}

void
heartbeat_pulse(struct heartbeat *heartbeat, uint64_t now_ns)
{
	uint64_t before_ns = heartbeat->pulse_ns;

	/* A clock that was set back tells nothing. */
	if (before_ns != 0 && now_ns > before_ns &&
	    now_ns - before_ns > heartbeat->lag_ns)
		heartbeat->lag_ns = now_ns - before_ns;
	heartbeat->pulse_ns = now_ns;
}

/* --- the commands of a beat; each returns how many replies will come ------ */

/* "25,465,587" */
static void
ports_text(const struct output_options *options, char ret_text[PORTS_TEXT])
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (size_t i = 0; i < options->standard_port_count; i++)
		used += (size_t)snprintf(ret_text + used, PORTS_TEXT - used,
		    "%s%" PRIu16, i > 0 ? "," : "", options->standard_ports[i]);
}

static const char *
or_nothing(const char *text)
{
	return text != NULL ? text : "";
}

static unsigned
send_sensor(const struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command)
{
	const struct event_context *context = heartbeat->context;
	const struct output_options *options = context->options;
	const struct traffic all = sum(heartbeat);
	char key[KEY_MAX], ports[PORTS_TEXT];

	sensor_key(heartbeat, KEY_SENSOR, key);
	ports_text(options, ports);
	command_begin(command, "HSET", key, "version", options->version, "host",
	    heartbeat->host, "site", options->site, "ifaces",
	    or_nothing(options->interfaces), "run",
	    sources_at(context->sources, 0)->name, "filter",
	    or_nothing(options->filter), "ports", ports, "ndpi",
	    or_nothing(options->ndpi), "started", NULL);
	command_add_number(command, heartbeat->started_ns / NS_PER_MS);
#define ADD_FIELD(name, meaning)                                               \
	command_add(command, #name);                                           \
	command_add_number(command, all.name);
	TRAFFIC_FIELDS(ADD_FIELD)
#undef ADD_FIELD
	redis_client_send(client, command);
	command_begin(command, "EXPIRE", key, NULL);
	command_add_number(command, SENSOR_S);
	redis_client_send(client, command);
	return 2;
}

static unsigned
send_alive(const struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command)
{
	const struct output_options *options = heartbeat->context->options;
	char key[KEY_MAX];

	key_name(KEY_SENSORS, options->redis.prefix, "", key);
	command_begin(command, "ZADD", key, NULL);
	command_add_number(command, heartbeat->context->now_ns / NS_PER_MS);
	command_add(command, options->sensor_name);
	redis_client_send(client, command);
	sensor_key(heartbeat, KEY_ALIVE, key);
	command_begin(command, "SET", key, "1", "EX", NULL);
	command_add_number(command, ALIVE_S);
	redis_client_send(client, command);
	return 2;
}

static void
add_percent(struct command *command, uint64_t part, uint64_t whole)
{
	double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;

	command_add_format(command, "%.3f", percent);
}

/* What of the machine was used since the last entry. */
static void
add_usage(struct heartbeat *heartbeat, struct command *command)
{
	const struct usage usage = usage_now();
	uint64_t now_ns = heartbeat->context->now_ns;
	uint64_t since_ns = heartbeat->before.when_ns;

	command_add(command, "rss_mb");
	command_add_number(command, usage.rss_bytes / MIB);
	command_add(command, "cpu_pct");
	add_percent(command, usage.cpu_ms - heartbeat->before.usage.cpu_ms,
	    since_ns != 0 && now_ns > since_ns ? (now_ns - since_ns) / NS_PER_MS
					       : 0);
	command_add(command, "lag_ms");
	command_add_number(command, heartbeat->lag_ns / NS_PER_MS);
	heartbeat->before.usage = usage;
	heartbeat->before.when_ns = now_ns;
	heartbeat->lag_ns = 0;
}

/* The share of all packets that the busiest worker had. */
static void
add_busiest(struct heartbeat *heartbeat, struct command *command)
{
	uint64_t most = 0, all = 0;

	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		uint64_t packets = heartbeat->of_worker[i].packets;
		uint64_t grown = packets - heartbeat->before.packets[i];

		heartbeat->before.packets[i] = packets;
		most = grown > most ? grown : most;
		all += grown;
	}
	command_add(command, "busiest_pct");
	add_percent(command, most, all);
}

/* Observations that the publisher has not taken up yet. */
static uint64_t
waiting(const struct event_context *context)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < context->ring_count; i++)
		sum += ring_length(context->rings[i]);
	return sum;
}

static unsigned
send_health(struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command, const struct backlog *backlog)
{
	const struct traffic all = sum(heartbeat);
	const struct traffic *before = &heartbeat->before.traffic;
	char key[KEY_MAX];

	if (heartbeat->context->now_ns < heartbeat->next_health_ns)
		return 0;
	sensor_key(heartbeat, KEY_HEALTH, key);
	command_begin(command, "XADD", key, "MAXLEN", "~", NULL);
	command_add_number(command, HEALTH_LENGTH);
	command_add(command, "*");
#define ADD_GROWTH(name, field)                                                \
	command_add(command, name);                                            \
	command_add_number(command, all.field - before->field);
	ADD_GROWTH("pkts", packets)
	ADD_GROWTH("bytes", bytes)
	ADD_GROWTH("kdrop", kernel_drops)
	ADD_GROWTH("ifdrop", interface_drops)
	ADD_GROWTH("flows", flows)
	ADD_GROWTH("smtp_flows", confirmed)
#undef ADD_GROWTH
	command_add(command, "gap_pct");
	add_percent(command, all.gaps - before->gaps, all.tcp - before->tcp);
	command_add(command, "dup_pct");
	add_percent(command, all.duplicates - before->duplicates,
	    all.tcp - before->tcp);
	command_add(command, "stray_flows");
	command_add_number(
	    command, backlog->stray_flows - heartbeat->before.stray_flows);
	command_add(command, "queue");
	command_add_number(command, waiting(heartbeat->context));
	command_add(command, "untold");
	command_add_number(command, backlog->untold);
	add_busiest(heartbeat, command);
	add_usage(heartbeat, command);
	redis_client_send(client, command);
	heartbeat->before.traffic = all;
	heartbeat->before.stray_flows = backlog->stray_flows;
	heartbeat->next_health_ns = heartbeat->context->now_ns + HEALTH_NS;
	return 1;
}

/* In the order that every entry of the stream has.  Names have been checked:
 * nothing in them needs an escape in JSON. */
static unsigned
send_entry(const struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command, const char *action)
{
	const struct output_options *options = heartbeat->context->options;
	char key[KEY_MAX];

	key_name(KEY_EVENTS, options->redis.prefix, "", key);
	command_begin(command, "XADD", key, "MAXLEN", "~", NULL);
	command_add_number(command, options->redis.stream_maxlen);
	command_add(command, "*");
	command_add(command, "kind");
	command_add_format(command, "sensor_%s", action);
	command_add(command, "server");
	command_add(command, "");
	command_add(command, "state");
	command_add(command, "");
	command_add(command, "sensor");
	command_add(command, options->sensor_name);
	command_add(command, "score");
	command_add(command, "0");
	command_add(command, "ts");
	command_add_number(command, heartbeat->context->now_ns / NS_PER_MS);
	command_add(command, "flows");
	command_add(command, "0");
	command_add(command, "bytes_toserver");
	command_add(command, "0");
	command_add(command, "bytes_toclient");
	command_add(command, "0");
	command_add(command, "messages");
	command_add(command, "0");
	command_add(command, "json");
	command_add_format(command,
	    "{\"schema\":\"straymail.event/1\",\"event_type\":\"sensor\","
	    "\"action\":\"%s\",\"sensor\":{\"name\":\"%s\",\"site\":\"%s\","
	    "\"version\":\"%s\"}}",
	    action, options->sensor_name, options->site, options->version);
	redis_client_send(client, command);
	return 1;
}

static enum beat
hear(struct redis_client *client, unsigned replies, struct trouble *ret_trouble)
{
	enum beat beat = BEAT_FINE;

	for (unsigned i = 0; i < replies; i++) {
		const struct reply *reply = redis_client_receive(client);

		if (reply == NULL) {
			*ret_trouble = *redis_client_trouble(client);
			return BEAT_BROKEN;
		}
		if (reply->kind == REPLY_ERROR) {
			trouble_set(
			    ret_trouble, reply_class(reply), reply->text);
			beat = BEAT_REFUSED;
		}
	}
	return beat;
}

enum beat
heartbeat_beat(struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command, const struct backlog *backlog,
    struct trouble *ret_trouble)
{
	const struct event_context *context = heartbeat->context;
	bool first = heartbeat->started_ns == 0;
	unsigned replies = 0;
	enum beat beat;
	bool lost;

	if (first)
		heartbeat->started_ns = context->now_ns;
	heartbeat->next_beat_ns = context->now_ns + BEAT_NS;
	lost = checkup_meta(client, command, context->options->redis.prefix,
	    context->now_ns / NS_PER_MS);
	if (first)
		replies += send_entry(heartbeat, client, command, "start");
	replies += send_sensor(heartbeat, client, command);
	replies += send_alive(heartbeat, client, command);
	replies += send_health(heartbeat, client, command, backlog);
	beat = hear(client, replies, ret_trouble);
	return beat == BEAT_FINE && lost ? BEAT_MEMORY_LOST : beat;
}

void
heartbeat_stop(struct heartbeat *heartbeat, struct redis_client *client,
    struct command *command)
{
	struct trouble ignored;

	if (heartbeat->started_ns == 0)
		return;
	hear(client, send_entry(heartbeat, client, command, "stop"), &ignored);
}
