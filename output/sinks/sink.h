/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink - where findings go: NDJSON, a table, Redis.
 *
 * Every sink is told the same news by the publisher, from the same ledger.  A
 * sink never blocks for long and never makes the publisher lose anything: what
 * it could not hand on stays in the ledger, and flush() tries again.  All verbs
 * are called by the publisher's thread.
 */
#ifndef STRAYMAIL_SINK_H
#define STRAYMAIL_SINK_H

#include "output/ledger.h"

#include <stdbool.h>
#include <stdint.h>

struct observation;

/* One server has changed: tally->server, seen last in this source. */
struct news {
	enum change change;
	const struct tally *tally;
	uint64_t now_ns;
};

struct sink {
	const struct sink_verbs *verbs;
};

struct sink_verbs {
	const char *name;
	/* Told at once of every change that is an event. */
	void (*publish)(struct sink *sink, const struct news *news);
	/* Called often (ten times a second in `watch`); last: the run ends, so
	 * tell all that is left.  False: something could not be handed on, so
	 * it is called again later. */
	bool (*flush)(struct sink *sink, uint64_t now_ns, bool last);
	/* Log files are rotated: open them anew; may be NULL. */
	void (*reopen)(struct sink *sink);
	/* What a worker has counted; may be NULL. */
	void (*traffic)(struct sink *sink, const struct observation *seen);
	/* Something else on a mail port, at most once an hour and protocol;
	 * may be NULL. */
	void (*stranger)(
	    struct sink *sink, const struct observation *seen, uint64_t now_ns);
	/* Something that is wrong with the mirror port begins, worsens or
	 * ends; may be NULL. */
	void (*diagnostic)(
	    struct sink *sink, const struct observation *seen, uint64_t now_ns);
	/* Frees the sink. */
	void (*close)(struct sink *sink);
};

#endif
