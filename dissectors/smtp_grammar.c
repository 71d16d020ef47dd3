/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_grammar - three tables: verbs, replies that accept them, their order.
 */
#include "dissectors/smtp_grammar.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define BIT(atom)    (1U << (atom))

/* clang-format off */
static const struct smtp_rule rules[] = {
	/* name                    verb           form        asked    accepted only SMTP */
	{ SLICE("EHLO"),           VERB_EHLO,     FORM_ANY,   ATOM_V1, ATOM_R1, true },
	{ SLICE("HELO"),           VERB_HELO,     FORM_ANY,   ATOM_V1, ATOM_R1, true },
	{ SLICE("LHLO"),           VERB_LHLO,     FORM_ANY,   ATOM_NO, ATOM_X2, true },
	{ SLICE("MAIL"),           VERB_MAIL,     FORM_FROM,  ATOM_V2, ATOM_R2, true },
	{ SLICE("RCPT"),           VERB_RCPT,     FORM_TO,    ATOM_V3, ATOM_R3, true },
	{ SLICE("DATA"),           VERB_DATA,     FORM_ALONE, ATOM_V4, ATOM_R4, true },
	{ SLICE("BDAT"),           VERB_BDAT,     FORM_COUNT, ATOM_V5, ATOM_R5, true },
	{ SLICE("AUTH"),           VERB_AUTH,     FORM_WORD,  ATOM_V6, ATOM_R6, false }, /* so do POP3, NNTP, FTP */
	{ SLICE("STARTTLS"),       VERB_STARTTLS, FORM_ALONE, ATOM_V7, ATOM_R7, false }, /* NNTP, IMAP and XMPP */
	{ SLICE("X-ANONYMOUSTLS"), VERB_STARTTLS, FORM_ALONE, ATOM_V7, ATOM_R7, true },
	{ SLICE("XCLIENT"),        VERB_XCLIENT,  FORM_WORD,  ATOM_V8, ATOM_R8, true },
	{ SLICE("XFORWARD"),       VERB_XCLIENT,  FORM_WORD,  ATOM_V8, ATOM_R8, true },
	{ SLICE("ETRN"),           VERB_QUEUE,    FORM_WORD,  ATOM_V9, ATOM_R9, true },
	{ SLICE("VRFY"),           VERB_QUEUE,    FORM_WORD,  ATOM_V9, ATOM_R9, true },
	{ SLICE("EXPN"),           VERB_QUEUE,    FORM_WORD,  ATOM_V9, ATOM_R9, true },
	{ SLICE("ATRN"),           VERB_TURN,     FORM_ANY,   ATOM_V9, ATOM_R9, true },
	{ SLICE("TURN"),           VERB_TURN,     FORM_ALONE, ATOM_V9, ATOM_R9, true },
	{ SLICE("RSET"),           VERB_RSET,     FORM_ALONE, ATOM_NO, ATOM_NO, false }, /* POP3 as well */
	{ SLICE("NOOP"),           VERB_NOOP,     FORM_ANY,   ATOM_NO, ATOM_NO, false }, /* FTP */
	{ SLICE("HELP"),           VERB_HELP,     FORM_ANY,   ATOM_NO, ATOM_NO, false },
	{ SLICE("QUIT"),           VERB_QUIT,     FORM_ANY,   ATOM_NO, ATOM_NO, false }, /* everyone */
};

struct answer {
	enum smtp_verb verb;
	uint16_t first, last; /* the codes between them, both included */
	enum acceptance acceptance;
};

static const struct answer answers[] = {
	{ VERB_EHLO,      250, 250, ACCEPTED },
	{ VERB_HELO,      250, 250, ACCEPTED },
	{ VERB_LHLO,      250, 250, ACCEPTED },
	{ VERB_MAIL,      250, 250, ACCEPTED },
	{ VERB_RCPT,      200, 299, ACCEPTED },
	{ VERB_RCPT,      450, 459, ACCEPTED_WEAKLY },
	{ VERB_RCPT,      550, 559, ACCEPTED_WEAKLY },
	{ VERB_DATA,      354, 354, ACCEPTED },
	{ VERB_BODY,      200, 299, ACCEPTED },
	{ VERB_BDAT,      250, 250, ACCEPTED },
	{ VERB_BDAT_LAST, 250, 250, ACCEPTED },
	{ VERB_AUTH,      334, 334, ACCEPTED },
	{ VERB_AUTH,      235, 235, ACCEPTED },
	{ VERB_AUTH,      535, 535, ACCEPTED_WEAKLY },
	{ VERB_STARTTLS,  220, 220, ACCEPTED },
	{ VERB_XCLIENT,   220, 220, ACCEPTED },
	{ VERB_XCLIENT,   250, 250, ACCEPTED },
	{ VERB_QUEUE,     250, 259, ACCEPTED },
	{ VERB_QUEUE,     214, 214, ACCEPTED },
	{ VERB_TURN,      250, 259, ACCEPTED },
	{ VERB_TURN,      214, 214, ACCEPTED },
	{ VERB_RSET,      200, 299, ACCEPTED },
	{ VERB_NOOP,      200, 299, ACCEPTED },
	{ VERB_HELP,      200, 299, ACCEPTED },
	{ VERB_QUIT,      200, 299, ACCEPTED },
	{ VERB_FTP,       200, 399, ACCEPTED },
};

static const struct {
	enum smtp_verb verb;
	enum software_occasion occasion;
} occasions[] = {
	{ VERB_EHLO,      SAID_EHLO },
	{ VERB_LHLO,      SAID_EHLO },
	{ VERB_HELO,      SAID_HELO },
	{ VERB_MAIL,      SAID_MAIL },
	{ VERB_RCPT,      SAID_RCPT },
	{ VERB_DATA,      SAID_DATA },
	{ VERB_BODY,      SAID_BODY },
	{ VERB_BDAT_LAST, SAID_BODY },
	{ VERB_QUIT,      SAID_QUIT },
	{ VERB_HELP,      SAID_HELP },
};

/* What may stand before a verb; all of V1 to V9 may follow V1. */
#define ONCE_GREETED                                                           \
	(BIT(ATOM_V1) | BIT(ATOM_V6) | BIT(ATOM_V7) | BIT(ATOM_V8) | BIT(ATOM_V9))

static const uint32_t legal_after[] = {
	[ATOM_V1] = ONCE_GREETED | BIT(ATOM_V4) | BIT(ATOM_V5),
	[ATOM_V2] = ONCE_GREETED | BIT(ATOM_V4) | BIT(ATOM_V5),
	[ATOM_V3] = BIT(ATOM_V2) | BIT(ATOM_V3),
	[ATOM_V4] = BIT(ATOM_V3),
	[ATOM_V5] = BIT(ATOM_V3) | BIT(ATOM_V5),
	[ATOM_V6] = ONCE_GREETED,
	[ATOM_V7] = ONCE_GREETED,
	[ATOM_V8] = ONCE_GREETED,
	[ATOM_V9] = ONCE_GREETED,
};
/* clang-format on */

const struct smtp_rule *
smtp_rule_of_word(struct slice word)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		if (slice_equal_nocase(word, rules[i].name))
			return &rules[i];
	return NULL;
}

enum atom
smtp_accepted_atom(enum smtp_verb verb)
{
	if (verb == VERB_BDAT_LAST)
		verb = VERB_BDAT;
	for (size_t i = 0; i < COUNT(rules); i++)
		if (rules[i].verb == verb)
			return rules[i].accepted;
	return ATOM_NO;
}

bool
smtp_verb_is_courtesy(enum smtp_verb verb)
{
	return verb == VERB_QUIT || verb == VERB_RSET || verb == VERB_NOOP ||
	    verb == VERB_HELP;
}

enum software_occasion
smtp_occasion(enum smtp_verb verb)
{
	for (size_t i = 0; i < COUNT(occasions); i++)
		if (occasions[i].verb == verb)
			return occasions[i].occasion;
	return SAID_OTHER;
}

enum acceptance
smtp_acceptance(enum smtp_verb verb, uint16_t code)
{
	for (size_t i = 0; i < COUNT(answers); i++)
		if (answers[i].verb == verb && code >= answers[i].first &&
		    code <= answers[i].last)
			return answers[i].acceptance;
	return NOT_ACCEPTED;
}

void
smtp_order_step(struct smtp_order *order, enum atom asked)
{
	if (order->run != 0 && (legal_after[asked] & BIT(order->last)) == 0)
		order->run = 0;
	/* RCPT and what follows it begin nothing: they need a MAIL. */
	if (order->run == 0 &&
	    (asked == ATOM_V3 || asked == ATOM_V4 || asked == ATOM_V5))
		return;
	order->run |= BIT(asked);
	order->last = asked;
}
