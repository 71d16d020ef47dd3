/* SPDX-License-Identifier: Apache-2.0 */
/*
 * porch - marks by hash, one place each; both directions share a cache line.
 *
 * A mark is thirty bits of the hash that do not choose the place, so one in a
 * thousand million strangers is taken for another, and then its number has to
 * fit as well.
 */
#include "sensor/flow/porch.h"

#include "sensor/flow/serial.h"

#include <stdlib.h>

#define PLACES (PORCH_BYTES / sizeof(struct mark))

#define USED   1U
#define OPENED 2U /* it was a SYN */
#define FLAGS  (USED | OPENED)

/* What follows a SYN is not farther from it than what reassembly holds. */
#define WINDOW 16384

struct mark {
	uint32_t who; /* FLAGS, and of the hash */
	uint32_t seq;
};

struct porch {
	struct mark mark[PLACES];
};

_Static_assert(sizeof(struct porch) == PORCH_BYTES, "no byte is left over");

struct porch *
porch_new(void)
{
	return calloc(1, sizeof(struct porch));
}

void
porch_free(struct porch *porch)
{
	free(porch);
}

static uint32_t
place_of(uint64_t hash, unsigned from)
{
	return ((uint32_t)hash << 1 | from) % PLACES;
}

static bool
is_of(const struct mark *mark, uint64_t hash)
{
	return (mark->who & USED) != 0 &&
	    (mark->who & ~FLAGS) == ((uint32_t)(hash >> 32) & ~FLAGS);
}

void
porch_note(struct porch *porch, uint64_t hash, unsigned from,
    const struct packet *packet)
{
	struct mark *mark = &porch->mark[place_of(hash, from)];
	bool syn = (packet->flags & TCP_SYN) != 0;
	uint32_t seq = packet->seq + syn;

	if (!syn && is_of(mark, hash) && (mark->who & OPENED) != 0 &&
	    serial_near(seq, mark->seq, WINDOW))
		return;
	*mark = (struct mark){
		.who = ((uint32_t)(hash >> 32) & ~FLAGS) | USED |
		    (syn ? OPENED : 0),
		.seq = seq,
	};
}

bool
porch_recall(const struct porch *porch, uint64_t hash, unsigned from,
    struct passer *ret_passer)
{
	const struct mark *mark = &porch->mark[place_of(hash, from)];

	if (!is_of(mark, hash))
		return false;
	*ret_passer = (struct passer){
		.seq = mark->seq,
		.syn = (mark->who & OPENED) != 0,
	};
	return true;
}
