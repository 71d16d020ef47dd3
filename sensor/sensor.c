/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sensor - one worker, one publisher, and what they stand on.
 */
#include "sensor/sensor.h"

#include "output/event.h"
#include "output/log.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "output/sinks/ndjson.h"
#include "output/sinks/redis.h"
#include "output/sinks/sink.h"
#include "output/sinks/table.h"
#include "output/sources.h"
#include "sensor/config.h"
#include "sensor/worker.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

/* 8,192 observations are 6.5 MiB: what a publisher may be behind by. */
#define RING_SLOTS 8192

/* Files that one `read` can keep apart; directories count each of theirs. */
#define SOURCES_MAX 65536

struct sensor {
	const struct config *config;
	struct sources *sources;
	struct capture *capture;
	struct ledger *ledger;
	struct ring *ring;
	struct sink *sinks[PUBLISHER_SINKS_MAX];
	unsigned sink_count;
	struct event_context events;
	struct publisher *publisher;
	struct worker *worker;
	struct shown shown;
	atomic_bool stop;
	bool worker_ok, told_all;
	int done;
	pthread_t thread;
};

static bool
replays(const struct config *config)
{
	return config->command == COMMAND_READ;
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

static struct capture *
open_capture(struct sensor *s)
{
	const struct config *config = s->config;
	struct capture *capture = NULL;
	int64_t run;

	if (replays(config))
		return capture_open_files(&(struct capture_files){
		    .paths = config->arguments,
		    .count = config->argument_count,
		    .filter = config->filter,
		    .sources = s->sources,
		    .shown = &s->shown,
		    .replay_as_new = config->replay_as_new,
		    .strict = config->strict,
		});
	run = add_run(s);
	if (run < 0)
		return NULL;
	capture_open_live(
	    &(struct capture_live){
		.interfaces = config->interfaces,
		.count = config->interface_count,
		.filter = config->filter,
		.snaplen = config->snaplen,
		.buffer_bytes = config->buffer_bytes,
		.workers = 1,
		.source = (uint32_t)run,
	    },
	    &capture);
	return capture;
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

static struct worker *
new_worker(struct sensor *s)
{
	const struct config *config = s->config;
	struct worker_options options = {
		.flows = config->flows,
		.dialogs = config->dialogs,
		.reassembly = config->reassembly_bytes,
		.ndpi = config->ndpi,
		.replay = replays(config),
		.policy = &config->output,
		/* fixed in a replay: the same file gives the same bytes */
		.secret = "same file, same bytes",
	};
	struct worker_parts parts = {
		.capture = s->capture,
		.ring = s->ring,
		.publisher = s->publisher,
		.shown = &s->shown,
	};

	if (!options.replay &&
	    getrandom(options.secret, sizeof(options.secret), 0) !=
		sizeof(options.secret)) {
		log_warn("random numbers");
		return NULL;
	}
	return worker_new(&options, &parts);
}

static bool
open_parts(struct sensor *s)
{
	const struct output_options *options = &s->config->output;

	s->done = eventfd(0, EFD_CLOEXEC);
	s->sources = sources_new(replays(s->config) ? SOURCES_MAX : 1);
	s->ledger = ledger_new(options);
	s->ring = ring_new(RING_SLOTS);
	if (s->done < 0 || s->sources == NULL || s->ledger == NULL ||
	    s->ring == NULL) {
		log_warn("start");
		return false;
	}
	s->events = (struct event_context){
		.options = options,
		.sources = s->sources,
		.interfaces = replays(s->config) ? NULL : s->config->interfaces,
		.ring = s->ring,
	};
	s->capture = open_capture(s);
	if (s->capture == NULL || !open_sinks(s))
		return false;
	s->publisher = publisher_new(&(struct publisher_parts){
	    .options = options,
	    .ledger = s->ledger,
	    .rings = &s->ring,
	    .ring_count = 1,
	    .sinks = s->sinks,
	    .sink_count = s->sink_count,
	});
	if (s->publisher == NULL)
		return false;
	s->worker = new_worker(s);
	if (s->worker == NULL)
		log_warnx("start: not enough memory for %u flows and %u "
			  "dialogs (flows.max, flows.dialogs)",
		    s->config->flows, s->config->dialogs);
	return s->worker != NULL;
}

/* --- running ------------------------------------------------------------- */

/* What has been seen is told here as well, so that the main thread goes on
 * hearing signals: a second one does not wait for a Redis that stands still. */
static void *
work(void *argument)
{
	struct sensor *s = argument;
	uint64_t one = 1;

	s->worker_ok = worker_run(s->worker, &s->stop);
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
	atomic_store_explicit(&s->stop, true, memory_order_relaxed);
}

void
sensor_reopen(struct sensor *s)
{
	publisher_reopen(s->publisher);
}

const struct shown *
sensor_shown(const struct sensor *s)
{
	return &s->shown;
}

void
sensor_finish(struct sensor *s, struct sensor_outcome *ret_outcome)
{
	pthread_join(s->thread, NULL);
	*ret_outcome = (struct sensor_outcome){
		.capture_failed = !s->worker_ok,
		.untold = !s->told_all,
		.capture = capture_outcome(s->capture),
		.servers = ledger_count(s->ledger),
		.strangers = publisher_strangers(s->publisher),
		.counters = *worker_counters(s->worker),
	};
	s->sink_count = 0; /* the publisher has closed them */
}

void
sensor_free(struct sensor *s)
{
	if (s == NULL)
		return;
	worker_free(s->worker);
	publisher_free(s->publisher);
	for (unsigned i = 0; i < s->sink_count; i++)
		s->sinks[i]->verbs->close(s->sinks[i]);
	ring_free(s->ring);
	if (s->capture != NULL)
		capture_free(s->capture);
	ledger_free(s->ledger);
	sources_free(s->sources);
	if (s->done >= 0)
		close(s->done);
	free(s);
}
