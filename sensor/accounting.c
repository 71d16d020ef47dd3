/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accounting - the identities as a table: two names, and the sums under them.
 */
#include "sensor/accounting.h"

#include "output/log.h"
#include "sensor/conversation.h"
#include "sensor/flow/porch.h"

#include <assert.h>
#include <inttypes.h>
#include <stddef.h>

struct sums {
	uint64_t left, right; /* are the same */
};

static uint64_t
sum_of(const uint64_t *count, size_t counts)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < counts; i++)
		sum += count[i];
	return sum;
}

static struct sums
frames(const struct accounting_books *books)
{
	return (struct sums){ books->counters->traffic.packets,
		sum_of(books->counters->decoded, DECODED_KINDS) };
}

static struct sums
kinds(const struct accounting_books *books)
{
	const struct traffic *t = &books->counters->traffic;

	return (struct sums){ t->packets,
		t->tcp + t->not_tcp + t->not_ip + t->malformed + t->cut +
		    t->fragments };
}

static struct sums
segments(const struct accounting_books *books)
{
	return (struct sums){ books->counters->decoded[DECODED_TCP],
		books->flows->opened + books->flows->known +
		    sum_of(books->flows->passers, FLOW_PASSERS) };
}

static struct sums
payload(const struct accounting_books *books)
{
	const struct reassembly_bytes *bytes = &books->reassembly->bytes;

	return (struct sums){ books->counters->payload_bytes,
		books->counters->not_followed + bytes->lent + bytes->lent_held +
		    bytes->duplicate + bytes->overlap + bytes->out_of_window +
		    bytes->over_budget + bytes->forgotten + bytes->held };
}

static struct sums
flows(const struct accounting_books *books)
{
	const struct flow_numbers *n = books->flows;

	return (struct sums){ n->opened,
		books->flows_live + n->dropped + n->reused + n->stale +
		    sum_of(n->evicted, FLOW_STATES) };
}

static struct sums
ends_of_flows(const struct accounting_books *books)
{
	return (struct sums){ books->flows->dropped,
		sum_of(books->counters->dropped, ENDINGS) };
}

static struct sums
flows_told(const struct accounting_books *books)
{
	return (struct sums){ books->counters->traffic.flows,
		books->flows->opened };
}

static struct sums
cells(const struct accounting_books *books)
{
	const struct reassembly_numbers *n = books->reassembly;

	return (
	    struct sums){ n->cells_taken - n->cells_given, books->cells_live };
}

static struct sums
turns(const struct accounting_books *books)
{
	const struct reassembly_numbers *n = books->reassembly;

	return (struct sums){ n->turns_taken - n->turns_given, n->turns_live };
}

static struct sums
ends_of_dialogs(const struct accounting_books *books)
{
	return (struct sums){ books->counters->traffic.dialogs -
		    books->dialogs_live,
		sum_of(books->counters->ended, ENDINGS) };
}

static struct sums
verdicts(const struct accounting_books *books)
{
	const struct counters *c = books->counters;

	return (struct sums){ sum_of(c->ended, ENDINGS) + c->turned_away,
		c->traffic.confirmed + c->traffic.suspected +
		    sum_of(c->refuted, LABELS) +
		    sum_of(c->undecided, ENDINGS) };
}

static struct sums
verdicts_told(const struct accounting_books *books)
{
	const struct counters *c = books->counters;

	return (struct sums){ c->traffic.refuted + c->traffic.undecided,
		sum_of(c->refuted, LABELS) + sum_of(c->undecided, ENDINGS) };
}

/* What is over the bound is on the left. */
static struct sums
memory(const struct accounting_books *books)
{
	const uint64_t used = books->flow_bytes + PORCH_BYTES +
	    books->dialogs_live * sizeof(struct conversation) +
	    books->cells_live * sizeof(struct cell);

	if (books->memory == 0 || used <= books->memory)
		return (struct sums){ 0, 0 };
	return (struct sums){ used, books->memory };
}

static const struct {
	const char *left, *right;
	struct sums (*sums_of)(const struct accounting_books *books);
} identities[] = {
	{ "frames delivered", "their outcomes", frames },
	{ "frames delivered", "their kinds", kinds },
	{ "tcp segments", "those with a flow and without", segments },
	{ "bytes of payload", "what became of them", payload },
	{ "flows opened", "those that are and those that were", flows },
	{ "flows that were dropped", "why", ends_of_flows },
	{ "flows counted", "flows opened", flows_told },
	{ "cells taken and not given", "cells in use", cells },
	{ "turns taken and not given", "turns in use", turns },
	{ "dialogs begun that are over", "their ends", ends_of_dialogs },
	{ "dialogs that are over", "their verdicts", verdicts },
	{ "verdicts told", "verdicts by reason", verdicts_told },
	{ "bytes in use", "flows.memory", memory },
};

#define IDENTITIES (sizeof(identities) / sizeof(identities[0]))

/* Time has no second sum: the bit behind the table's is its. */
#define TIME IDENTITIES

static_assert(IDENTITIES < 32, "warned has a bit for each, and for time");

static bool
first_time(struct accounting *accounting, size_t identity)
{
	const uint32_t bit = UINT32_C(1) << identity;
	const bool first = (accounting->warned & bit) == 0;

	accounting->warned |= bit;
	return first;
}

unsigned
accounting_check(
    struct accounting *accounting, const struct accounting_books *books)
{
	unsigned violations = 0;

	for (size_t i = 0; i < IDENTITIES; i++) {
		const struct sums sums = identities[i].sums_of(books);

		if (sums.left == sums.right)
			continue;
		violations++;
		if (first_time(accounting, i))
			log_warnx("accounting: worker %u: %s %" PRIu64
				  ", %s %" PRIu64,
			    books->worker, identities[i].left, sums.left,
			    identities[i].right, sums.right);
	}
	if (accounting->backwards > 0) {
		violations++;
		if (first_time(accounting, TIME))
			log_warnx(
			    "accounting: worker %u: time went back %" PRIu64
			    " times",
			    books->worker, accounting->backwards);
	}
#ifdef ACCOUNTING_FATAL
	assert(violations == 0);
#endif
	return violations;
}
