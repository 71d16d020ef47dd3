/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_greeting - what a server's first line says of it (RFC 5321 3.1).
 *
 * The words are the server's to choose, so a greeting alone makes a suspicion
 * at most, and only where nobody else is known to greet like that.
 */
#ifndef STRAYMAIL_SMTP_GREETING_H
#define STRAYMAIL_SMTP_GREETING_H

#include "dissectors/decoys.h"
#include "dissectors/smtp_reply.h"
#include "dissectors/software.h"

#include <stdbool.h>
#include <stdint.h>

struct smtp_greeting {
	uint32_t atoms;     /* G1, G2, G3, as evidence bits */
	bool masked;        /* as far as this line goes: see below */
	enum label greeter; /* a known look-alike, or LMTP; else LABEL_NONE */
	struct software software;
};

/* reply: its first line. */
struct smtp_greeting smtp_greeting_of(const struct smtp_reply *reply);

/* A firewall starred the line (PIX, ASA): nothing is left of its letters.  A
 * greeting is masked if all of its lines are; FTP servers put one between. */
bool smtp_greeting_masked(struct slice text);

#endif
