/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker - one capture thread, the whole pipeline on one page; read worker.c
 * first.
 */
#ifndef STRAYMAIL_WORKER_H
#define STRAYMAIL_WORKER_H

#include "sensor/counters.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture;
struct decap;
struct output_options;
struct publisher;
struct ring;
struct worker;

struct worker_options {
	uint32_t flows, dialogs; /* at most, at once */
	size_t reassembly;       /* bytes that may be held */
	size_t copies;           /* ... and kept, to see copies differ */
	uint64_t memory;         /* for all of these; 0: nobody has said */
	bool ndpi;               /* ask for a second opinion */
	bool replay;             /* wait for the publisher after each batch */
	uint8_t number;          /* among the workers */
	uint8_t secret[32];      /* of every hash and every draw */
	bool vlan_in_key;        /* VLANs and tunnels are part of an address */
	const struct decap
	    *decap; /* DECAP_PORTS_MAX; NULL: the standard ones */
	const struct output_options *policy; /* which ports are mail's own */
	const struct mirror_port *ports;     /* live: by frame.interface */
	unsigned port_count;
};

/* What a worker works with; all borrowed, all outlive it. */
struct worker_parts {
	struct capture *capture;
	struct ring *ring;
	struct publisher *publisher;
	struct shown *shown;
};

/* All its memory is allocated here.  NULL: not enough of it. */
struct worker *worker_new(
    const struct worker_options *options, const struct worker_parts *parts);
void worker_free(struct worker *worker);

/*
 * Runs until the capture ends or *stop is set; then whatever is open has had
 * its say and is told.  False: the capture failed, and has said why.
 */
bool worker_run(struct worker *worker, const atomic_bool *stop);

/* After worker_run(). */
const struct counters *worker_counters(const struct worker *worker);

#endif
