/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_outcome - acceptance is evidence; what it changes besides is here, one
 * verb a case.
 */
#include "dissectors/smtp_outcome.h"

#include "dissectors/blocklist.h"

#define BIT(i)    (1U << (i))

#define GREETINGS (BIT(ATOM_G1) | BIT(ATOM_G2) | BIT(ATOM_G3))
#define OF_MAIL                                                                \
	(BIT(VERB_EHLO) | BIT(VERB_HELO) | BIT(VERB_MAIL) | BIT(VERB_RCPT) |   \
	    BIT(VERB_DATA) | BIT(VERB_BODY) | BIT(VERB_BDAT) |                 \
	    BIT(VERB_BDAT_LAST))
#define REFUSALS (BIT(ATOM_R3) | BIT(ATOM_R6))

/* AUTH and STARTTLS are others' as well. */
#define MAIL_ONLY                                                              \
	(BIT(ATOM_R1) | BIT(ATOM_R2) | BIT(ATOM_R3) | BIT(ATOM_R4) |           \
	    BIT(ATOM_R5) | BIT(ATOM_R8))

void
smtp_outcome_of_greeting(struct smtp_session *session)
{
	const uint32_t greetings = session->waiting & GREETINGS;

	session->heard |= greetings;
	session->waiting &= ~GREETINGS;
	if ((greetings & BIT(ATOM_G1)) != 0)
		session->cases |= BIT(CASE_GREETED_220);
}

/* Refusals of RCPT and AUTH count beside an acceptance. */
static void
weigh(struct smtp_session *session)
{
	const uint32_t beside = BIT(ATOM_R1) | BIT(ATOM_R2) | BIT(ATOM_R4);

	if ((session->waiting & REFUSALS) == 0 ||
	    (session->heard & beside) == 0)
		return;
	session->heard |= session->waiting & REFUSALS;
	if (session->pair_atom != 0)
		session->cases |= BIT(CASE_PAIRS);
}

static void
note_pair(struct smtp_session *session, enum atom atom)
{
	if (atom < ATOM_R2 || atom > ATOM_R6 || session->reply.code == 334)
		return; /* AUTH asks on: the pair is its last reply */
	if (session->pair_atom == 0) {
		session->pair_atom = (uint8_t)atom;
		session->pair = session->reply.digest;
	} else if (session->pair_atom != atom ||
	    session->pair != session->reply.digest) {
		session->cases |= BIT(CASE_PAIRS);
	}
}

/* It said yes to FTP before. */
static void
accept_all(struct smtp_session *session)
{
	session->cases |= BIT(CASE_ACCEPTS_ALL);
	session->facts.flags |= FACT_MULTI_PROTOCOL;
}

/* 221 is a farewell, no acceptance. */
static void
accept_ftp(struct smtp_session *session)
{
	const uint16_t code = session->reply.code;

	if (code != 200 && code != 250 && code != 221)
		smtp_session_contradict(session, ATOM_X1, LABEL_FTP);
	else if (code == 221)
		return;
	else if ((session->heard & BIT(ATOM_R1)) != 0)
		session->facts.flags |= FACT_MULTI_PROTOCOL;
	else
		session->ftp_accepted = true;
}

/* Everyone says these verbs: the words of the reply must tell. */
static void
accept_courtesy(struct smtp_session *session, enum smtp_verb verb)
{
	if (smtp_wording_is_smtp(session->reply.wording))
		session->cases |= BIT(CASE_SMTP_WORDING);
	if (verb == VERB_QUIT && session->queued)
		session->cases |= BIT(CASE_QUEUED_QUIT);
}

static void
note_accepted(struct smtp_session *session, enum smtp_verb verb)
{
	switch (verb) {
	case VERB_EHLO:
		session->facts.variant = VARIANT_ESMTP;
		break;
	case VERB_LHLO:
		smtp_session_contradict(session, ATOM_X2, LABEL_LMTP);
		break;
	case VERB_RCPT:
		session->facts.rcpt_accepted++;
		break;
	case VERB_BODY:
	case VERB_BDAT_LAST:
		session->facts.messages++;
		break;
	case VERB_STARTTLS:
		session->tls = SESSION_TLS_READY;
		break;
	case VERB_TURN:
		/* 214 explains the verb, and nobody turns. */
		session->turned = session->reply.code / 10 == 25;
		break;
	case VERB_FTP:
		accept_ftp(session);
		break;
	case VERB_QUIT:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_HELP:
		accept_courtesy(session, verb);
		break;
	case VERB_OTHER:
	case VERB_JUNK:
	case VERB_HELO:
	case VERB_MAIL:
	case VERB_DATA:
	case VERB_BDAT:
	case VERB_AUTH:
	case VERB_XCLIENT:
	case VERB_QUEUE:
		break;
	}
}

static void
note_refused(struct smtp_session *session, enum smtp_verb verb)
{
	if (verb == VERB_RCPT)
		session->facts.rcpt_rejected++;
	else if (verb == VERB_STARTTLS)
		session->tls = SESSION_CLEAR;
	else if (verb == VERB_DATA &&
	    smtp_queue_oldest(&session->queue) == VERB_BODY) {
		/* A body was sent all the same: who knows how many replies
		 * its lines will get. */
		smtp_queue_empty(&session->queue);
		session->unpaired = true;
	}
}

/* Clients are refused for what they are when they come, or when they ask for
 * something; who is asked about (VRFY) is not the client. */
static bool
refuses_the_client(const struct smtp_session *session)
{
	const struct smtp_queue *queue = &session->queue;

	return session->reply.role != ROLE_ANSWER || !smtp_queue_waits(queue) ||
	    (OF_MAIL & BIT(smtp_queue_oldest(queue))) != 0;
}

void
smtp_outcome_of_refusal(
    struct smtp_session *session, const struct smtp_reply *reply)
{
	struct facts *facts = &session->facts;
	struct slice text = reply->text;
	unsigned list;

	if (facts->blocklist > BLOCKLIST_UNNAMED ||
	    !refuses_the_client(session))
		return;
	if (session->reply.role != ROLE_ANSWER)
		slice_word(&text); /* the server's own name */
	list = blocklist_of(text);
	if (list == BLOCKLIST_NONE)
		return;
	facts->flags |= FACT_BLOCKLISTED;
	if (list > facts->blocklist)
		facts->blocklist = (uint8_t)list;
}

/* R1 to R9 are replies to V1 to V9: what was ill asked ("MAIL it") waits for
 * its reply as any verb, and that is evidence of nothing. */
static bool
well_asked(const struct smtp_session *session, enum atom atom)
{
	if (atom < ATOM_R1 || atom > ATOM_R9)
		return true;
	return (session->heard & BIT(atom - ATOM_R1 + ATOM_V1)) != 0;
}

/* The reply is evidence. */
static void
note_acceptance(struct smtp_session *session, enum atom atom)
{
	if (atom == ATOM_NO || !well_asked(session, atom))
		return;
	session->heard |= BIT(atom);
	note_pair(session, atom);
}

/* The reply answers that verb. */
void
smtp_outcome(struct smtp_session *session, enum smtp_verb verb)
{
	const enum atom atom = smtp_accepted_atom(verb);

	if (verb == VERB_AUTH && session->reply.code != 334)
		session->credentials = false;
	smtp_outcome_of_greeting(session);
	switch (smtp_acceptance(verb, session->reply.code)) {
	case ACCEPTED:
		note_acceptance(session, atom);
		if (session->ftp_accepted && (BIT(atom) & MAIL_ONLY) != 0)
			accept_all(session);
		note_accepted(session, verb);
		break;
	case ACCEPTED_WEAKLY:
		if (well_asked(session, atom))
			session->waiting |= BIT(atom);
		note_refused(session, verb);
		break;
	case NOT_ACCEPTED:
		note_refused(session, verb);
		break;
	}
	weigh(session);
}
