/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roles - counts of two kinds of lines, and when they outweigh the handshake.
 */
#include "dissectors/roles.h"

static void
count(uint8_t *counter)
{
	if (*counter < UINT8_MAX)
		(*counter)++;
}

void
roles_begin(struct roles *roles, bool handshake)
{
	*roles = (struct roles){
		.server = SIDE_RESPONDER,
		.known = handshake,
		.handshake = handshake,
	};
}

/* The asking side said a reply line: is it the server after all? */
static bool
reply_contradicts(const struct roles *roles, enum side from)
{
	const uint8_t said = roles->replies[from];
	const uint8_t served = roles->replies[roles->server];

	/* A body that was joined midway may quote replies; it says more. */
	if (!roles->handshake && roles->prose[roles->server] &&
	    !roles->prose[from] && roles->verbs[from] == 0)
		return true;
	if (roles->verbs[from] > 0)
		return !roles->handshake && said >= 2 && served < 2;
	if (served == 0)
		return true;
	/* The side that answered the SYN speaks for the first time. */
	if (roles->handshake)
		return from == SIDE_RESPONDER && said == 1 && served == 1;
	return said >= 2 && served < 2;
}

static bool
contradicts(const struct roles *roles, enum side from, enum role_sign sign)
{
	const enum side other = side_other(from);

	if (sign == SIGN_REPLY)
		return from != roles->server && reply_contradicts(roles, from);
	return from == roles->server && roles->replies[from] == 0 &&
	    roles->verbs[other] == 0;
}

bool
roles_hear(struct roles *roles, enum side from, enum role_sign sign)
{
	const enum side other = side_other((enum side)roles->server);
	const uint8_t before = roles->server;

	roles->prose[from] |= sign != SIGN_REPLY && sign != SIGN_VERB;
	if (sign == SIGN_WORD && !roles->known)
		roles->server = (uint8_t)side_other(from);
	if (sign != SIGN_REPLY && sign != SIGN_VERB)
		return roles->server != before;
	count(sign == SIGN_REPLY ? &roles->replies[from] : &roles->verbs[from]);
	if (!roles->known) {
		roles->known = true;
		roles->server =
		    (uint8_t)(sign == SIGN_REPLY ? from : side_other(from));
	} else if (contradicts(roles, from, sign)) {
		roles->server = (uint8_t)other;
	}
	return roles->server != before;
}

bool
roles_transcript(const struct roles *roles)
{
	const enum side asker = side_other((enum side)roles->server);

	if (!roles->known)
		return false;
	return roles->verbs[roles->server] >= 2 ||
	    (roles->replies[asker] >= 2 &&
		(roles->handshake || !roles->prose[asker]));
}
