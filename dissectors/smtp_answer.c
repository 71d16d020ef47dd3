/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_answer - smtp_session's other half: replies, and what they answer.
 *
 * A line with another code ends the reply before it (greetings that never
 * end), and the server's first reply is its greeting, even if the client
 * spoke first.
 */
#include "dissectors/smtp_greeting.h"
#include "dissectors/smtp_offer.h"
#include "dissectors/smtp_outcome.h"
#include "dissectors/smtp_session.h"

#define BIT(i) (1U << (i))

static const struct slice queued = SLICE("queued");

static bool
in_case(const struct smtp_session *session, enum circumstance circumstance)
{
	return (session->cases & BIT(circumstance)) != 0;
}

/* 354: the body begins, unless it has been heard already. */
static void
begin_body(struct smtp_session *session)
{
	const bool heard = smtp_queue_body_heard(&session->queue);

	smtp_queue_to_data(&session->queue);
	if (!heard && !smtp_body_open(&session->body))
		smtp_body_data(&session->body);
}

/*
 * The first reply after a gap: whom it answers is not known.  It may be the
 * oldest, and then all others are in step; they are counted off, and none of
 * their replies is evidence.
 */
static void
answer_nobody(struct smtp_session *session)
{
	session->unpaired = false;
	if (session->reply.code / 100 != 3)
		session->credentials = false;
	if (!smtp_queue_waits(&session->queue))
		return;
	smtp_queue_close(&session->queue);
	smtp_queue_pop(&session->queue);
}

static void
answer(struct smtp_session *session)
{
	struct smtp_queue *queue = &session->queue;
	const uint16_t code = session->reply.code;
	const bool closed = queue->closed;

	if (session->body.holed) { /* its end is missing */
		smtp_body_chunk(&session->body, 0);
		session->facts.messages += code / 100 == 2;
		return;
	}
	if (session->unpaired) {
		answer_nobody(session);
		return;
	}
	if (code < 400)
		smtp_queue_skip_junk(queue);
	if (code == 354 && smtp_queue_has_data(queue))
		begin_body(session);
	if (in_case(session, CASE_SERVER_ALONE))
		smtp_outcome_of_greeting(session);
	if (!smtp_queue_waits(queue))
		return;
	if (code == 334) { /* AUTH asks on: its verb goes on waiting */
		if (smtp_queue_oldest(queue) == VERB_AUTH)
			smtp_outcome(session, VERB_AUTH);
		return;
	}
	const enum smtp_verb verb = smtp_queue_pop(queue);

	if (closed)
		return;
	if (verb == VERB_AUTH && session->adat && code < 400)
		smtp_session_contradict(session, ATOM_X1, LABEL_FTP);
	else
		smtp_outcome(session, verb);
}

static void
note_server_order(struct smtp_session *session)
{
	static const uint16_t order[] = { 220, 250, 354 };

	if (session->server_order < 3 &&
	    session->reply.code == order[session->server_order])
		session->server_order++;
	if (session->server_order == 3)
		session->cases |= BIT(CASE_SERVER_ORDER);
}

/* What a reply is said to, for those who know programs by it. */
static enum software_occasion
occasion_of(const struct smtp_session *session, const struct smtp_reply *reply)
{
	const uint16_t holes = FACT_GAP | FACT_MIDSTREAM | FACT_ONE_SIDED;

	if (session->reply.role != ROLE_ANSWER)
		return SAID_GREETING;
	/* One line was the whole reply to EHLO, and it goes on all the same. */
	if (!smtp_queue_waits(&session->queue) && reply->more &&
	    session->last_code == 250 && session->order.last == ATOM_V1 &&
	    (session->facts.flags & holes) == 0)
		return SAID_NOBODY;
	return smtp_occasion(smtp_queue_oldest(&session->queue));
}

static void
note_software(struct facts *facts)
{
	facts->flags &= (uint16_t) ~(FACT_FORGED_GREETING | FACT_PRETENDS);
	if (software_forged(&facts->software))
		facts->flags |= FACT_FORGED_GREETING;
	if (software_pretends(&facts->software))
		facts->flags |= FACT_PRETENDS;
}

/* The order of what EHLO's reply offers is the program's own. */
static void
note_offer(struct smtp_session *session)
{
	struct facts *facts = &session->facts;
	const enum smtp_verb oldest = smtp_queue_oldest(&session->queue);

	if (session->reply.code != 250 || session->reply.role != ROLE_ANSWER ||
	    (smtp_queue_waits(&session->queue) && oldest != VERB_EHLO &&
		oldest != VERB_LHLO))
		return;
	if (software_hear_offer(
		&facts->software, facts->keywords, facts->keyword_count))
		note_software(facts);
}

/* A greeting of nothing but stars (a firewall's) was heard to its end. */
static void
note_masked(struct smtp_session *session)
{
	session->facts.flags |= FACT_MASKED;
	if (session->prose)
		return;
	session->waiting |= BIT(ATOM_G2);
	if (!in_case(session, CASE_MIDSTREAM))
		smtp_outcome_of_greeting(session);
}

/* The reply is whole. */
static void
finish(struct smtp_session *session)
{
	note_offer(session);
	if (session->reply.masked)
		note_masked(session);
	session->reply.open = false;
	session->last_code = session->reply.code;
	note_server_order(session);
	if (session->reply.role == ROLE_ANSWER)
		answer(session);
	else
		session->unpaired = false;
}

/* The greeting's words; atoms of a dialog joined midway have to wait. */
static void
greet(struct smtp_session *session, const struct smtp_reply *reply)
{
	const struct smtp_greeting greeting = smtp_greeting_of(reply);
	struct facts *facts = &session->facts;

	facts->greeting_code = reply->code;
	facts->greeting_len = (uint16_t)slice_bytes(
	    facts->greeting, FACTS_GREETING_MAX, reply->line);
	facts->software = greeting.software;
	note_software(facts);
	if (reply->code >= 400)
		facts->flags |= FACT_REJECTING;
	session->reply.masked = greeting.masked;
	session->greeter = (uint8_t)greeting.greeter;
	if (greeting.greeter != LABEL_NONE)
		session->cases |= BIT(CASE_LOOKALIKE);
	if (greeting.greeter == LABEL_LMTP)
		smtp_session_contradict(session, ATOM_X2, LABEL_LMTP);

	if (!session->prose) /* else it is not the server's first line */
		session->waiting |= greeting.atoms;
	if (in_case(session, CASE_MIDSTREAM))
		return;
	smtp_outcome_of_greeting(session);
	if (reply->code == 220)
		session->cases |= BIT(CASE_GREETED_220);
	if (reply->code / 100 == 2)
		session->cases |= BIT(CASE_GREETED_2XX);
	if (smtp_queue_waits(&session->queue))
		facts->flags |= FACT_EARLY_TALKER;
}

/* Another 220: a proxy was in front, and this one may say more. */
static void
greet_again(struct smtp_session *session, const struct smtp_reply *reply)
{
	struct smtp_greeting greeting;

	if (session->facts.greeting_code == 0) {
		greet(session, reply);
		return;
	}
	if (in_case(session, CASE_MIDSTREAM))
		return;
	session->cases |= BIT(CASE_GREETED_220);
	if ((session->heard & BIT(ATOM_G2)) != 0)
		return;
	greeting = smtp_greeting_of(reply);
	session->reply.masked = greeting.masked;
	if (!session->prose)
		session->heard |= greeting.atoms & BIT(ATOM_G2);
	software_hear_greeting(&session->facts.software, reply->text);
	note_software(&session->facts);
}

static enum reply_role
role_of(const struct smtp_session *session, uint16_t code)
{
	const enum smtp_verb oldest = smtp_queue_oldest(&session->queue);

	if (!session->greeted && !in_case(session, CASE_MIDSTREAM))
		return ROLE_GREETING;
	if (code == 220 &&
	    (!smtp_queue_waits(&session->queue) || oldest == VERB_EHLO ||
		oldest == VERB_HELO || oldest == VERB_LHLO))
		return ROLE_GREETING_AGAIN;
	return ROLE_ANSWER;
}

static void
begin(struct smtp_session *session, const struct smtp_reply *reply)
{
	session->reply = (struct reply_told){
		.digest = slice_digest(reply->line),
		.code = reply->code,
		.role = (uint8_t)role_of(session, reply->code),
		.open = true,
		.first = true,
	};
	facts_code(&session->facts, reply->code);
	session->greeted = true;
	if (session->reply.role == ROLE_GREETING)
		greet(session, reply);
	else if (session->reply.role == ROLE_GREETING_AGAIN)
		greet_again(session, reply);
}

/* A line of a 250 may offer something; the EHLO reply's first names a host. */
static void
hear_offer(struct smtp_session *session, const struct smtp_reply *reply)
{
	const enum smtp_verb oldest = smtp_queue_oldest(&session->queue);
	const bool asked = oldest == VERB_EHLO || oldest == VERB_LHLO ||
	    !smtp_queue_waits(&session->queue);

	if (asked && session->reply.first && reply->more) {
		session->facts.keyword_count = 0;
		session->facts.auth_mechs = 0;
	}
	if (session->reply.first && !reply->more)
		return; /* one line: a name or a courtesy */
	if (!smtp_offer_of(reply->text, asked ? &session->facts : NULL))
		return;
	session->heard |= BIT(ATOM_E1);
	if (session->facts.variant == VARIANT_SMTP)
		session->facts.variant = VARIANT_ESMTP;
}

/* Whose codes are FTP's: NNTP shares them, and greets with 200 or 201. */
static enum label
says_ftp(const struct smtp_session *session)
{
	const uint16_t code = session->facts.greeting_code;

	if (session->greeter != LABEL_NONE)
		return (enum label)session->greeter;
	return code == 200 || code == 201 ? LABEL_NNTP : LABEL_FTP;
}

/*
 * What everyone says is told by the words of its reply; those of any other are
 * not read.  Junk may be passed over for what is behind it, and where nothing
 * waits it may come before the reply ends.
 */
static bool
words_count(const struct smtp_session *session)
{
	const struct smtp_queue *queue = &session->queue;
	const enum smtp_verb oldest = smtp_queue_oldest(queue);

	return session->reply.role == ROLE_ANSWER &&
	    !in_case(session, CASE_SMTP_WORDING) &&
	    (!smtp_queue_waits(queue) || oldest == VERB_JUNK ||
		smtp_verb_is_courtesy(oldest));
}

static void
hear_line(struct smtp_session *session, const struct smtp_reply *reply)
{
	if (session->reply.first &&
	    software_hear_reply(&session->facts.software,
		occasion_of(session, reply), reply->code, reply->text))
		note_software(&session->facts);
	if (reply->enhanced)
		session->heard |= BIT(ATOM_E2);
	if (decoy_ftp_code(reply->code) &&
	    !(session->prose && in_case(session, CASE_MIDSTREAM)))
		smtp_session_contradict(session, ATOM_X1, says_ftp(session));
	if (reply->code == 250)
		hear_offer(session, reply);
	if (reply->code >= 400)
		smtp_outcome_of_refusal(session, reply);
	if (reply->code == 250 && slice_has_word(reply->text, queued))
		session->queued = true;
	if (reply->enhanced)
		session->reply.wording |= SMTP_WORDING_PLAIN;
	if (words_count(session))
		session->reply.wording |= smtp_wording(reply->text);
}

void
smtp_session_reply(struct smtp_session *session, const struct smtp_reply *reply)
{
	if (session->reply.open && session->reply.code != reply->code)
		finish(session);
	if (!session->reply.open)
		begin(session, reply);
	hear_line(session, reply);
	if (!session->reply.first && session->reply.masked)
		session->reply.masked = smtp_greeting_masked(reply->text);
	session->reply.first = false;
	if (!reply->more)
		finish(session);
}
