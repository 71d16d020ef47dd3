/* SPDX-License-Identifier: Apache-2.0 */
/*
 * teller - observations into the ring.
 */
#include "sensor/teller.h"

#include "output/publisher.h"
#include "output/ring.h"

static bool
push(struct teller *teller, struct observation *seen)
{
	seen->worker = teller->worker;
	while (!ring_push(teller->ring, seen)) {
		teller->traffic->ring_full++;
		if (!teller->replay)
			return false;
		publisher_settle(teller->publisher);
	}
	teller->pushed = true;
	return true;
}

/* A dialog is told more than once, and counted once. */
static bool
is_first(const struct sighting *told)
{
	return told->suspected_flows > 0 ||
	    (told->flows > 0 && told->suspected_flows == 0);
}

bool
teller_tell(struct teller *teller, struct conversation *c, enum report_why why)
{
	struct observation seen;

	c->owed = false;
	if (!report(c, why, &seen))
		return true; /* nothing that people would want to hear */
	if (!push(teller, &seen)) {
		c->owed = true;
		return false;
	}
	report_told(c, &seen.sighting);
	teller->traffic->sightings += is_first(&seen.sighting);
	return true;
}

void
teller_stranger(struct teller *teller, struct observation *seen)
{
	if (!push(teller, seen))
		teller->traffic->strangers_lost++;
}

void
teller_mark(struct teller *teller, enum observation_kind kind, uint32_t source,
    uint64_t when_ns)
{
	struct observation seen = {
		.kind = (uint8_t)kind,
		.source = source,
		.when_ns = when_ns,
	};

	if (kind == OBSERVED_TRAFFIC)
		seen.traffic = *teller->traffic;
	push(teller, &seen);
}

void
teller_hand_over(struct teller *teller, bool due)
{
	if (!teller->pushed ||
	    (teller->replay && !due && !ring_half_full(teller->ring)))
		return;
	if (teller->replay)
		publisher_settle(teller->publisher);
	else
		publisher_nudge(teller->publisher);
	teller->pushed = false;
}

void
teller_wait(struct teller *teller)
{
	publisher_settle(teller->publisher);
}
