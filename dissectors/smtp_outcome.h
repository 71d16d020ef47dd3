/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_outcome - what it means that a verb got the reply it got.
 *
 * The reply is the session's reply that has just ended; who it answers was
 * settled before.
 */
#ifndef STRAYMAIL_SMTP_OUTCOME_H
#define STRAYMAIL_SMTP_OUTCOME_H

#include "dissectors/smtp_session.h"

void smtp_outcome(struct smtp_session *session, enum smtp_verb verb);

/* A line of a 4xx or 5xx reply, which the oldest verb that waits gets: does it
 * say that the client is on a block list? */
void smtp_outcome_of_refusal(
    struct smtp_session *session, const struct smtp_reply *reply);

/* A greeting that waited for an answer to a verb counts now. */
void smtp_outcome_of_greeting(struct smtp_session *session);

#endif
