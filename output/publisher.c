/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publisher - the one thread that drains the rings, keeps the ledger and feeds
 * the sinks.
 *
 *	ring -> ledger -> pending -> sinks
 *
 * Two clocks in `watch`: CLOCK_REALTIME is the "now" of what is told, and
 * CLOCK_MONOTONIC times the ticks, so a wall clock that is set does not stop
 * them.  In a replay there is no tick: "now" is the newest observation's time,
 * and what that makes due is told before the observation is handled.
 */
#include "output/publisher.h"

#include "output/clock.h"
#include "output/log.h"
#include "output/observation.h"
#include "output/pending.h"
#include "output/requests.h"
#include "output/strangers.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S  UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

#define TICK_NS   (100 * NS_PER_MS) /* a sink hears of time at least so often */
#define DRAIN_NS  (5 * NS_PER_S)    /* for the sinks, at the end */
#define BURST     64                /* from one ring, before the next one */

struct publisher {
	struct publisher_parts parts;
	struct pending pending;
	struct strangers *strangers;
	uint64_t now_ns;    /* what is told as "now" */
	uint64_t tick_ns;   /* monotonic: when the next one is due */
	uint64_t totals_ns; /* monotonic: ... and the next totals */
	uint64_t drain_ns;  /* monotonic: how long a stop may take */
	bool all_taken;     /* by the sinks, at the end */

	pthread_t thread;
	bool started;
	struct requests requests;
};

/* --- what is told --------------------------------------------------------- */

static void
publish(struct publisher *p, const struct server *server, enum change change)
{
	struct news news = { change, server->news.tally, p->now_ns };

	for (unsigned i = 0; i < p->parts.sink_count; i++)
		p->parts.sinks[i]->verbs->publish(p->parts.sinks[i], &news);
}

static void
publish_changed(struct publisher *p, uint64_t until_ns)
{
	struct server *server;

	while ((server = pending_changed(&p->pending, until_ns)) != NULL)
		publish(p, server, CHANGE_KIND);
}

static void
publish_grown(struct publisher *p)
{
	struct server *server;

	while ((server = pending_grown(&p->pending, p->now_ns)) != NULL)
		publish(p, server, CHANGE_TOTALS);
}

/* False: some sink could not hand everything on. */
static bool
flush_sinks(struct publisher *p, bool last)
{
	bool all = true;

	for (unsigned i = 0; i < p->parts.sink_count; i++) {
		struct sink *sink = p->parts.sinks[i];

		all &= sink->verbs->flush(sink, p->now_ns, last);
	}
	return all;
}

static void
reopen_sinks(struct publisher *p)
{
	for (unsigned i = 0; i < p->parts.sink_count; i++) {
		struct sink *sink = p->parts.sinks[i];

		if (sink->verbs->reopen != NULL)
			sink->verbs->reopen(sink);
	}
}

/* --- what is heard -------------------------------------------------------- */

static void
tell(struct publisher *p, struct tally *tally, enum change change)
{
	if (tally->server->standard && !tally->server->via_proxy &&
	    !p->parts.options->all)
		return; /* inventory: in the ledger, and no event */
	if (pending_add(&p->pending, tally, change, p->now_ns))
		publish(p, tally->server, change);
}

static void
on_sighting(struct publisher *p, const struct sighting *sighting)
{
	enum change change;
	struct tally *tally, *also;

	change = ledger_add(p->parts.ledger, sighting, p->now_ns, &tally);
	if (change == CHANGE_REFUSED)
		return;
	tell(p, tally, change);
	while ((also = ledger_also_changed(p->parts.ledger, tally)) != NULL)
		tell(p, also, CHANGE_KIND);
}

static void
on_stranger(struct publisher *p, const struct observation *seen)
{
	if (!strangers_meet(p->strangers, &seen->stranger, p->now_ns))
		return;
	for (unsigned i = 0; i < p->parts.sink_count; i++) {
		struct sink *sink = p->parts.sinks[i];

		if (sink->verbs->stranger != NULL)
			sink->verbs->stranger(sink, seen, p->now_ns);
	}
}

static void
on_diagnostic(struct publisher *p, const struct observation *seen)
{
	for (unsigned i = 0; i < p->parts.sink_count; i++) {
		struct sink *sink = p->parts.sinks[i];

		if (sink->verbs->diagnostic != NULL)
			sink->verbs->diagnostic(sink, seen, p->now_ns);
	}
}

static void
on_traffic(struct publisher *p, const struct observation *seen)
{
	for (unsigned i = 0; i < p->parts.sink_count; i++) {
		struct sink *sink = p->parts.sinks[i];

		if (sink->verbs->traffic != NULL)
			sink->verbs->traffic(sink, seen);
	}
}

/* In a replay time passes here, and never goes back. */
static void
advance(struct publisher *p, uint64_t when_ns)
{
	if (!p->parts.options->replay || when_ns <= p->now_ns)
		return;
	p->now_ns = when_ns;
	publish_changed(p, p->now_ns);
}

static void
handle(struct publisher *p, const struct observation *seen)
{
	advance(p, seen->when_ns);
	switch ((enum observation_kind)seen->kind) {
	case OBSERVED_SIGHTING:
		on_sighting(p, &seen->sighting);
		break;
	case OBSERVED_TRAFFIC:
		on_traffic(p, seen);
		break;
	case OBSERVED_STRANGER:
		on_stranger(p, seen);
		break;
	case OBSERVED_DIAGNOSTIC:
		on_diagnostic(p, seen);
		break;
	case OBSERVED_SOURCE_BEGIN:
		break;
	case OBSERVED_SOURCE_END:
		if (p->parts.options->replay)
			flush_sinks(p, false);
		break;
	}
}

/* A burst from each ring.  False: all were empty. */
static bool
drain_round(struct publisher *p)
{
	struct observation seen;
	bool any = false;

	for (unsigned i = 0; i < p->parts.ring_count; i++) {
		struct ring *ring = p->parts.rings[i];

		for (unsigned n = 0; n < BURST && ring_pop(ring, &seen); n++) {
			handle(p, &seen);
			any = true;
		}
	}
	return any;
}

/* --- when ----------------------------------------------------------------- */

/* The wall's time passes; in a replay it does not. */
static void
tick(struct publisher *p)
{
	uint64_t mono_ns;

	if (p->parts.options->replay)
		return;
	p->now_ns = clock_ns(CLOCK_REALTIME);
	mono_ns = clock_ns(CLOCK_MONOTONIC);
	if (mono_ns < p->tick_ns)
		return;
	publish_changed(p, p->now_ns);
	if (mono_ns >= p->totals_ns) {
		publish_grown(p);
		p->totals_ns =
		    mono_ns + p->parts.options->redis.flush_ms * NS_PER_MS;
	}
	flush_sinks(p, false);
	/* From now on, not from then: a sink that took long is not hurried. */
	p->tick_ns = clock_ns(CLOCK_MONOTONIC) + TICK_NS;
}

/* All that waits is told, and the sinks get some time to hand it on. */
static void
finish(struct publisher *p)
{
	const struct timespec pause = { .tv_nsec = (long)TICK_NS };

	while (drain_round(p))
		continue;
	tick(p);
	publish_changed(p, UINT64_MAX);
	publish_grown(p);
	/* Nobody waits for a replay's Redis to come back: the sink has tried. */
	while (!(p->all_taken = flush_sinks(p, true)) &&
	    !p->parts.options->replay &&
	    clock_ns(CLOCK_MONOTONIC) < p->drain_ns)
		nanosleep(&pause, NULL);
	for (unsigned i = 0; i < p->parts.sink_count; i++)
		p->parts.sinks[i]->verbs->close(p->parts.sinks[i]);
	if (strangers_refused(p->strangers) > 0)
		log_warnx("strangers: %" PRIu64 " were not told, too many "
			  "within an hour",
		    strangers_refused(p->strangers));
}

static void *
run(void *arg)
{
	struct publisher *p = arg;
	struct asked asked;

	do {
		asked = requests_take(&p->requests, p->tick_ns);
		tick(p);
		while (drain_round(p))
			tick(p);
		if (asked.reopen)
			reopen_sinks(p);
		requests_answer(&p->requests, &asked);
	} while (!asked.stop);
	finish(p);
	return NULL;
}

/* --- from other threads --------------------------------------------------- */

struct publisher *
publisher_new(const struct publisher_parts *parts)
{
	struct publisher *p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->strangers = strangers_new(parts->options->replay);
	if (p == NULL || p->strangers == NULL) {
		log_warn("publisher");
		free(p);
		return NULL;
	}
	p->parts = *parts;
	pending_begin(&p->pending);
	/* In a replay no tick is ever due. */
	p->tick_ns = parts->options->replay ? UINT64_MAX : 0;
	requests_begin(&p->requests);
	return p;
}

bool
publisher_start(struct publisher *p)
{
	int error;

	/* The wall clock is known before the first observation comes. */
	if (!p->parts.options->replay)
		p->now_ns = clock_ns(CLOCK_REALTIME);
	error = pthread_create(&p->thread, NULL, run, p);
	if (error != 0) {
		errno = error;
		log_warn("publisher");
		return false;
	}
	p->started = true;
	return true;
}

bool
publisher_stop(struct publisher *p)
{
	/* From now: the thread may be waiting for a sink already. */
	p->drain_ns = clock_ns(CLOCK_MONOTONIC) + DRAIN_NS;
	if (!p->started) {
		finish(p); /* the sinks were ours to close, even so */
		return p->all_taken;
	}
	requests_stop(&p->requests);
	pthread_join(p->thread, NULL);
	p->started = false;
	return p->all_taken;
}

void
publisher_nudge(struct publisher *p)
{
	requests_nudge(&p->requests);
}

void
publisher_settle(struct publisher *p)
{
	requests_settle(&p->requests);
}

void
publisher_reopen(struct publisher *p)
{
	requests_reopen(&p->requests);
}

uint64_t
publisher_strangers(const struct publisher *p)
{
	return strangers_known(p->strangers);
}

void
publisher_free(struct publisher *p)
{
	if (p == NULL)
		return;
	requests_end(&p->requests);
	strangers_free(p->strangers);
	free(p);
}
