/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roles - who serves and who asks, by what they say.
 *
 * The handshake's answer comes first; content decides where it contradicts (a
 * server that dials back), and where no handshake was seen: the first evidence
 * then, and whoever has two reply lines against it.  Ports are never asked.
 */
#ifndef STRAYMAIL_ROLES_H
#define STRAYMAIL_ROLES_H

#include "dissectors/side.h"

#include <stdbool.h>
#include <stdint.h>

struct roles {
	uint8_t server;         /* enum side */
	bool known;             /* server is more than a guess */
	bool handshake;         /* SIDE_RESPONDER answered the SYN */
	uint8_t replies[SIDES]; /* lines with a reply code; they stick at 255 */
	uint8_t verbs[SIDES];   /* lines with a verb of SMTP's own */
	bool prose[SIDES];      /* it said a line that is neither */
};

enum role_sign {
	SIGN_NONE,
	SIGN_REPLY,
	SIGN_VERB, /* SMTP's own */
	SIGN_WORD, /* a verb that others have as well: good for a guess */
};

void roles_begin(struct roles *roles, bool handshake);

/* A line of that side.  True: the other side is taken for the server now. */
bool roles_hear(struct roles *roles, enum side from, enum role_sign sign);

/* X4: one side speaks both grammars. */
bool roles_transcript(const struct roles *roles);

#endif
