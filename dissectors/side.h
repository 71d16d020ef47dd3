/* SPDX-License-Identifier: Apache-2.0 */
/*
 * side - the two ends of a connection, as TCP sees them.
 *
 * Where the handshake was seen the initiator is who sent the SYN.  Where it
 * was not, the initiator is merely who was seen first, and content decides who
 * serves (smtp_session.h).
 */
#ifndef STRAYMAIL_SIDE_H
#define STRAYMAIL_SIDE_H

enum side {
	SIDE_INITIATOR,
	SIDE_RESPONDER
};

#define SIDES 2

static inline enum side
side_other(enum side side)
{
	return side == SIDE_INITIATOR ? SIDE_RESPONDER : SIDE_INITIATOR;
}

#endif
