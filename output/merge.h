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

/* What makes a server one: plain, without padding, equal when its bytes are. */
struct server_key {
	struct endpoint endpoint;
	char name[ENDPOINT_NAME_MAX]; /* "" where the endpoint has an address */
	uint16_t via_proxy;           /* 0 or 1: see struct server */
};

struct server_key merge_key(
    const struct output_options *options, const struct sighting *sighting);

/* A server of which nothing is known yet but what makes it one. */
void merge_begin(struct server *server, const struct output_options *options,
    const struct server_key *key);

/* Adds the sighting's numbers to its server and its tally; first. */
void merge_numbers(struct server *server, struct tally *tally,
    const struct sighting *sighting);

/* Learns from it, after its numbers.  True: the server has changed in kind
 * (verdict, software, STARTTLS or AUTH). */
bool merge_facts(struct server *server, const struct output_options *options,
    const struct sighting *sighting);

#endif
