/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report - a conversation -> what the world is told of it.
 *
 * The one place where the dissectors' words (verdict, atom, flag) become the
 * output's.  It compares what is known with what was told before, so that a
 * dialog is counted once however often it is told.
 */
#ifndef STRAYMAIL_REPORT_H
#define STRAYMAIL_REPORT_H

#include "output/observation.h"
#include "output/options.h"
#include "sensor/conversation.h"

#include <stdbool.h>

enum report_why {
	REPORT_NEWS,   /* a verdict or a fact has changed */
	REPORT_SILENT, /* nothing was said for a while */
	REPORT_ENDED,  /* nothing more will be said */
};

/* False: nothing that people would want to hear now; *ret_seen is untouched.
 * ret_seen's `worker` is the caller's to set. */
bool report(const struct conversation *conversation, enum report_why why,
    struct observation *ret_seen);

/* For output_options.community_id. */
void report_community_id(const struct endpoint *from, const struct endpoint *to,
    char ret_text[static COMMUNITY_ID_SHOWN]);

/* A packet's tunnels, in the output's words. */
void report_carriers(
    const struct packet_tunnel tunnel[static PACKET_TUNNELS_MAX],
    struct carrier ret_carrier[static CARRIERS_MAX]);

/* The last report() of it was taken by the ring. */
void report_told(
    struct conversation *conversation, const struct sighting *told);

#endif
