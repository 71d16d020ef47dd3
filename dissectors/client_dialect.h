/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_dialect - how a client speaks SMTP, as a short id.
 *
 * Programs that send mail differ in what the grammar leaves open (RFC 5321
 * 2.4, 4.1): the case of verbs, a blank behind "FROM:", EHLO or HELO, how they
 * name themselves, whether they wait for replies, whether they say QUIT.  Two
 * connections with the same id were likely made by the same kind of program.
 * No word of the client is kept for it.
 */
#ifndef STRAYMAIL_CLIENT_DIALECT_H
#define STRAYMAIL_CLIENT_DIALECT_H

#include "dissectors/slice.h"
#include "dissectors/smtp_command.h"

#include <stdbool.h>
#include <stdint.h>

/* The id is these bits in hexadecimal; the meaning of one never changes. */
enum dialect_trait {
	DIALECT_UPPER = 1U << 0, /* letters of verbs; both: mixed case */
	DIALECT_LOWER = 1U << 1,
	DIALECT_TIGHT = 1U << 2,  /* MAIL FROM:<, RCPT TO:< */
	DIALECT_SPACED = 1U << 3, /* anything between the colon and '<' */
	DIALECT_EHLO = 1U << 4,   /* both: HELO after a refused EHLO */
	DIALECT_HELO = 1U << 5,
	DIALECT_HOST = 1U << 6,    /* it calls itself by a name with a dot, */
	DIALECT_BARE = 1U << 7,    /* by one without, or not at all, */
	DIALECT_LITERAL = 1U << 8, /* by an address in brackets */
	DIALECT_PIPELINED = 1U << 9,
	DIALECT_EARLY = 1U << 10, /* spoke before the greeting */
	DIALECT_QUIT = 1U << 11,  /* said QUIT; else it just left */
	DIALECT_TLS = 1U << 12,   /* went on under TLS: how it left is unseen */
	DIALECT_WHOLE = 1U << 15, /* not in the id: nothing more to come */
};

/* A command of the client. */
void client_dialect_hear(
    uint16_t *traits, const struct smtp_command *command, struct slice line);

/*
 * The client has left, or is not heard any more.  flags: enum facts_flag.  A
 * dialog with holes has no dialect: what was not heard would look like a
 * trait.
 */
void client_dialect_close(uint16_t *traits, uint16_t flags, bool tls);

#define CLIENT_DIALECT_MAX 5

/* "0155" ..., or "" as long as it is not known. */
void client_dialect_id(uint16_t traits, char ret_id[CLIENT_DIALECT_MAX]);

#endif
