/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_session - where an SMTP dialog stands, and what it let us learn.
 *
 * Verbs wait in a queue for their replies (RFC 2920 lets them pile up); a
 * reply's final line answers the oldest.  DATA answered by 354 and BDAT switch
 * the asking side to a body that is counted and skipped; what follows AUTH
 * until its final reply is credentials: neither is looked at or kept.
 */
#ifndef STRAYMAIL_SMTP_SESSION_H
#define STRAYMAIL_SMTP_SESSION_H

#include "dissectors/decoys.h"
#include "dissectors/evidence.h"
#include "dissectors/facts.h"
#include "dissectors/side.h"
#include "dissectors/slice.h"
#include "dissectors/smtp_body.h"
#include "dissectors/smtp_command.h"
#include "dissectors/smtp_grammar.h"
#include "dissectors/smtp_queue.h"
#include "dissectors/smtp_reply.h"

#include <stdbool.h>
#include <stdint.h>

/* What a reply is to the session; settled by its first line. */
enum reply_role {
	ROLE_GREETING,
	ROLE_GREETING_AGAIN, /* a proxy's, postscreen's: answers nothing */
	ROLE_ANSWER
};

/* The reply that is being told. */
struct reply_told {
	uint32_t digest; /* of its first line */
	uint16_t code;
	uint16_t wording; /* smtp_wording() of its lines */
	uint8_t role;     /* enum reply_role */
	bool open;
	bool first;  /* no line of it was heard before */
	bool masked; /* a greeting, and each of its lines is starred */
};

enum session_tls {
	SESSION_CLEAR,
	SESSION_TLS_ASKED,
	SESSION_TLS_READY /* R7: a TLS record may follow */
};

/* What bounds a dialog, where it bites; bits of smtp_session.bounds. */
enum session_bound {
	BOUND_LINE = 1U << 0,   /* a line was longer than its head */
	BOUND_VERBS = 1U << 1,  /* more verbs waited than have a place */
	BOUND_LINES = 1U << 2,  /* so many lines, and no proof (judge.c) */
	BOUND_BYTES = 1U << 3,  /* so many bytes of lines */
	BOUND_ASIDE = 1U << 4,  /* so many of bodies and of greetings */
	BOUND_MIDWAY = 1U << 5, /* so many replies, joined midway */
};

#define SESSION_BOUNDS 6

struct smtp_session {
	struct facts facts;
	uint32_t heard; /* evidence: bit i is enum atom i */
	uint32_t cases; /* circumstances: bit i is enum circumstance i */
	/* Atoms that wait: G1 to G3 until a verb is answered (joined midway),
	 * R3 and R6 by refusals until R1, R2 or R4 stands beside them. */
	uint32_t waiting;
	uint32_t pair;    /* digest of the first accepted pair's reply */
	enum side server; /* who serves, as far as is known */
	struct smtp_queue queue;
	struct smtp_body body;
	struct smtp_order order;
	struct reply_told reply;
	uint16_t acks;         /* how often the asking side acknowledged */
	uint16_t run_acks;     /* ... when the present run of verbs began */
	uint16_t last_code;    /* of the last whole reply */
	uint8_t pair_atom;     /* of the first accepted pair; 0: none */
	uint8_t server_order;  /* how far 220, 250, 354 have come */
	uint8_t ftp_asked;     /* verbs that only FTP has */
	uint8_t label;         /* enum label: who contradicts */
	uint8_t greeter;       /* enum label: a known look-alike's greeting */
	uint8_t tls;           /* enum session_tls */
	uint8_t bounds;        /* enum session_bound: those that bit */
	bool greeted : 1;      /* the first reply has begun */
	bool unpaired : 1;     /* a gap: the next reply pairs with nothing */
	bool credentials : 1;  /* AUTH is under way */
	bool adat : 1;         /* ... and it is FTP's (RFC 2228) */
	bool ftp_accepted : 1; /* 200 or 250 to such a verb, before R1 */
	bool queued : 1;       /* a 250 said "queued" */
	bool turned : 1;       /* the sides have changed places (RFC 2645) */
	bool prose : 1; /* the serving side said a line that is no reply */
};

void smtp_session_begin(
    struct smtp_session *session, enum side server, bool midstream);

/* A line of the asking side, outside a body; command: what it is. */
void smtp_session_ask(struct smtp_session *session, struct slice line,
    const struct smtp_command *command);

/* A reply line of the serving side. */
void smtp_session_reply(
    struct smtp_session *session, const struct smtp_reply *reply);

/* The asking side's bytes until the body's end are skipped. */
void smtp_session_body(struct smtp_session *session, struct slice *bytes);

/* Bytes of that side are missing; or they are late, and a body goes on. */
void smtp_session_gap(struct smtp_session *session, enum side from);
void smtp_session_miss(struct smtp_session *session, enum side from);

/* What the asking side says now is nobody's business: credentials, or a body
 * that did not wait for 354. */
bool smtp_session_private(const struct smtp_session *session);

/* A bound has bitten. */
void smtp_session_bound(struct smtp_session *session, enum session_bound bound);

/* A contradiction was heard; label says whose. */
void smtp_session_contradict(
    struct smtp_session *session, enum atom atom, enum label label);

#endif
