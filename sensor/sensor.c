/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sensor - the workers, one publisher, and what they stand on.
 */
#include "sensor/sensor.h"

#include "output/event.h"
#include "output/log.h"
#include "output/observation.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "output/sinks/ndjson.h"
#include "output/sinks/redis.h"
#include "output/sinks/sink.h"
#include "output/sinks/table.h"
#include "output/sources.h"
#include "sensor/capture/nic.h"
#include "sensor/config.h"
#include "sensor/crew.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

/* What the main thread says, now and then. */
#define ASIDE_SLOTS 64

/* Files that one `read` can keep apart; directories count each of theirs. */
#define SOURCES_MAX 65536

struct sensor {
	const struct config *config;
	struct sources *sources;
	struct crew *crew;
	struct capture *captures[CREW_MAX]; /* one a worker */
	struct ledger *ledger;
	struct ring *aside;               /* the main thread's */
	struct ring *rings[CREW_MAX + 1]; /* it, behind the workers' */
	struct mirror_port ports[CONFIG_INTERFACES_MAX];
	struct sink *sinks[PUBLISHER_SINKS_MAX];
	unsigned sink_count;
	struct event_context events;
	struct publisher *publisher;
	bool captures_ok, told_all;
	int done;
	pthread_t thread;
};

static bool
replays(const struct config *config)
{
	return config->output.replay;
}

/* --- parts --------------------------------------------------------------- */

/* A run of `watch` is a memory of totals that nobody had before. */
static int64_t
add_run(struct sensor *s)
{
	const char *sensor = s->config->output.sensor_name;
	char name[SOURCE_NAME_MAX];
	uint64_t id;

	if (getrandom(&id, sizeof(id), 0) != sizeof(id)) {
		log_warn("random numbers");
		return -1;
	}
	snprintf(name, sizeof(name), "%.40s/%016" PRIx64, sensor, id);
	return sources_add(s->sources, name, NULL);
}

static bool
open_files(struct sensor *s)
{
	const struct config *config = s->config;

	s->captures[0] = capture_open_files(&(struct capture_files){
	    .paths = config->arguments,
	    .count = config->argument_count,
	    .filter = config->filter,
	    .sources = s->sources,
	    .shown = crew_shown(s->crew),
	    .stop = crew_stopping(s->crew),
	    .replay_as_new = config->replay_as_new,
	    .strict = config->strict,
	});
	return s->captures[0] != NULL;
}

static bool
open_interfaces(struct sensor *s)
{
	const struct config *config = s->config;
	int64_t run = add_run(s);
	uint32_t secret;

	if (run < 0)
		return false;
	if (getrandom(&secret, sizeof(secret), 0) != sizeof(secret)) {
		log_warn("random numbers");
		return false;
	}
	return capture_open_live(
	    &(struct capture_live){
		.interfaces = config->interfaces,
		.count = config->interface_count,
		.filter = config->filter,
		.snaplen = config->snaplen,
		.buffer_bytes = config->buffer_bytes,
		.workers = crew_size(s->crew),
		.secret = secret,
		.source = (uint32_t)run,
		.shunt = (enum capture_shunting)config->shunt,
		.decap = config->decap,
		.vlan_in_key = config->vlan_in_key,
	    },
	    s->captures);
}

static bool
add_sink(struct sensor *s, struct sink *sink)
{
	if (sink == NULL)
		return false; /* it has said why */
	s->sinks[s->sink_count++] = sink;
	return true;
}

static bool
open_sinks(struct sensor *s)
{
	const struct config *config = s->config;
	const char *file = config->json_file;

	if (config->command == COMMAND_DOCTOR)
		return true; /* it looks at how it is fed, and at no server */

	bool redis = config->output.redis.url != NULL;

	if (file != NULL && !add_sink(s, ndjson_open(&s->events, file)))
		return false;
	if (redis && !add_sink(s, redis_open(&s->events, s->ledger)))
		return false;
	switch (config->format) {
	case CONFIG_FORMAT_TABLE:
		return add_sink(s, table_open(s->ledger, &config->output));
	case CONFIG_FORMAT_JSON:
		return add_sink(s, ndjson_open(&s->events, NULL));
	case CONFIG_FORMAT_CSV: /* list's alone */
	case CONFIG_FORMAT_NONE:
		break;
	}
	return true;
}

static void
look_at_ports(struct sensor *s)
{
	for (unsigned i = 0; i < s->config->interface_count; i++) {
		struct nic nic = nic_of(s->config->interfaces[i]);

		s->ports[i].mtu = nic.mtu > 0 ? nic.mtu : MIRROR_MTU_UNKNOWN;
		memcpy(s->ports[i].mac, nic.mac, sizeof(nic.mac));
	}
}

/* The workers' rings and ours, for whoever drains them. */
static unsigned
gather_rings(struct sensor *s)
{
	unsigned workers = crew_size(s->crew);

	for (unsigned i = 0; i < workers; i++)
		s->rings[i] = crew_rings(s->crew)[i];
	s->rings[workers] = s->aside;
	return workers + 1;
}

static bool
open_parts(struct sensor *s)
{
	const struct output_options *options = &s->config->output;

	s->done = eventfd(0, EFD_CLOEXEC);
	s->sources = sources_new(replays(s->config) ? SOURCES_MAX : 1);
	s->ledger = ledger_new(options);
	s->aside = ring_new(ASIDE_SLOTS);
	if (s->done < 0 || s->sources == NULL || s->ledger == NULL ||
	    s->aside == NULL) {
		log_warn("start");
		return false;
	}
	s->crew = crew_new(s->config);
	if (s->crew == NULL)
		return false;
	s->events = (struct event_context){
		.options = options,
		.sources = s->sources,
		.interfaces = replays(s->config) ? NULL : s->config->interfaces,
		.rings = crew_rings(s->crew),
		.ring_count = crew_size(s->crew),
	};
	if (!(replays(s->config) ? open_files(s) : open_interfaces(s)) ||
	    !open_sinks(s))
		return false;
	s->publisher = publisher_new(&(struct publisher_parts){
	    .options = options,
	    .ledger = s->ledger,
	    .rings = s->rings,
	    .ring_count = gather_rings(s),
	    .sinks = s->sinks,
	    .sink_count = s->sink_count,
	});
	look_at_ports(s);
	return s->publisher != NULL &&
	    crew_hire(s->crew, s->captures, s->publisher, s->ports);
}

/* --- running ------------------------------------------------------------- */

/* The first worker's thread waits for the others, and what has been seen is told
 * here as well, so that the main thread goes on
 * hearing signals: a second one does not wait for a Redis that stands still. */
static void *
work(void *argument)
{
	struct sensor *s = argument;
	uint64_t one = 1;

	s->captures_ok = crew_run(s->crew);
	s->told_all = publisher_stop(s->publisher);
	if (write(s->done, &one, sizeof(one)) != sizeof(one))
		log_warn("end of the run");
	return NULL;
}

struct sensor *
sensor_new(const struct config *config)
{
	struct sensor *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		log_warn("start");
		return NULL;
	}
	s->config = config;
	s->done = -1;
	if (!open_parts(s)) {
		sensor_free(s);
		return NULL;
	}
	return s;
}

bool
sensor_start(struct sensor *s)
{
	int error;

	if (!publisher_start(s->publisher))
		return false;
	error = pthread_create(&s->thread, NULL, work, s);
	if (error != 0) {
		errno = error;
		log_warn("capture thread");
		publisher_stop(s->publisher);
		s->sink_count = 0; /* the publisher has closed them */
		return false;
	}
	return true;
}

int
sensor_done_fd(const struct sensor *s)
{
	return s->done;
}

void
sensor_stop(struct sensor *s)
{
	crew_stop(s->crew);
}

void
sensor_reopen(struct sensor *s)
{
	publisher_reopen(s->publisher);
}

struct sensor_shown
sensor_shown(const struct sensor *s)
{
	return (struct sensor_shown){ crew_shown(s->crew), crew_size(s->crew) };
}

static struct capture_outcome
outcome_of(const struct sensor *s)
{
	struct capture_outcome sum = { 0 };

	for (unsigned i = 0; i < crew_size(s->crew); i++) {
		struct capture_outcome of = capture_outcome(s->captures[i]);

		sum.files += of.files;
		sum.partial += of.partial;
		sum.unusable += of.unusable;
		sum.frames += of.frames;
	}
	return sum;
}

void
sensor_counters(const struct sensor *s, struct counters *ret_counters)
{
	struct counters of;

	memset(ret_counters, 0, sizeof(*ret_counters));
	for (unsigned i = 0; i < crew_size(s->crew); i++) {
		counters_peek(&crew_shown(s->crew)[i], &of);
		counters_add(ret_counters, &of);
	}
}

void
sensor_tell(struct sensor *s, const struct diagnostic *news)
{
	const struct observation seen = {
		.kind = OBSERVED_DIAGNOSTIC,
		.diagnostic = *news,
	};

	if (ring_push(s->aside, &seen))
		publisher_nudge(s->publisher);
}

void
sensor_finish(struct sensor *s, struct sensor_outcome *ret_outcome)
{
	pthread_join(s->thread, NULL);
	*ret_outcome = (struct sensor_outcome){
		.capture_failed = !s->captures_ok,
		.untold = !s->told_all,
		.capture = outcome_of(s),
		.servers = ledger_count(s->ledger),
		.strangers = publisher_strangers(s->publisher),
		.counters = crew_counters(s->crew),
	};
	s->sink_count = 0; /* the publisher has closed them */
}

void
sensor_free(struct sensor *s)
{
	if (s == NULL)
		return;
	publisher_free(s->publisher);
	for (unsigned i = 0; i < s->sink_count; i++)
		s->sinks[i]->verbs->close(s->sinks[i]);
	crew_free(s->crew);
	ring_free(s->aside);
	for (unsigned i = 0; i < CREW_MAX; i++)
		capture_free(s->captures[i]);
	ledger_free(s->ledger);
	sources_free(s->sources);
	if (s->done >= 0)
		close(s->done);
	free(s);
}
