/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_queue - a ring of sixteen verbs with counts.
 */
#include "dissectors/smtp_queue.h"

#include <string.h>

static unsigned
at(const struct smtp_queue *queue, unsigned i)
{
	return (queue->first + i) % QUEUE_PLACES;
}

void
smtp_queue_empty(struct smtp_queue *queue)
{
	memset(queue, 0, sizeof(*queue));
}

void
smtp_queue_close(struct smtp_queue *queue)
{
	if (queue->closed)
		return;
	queue->counted = 0;
	for (unsigned i = 0; i < queue->used; i++) {
		queue->counted += queue->place[at(queue, i)].count;
		queue->data |= queue->place[at(queue, i)].verb == VERB_DATA;
	}
	queue->used = 0;
	queue->closed = true;
}

bool
smtp_queue_push(struct smtp_queue *queue, enum smtp_verb verb)
{
	const unsigned newest =
	    at(queue, (unsigned)queue->used + QUEUE_PLACES - 1);

	if (queue->closed) {
		queue->data |= verb == VERB_DATA;
		queue->counted++;
		return true;
	}
	if (queue->used > 0 && queue->place[newest].verb == verb &&
	    queue->place[newest].count < UINT8_MAX) {
		queue->place[newest].count++;
		return true;
	}
	if (queue->used == QUEUE_PLACES) {
		smtp_queue_close(queue);
		return smtp_queue_push(queue, verb) && false;
	}
	queue->place[at(queue, queue->used)].verb = (uint8_t)verb;
	queue->place[at(queue, queue->used)].count = 1;
	queue->used++;
	return true;
}

bool
smtp_queue_waits(const struct smtp_queue *queue)
{
	return queue->closed || queue->used > 0;
}

enum smtp_verb
smtp_queue_oldest(const struct smtp_queue *queue)
{
	if (queue->closed || queue->used == 0)
		return VERB_OTHER;
	return (enum smtp_verb)queue->place[queue->first].verb;
}

enum smtp_verb
smtp_queue_pop(struct smtp_queue *queue)
{
	const enum smtp_verb verb = smtp_queue_oldest(queue);

	if (queue->closed) {
		if (--queue->counted == 0)
			smtp_queue_empty(queue);
	} else if (queue->used > 0 && --queue->place[queue->first].count == 0) {
		queue->first = (uint8_t)at(queue, 1);
		queue->used--;
	}
	return verb;
}

void
smtp_queue_skip_junk(struct smtp_queue *queue)
{
	while (!queue->closed && queue->used > 1 &&
	    queue->place[queue->first].verb == VERB_JUNK) {
		queue->first = (uint8_t)at(queue, 1);
		queue->used--;
	}
}

static enum smtp_verb
verb_at(const struct smtp_queue *queue, unsigned i)
{
	return (enum smtp_verb)queue->place[at(queue, i)].verb;
}

/* Which place the oldest DATA waits in; used: in none. */
static unsigned
data_place(const struct smtp_queue *queue)
{
	unsigned i = 0;

	while (i < queue->used && verb_at(queue, i) != VERB_DATA)
		i++;
	return i;
}

bool
smtp_queue_has_data(const struct smtp_queue *queue)
{
	return queue->closed ? queue->data : data_place(queue) < queue->used;
}

bool
smtp_queue_body_runs(const struct smtp_queue *queue)
{
	for (unsigned i = queue->used; i > 0; i--) {
		if (verb_at(queue, i - 1) == VERB_BODY)
			return false;
		if (verb_at(queue, i - 1) == VERB_DATA)
			return true;
	}
	return false;
}

void
smtp_queue_end_body(struct smtp_queue *queue)
{
	while (queue->used > 0 && verb_at(queue, queue->used - 1U) != VERB_DATA)
		queue->used--;
	smtp_queue_push(queue, VERB_BODY);
}

bool
smtp_queue_body_heard(const struct smtp_queue *queue)
{
	const unsigned place = data_place(queue);

	return place + 1 < queue->used &&
	    verb_at(queue, place + 1) == VERB_BODY;
}

void
smtp_queue_to_data(struct smtp_queue *queue)
{
	const unsigned place = data_place(queue);

	if (queue->closed || place == queue->used)
		return;
	if (!smtp_queue_body_heard(queue))
		queue->used = (uint8_t)(place + 1);
	queue->first = (uint8_t)at(queue, place);
	queue->used = (uint8_t)(queue->used - place);
}
