/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retake - turns in, and a dialog that hears them again from the beginning.
 *
 * It is begun anew each time, and kept only if it is worth more than the one
 * that heard the first copies: contradictions are rare, and so they cost
 * nothing where there are none.
 */
#include "sensor/retake.h"

#include "sensor/conversation.h"
#include "sensor/flow/serial.h"

_Static_assert(COPIES_BYTES < RETAKE_RESPONDER, "an end and a side in 16 bits");

static enum side
side_of(uint16_t turn)
{
	return (turn & RETAKE_RESPONDER) != 0 ? SIDE_RESPONDER : SIDE_INITIATOR;
}

static uint16_t
end_of(uint16_t turn)
{
	return turn & (uint16_t)~RETAKE_RESPONDER;
}

static uint16_t
turn_of(enum side side, uint32_t end)
{
	return (
	    uint16_t)(end | (side == SIDE_RESPONDER ? RETAKE_RESPONDER : 0));
}

/* Where a sequence number is among the first bytes of its side. */
static uint32_t
place_of(const struct half *half, uint32_t seq)
{
	uint32_t at = serial_before(half->first, seq) ? seq - half->first : 0;

	return at < COPIES_BYTES ? at : COPIES_BYTES;
}

static void
add(struct retake *retake, enum side side, uint32_t end)
{
	const uint16_t turn = turn_of(side, end);
	const uint8_t turns = retake->turns;

	if (turns > 0 && side_of(retake->turn[turns - 1]) == side) {
		if (end > end_of(retake->turn[turns - 1]))
			retake->turn[turns - 1] = turn;
	} else if (turns < RETAKE_TURNS) {
		retake->turn[retake->turns++] = turn;
	} else {
		retake->lost = true;
	}
}

/* Leaves out turns in which nothing was said any more. */
static void
tidy(struct retake *retake)
{
	const uint8_t turns = retake->turns;
	uint32_t said[SIDES] = { 0 };

	retake->turns = 0;
	for (uint8_t i = 0; i < turns; i++) {
		const uint16_t turn = retake->turn[i];
		const enum side side = side_of(turn);

		if (end_of(turn) <= said[side])
			continue;
		said[side] = end_of(turn);
		add(retake, side, end_of(turn));
	}
}

static bool
contradicted(const struct conversation *c)
{
	return c->half[SIDE_INITIATOR].conflict ||
	    c->half[SIDE_RESPONDER].conflict;
}

bool
retake_open(const struct conversation *c)
{
	if (c->dialog.verdict == VERDICT_CONFIRMED ||
	    (!contradicted(c) && c->retake.urgents == 0))
		return false;
	return !c->ended && !c->retake.lost && c->retake.takes < RETAKES_MAX &&
	    copies_whole(&c->half[SIDE_INITIATOR]) &&
	    copies_whole(&c->half[SIDE_RESPONDER]);
}

void
retake_heard(struct conversation *c, struct copies *copies, enum side side,
    struct slice bytes)
{
	struct half *half = &c->half[side];
	const uint32_t from = half->next - (uint32_t)bytes.len;

	if (c->dialog.verdict == VERDICT_CONFIRMED ||
	    (dialog_over(&c->dialog) && !retake_open(c)))
		return;
	copies_heard(copies, half, bytes);
	if (place_of(half, from) < COPIES_BYTES)
		add(&c->retake, side, place_of(half, half->next));
	if (!half->conflict || slice_find(bytes, '\n') < bytes.len)
		c->retake.due = true;
}

/* It is what the pointer points behind (RFC 6093 3.1, as it is done). */
static void
note_urgent(struct conversation *c, enum side side, const struct packet *packet)
{
	struct retake *retake = &c->retake;
	const uint32_t at = place_of(
	    &c->half[side], packet_first_byte(packet) + packet->urgent - 1);

	if (packet->urgent == 0 || packet->urgent > packet->payload_len ||
	    at == COPIES_BYTES || retake->urgents == RETAKE_URGENT)
		return;
	for (uint8_t i = 0; i < retake->urgents; i++)
		if (retake->urgent[i] == turn_of(side, at))
			return;
	retake->urgent[retake->urgents++] = turn_of(side, at);
	retake->due = true;
}

/* What was heard from `from` on is said now. */
static void
rewrite(struct retake *retake, const struct half *half, enum side side,
    uint32_t from)
{
	for (uint8_t i = 0; i < retake->turns; i++)
		if (side_of(retake->turn[i]) == side &&
		    end_of(retake->turn[i]) > from)
			retake->turn[i] = turn_of(side, from);
	tidy(retake);
	add(retake, side, place_of(half, half->next));
	retake->due = true;
}

void
retake_pushed(
    struct conversation *c, enum side side, const struct packet *packet)
{
	struct half *half = &c->half[side];
	const uint32_t from = place_of(half, packet_first_byte(packet));

	c->conflict |= packet->conflict;
	if ((packet->flags & TCP_URG) != 0)
		note_urgent(c, side, packet);
	if (half->rewritten && from < COPIES_BYTES)
		rewrite(&c->retake, half, side, from);
	half->rewritten = false;
}

/* Up to the next urgent byte of that side, from `at` on. */
static uint32_t
calm_end(const struct retake *retake, enum side side, uint32_t at, uint32_t end)
{
	for (uint8_t i = 0; i < retake->urgents; i++) {
		const uint32_t urgent = end_of(retake->urgent[i]);

		if (side_of(retake->urgent[i]) == side && urgent >= at &&
		    urgent < end)
			end = urgent;
	}
	return end;
}

/* One side from part[0] to part[1]; a byte that is not there was passed over. */
static void
hear(const struct conversation *c, const struct copies *copies,
    struct dialog *again, enum side side, const uint32_t part[static 2])
{
	bool gap = false;
	struct slice bytes;
	uint32_t stop;

	for (uint32_t at = part[0]; at < part[1] && !dialog_over(again);) {
		stop = calm_end(&c->retake, side, at, part[1]);
		if (stop == at) { /* it is urgent */
			at++;
			continue;
		}
		bytes = copies_look(copies, &c->half[side], at, stop);
		if (bytes.len > 0)
			dialog_hear(again, side, bytes);
		else if (!gap)
			dialog_gap(again, side);
		gap = bytes.len == 0;
		at += gap ? 1 : (uint32_t)bytes.len;
	}
}

/* All that was heard, with the last copies. */
static void
play(const struct conversation *c, const struct copies *copies,
    struct dialog *again)
{
	const struct dialog_opening opening = {
		.handshake = c->handshake,
		.midstream = c->dialog.midstream,
	};
	uint32_t said[SIDES] = { 0 };

	dialog_begin(again, &opening);
	for (int side = 0; side < SIDES; side++)
		if (c->dialog.side[side].seen)
			dialog_notice(again, (enum side)side, false);
	for (uint8_t i = 0; i < c->retake.turns; i++) {
		const enum side side = side_of(c->retake.turn[i]);
		const uint32_t end = end_of(c->retake.turn[i]);
		const uint32_t part[] = { said[side], end };

		dialog_notice(again, side, i > 0); /* it answers the other */
		hear(c, copies, again, side, part);
		said[side] = end;
	}
}

/* The conversation goes on with it; what it did not hear is missing. */
static void
adopt(struct conversation *c, const struct dialog *again)
{
	struct ndpi *ndpi = c->dialog.ndpi;

	dialog_wipe(&c->dialog);
	c->dialog = *again;
	c->dialog.ndpi = ndpi;
	c->dialog.session.facts.flags |= FACT_OVERLAP;
	for (int side = 0; side < SIDES; side++)
		if (c->half[side].next - c->half[side].first > COPIES_BYTES)
			dialog_gap(&c->dialog, (enum side)side);
}

/* Heard once more: is it worth more than what was heard first? */
static enum dialog_news
take(struct conversation *c, const struct copies *copies, bool ends)
{
	enum dialog_news news = NEWS_NONE;
	struct dialog again;

	c->retake.due = false;
	c->retake.takes++;
	play(c, copies, &again);
	if (ends)
		dialog_end(&again);
	if (again.verdict == VERDICT_CONFIRMED ||
	    (ends && again.verdict == VERDICT_SUSPECTED &&
		c->dialog.verdict != VERDICT_SUSPECTED)) {
		adopt(c, &again);
		news = NEWS_VERDICT;
	}
	dialog_wipe(&again);
	return news;
}

enum dialog_news
retake_hear(struct conversation *c, struct copies *copies)
{
	struct half *a = &c->half[SIDE_INITIATOR];
	struct half *b = &c->half[SIDE_RESPONDER];
	enum dialog_news news = NEWS_NONE;

	if (c->retake.due && retake_open(c))
		news = take(c, copies, false);
	if (contradicted(c) || c->conflict)
		c->dialog.session.facts.flags |= FACT_OVERLAP;
	if (c->dialog.verdict == VERDICT_CONFIRMED && !(a->sure && b->sure)) {
		copies_sure(copies, a);
		copies_sure(copies, b);
	}
	return news;
}

enum dialog_news
retake_end(struct conversation *c, struct copies *copies)
{
	return retake_open(c) ? take(c, copies, true) : NEWS_NONE;
}
