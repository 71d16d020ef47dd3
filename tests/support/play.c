/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play - steps into packets.
 */
#include "tests/support/play.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that a gap swallows, and that somebody unseen says in between. */
#define SWALLOWED 40
#define UNSEEN    10

void
play_begin(struct play *play, uint32_t client_isn, uint32_t server_isn)
{
	play->seq[TALK_CLIENT] = client_isn;
	play->seq[TALK_SERVER] = server_isn;
	play->count = 0;
	play->used = 0;
}

void
play_free(struct play *play)
{
	free(play->shot);
	free(play);
}

static enum talker
other_of(enum talker talker)
{
	return talker == TALK_CLIENT ? TALK_SERVER : TALK_CLIENT;
}

void
play_packet(struct play *play, enum talker from, uint8_t flags,
    const void *bytes, size_t len)
{
	char *kept = play->bytes + play->used;

	if (play->count == play->room) {
		play->room = play->room * 2 + 64;
		play->shot =
		    realloc(play->shot, play->room * sizeof(play->shot[0]));
		assert(play->shot != NULL);
	}
	assert(len <= sizeof(play->bytes) - play->used);
	if (len > 0)
		memcpy(kept, bytes, len);
	play->used += len;
	play->shot[play->count++] = (struct talk_shot){
		.from = from,
		.flags = flags,
		.seq = play->seq[from],
		.ack = play->seq[other_of(from)],
		.bytes = kept,
		.len = len,
	};
	play->seq[from] +=
	    (uint32_t)len + ((flags & (WIRE_SYN | WIRE_FIN)) != 0);
}

void
play_connect(struct play *play, enum talker first)
{
	play_packet(play, first, WIRE_SYN, NULL, 0);
	play_packet(play, other_of(first), WIRE_SYN | WIRE_ACK, NULL, 0);
	play_packet(play, first, WIRE_ACK, NULL, 0);
}

void
play_hang_up(struct play *play, enum talker first)
{
	play_packet(play, first, WIRE_FIN | WIRE_ACK, NULL, 0);
	play_packet(play, other_of(first), WIRE_FIN | WIRE_ACK, NULL, 0);
	play_packet(play, first, WIRE_ACK, NULL, 0);
}

static void
say(struct play *play, enum talker from, const char *bytes, size_t len,
    const struct play_manner *manner)
{
	size_t step = manner->bytewise ? 1 : len;

	for (size_t at = 0; at < len; at += step)
		play_packet(play, from, WIRE_PSH | WIRE_ACK, bytes + at, step);
}

static void
take(struct play *play, const struct dialog_case *of,
    const struct dialog_step *step, const struct play_manner *manner)
{
	enum talker from = step->server ? TALK_SERVER : TALK_CLIENT;
	bool swap = manner->other_end && !of->exact;
	const char *end = step->ends ? dialog_line_end(of, swap) : "";
	char bytes[65536];

	if (step->kind == STEP_GAP)
		play->seq[from] += SWALLOWED;
	else if (step->kind == STEP_ACK)
		play->seq[other_of(from)] += UNSEEN;
	if (step->kind != STEP_SAY)
		return;
	assert(step->len + strlen(end) <= sizeof(bytes));
	memcpy(bytes, step->text, step->len);
	memcpy(bytes + step->len, end, strlen(end));
	for (unsigned i = 0; i < step->times; i++)
		say(play, from, bytes, step->len + strlen(end), manner);
}

/* Only one side's packets are seen. */
static void
leave_out(struct play *play, enum talker hidden)
{
	size_t kept = 0;

	for (size_t i = 0; i < play->count; i++)
		if (play->shot[i].from != hidden)
			play->shot[kept++] = play->shot[i];
	play->count = kept;
}

void
play_dialog(struct play *play, const struct dialog_case *of,
    const struct play_manner *manner)
{
	enum talker first = of->reversed ? TALK_SERVER : TALK_CLIENT;

	if (!of->nohandshake)
		play_connect(play, first);
	for (size_t i = 0; i < of->steps; i++) {
		take(play, of, &of->step[i], manner);
		if (of->sonly) /* what is not seen is acknowledged */
			play->seq[TALK_CLIENT] += UNSEEN;
	}
	play_hang_up(play, first);
	if (of->sonly)
		leave_out(play, TALK_CLIENT);
	if (of->conly)
		leave_out(play, TALK_SERVER);
}

void
play_write(const struct play *play, struct talk *talk)
{
	for (size_t i = 0; i < play->count; i++)
		talk_shot(talk, &play->shot[i]);
}

bool
play_can(const struct dialog_case *of)
{
	return of->midstream == of->nohandshake;
}
