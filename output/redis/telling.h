/* SPDX-License-Identifier: Apache-2.0 */
/*
 * telling - a tally of the ledger, put into the words of the ingest script.
 *
 * Every text from the network goes through the sanitizer here.
 */
#ifndef STRAYMAIL_TELLING_H
#define STRAYMAIL_TELLING_H

#include "output/event.h"
#include "output/ledger.h"
#include "output/redis/ingest.h"
#include "output/sanitize.h"

#include <stdbool.h>
#include <stdint.h>

#define TELLING_LINE_MAX 512

struct telling {
	struct ingest ingest;
	char server[SERVER_ID_MAX], address[ENDPOINT_TEXT_MAX], port[8];
	char banner[SANITIZE_MAX], greeting_host[SANITIZE_MAX];
	char software[SANITIZE_MAX], version[SANITIZE_MAX];
	char ehlo[SANITIZE_MAX], auth[SANITIZE_MAX], ndpi[SANITIZE_MAX];
	char evidence[TELLING_LINE_MAX], flags[TELLING_LINE_MAX];
	char reasons[TELLING_LINE_MAX];
	char community_id[COMMUNITY_ID_SHOWN];
	char digest[24];
	char *json; /* telling_end() frees it */
};

/*
 * limit_ms: no time that is told is later (Redis judges states by comparing
 * times).  False: no memory; nothing is to be ended then.
 */
bool telling_begin(struct telling *telling, const struct event_context *context,
    const struct tally *tally, uint64_t limit_ms);
void telling_end(struct telling *telling);

#endif
