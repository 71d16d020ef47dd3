/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog - bytes become lines, lines go to who asks or who serves, and after
 * each the evidence is judged.
 *
 * However the streams were cut into segments, what is decided is the same: a
 * decision depends on whole lines, or on the first GATE_MAX bytes of one.
 */
#include "dissectors/dialog.h"

#include "dissectors/gate.h"
#include "dissectors/hearing.h"
#include "dissectors/judge.h"
#include "dissectors/ndpi.h"
#include "dissectors/starttls.h"

#include <assert.h>
#include <string.h>

#define BIT(i) (1U << (i))

/* The line splitters, in the middle, clear and wipe themselves. */
#define BEHIND_LINES offsetof(struct dialog, ndpi)

/* What is open costs at most 2 KiB; the conversation round it adds its halves. */
static_assert(sizeof(struct dialog) <= 2048, "a dialog has grown too large");

static const struct slice goes_on = SLICE("220-");

static enum side
asker(const struct dialog *dialog)
{
	return side_other((enum side)dialog->roles.server);
}

/* The verdict is out: nobody asks again. */
static void
give_up_opinion(struct dialog *dialog)
{
	if (dialog->opinion == NULL ||
	    (dialog->verdict != VERDICT_CONFIRMED && !dialog->deaf))
		return;
	dialog->opined = ndpi_opinion_label(dialog->opinion);
	ndpi_opinion_end(dialog->ndpi, dialog->opinion);
	dialog->opinion = NULL;
}

/* What is worth an update once a verdict was given. */
struct news {
	const char *product;
	uint32_t verdict;
	uint16_t flags;
	uint8_t starttls, variant;
	bool accepted;
};

static struct news
news_of(const struct dialog *dialog)
{
	const struct facts *facts = &dialog->session.facts;

	return (struct news){
		.product = software_product(&facts->software),
		.verdict = dialog->verdict,
		.flags = facts->flags &
		    (FACT_AUTH_CLEAR | FACT_MULTI_PROTOCOL |
			FACT_FORGED_GREETING | FACT_PRETENDS),
		.starttls = facts->starttls == STARTTLS_USED,
		.variant = facts->variant,
		.accepted = facts->messages > 0,
	};
}

static enum dialog_news
news_since(const struct dialog *dialog, const struct news *before)
{
	const struct news now = news_of(dialog);

	if (now.verdict != before->verdict)
		return NEWS_VERDICT;
	if (now.verdict == VERDICT_NONE)
		return NEWS_NONE;
	return now.product != before->product || now.flags != before->flags ||
		now.starttls != before->starttls ||
		now.variant != before->variant ||
		now.accepted != before->accepted
	    ? NEWS_FACTS
	    : NEWS_NONE;
}

/* What is left of a line behind a gap: a record may follow it at once. */
static void
skip_torn(struct dialog *dialog, enum side from, struct slice *bytes)
{
	const size_t before = bytes->len;

	line_skip_torn(&dialog->line[from], bytes);
	budget_take(&dialog->side[from].budget, before - bytes->len);
}

/* The asking side's body: skipped, and charged aside. */
static void
skip_body(struct dialog *dialog, enum side from, struct slice *bytes)
{
	struct line_splitter *splitter = &dialog->line[from];
	struct slice begun = line_unfinished(splitter);
	const size_t before = bytes->len;

	if (begun.len > 0) /* it was taken for a command's beginning */
		smtp_session_body(&dialog->session, &begun);
	line_drop(splitter);
	smtp_session_body(&dialog->session, bytes);
	budget_body(&dialog->side[from].budget, before - bytes->len);
	judge_spent(dialog, from, false);
}

/*
 * A greeting of thousands of bytes need not end at all: the client took it for
 * one and speaks, so that is where it ended.
 */
static void
end_greeting(struct dialog *dialog, enum side from)
{
	struct line_splitter *splitter = &dialog->line[side_other(from)];
	struct smtp_reply reply;
	struct line line;

	if (splitter->cut && smtp_reply_of(line_unfinished(splitter), &reply) &&
	    line_break_off(splitter, &line))
		hearing_line(dialog, side_other(from), line.text);
}

/* Of the bytes that settle a side, those that its lines before have left.  One
 * that they did not settle (the first, joined midway) has as many again. */
static size_t
gate_left(size_t said)
{
	return said < GATE_MAX ? GATE_MAX - said : GATE_MAX;
}

/* One line, or what there is of it.  False: the bytes are used up. */
static bool
take_line(struct dialog *dialog, enum side from, struct slice *bytes)
{
	struct line_splitter *splitter = &dialog->line[from];
	struct budget *budget = &dialog->side[from].budget;
	const size_t before = bytes->len, said = budget->bytes;
	struct line line;
	const bool whole = line_next(splitter, bytes, &line);
	const struct slice view =
	    whole ? line.text : line_unfinished_text(splitter);
	const bool aside = slice_starts(view, goes_on) ||
	    (from == asker(dialog) && smtp_session_private(&dialog->session));

	budget_take(budget, before - bytes->len);
	if (whole)
		budget_line(budget, aside);
	if (judge_spent(dialog, from, aside))
		return false;
	if (whole || !starttls_may_begin(dialog, from))
		hearing_front(dialog, from, view, gate_left(said));
	if (!whole || dialog->deaf)
		return false;
	if (line.cut)
		smtp_session_bound(&dialog->session, BOUND_LINE);
	end_greeting(dialog, from);
	hearing_line(dialog, from, line.text);
	judge_verdict(dialog);
	return !dialog->deaf;
}

static void
hear(struct dialog *dialog, enum side from, struct slice bytes)
{
	const struct smtp_body *body = &dialog->session.body;

	while (bytes.len > 0 && !dialog->deaf) {
		if (from == asker(dialog) && smtp_body_open(body)) {
			skip_body(dialog, from, &bytes);
			continue;
		}
		skip_torn(dialog, from, &bytes);
		if (starttls_begins(dialog, from, bytes) ||
		    !take_line(dialog, from, &bytes))
			break;
	}
}

/* What was held of that side is no preamble's. */
static void
hear_held(struct dialog *dialog, enum side from)
{
	struct line_splitter *splitter = &dialog->line[from];
	struct slice unfinished = line_unfinished(splitter);

	if (unfinished.len == 0)
		return; /* most have held nothing */

	uint8_t held[LINE_MAX_KEPT];
	size_t len = slice_bytes(held, sizeof(held), unfinished);

	line_shed(splitter, len);
	hear(dialog, from, slice_of(held, len));
}

/* What comes before the dialog is taken from *bytes. */
static void
take_preamble(struct dialog *dialog, enum side from, struct slice *bytes)
{
	const unsigned freed =
	    preamble_hear(&dialog->preamble, dialog->line, from, bytes);

	if (dialog->preamble.refused) {
		judge_settle(dialog);
		return;
	}
	if ((freed & BIT(side_other(from))) != 0) /* it was said before */
		hear_held(dialog, side_other(from));
	if ((freed & BIT(from)) != 0)
		hear_held(dialog, from);
}

void
dialog_begin(struct dialog *dialog, const struct dialog_opening *opening)
{
	uint8_t *bytes = (uint8_t *)dialog;

	memset(bytes, 0, offsetof(struct dialog, line));
	for (int i = 0; i < SIDES; i++)
		line_begin(&dialog->line[i]);
	memset(bytes + BEHIND_LINES, 0, sizeof(*dialog) - BEHIND_LINES);
	dialog->ndpi = opening->ndpi;
	dialog->midstream = opening->midstream;
	preamble_begin(
	    &dialog->preamble, opening->handshake && !opening->midstream);
	roles_begin(&dialog->roles, opening->handshake);
	smtp_session_begin(
	    &dialog->session, SIDE_RESPONDER, opening->midstream);
}

void
dialog_notice(struct dialog *dialog, enum side from, bool acked)
{
	dialog->side[from].seen = true;
	if (acked && dialog->side[from].acks < UINT16_MAX)
		dialog->side[from].acks++;
	judge_look(dialog);
}

enum dialog_news
dialog_hear(struct dialog *dialog, enum side from, struct slice bytes)
{
	const struct news before = news_of(dialog);

	dialog->side[from].seen = true;
	dialog->side[from].heard = true;
	judge_look(dialog);
	if (!dialog->deaf && !preamble_over(&dialog->preamble))
		take_preamble(dialog, from, &bytes);
	hear(dialog, from, bytes);
	give_up_opinion(dialog);
	return news_since(dialog, &before);
}

enum dialog_news
dialog_gap(struct dialog *dialog, enum side from)
{
	const struct news before = news_of(dialog);

	if (dialog->deaf)
		return NEWS_NONE;
	dialog->side[from].lost = true;
	judge_look(dialog);
	if (preamble_gap(&dialog->preamble, from) && !dialog->preamble.refused)
		hear_held(dialog, side_other(from));
	line_gap(&dialog->line[from]);
	smtp_session_gap(&dialog->session, from);
	judge_verdict(dialog);
	if (dialog->preamble.refused)
		judge_settle(dialog);
	give_up_opinion(dialog);
	return news_since(dialog, &before);
}

enum dialog_news
dialog_miss(struct dialog *dialog, enum side from)
{
	const struct news before = news_of(dialog);

	if (dialog->deaf)
		return NEWS_NONE;
	dialog->side[from].lost = true;
	judge_look(dialog);
	smtp_session_miss(&dialog->session, from);
	judge_verdict(dialog);
	give_up_opinion(dialog);
	return news_since(dialog, &before);
}

enum dialog_news
dialog_end(struct dialog *dialog)
{
	const struct news before = news_of(dialog);

	judge_settle(dialog);
	give_up_opinion(dialog);
	for (int i = 0; i < SIDES; i++) /* they may hold a client's words */
		line_wipe(&dialog->line[i]);
	return news_since(dialog, &before);
}

void
dialog_wipe(struct dialog *dialog)
{
	uint8_t *bytes = (uint8_t *)dialog;

	ndpi_opinion_end(dialog->ndpi, dialog->opinion);
	for (int i = 0; i < SIDES; i++)
		line_wipe(&dialog->line[i]);
	explicit_bzero(bytes, offsetof(struct dialog, line));
	explicit_bzero(bytes + BEHIND_LINES, sizeof(*dialog) - BEHIND_LINES);
}

bool
dialog_over(const struct dialog *dialog)
{
	return dialog->deaf;
}

const char *
dialog_reason(const struct dialog *dialog)
{
	if (dialog->verdict == VERDICT_REFUTED && dialog->label != LABEL_NONE)
		return label_name((enum label)dialog->label);
	return evidence_rule(dialog->rule)->name;
}

const char *
dialog_opinion(const struct dialog *dialog)
{
	if (dialog->opinion != NULL)
		return ndpi_opinion_label(dialog->opinion);
	return dialog->opined != NULL ? dialog->opined : "";
}

uint32_t
dialog_progress(const struct dialog *dialog)
{
	return dialog->progress;
}
