/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew - the workers of a run: how many, what each gets, and their threads.
 */
#include "sensor/crew.h"

#include "output/log.h"
#include "output/ring.h"
#include "sensor/config.h"
#include "sensor/worker.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* For the process: 8,192 observations are 6.5 MiB, what a publisher may be
 * behind by.  A second's worth of news is left for each of many workers. */
#define RING_SLOTS       8192
#define RING_SLOTS_LEAST 512
#define FLOWS_LEAST      1024
#define DIALOGS_LEAST    16

struct post {
	struct crew *crew;
	unsigned number;
	struct worker *worker;
	pthread_t thread;
	bool ok; /* its capture did not fail */
};

struct crew {
	struct shown
	    shown[CREW_MAX]; /* first: each has cache lines of its own */
	const struct config *config;
	const struct mirror_port *ports; /* one for each interface */
	cpu_set_t allowed; /* processors that this process may run on */
	unsigned size;
	struct post posts[CREW_MAX];
	struct ring *rings[CREW_MAX];
	atomic_bool stop;
};

/* --- shares ---------------------------------------------------------------- */

static unsigned
size_of(const struct config *config, const cpu_set_t *allowed)
{
	int processors = CPU_COUNT(allowed);

	if (config->output.replay)
		return 1;
	if (config->workers != 0)
		return config->workers;
	return processors > CREW_MAX ? CREW_MAX : (unsigned)processors;
}

static uint32_t
divided(uint32_t whole, unsigned among, uint32_t least)
{
	uint32_t share = whole / among;

	return share > least ? share : least;
}

/* Flow tables and rings have powers of two places: what a division leaves over
 * is not used, so that their sum is not more than was configured. */
static uint32_t
divided_power(uint32_t whole, unsigned among, uint32_t least)
{
	uint32_t all = 1;

	while (all < whole)
		all *= 2;
	while (among > 1 && all > least) {
		all /= 2;
		among = (among + 1) / 2;
	}
	return all;
}

static bool
draw_secret(struct worker_options *options)
{
	if (options->replay ||
	    getrandom(options->secret, sizeof(options->secret), 0) ==
		sizeof(options->secret))
		return true;
	log_warn("random numbers");
	return false;
}

static struct worker_options
options_of(const struct crew *crew, unsigned number)
{
	const struct config *config = crew->config;
	unsigned size = crew->size;
	bool replay = config->output.replay;

	return (struct worker_options){
		.flows = divided_power(config->flows, size, FLOWS_LEAST),
		.dialogs = divided(config->dialogs, size, DIALOGS_LEAST),
		.reassembly = config->reassembly_bytes / size,
		.copies = config->copies_bytes / size,
		.memory = config->memory_bytes / size,
		.ndpi = config->ndpi,
		.replay = replay,
		.vlan_in_key = config->vlan_in_key,
		.decap = config->decap,
		.number = (uint8_t)number,
		.policy = &config->output,
		.ports = replay ? NULL : crew->ports,
		.port_count = replay ? 0 : config->interface_count,
		/* fixed in a replay: the same file gives the same bytes */
		.secret = "same file, same bytes",
	};
}

/* --- parts ----------------------------------------------------------------- */

struct crew *
crew_new(const struct config *config)
{
	struct crew *crew = aligned_alloc(_Alignof(struct crew), sizeof(*crew));

	if (crew == NULL) {
		log_warn("workers");
		return NULL;
	}
	memset(crew, 0, sizeof(*crew));
	crew->config = config;
	if (sched_getaffinity(0, sizeof(crew->allowed), &crew->allowed) != 0)
		CPU_SET(
		    0, &crew->allowed); /* so many that they fit in no set */
	crew->size = size_of(config, &crew->allowed);
	for (unsigned i = 0; i < crew->size; i++) {
		crew->posts[i] = (struct post){ .crew = crew, .number = i };
		crew->rings[i] = ring_new(
		    divided_power(RING_SLOTS, crew->size, RING_SLOTS_LEAST));
		if (crew->rings[i] == NULL) {
			log_warn("workers");
			crew_free(crew);
			return NULL;
		}
	}
	return crew;
}

void
crew_free(struct crew *crew)
{
	if (crew == NULL)
		return;
	for (unsigned i = 0; i < crew->size; i++) {
		worker_free(crew->posts[i].worker);
		ring_free(crew->rings[i]);
	}
	free(crew);
}

unsigned
crew_size(const struct crew *crew)
{
	return crew->size;
}

struct ring *const *
crew_rings(const struct crew *crew)
{
	return crew->rings;
}

const struct shown *
crew_shown(const struct crew *crew)
{
	return crew->shown;
}

bool
crew_hire(struct crew *crew, struct capture *const *captures,
    struct publisher *publisher, const struct mirror_port *ports)
{
	crew->ports = ports;
	for (unsigned i = 0; i < crew->size; i++) {
		struct worker_options options = options_of(crew, i);

		if (!draw_secret(&options))
			return false;
		crew->posts[i].worker = worker_new(&options,
		    &(struct worker_parts){
			.capture = captures[i],
			.ring = crew->rings[i],
			.publisher = publisher,
			.shown = &crew->shown[i],
		    });
		if (crew->posts[i].worker == NULL) {
			log_warnx("start: not enough memory for %u flows and "
				  "%u dialogs (flows.max, flows.dialogs)",
			    crew->config->flows, crew->config->dialogs);
			return false;
		}
	}
	return true;
}

/* --- running --------------------------------------------------------------- */

/* On one of the processors that it may run on, in turn. */
static void
pin(const struct post *post)
{
	const cpu_set_t *allowed = &post->crew->allowed;
	unsigned left = post->number % (unsigned)CPU_COUNT(allowed);
	size_t cpu = 0;
	cpu_set_t one;
	int error;

	while (!CPU_ISSET(cpu, allowed) || left-- > 0)
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	error = pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
	if (error == 0)
		return;
	errno = error;
	log_warn("worker %u cannot stay on processor %zu", post->number, cpu);
}

void
crew_stop(struct crew *crew)
{
	atomic_store_explicit(&crew->stop, true, memory_order_relaxed);
}

const atomic_bool *
crew_stopping(const struct crew *crew)
{
	return &crew->stop;
}

/* One that has nothing left to listen on does not leave the others to go on with
 * a part of the packets. */
static void *
work(void *argument)
{
	struct post *post = argument;

	if (post->crew->config->pin)
		pin(post);
	post->ok = worker_run(post->worker, &post->crew->stop);
	if (!post->ok)
		crew_stop(post->crew);
	return NULL;
}

/* A thread for each but the first; how many there are. */
static unsigned
start(struct crew *crew)
{
	for (unsigned i = 1; i < crew->size; i++) {
		struct post *post = &crew->posts[i];
		int error = pthread_create(&post->thread, NULL, work, post);

		if (error == 0)
			continue;
		errno = error;
		log_warn("worker %u", i);
		crew_stop(crew);
		return i;
	}
	return crew->size;
}

bool
crew_run(struct crew *crew)
{
	unsigned started = start(crew);
	bool ok = started == crew->size;

	work(&crew->posts[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(crew->posts[i].thread, NULL);
	for (unsigned i = 0; i < started; i++)
		ok &= crew->posts[i].ok;
	return ok;
}

struct counters
crew_counters(const struct crew *crew)
{
	struct counters sum = { .traffic = { 0 } };

	for (unsigned i = 0; i < crew->size; i++)
		counters_add(&sum, worker_counters(crew->posts[i].worker));
	return sum;
}
