/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software_table - the rows of software_table.c, as software.c walks them.
 *
 * What a row means is explained at the table's top.
 */
#ifndef STRAYMAIL_SOFTWARE_TABLE_H
#define STRAYMAIL_SOFTWARE_TABLE_H

#include "dissectors/slice.h"

#include <stdint.h>

/* What a saying is said to. */
enum software_occasion {
	SAID_GREETING, /* the greeting's first line */
	SAID_EHLO,     /* the first line of the reply; LHLO's as well */
	SAID_HELO,
	SAID_MAIL,
	SAID_RCPT,
	SAID_DATA,
	SAID_BODY, /* the reply to the final dot */
	SAID_QUIT,
	SAID_HELP,   /* where versions are told */
	SAID_OTHER,  /* any other verb, or none that we know */
	SAID_NOBODY, /* "250-" behind the whole reply to EHLO */
	SAID_OFFER,  /* not a line: the keywords of EHLO's reply, in order */
};

#define SOFTWARE_OCCASIONS (SAID_OFFER + 1)

/* A greeting that names its product. */
struct software_greeting {
	struct slice phrase;
	const char *product;
	struct slice before_version; /* empty: right behind the phrase */
};

/* Something that is said on an occasion, and by whom. */
struct software_saying {
	uint8_t occasion; /* enum software_occasion */
	uint8_t points;
	uint16_t code; /* of the reply; 0 in an offer */
	struct slice text;
	const char *product;
	struct slice also; /* who else says so, by commas */
};

extern const struct software_greeting software_hosts[], software_greetings[];
extern const struct software_saying software_sayings[];
extern const unsigned software_host_count, software_greeting_count,
    software_saying_count;

/* Products that pretend: malware's own servers, sinkholes, honeypots. */
extern const char *const software_pretenders[];
extern const unsigned software_pretender_count;

#endif
