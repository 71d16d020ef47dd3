/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble - a walk through records, by each side at its own pace.
 *
 * The client's side says which preambles there are; the server's follows it
 * through the answers, and holds what little it may say before that is known.
 */
#include "dissectors/preamble.h"

#include "dissectors/preamble_record.h"

#include <assert.h>
#include <string.h>

/* A record, or what is held, fits the head that it is gathered in. */
static_assert(LINE_MAX_KEPT >= 512, "a request line is the longest record");

static enum preamble_stage
stage_of(const struct preamble *preamble, enum side side)
{
	return (enum preamble_stage)preamble->stage[side];
}

static bool
is_tunnel(uint8_t via)
{
	return preamble_answer((enum via)via) != STAGE_DONE;
}

/* --- from one preamble to the next --------------------------------------- */

/* The answer that the server owes next, where it is known what is asked. */
static void
follow(struct preamble *preamble)
{
	uint8_t *stage = &preamble->stage[SIDE_RESPONDER];

	if (*stage == STAGE_HOLD && preamble->aimed >= preamble->answered)
		*stage = STAGE_WAIT;
	if (*stage != STAGE_WAIT)
		return;
	while (preamble->answered < preamble->layers &&
	    !is_tunnel(preamble->via[preamble->answered]))
		preamble->answered++;
	if (preamble->answered < preamble->layers)
		*stage = (uint8_t)preamble_answer(
		    (enum via)preamble->via[preamble->answered]);
	else if (preamble->stage[SIDE_INITIATOR] == STAGE_DIALOG)
		*stage = STAGE_DIALOG;
}

/*
 * The preambles from that one on were none.  Where one of them has overwritten
 * the target of a tunnel, nobody knows any more where that leads.
 */
static void
forget(struct preamble *preamble, uint8_t layer)
{
	preamble->layers = layer;
	if (preamble->aimed <= layer)
		return;
	preamble->target = (struct preamble_target){ .kind = HOST_NONE };
	for (uint8_t i = 0; i < layer; i++)
		preamble->refused |= is_tunnel(preamble->via[i]);
}

/* The side's bytes are not what was expected. */
static void
give_up(struct preamble *preamble, enum side side)
{
	const enum preamble_stage stage = stage_of(preamble, side);

	preamble->stage[side] = STAGE_DIALOG;
	preamble->refused |= stage == STAGE_HOLD;
	if (stage == STAGE_WAIT || stage == STAGE_HOLD)
		return;
	if (side == SIDE_RESPONDER) {
		preamble->stage[SIDE_INITIATOR] = STAGE_DIALOG;
		forget(preamble, preamble->answered);
		return;
	}
	if (stage != STAGE_OPENING)
		forget(preamble, (uint8_t)(preamble->layers - 1));
	if (preamble->answered >= preamble->layers)
		preamble->stage[SIDE_RESPONDER] = STAGE_DIALOG;
}

static void
finish_layer(struct preamble *preamble, enum side side)
{
	if (side == SIDE_RESPONDER) {
		preamble->answered++;
		preamble->stage[side] = preamble->aimed < preamble->answered
		    ? STAGE_HOLD
		    : STAGE_WAIT;
	} else {
		preamble->stage[side] = preamble->layers < PREAMBLES_MAX
		    ? STAGE_OPENING
		    : STAGE_DIALOG;
	}
}

static void
enter(struct preamble *preamble, enum side side, enum preamble_stage stage)
{
	if (stage == STAGE_DONE)
		finish_layer(preamble, side);
	else if (stage == STAGE_NOT)
		give_up(preamble, side);
	else if (stage == STAGE_REFUSED)
		preamble->refused = true;
	else
		preamble->stage[side] = (uint8_t)stage;
	follow(preamble);
}

/* --- the ways of taking a record ----------------------------------------- */

/* False: the bytes are used up. */
static bool
gather(struct preamble *preamble, struct line_splitter *line, enum side side,
    struct slice *bytes)
{
	const struct preamble_record *record =
	    preamble_record(stage_of(preamble, side));
	const struct slice got = line_unfinished(line);
	const size_t length = record->length(got);
	enum preamble_stage next;

	if (length == 0) {
		enter(preamble, side, STAGE_NOT);
		return true;
	}
	if (length > got.len) {
		line_hold(line, slice_first(*bytes, length - got.len));
		*bytes = slice_after(*bytes, length - got.len);
		return line_unfinished(line).len > got.len;
	}
	next = record->next(preamble, slice_first(got, length));
	if (next != STAGE_NOT && !record->lasting)
		line_shed(line, length);
	enter(preamble, side, next);
	return true;
}

/* What was not kept has come to its end. */
static void
pass_on(struct preamble *preamble, enum side side)
{
	const struct slice nothing = SLICE("");

	enter(preamble, side,
	    preamble_record(stage_of(preamble, side))->next(preamble, nothing));
}

static bool
pass(struct preamble *preamble, enum side side, struct slice *bytes)
{
	const size_t before = bytes->len;

	*bytes = slice_after(*bytes, preamble->left[side]);
	preamble->left[side] =
	    (uint16_t)(preamble->left[side] - (before - bytes->len));
	if (preamble->left[side] > 0)
		return false;
	pass_on(preamble, side);
	return true;
}

/* One byte of a text that ends with a NUL; false: there is none. */
static bool
pass_text(struct preamble *preamble, enum side side, struct slice *bytes)
{
	const uint8_t c = slice_at(*bytes, 0);

	if (bytes->len == 0)
		return false;
	*bytes = slice_after(*bytes, 1);
	preamble->left[side]--;
	if (c == 0)
		pass_on(preamble, side);
	else if (c < ' ' || preamble->left[side] == 0)
		enter(preamble, side, STAGE_NOT);
	return true;
}

/* One byte of the header lines, which an empty one ends: where a line begins is
 * a stage of its own. */
static bool
pass_header(struct preamble *preamble, enum side side, struct slice *bytes)
{
	const struct preamble_record *record =
	    preamble_record(stage_of(preamble, side));
	const uint8_t c = slice_at(*bytes, 0);

	if (bytes->len == 0)
		return false;
	*bytes = slice_after(*bytes, 1);
	preamble->left[side]--;
	if (preamble->left[side] == 0)
		enter(preamble, side, STAGE_NOT);
	else if (c == '\n')
		enter(preamble, side, record->at_line_end);
	else if (c != '\r')
		enter(preamble, side, record->in_line);
	return true;
}

/* Byte by byte, and what may be the beginning of what is sought is kept. */
static bool
seek(struct preamble *preamble, struct line_splitter *line, enum side side,
    struct slice *bytes)
{
	const struct preamble_record *record =
	    preamble_record(stage_of(preamble, side));
	const struct slice c = slice_first(*bytes, 1);

	if (bytes->len == 0)
		return false;
	*bytes = slice_after(*bytes, 1);
	preamble->left[side]--;
	line_hold(line, c);
	if (record->length(line_unfinished(line)) == 0) {
		line_shed(line, line_unfinished(line).len);
		line_hold(line, c);
		if (record->length(c) == 0)
			line_shed(line, 1);
	}
	if (preamble->left[side] == 0)
		enter(preamble, side, STAGE_REFUSED);
	else if (line_unfinished(line).len ==
	    record->length(line_unfinished(line)))
		enter(preamble, side, record->next(preamble, c));
	return true;
}

/* False: the bytes are used up. */
static bool
step(struct preamble *preamble, struct line_splitter *line, enum side side,
    struct slice *bytes)
{
	switch (preamble_record(stage_of(preamble, side))->way) {
	case WAY_GATHER:
		return gather(preamble, line, side, bytes);
	case WAY_PASS:
		return pass(preamble, side, bytes);
	case WAY_TEXT:
		return pass_text(preamble, side, bytes);
	case WAY_HEADER:
		return pass_header(preamble, side, bytes);
	case WAY_SEEK:
		return seek(preamble, line, side, bytes);
	}
	return false;
}

/* False: the bytes are used up, or are the dialog's. */
static bool
step_on(struct preamble *preamble, struct line_splitter *line, enum side side,
    struct slice *bytes)
{
	return !preamble->refused && !preamble_passed(preamble, side) &&
	    step(preamble, line, side, bytes);
}

/* --- from the dialog ----------------------------------------------------- */

void
preamble_begin(struct preamble *preamble, bool possible)
{
	*preamble = (struct preamble){ .refused = false };
	if (!possible)
		return;
	preamble->stage[SIDE_INITIATOR] = STAGE_OPENING;
	preamble->stage[SIDE_RESPONDER] = STAGE_WAIT;
}

unsigned
preamble_hear(struct preamble *preamble, struct line_splitter line[SIDES],
    enum side from, struct slice *bytes)
{
	const enum side other = side_other(from);
	unsigned waited = 0, freed = 0;
	struct slice nothing = SLICE("");

	for (unsigned i = 0; i < SIDES; i++)
		waited |= (unsigned)!preamble_passed(preamble, (enum side)i)
		    << i;
	/* After each step, what is held of the other may be understood: so it
	 * does not matter where the bytes were cut. */
	while (step_on(preamble, &line[from], from, bytes))
		while (step_on(preamble, &line[other], other, &nothing))
			continue;
	for (unsigned i = 0; i < SIDES; i++)
		freed |= (unsigned)preamble_passed(preamble, (enum side)i) << i;
	return waited & freed;
}

bool
preamble_gap(struct preamble *preamble, enum side from)
{
	const enum side other = side_other(from);
	const enum preamble_stage stage = stage_of(preamble, from);
	const struct preamble_target *target = &preamble->target;
	const bool waited = !preamble_passed(preamble, other);

	if (stage == STAGE_DIALOG)
		return false;
	preamble->stage[from] = STAGE_DIALOG;
	if (from == SIDE_RESPONDER)
		preamble->answered = preamble->layers;
	else if (stage != STAGE_OPENING &&
	    is_tunnel(preamble->via[preamble->layers - 1]) &&
	    (preamble->aimed < preamble->layers ||
		(target->kind == HOST_TEXT && target->len == 0)))
		preamble->refused = true;
	follow(preamble);
	return waited && preamble_passed(preamble, other);
}

bool
preamble_again(struct preamble *preamble)
{
	if (preamble->answered > 0)
		return false;
	if (preamble->layers == 1) {
		preamble->again = true;
		return true;
	}
	/* He has asked again already. */
	preamble->via[0] = preamble->via[1];
	preamble->layers = 1;
	preamble->aimed = preamble->aimed > 0;
	return true;
}

void
preamble_aim(struct preamble *preamble, enum preamble_host kind,
    struct slice host, uint16_t port)
{
	struct preamble_target *target = &preamble->target;

	memset(target, 0, sizeof(*target));
	target->kind = (uint8_t)kind;
	target->port = port;
	target->len =
	    (uint8_t)slice_bytes(target->host, sizeof(target->host), host);
	preamble->aimed = preamble->layers;
}
