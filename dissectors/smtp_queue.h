/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_queue - verbs that wait for their replies (RFC 2920 lets them pile up).
 *
 * Sixteen places; equal verbs in a row share one.  When they do not suffice
 * the queue is closed: what waits is only counted, until it has drained.
 */
#ifndef STRAYMAIL_SMTP_QUEUE_H
#define STRAYMAIL_SMTP_QUEUE_H

#include "dissectors/smtp_grammar.h"

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_PLACES 16

struct smtp_queue {
	struct {
		uint8_t verb; /* enum smtp_verb */
		uint8_t count;
	} place[QUEUE_PLACES];
	uint8_t first, used;
	uint8_t body; /* places from the newest DATA on, whose final dot was
			  * not heard; 0: there is none */
	bool closed : 1;
	bool data : 1; /* closed: a DATA was among what was counted */
	uint32_t counted;
};

void smtp_queue_empty(struct smtp_queue *queue);

/* From now on what waits is only counted. */
void smtp_queue_close(struct smtp_queue *queue);

/* False: that closed the queue. */
bool smtp_queue_push(struct smtp_queue *queue, enum smtp_verb verb);

/* Something waits. */
bool smtp_queue_waits(const struct smtp_queue *queue);

/* The oldest; VERB_OTHER where none waits or the queue is closed. */
enum smtp_verb smtp_queue_oldest(const struct smtp_queue *queue);

/* Takes the oldest away, or counts one off. */
enum smtp_verb smtp_queue_pop(struct smtp_queue *queue);

/* A refusal may be meant for junk; anything else is for the verb behind it. */
void smtp_queue_skip_junk(struct smtp_queue *queue);

/* A DATA waits, or was counted. */
bool smtp_queue_has_data(const struct smtp_queue *queue);

/* A DATA waits and its final dot was not heard: what is said now may be
 * commands or a body. */
bool smtp_queue_body_runs(const struct smtp_queue *queue);

/* The final dot: what was said behind the newest DATA was its body. */
void smtp_queue_end_body(struct smtp_queue *queue);

/* The oldest DATA's final dot was heard before its reply. */
bool smtp_queue_body_heard(const struct smtp_queue *queue);

/* The oldest DATA is answered now: drops what waits before it, and a body
 * behind it that goes on. */
void smtp_queue_to_data(struct smtp_queue *queue);

#endif
