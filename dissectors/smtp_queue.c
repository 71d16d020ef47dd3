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
		if (queue->place[at(queue, i)].verb == VERB_DATA)
			queue->data = true;
	}
	queue->used = 0;
	queue->body = 0;
	queue->closed = true;
}

bool
smtp_queue_push(struct smtp_queue *queue, enum smtp_verb verb)
{
	const unsigned newest =
	    at(queue, (unsigned)queue->used + QUEUE_PLACES - 1);

	if (queue->closed) {
		if (verb == VERB_DATA)
			queue->data = true;
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
	if (verb == VERB_DATA)
		queue->body = 1;
	else if (verb == VERB_BODY)
		queue->body = 0;
	else if (queue->body > 0)
		queue->body++;
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
		if (queue->body > queue->used) /* its DATA was answered */
			queue->body = 0;
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
	return queue->body > 0;
}

void
smtp_queue_end_body(struct smtp_queue *queue)
{
	if (queue->body > 0)
		queue->used = (uint8_t)(queue->used - (queue->body - 1));
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
	if (!smtp_queue_body_heard(queue)) {
		queue->used = (uint8_t)(place + 1);
		queue->body = 1;
	}
	queue->first = (uint8_t)at(queue, place);
	queue->used = (uint8_t)(queue->used - place);
}
