/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_command - one line of the side that asks: its verb and how it is made.
 *
 * Verbs come in any case.  A verb counts as asked only where it is written as
 * SMTP writes it ("MAIL FROM:", "BDAT 10"): words are cheap.
 */
#ifndef STRAYMAIL_SMTP_COMMAND_H
#define STRAYMAIL_SMTP_COMMAND_H

#include "dissectors/slice.h"
#include "dissectors/smtp_grammar.h"

#include <stdbool.h>
#include <stdint.h>

struct smtp_command {
	enum smtp_verb verb;
	enum atom asked;       /* ATOM_NO: no evidence, or not well made */
	bool only_smtp;        /* well made, and nobody else says so */
	struct slice argument; /* borrowed; never kept but for a HELO name */
	uint32_t octets;       /* BDAT's chunk */
	bool last;             /* BDAT LAST */
};

struct smtp_command smtp_command_of(struct slice line);

#endif
