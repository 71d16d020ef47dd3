/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts - what a dialog let us learn about its server and client.
 *
 * Plain values of fixed size, raw as they were heard: whoever shows them
 * escapes them first.  There is no field for a mail address, a subject, a body
 * or a credential, so none can be told.
 */
#ifndef STRAYMAIL_FACTS_H
#define STRAYMAIL_FACTS_H

#include "dissectors/slice.h"
#include "dissectors/software.h"

#include <stdbool.h>
#include <stdint.h>

#define FACTS_GREETING_MAX 256
#define FACTS_HELO_MAX     48
#define FACTS_KEYWORDS_MAX 32
#define FACTS_CODES_MAX    12

/* Bits of struct facts.flags. */
enum facts_flag {
	FACT_MIDSTREAM = 1U << 0,        /* joined after its first bytes */
	FACT_ONE_SIDED = 1U << 1,        /* one direction was never seen */
	FACT_GAP = 1U << 2,              /* bytes are missing inside */
	FACT_ROLE_REVERSED = 1U << 3,    /* the TCP initiator serves */
	FACT_MULTI_PROTOCOL = 1U << 4,   /* it also spoke something else */
	FACT_REJECTING = 1U << 5,        /* greeted with 4xx or 5xx */
	FACT_MASKED = 1U << 6,           /* a firewall starred the greeting */
	FACT_PIPELINED = 1U << 7,        /* verbs did not wait for replies */
	FACT_EARLY_TALKER = 1U << 8,     /* spoke before the greeting */
	FACT_AUTH_CLEAR = 1U << 9,       /* AUTH was begun without TLS */
	FACT_OVERLAP = 1U << 10,         /* retransmissions contradict */
	FACT_BOUND_HIT = 1U << 11,       /* a line, queue or budget bound bit */
	FACT_FORGED_GREETING = 1U << 12, /* it names another program */
	FACT_PRETENDS = 1U << 13,        /* malware's, or waits for malware */
	FACT_BLOCKLISTED = 1U << 14,     /* refused: the client is on a list */
};

enum starttls {
	STARTTLS_NO,
	STARTTLS_OFFERED,
	STARTTLS_USED
};

/* Which dialect the server was heard to accept. */
enum facts_variant {
	VARIANT_SMTP,
	VARIANT_ESMTP, /* EHLO was accepted, or ESMTP keywords were told */
	VARIANT_LMTP,  /* RFC 2033 */
};

struct reply_count {
	uint16_t code;
	uint16_t count; /* sticks at its maximum */
};

struct facts {
	/* The first line of the greeting with its code, cut at the bound. */
	char greeting[FACTS_GREETING_MAX];
	uint16_t greeting_len;
	uint16_t greeting_code; /* 0: none was heard */
	struct software software;
	char helo[FACTS_HELO_MAX]; /* argument of the last EHLO, HELO, LHLO */
	uint8_t helo_len;
	uint8_t starttls; /* enum starttls */
	uint8_t variant;  /* enum facts_variant */
	uint8_t keyword_count;
	uint8_t keywords
	    [FACTS_KEYWORDS_MAX]; /* in the server's order; keyword_name() */
	uint16_t auth_mechs;      /* bits, auth_mech_name() */
	uint16_t flags;           /* enum facts_flag */
	uint16_t dialect;         /* the client's: client_dialect_id() */
	uint8_t blocklist;        /* whose: blocklist_name() */
	uint8_t code_count;
	struct reply_count codes[FACTS_CODES_MAX]; /* beyond these: not kept */
	uint32_t messages;                         /* accepted by the server */
	uint32_t rcpt_accepted, rcpt_rejected;
};

/* "PIPELINING" ...; NULL past the last one. */
const char *keyword_name(unsigned keyword);

/* The same, to compare with; of a keyword that is there. */
struct slice keyword_word(unsigned keyword);

/* "PLAIN" ... for the bit 1 << i of auth_mechs; NULL past the last one. */
const char *auth_mech_name(unsigned i);

/* The other way round, in any case of letters; -1: not in our tables. */
int keyword_of(struct slice word);
int auth_mech_of(struct slice word);

/*
 * What the server offers and in which order, as one number, the same in every
 * run: programs are told apart by it.  0: nothing was offered.
 */
uint32_t facts_offer_hash(const struct facts *facts);

/* One more reply of that code; one more keyword, unless it is there. */
void facts_code(struct facts *facts, uint16_t code);
void facts_keyword(struct facts *facts, int keyword);

#endif
