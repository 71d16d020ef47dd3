/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness - what must have been said before a mail server may be confirmed,
 * written anew from the rules in words, simple and strict.
 *
 * It hears the same bytes as a dialog does, one by one, and uses none of the
 * dissectors' code: whoever is judged does not write the law.  What it asks for
 * is necessary, not sufficient: a verb, and after it the other side's word of
 * acceptance for that very verb.
 *
 * Where a line may begin elsewhere than behind a line's end (behind a gap, a
 * chunk of BDAT, a preamble, a line longer than is kept), it is
 * `loose`: words are then looked for anywhere and in any order.
 */
#ifndef STRAYMAIL_FUZZ_WITNESS_H
#define STRAYMAIL_FUZZ_WITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WITNESS_HEAD_MAX   64    /* bytes of a line that it looks at */
#define WITNESS_SAID_MAX   16384 /* of a side; beyond it, nothing is claimed */
#define WITNESS_HELLO_MAX  48
#define WITNESS_HELLOS_MAX 8

/* What a client may ask that can confirm a server. */
enum witness_verb {
	ASKS_HELLO, /* EHLO, HELO */
	ASKS_MAIL,
	ASKS_RCPT,
	ASKS_DATA,
	ASKS_BDAT,
	ASKS_AUTH,
	ASKS_TLS,   /* STARTTLS, X-ANONYMOUSTLS */
	ASKS_PROXY, /* XCLIENT, XFORWARD */
	ASKS_VERBS
};

struct witness_side {
	uint8_t head[WITNESS_HEAD_MAX]; /* of the line that is being said */
	size_t len;                     /* of that line, blanks left out */
	bool seen;
	bool heard; /* some of what it said */
	bool lost;  /* and more of it was not */

	/* as who asks */
	bool asked[ASKS_VERBS];
	unsigned asked_lines; /* lines with such a verb */
	unsigned rcpt_lines;  /* however they are made */
	bool secret;          /* a body or credentials may follow */
	bool acked;  /* it acknowledged something after its first verb */
	bool record; /* TLS's first two bytes were said */
	uint8_t last_byte;

	/* as who answers */
	bool code[600]; /* of its reply lines */
	unsigned replies, replies_2xx;
	unsigned open_replies; /* outside of bodies and credentials */
	unsigned going_on; /* the code of a reply whose end is not yet known */
	bool ftp;          /* a code that only FTP has */
	bool foreign;      /* its first line is another protocol's */
	bool any_line;
	unsigned accepted[ASKS_VERBS]; /* the other's verbs, by it */
	unsigned
	    answered_rcpt; /* refusals of a recipient count beside others */
	unsigned order;    /* how far 220, 250, 354 have come */
	bool offered;      /* a 250 came after a 220 */
};

struct witness {
	struct witness_side side[2];
	char hello[WITNESS_HELLOS_MAX][WITNESS_HELLO_MAX];
	size_t hello_len[WITNESS_HELLOS_MAX];
	unsigned hellos;
	bool handshake, midstream;
	bool loose;
	bool allows; /* at some line's end there was proof */
	size_t said_len[2];
	char said[2][WITNESS_SAID_MAX]; /* in capitals, for when it is loose */
};

void witness_begin(struct witness *witness, bool handshake, bool midstream);
void witness_seen(struct witness *witness, int from);
void witness_ack(struct witness *witness, int from);
void witness_gap(struct witness *witness, int from);
void witness_hears(struct witness *witness, int from, uint8_t byte);

/* Could a mail server be confirmed at any line that was heard so far? */
bool witness_allows(const struct witness *witness);

/* Can these be its numbers and its client's name? */
bool witness_counts(const struct witness *witness, uint32_t messages,
    uint32_t accepted, uint32_t rejected);
bool witness_knows(
    const struct witness *witness, const char *hello, size_t len);

#endif
