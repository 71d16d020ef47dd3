/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_offer - what a line of an EHLO reply offers (RFC 5321 4.1.1.1).
 */
#ifndef STRAYMAIL_SMTP_OFFER_H
#define STRAYMAIL_SMTP_OFFER_H

#include "dissectors/facts.h"
#include "dissectors/slice.h"

#include <stdbool.h>

/*
 * text: behind the code.  False: no ESMTP keyword that we know.  facts, where
 * not NULL, keeps the keyword, and the mechanisms of AUTH.
 */
bool smtp_offer_of(struct slice text, struct facts *facts);

#endif
