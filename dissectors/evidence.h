/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence - the atoms heard in a dialog, and the table that turns them into a
 * verdict.
 *
 * An atom is one small fact about one side: a greeting of a kind (G), a verb
 * asked (V) or accepted (R), a sign of ESMTP (E), a contradiction (X).  Asked
 * is not accepted: no V atom confirms anything by itself where the server's
 * side can be seen.
 */
#ifndef STRAYMAIL_EVIDENCE_H
#define STRAYMAIL_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

enum atom {
	ATOM_G1, /* the server's first line is a 220 */
	ATOM_G2, /* ... and says SMTP, names a mail server, or is masked */
	ATOM_G3, /* the first line refuses service, in SMTP wording */
	ATOM_V1, /* EHLO or HELO */
	ATOM_V2, /* MAIL FROM: */
	ATOM_V3, /* RCPT TO: */
	ATOM_V4, /* DATA */
	ATOM_V5, /* BDAT (RFC 3030) */
	ATOM_V6, /* AUTH with a SASL name (RFC 4954) */
	ATOM_V7, /* STARTTLS (RFC 3207), X-ANONYMOUSTLS */
	ATOM_V8, /* XCLIENT, XFORWARD */
	ATOM_V9, /* ETRN, ATRN, TURN, VRFY, EXPN */
	ATOM_R1, /* V1 was answered 250, and so on down to R9 */
	ATOM_R2,
	ATOM_R3,
	ATOM_R4,
	ATOM_R5,
	ATOM_R6,
	ATOM_R7,
	ATOM_R8,
	ATOM_R9,
	ATOM_E1, /* an ESMTP keyword in a 250 line */
	ATOM_E2, /* an enhanced status code (RFC 3463) after the reply code */
	ATOM_X1, /* FTP answered */
	ATOM_X2, /* LMTP (RFC 2033) */
	ATOM_X3, /* a foreign first line */
	ATOM_X4, /* both grammars from one side: a transcript */
	ATOM_X5, /* the server says what the client said: an echo */
	ATOM_X6, /* control bytes from the server: not a text protocol */
};

#define ATOMS (ATOM_X6 + 1)

enum verdict {
	VERDICT_NONE, /* still open */
	VERDICT_SUSPECTED,
	VERDICT_CONFIRMED, /* never withdrawn */
	VERDICT_REFUTED,   /* and the label says what it is instead */
	VERDICT_UNDECIDED, /* the budget is spent, or the end has come */
};

/*
 * What holds of a dialog besides its atoms: how it was joined, which side can
 * be seen, what came in order.
 */
enum circumstance {
	CASE_MIDSTREAM,    /* the first bytes, or the greeting, are missing */
	CASE_GREETED_2XX,  /* the server's first reply is a 2xx */
	CASE_GREETED_220,  /* a 220 stood where a greeting does */
	CASE_TLS,          /* a TLS record followed R7 */
	CASE_SERVER_ALONE, /* no packet of the client was seen */
	CASE_CLIENT_ALONE, /* none of the server */
	CASE_SERVER_ORDER, /* replies 220, 250, 354 in this order */
	CASE_SERVER_ASKED, /* the serving side said a verb of SMTP's own */
	CASE_CLIENT_SAID,  /* the asking side said a reply line */
	CASE_TWO_ASKED,    /* two of V1 to V9 in legal order */
	CASE_THREE_ASKED,  /* three of V1 to V4, acknowledging between them */
	CASE_PAIRS, /* two accepted pairs of different kinds or replies */
	CASE_SMTP_WORDING, /* HELP, NOOP, RSET or QUIT accepted in such words */
	CASE_QUEUED_QUIT,  /* "250 ... queued", and QUIT was answered 221 */
	CASE_ACCEPTS_ALL,  /* said yes to FTP first, then to mail */
	CASE_LOOKALIKE,    /* the greeting is another's, who is known by name */
};

#define CIRCUMSTANCES (CASE_LOOKALIKE + 1)

/* One row of the verdict table (detection rules, in words: its name). */
struct evidence_rule {
	enum verdict verdict;
	const char *name;
	uint32_t all;          /* atoms: each of these */
	uint32_t any;          /* and one of these, where there are some */
	uint32_t when, unless; /* circumstances */
};

/*
 * Which rule atoms (bit i is enum atom i) and circumstances fulfil, the
 * weightiest first.  Rule 0 says nothing: VERDICT_NONE.
 */
uint8_t evidence_judge(uint32_t heard, uint32_t cases);
const struct evidence_rule *evidence_rule(uint8_t rule);

/* X1 to X6. */
#define EVIDENCE_CONTRADICTIONS                                                \
	(1U << ATOM_X1 | 1U << ATOM_X2 | 1U << ATOM_X3 | 1U << ATOM_X4 |       \
	    1U << ATOM_X5 | 1U << ATOM_X6)

#endif
