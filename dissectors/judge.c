/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge - circumstances in, the table of evidence.c asked, a verdict out.
 */
#include "dissectors/judge.h"

#include "dissectors/client_dialect.h"

#define BIT(i) (1U << (i))

/* Until the dialog is confirmed: 64 lines or 8 KiB a side, and 64 KiB aside. */
static const struct budget_limit limit = {
	.lines = 64,
	.bytes = 8192,
	.aside = 65536,
};

/* Joined midway, the server has sixteen reply lines, and the client may be in
 * the middle of a large body: a mebibyte ends that. */
static const struct budget_limit limit_server_midway = {
	.lines = 16,
	.bytes = 8192,
	.aside = 65536,
};
static const struct budget_limit limit_client_midway = {
	.lines = UINT16_MAX,
	.bytes = 1048576,
	.aside = 1048576,
};

static void
set_case(struct dialog *dialog, enum circumstance circumstance, bool holds)
{
	if (holds)
		dialog->session.cases |= BIT(circumstance);
	else
		dialog->session.cases &= ~BIT(circumstance);
}

/*
 * A side is out of sight where no packet of it was seen.  Where there was a SYN
 * it is, too, if the other answers what it said and nothing of that came, nor
 * an acknowledgement: it does not keep silent, it is not mirrored.
 */
static bool
in_sight(const struct dialog_side *side)
{
	return side->seen && (!side->lost || side->heard || side->acks > 0);
}

/* Who can be seen, and what each side said that the other should have. */
void
judge_look(struct dialog *dialog)
{
	const struct roles *roles = &dialog->roles;
	const enum side asker = side_other((enum side)roles->server);
	const struct dialog_side *server = &dialog->side[roles->server];
	const struct dialog_side *client = &dialog->side[asker];
	const bool serves = in_sight(server), asks = in_sight(client);
	struct facts *facts = &dialog->session.facts;

	set_case(dialog, CASE_SERVER_ALONE, serves && !asks);
	set_case(dialog, CASE_CLIENT_ALONE, asks && !serves);
	set_case(dialog, CASE_SERVER_ASKED, roles->verbs[roles->server] > 0);
	set_case(dialog, CASE_CLIENT_SAID, roles->replies[asker] > 0);
	dialog->session.acks = client->acks;

	facts->flags &= (uint16_t) ~(FACT_ONE_SIDED | FACT_ROLE_REVERSED);
	if (serves != asks)
		facts->flags |= FACT_ONE_SIDED;
	if (roles->handshake && roles->server == SIDE_INITIATOR)
		facts->flags |= FACT_ROLE_REVERSED;
}

void
judge_verdict(struct dialog *dialog)
{
	const uint32_t heard = dialog->session.heard;
	const uint32_t cases = dialog->session.cases;
	enum verdict verdict;
	uint8_t rule;

	if (dialog->verdict == VERDICT_CONFIRMED) { /* never withdrawn */
		if ((heard & EVIDENCE_CONTRADICTIONS) != 0)
			dialog->session.facts.flags |= FACT_MULTI_PROTOCOL;
		return;
	}
	/* Most lines add nothing; and of nothing there is no verdict. */
	if (heard == dialog->weighed[0] && cases == dialog->weighed[1])
		return;
	dialog->weighed[0] = heard;
	dialog->weighed[1] = cases;
	rule = evidence_judge(heard, cases);
	verdict = evidence_rule(rule)->verdict;
	if (verdict == VERDICT_NONE)
		return;
	dialog->rule = rule; /* of a suspicion, the weightiest so far */
	if (verdict == dialog->verdict)
		return;
	dialog->verdict = verdict;
	if (verdict == VERDICT_REFUTED) {
		dialog->label = dialog->session.label;
		dialog->deaf = true;
	}
}

/*
 * What may be refuted only when no more is heard: FTP that an accepted mail verb
 * could still explain; and two grammars of a side that was joined midway, which
 * may be in the body of a mail about mail.
 */
static void
contradict_late(struct dialog *dialog)
{
	struct smtp_session *session = &dialog->session;

	if (session->ftp_accepted &&
	    (session->cases & BIT(CASE_ACCEPTS_ALL)) == 0)
		smtp_session_contradict(session, ATOM_X1, LABEL_FTP);
	if (dialog->midstream && roles_transcript(&dialog->roles))
		smtp_session_contradict(session, ATOM_X4, LABEL_TRANSCRIPT);
}

/* The budget is spent, or the end has come. */
void
judge_settle(struct dialog *dialog)
{
	struct smtp_session *session = &dialog->session;

	if (dialog->verdict != VERDICT_CONFIRMED) {
		contradict_late(dialog);
		judge_verdict(dialog);
	}
	if (dialog->verdict == VERDICT_NONE) {
		dialog->verdict = VERDICT_UNDECIDED;
		dialog->label = session->greeter;
	}
	client_dialect_close(&session->facts.dialect, session->facts.flags,
	    session->facts.starttls == STARTTLS_USED);
	dialog->deaf = true;
}

static const struct budget_limit *
limit_of(const struct dialog *dialog, enum side from)
{
	if (!dialog->midstream)
		return &limit;
	/* Whoever serves says replies and nothing else. */
	return dialog->roles.known && from == dialog->roles.server &&
		!dialog->roles.prose[from]
	    ? &limit_server_midway
	    : &limit_client_midway;
}

/* Of a budget that is spent. */
static enum session_bound
bound_of(
    const struct budget *budget, const struct budget_limit *most, bool aside)
{
	if (budget->lines > most->lines)
		return most == &limit_server_midway ? BOUND_MIDWAY
						    : BOUND_LINES;
	return aside || budget->aside > most->aside ? BOUND_ASIDE : BOUND_BYTES;
}

bool
judge_spent(struct dialog *dialog, enum side from, bool aside)
{
	const struct budget *budget = &dialog->side[from].budget;
	const struct budget_limit *most = limit_of(dialog, from);

	if (dialog->verdict == VERDICT_CONFIRMED ||
	    !budget_spent(budget, most, aside))
		return false;
	smtp_session_bound(&dialog->session, bound_of(budget, most, aside));
	judge_settle(dialog);
	return true;
}
