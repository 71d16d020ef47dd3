/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge - what one more dialog says about its server.
 *
 * The arithmetic of the ledger, without its memory.  Sightings may come in any
 * order: times take the extreme, numbers add up, facts go by the best verdict
 * and then by time, and confirmed is never withdrawn.
 */
#ifndef STRAYMAIL_MERGE_H
#define STRAYMAIL_MERGE_H

#include "output/ledger.h"

/* A server of which nothing is known yet but where it stands. */
void merge_begin(struct server *server, const struct output_options *options,
    const struct endpoint *endpoint);

/* Adds the sighting's numbers to its server and its tally; first. */
void merge_numbers(struct server *server, struct tally *tally,
    const struct sighting *sighting);

/* Learns from it, after its numbers.  True: the server has changed in kind
 * (verdict, software, STARTTLS or AUTH). */
bool merge_facts(struct server *server, const struct output_options *options,
    const struct sighting *sighting);

#endif
