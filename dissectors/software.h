/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software - which program serves, by its greeting and by how it speaks.
 *
 * The greeting is the server's to choose; the order of its capabilities and
 * the wording of its replies are the program's.  So both are heard, and where
 * they name different programs the greeting is called forged.  What is known
 * stands in one table (software_table.c); neither adds to a verdict but the
 * greeting's name, as G2's product.
 */
#ifndef STRAYMAIL_SOFTWARE_H
#define STRAYMAIL_SOFTWARE_H

#include "dissectors/slice.h"
#include "dissectors/software_table.h"

#include <stdbool.h>
#include <stdint.h>

#define SOFTWARE_VERSION_MAX 20

/* Small, since every dialog has one; all zero: nothing is known yet. */
struct software {
	char version
	    [SOFTWARE_VERSION_MAX]; /* "": neither greeting nor HELP say it */
	uint16_t used;   /* occasions that have told something, by their bit */
	uint8_t claimed; /* by the greeting: a place in the table; 0: nobody */
	uint8_t spoken;  /* by the dialog: likewise */
	uint8_t points;  /* how much speaks for `spoken` */
	uint8_t support; /* how much of the dialog fits `claimed` */
};

enum software_source {
	SOFTWARE_UNKNOWN,
	SOFTWARE_BY_GREETING,
	SOFTWARE_BY_DIALOG
};

/* text: a greeting's first line behind its code.  A later greeting names the
 * program only where none before it has. */
void software_hear_greeting(struct software *software, struct slice text);

/* The first line of a reply: its code, and the text behind that.  True: it
 * tells something, and what is known below may be another. */
bool software_hear_reply(struct software *software,
    enum software_occasion occasion, uint16_t code, struct slice text);

/* The keywords of the reply to EHLO, in the server's order, as numbers that
 * keyword_name() (facts.h) knows; likewise. */
bool software_hear_offer(
    struct software *software, const uint8_t *keywords, unsigned count);

/* The program, a static text, or NULL; and what names it. */
const char *software_product(const struct software *software);
enum software_source software_source(const struct software *software);

/* The greeting names one program and the dialog is another's. */
bool software_forged(const struct software *software);

/* It is malware's own, or a sinkhole or honeypot that waits for malware; even
 * behind a forged greeting. */
bool software_pretends(const struct software *software);

#endif
