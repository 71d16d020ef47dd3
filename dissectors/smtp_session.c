/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_session - the asking side: what it asked, and where its bodies are.
 * The serving side is in smtp_answer.c.
 */
#include "dissectors/smtp_session.h"

#include "dissectors/client_dialect.h"

#include <string.h>

#define BIT(i) (1U << (i))

static const struct slice dot = SLICE(".");
static const struct slice adat = SLICE("ADAT ");

/* V1 to V4: what a client alone must say three of. */
#define MAIL_VERBS (BIT(ATOM_V1) | BIT(ATOM_V2) | BIT(ATOM_V3) | BIT(ATOM_V4))

static int
bits(uint32_t set)
{
	int n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

static bool
client_alone(const struct smtp_session *session)
{
	return (session->cases & BIT(CASE_CLIENT_ALONE)) != 0;
}

void
smtp_session_begin(
    struct smtp_session *session, enum side server, bool midstream)
{
	memset(session, 0, sizeof(*session));
	session->server = server;
	if (midstream) {
		session->facts.flags = FACT_MIDSTREAM;
		session->cases = BIT(CASE_MIDSTREAM);
	}
}

void
smtp_session_bound(struct smtp_session *session, enum session_bound bound)
{
	session->bounds |= (uint8_t)bound;
	session->facts.flags |= FACT_BOUND_HIT;
}

void
smtp_session_contradict(
    struct smtp_session *session, enum atom atom, enum label label)
{
	session->heard |= BIT(atom);
	if (session->label == LABEL_NONE)
		session->label = (uint8_t)label;
	if (atom == ATOM_X2)
		session->facts.variant = VARIANT_LMTP;
}

/* Verbs in legal order, and whether replies came to them. */
static void
note_order(struct smtp_session *session, enum atom asked)
{
	const uint32_t run = session->order.run;

	smtp_order_step(&session->order, asked);
	if (bits(session->order.run) <= 1 || run == 0)
		session->run_acks = session->acks;
	if (bits(session->order.run) >= 2)
		session->cases |= BIT(CASE_TWO_ASKED);
	if (bits(session->order.run & MAIL_VERBS) >= 3 &&
	    session->acks != session->run_acks)
		session->cases |= BIT(CASE_THREE_ASKED);
}

/* Whoever missed a part may be in a body, and these are somebody's words: then
 * no name is kept. */
static void
keep_helo(struct facts *facts, struct slice name)
{
	const bool midway =
	    (facts->flags & FACT_MIDSTREAM) != 0 && facts->greeting_code == 0;

	if (midway || (facts->flags & FACT_GAP) != 0)
		return;
	facts->helo_len =
	    (uint8_t)slice_bytes(facts->helo, FACTS_HELO_MAX, name);
}

/* What a verb changes at once, before its reply. */
static void
note_verb(struct smtp_session *session, const struct smtp_command *command)
{
	switch (command->verb) {
	case VERB_EHLO:
	case VERB_HELO:
	case VERB_LHLO:
		keep_helo(&session->facts, command->argument);
		break;
	case VERB_FTP:
		if (session->ftp_asked < UINT8_MAX)
			session->ftp_asked++;
		if (client_alone(session) && session->ftp_asked >= 2)
			smtp_session_contradict(session, ATOM_X1, LABEL_FTP);
		break;
	case VERB_DATA:
		if (client_alone(session) && command->asked != ATOM_NO)
			smtp_body_data(&session->body);
		break;
	case VERB_BDAT:
	case VERB_BDAT_LAST:
		smtp_body_chunk(&session->body, command->octets);
		break;
	case VERB_AUTH:
		session->credentials = true;
		session->facts.flags |= FACT_AUTH_CLEAR;
		break;
	case VERB_STARTTLS:
		session->tls = SESSION_TLS_ASKED;
		break;
	case VERB_OTHER:
	case VERB_JUNK:
	case VERB_MAIL:
	case VERB_RCPT:
	case VERB_BODY:
	case VERB_XCLIENT:
	case VERB_QUEUE:
	case VERB_TURN:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_HELP:
	case VERB_QUIT:
		break;
	}
}

static void
push(struct smtp_session *session, enum smtp_verb verb)
{
	const bool midway = (session->cases & BIT(CASE_MIDSTREAM)) != 0;

	/* Joined midway, this may be a body: nothing of it waits. */
	if (midway && !session->greeted &&
	    (verb == VERB_OTHER || verb == VERB_JUNK))
		return;
	if (client_alone(session)) { /* nobody answers: that is no bound's */
		smtp_queue_push(&session->queue, verb);
		return;
	}
	if ((midway || session->greeted) && smtp_queue_waits(&session->queue))
		session->facts.flags |= FACT_PIPELINED;
	if (!smtp_queue_push(&session->queue, verb))
		smtp_session_bound(session, BOUND_VERBS);
}

/*
 * What is ill made waits as any line, and its reply is evidence of nothing;
 * but behind AUTH and DATA comes what may not be heard, however they are made.
 */
static enum smtp_verb
waits_as(const struct smtp_command *command)
{
	const enum smtp_verb verb = command->verb;
	const bool has_form = verb == VERB_MAIL || verb == VERB_RCPT ||
	    verb == VERB_XCLIENT || verb == VERB_QUEUE;

	return has_form && command->asked == ATOM_NO ? VERB_OTHER : verb;
}

/*
 * A DATA waits, and the client goes on: it did not wait for 354.  These lines
 * are its body if 354 comes, and commands if not; so they only wait.
 */
static void
ask_early(struct smtp_session *session, struct slice line)
{
	if (!slice_equal(line, dot)) {
		push(session, VERB_OTHER);
		return;
	}
	smtp_queue_end_body(&session->queue);
}

static bool
body_may_run(const struct smtp_session *session)
{
	return !client_alone(session) && smtp_queue_body_runs(&session->queue);
}

bool
smtp_session_private(const struct smtp_session *session)
{
	return session->credentials || body_may_run(session);
}

void
smtp_session_ask(struct smtp_session *session, struct slice line,
    const struct smtp_command *command)
{
	if (session->credentials) {
		if (slice_starts_nocase(line, adat))
			session->adat = true;
		/* base64 has no blanks: where no reply can be seen, such a
		 * line tells that AUTH is over. */
		if (!client_alone(session) || !command->only_smtp)
			return;
		session->credentials = false;
	}
	if (body_may_run(session)) {
		ask_early(session, line);
		return;
	}
	if (command->asked != ATOM_NO) {
		session->heard |= BIT(command->asked);
		note_order(session, command->asked);
	}
	push(session, waits_as(command));
	note_verb(session, command);
	client_dialect_hear(&session->facts.dialect, command, line);
}

void
smtp_session_body(struct smtp_session *session, struct slice *bytes)
{
	const bool data = session->body.state != BODY_CHUNK;

	if (smtp_body_skip(&session->body, bytes) && data)
		push(session, VERB_BODY);
}

void
smtp_session_gap(struct smtp_session *session, enum side from)
{
	session->facts.flags |= FACT_GAP;
	session->reply.open = false;
	if (from != session->server && smtp_body_open(&session->body)) {
		smtp_body_gap(&session->body);
		return; /* nothing was asked in it */
	}
	smtp_queue_empty(&session->queue);
	session->unpaired = true;
	if (from == session->server && !session->greeted)
		session->cases |= BIT(CASE_MIDSTREAM);
}

void
smtp_session_miss(struct smtp_session *session, enum side from)
{
	if (from != session->server && smtp_body_open(&session->body))
		session->facts.flags |= FACT_GAP;
	else
		smtp_session_gap(session, from);
}
