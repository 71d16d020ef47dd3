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

/* A greeting that waited for an answer to a verb counts now. */
void smtp_outcome_of_greeting(struct smtp_session *session);

#endif
