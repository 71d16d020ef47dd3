/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rig - a worker with everything around it, for tests.
 *
 *	rig_begin(&rig);
 *	rig.worker_options.flows = 8; ...
 *	rig.capture = capture_open_files(...);
 *	rig_build(&rig, sinks, count);
 *	worker_run(rig.worker, &stop);
 *	rig_end(&rig);
 *
 * Its publisher is not started yet.
 */
#ifndef STRAYMAIL_TEST_RIG_H
#define STRAYMAIL_TEST_RIG_H

#include "output/ledger.h"
#include "output/publisher.h"
#include "output/ring.h"
#include "output/sources.h"
#include "sensor/capture/capture.h"
#include "sensor/worker.h"

#include <string.h>

struct rig {
	/* a test may change these before the rig is built */
	struct output_options options;
	struct worker_options worker_options; /* its policy is those */
	size_t slots;                         /* of the ring */
	struct capture *capture;              /* the rig's own from then on */

	struct sources *sources;
	struct ring *ring;
	struct ledger *ledger;
	struct publisher *publisher;
	struct worker *worker;
	struct shown shown;
};

static inline void
rig_begin(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	rig->options = (struct output_options){
		.sensor_name = "test",
		.site = "default",
		.version = "0",
		.standard_ports = { 25, 465, 587 },
		.standard_port_count = 3,
		.servers_max = 1024,
		.replay = true,
	};
	rig->worker_options = (struct worker_options){
		.flows = 4096,
		.dialogs = 256,
		.reassembly = 1U << 20,
		.copies = 1U << 20,
		.replay = true,
		.secret = "a test's",
	};
	rig->slots = 256;
	rig->sources = sources_new(4);
}

/* False: something could not be had. */
static inline bool
rig_build(struct rig *rig, struct sink *const *sinks, unsigned sink_count)
{
	rig->worker_options.policy = &rig->options;
	rig->ring = ring_new(rig->slots);
	rig->ledger = ledger_new(&rig->options);
	rig->publisher =
	    publisher_new(&(struct publisher_parts){ .options = &rig->options,
		.ledger = rig->ledger,
		.rings = &rig->ring,
		.ring_count = 1,
		.sinks = sinks,
		.sink_count = sink_count });
	if (rig->capture == NULL || rig->publisher == NULL)
		return false;
	rig->worker = worker_new(&rig->worker_options,
	    &(struct worker_parts){ .capture = rig->capture,
		.ring = rig->ring,
		.publisher = rig->publisher,
		.shown = &rig->shown });
	return rig->worker != NULL;
}

static inline const struct traffic *
rig_traffic(const struct rig *rig)
{
	return &worker_counters(rig->worker)->traffic;
}

static inline void
rig_end(struct rig *rig)
{
	worker_free(rig->worker);
	publisher_free(rig->publisher);
	ring_free(rig->ring);
	ledger_free(rig->ledger);
	capture_free(rig->capture);
	sources_free(rig->sources);
}

#endif
