/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_grammar - the verbs, what each is evidence of, and their order.
 *
 * One row a verb: how it is written, which atom it is when it is asked, which
 * when it is accepted, and by what replies (RFC 5321 4.1 and 4.3.2; 1869,
 * 1985, 2033, 2645, 3030, 3207, 4954).
 */
#ifndef STRAYMAIL_SMTP_GRAMMAR_H
#define STRAYMAIL_SMTP_GRAMMAR_H

#include "dissectors/evidence.h"
#include "dissectors/slice.h"
#include "dissectors/software_table.h"

#include <stdbool.h>
#include <stdint.h>

enum smtp_verb {
	VERB_OTHER, /* a word that we do not know */
	VERB_JUNK,  /* no word at all: it may get a reply, or none */
	VERB_FTP,   /* a verb that only FTP has */
	VERB_EHLO,
	VERB_HELO,
	VERB_LHLO,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BODY, /* the final dot, which gets a reply of its own */
	VERB_BDAT,
	VERB_BDAT_LAST,
	VERB_AUTH,
	VERB_STARTTLS,
	VERB_XCLIENT, /* XFORWARD as well */
	VERB_QUEUE,   /* ETRN VRFY EXPN */
	VERB_TURN,    /* ATRN TURN: the sides change places */
	VERB_RSET,
	VERB_NOOP,
	VERB_HELP,
	VERB_QUIT,
};

/* How a verb is written. */
enum smtp_form {
	FORM_ALONE, /* nothing behind it */
	FORM_ANY,   /* an argument or none */
	FORM_WORD,  /* an argument */
	FORM_FROM,  /* FROM: */
	FORM_TO,    /* TO: */
	FORM_COUNT, /* a number, perhaps LAST */
};

#define ATOM_NO ATOMS /* a verb that is no evidence */

struct smtp_rule {
	struct slice name;
	enum smtp_verb verb;
	enum smtp_form form;
	enum atom asked, accepted;
	bool only_smtp; /* no other protocol with reply codes says so */
};

/* The row of that word in any case; NULL: not SMTP's. */
const struct smtp_rule *smtp_rule_of_word(struct slice word);

/* What the verb is when it is accepted; ATOM_NO: no evidence. */
enum atom smtp_accepted_atom(enum smtp_verb verb);

/* Everyone says it: RSET, NOOP, HELP, QUIT. */
bool smtp_verb_is_courtesy(enum smtp_verb verb);

/* Which words of a program its reply is looked up among. */
enum software_occasion smtp_occasion(enum smtp_verb verb);

enum acceptance {
	ACCEPTED,
	ACCEPTED_WEAKLY, /* a refusal in SMTP's own codes: R3, R6 */
	NOT_ACCEPTED
};

enum acceptance smtp_acceptance(enum smtp_verb verb, uint16_t code);

/*
 * Whether a dialog's verbs come in legal order.  run: which of V1 to V9 have
 * come so, as evidence bits; a verb out of order begins anew.
 */
struct smtp_order {
	uint32_t run;
	enum atom last;
};

void smtp_order_step(struct smtp_order *order, enum atom asked);

#endif
