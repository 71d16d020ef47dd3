/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_reply - one line of a reply: its code, and whether more follow.
 *
 * RFC 5321 4.2, RFC 3463 for the enhanced code behind it.  The code alone is
 * a whole reply: "no text at all ... MUST be acceptable".
 */
#ifndef STRAYMAIL_SMTP_REPLY_H
#define STRAYMAIL_SMTP_REPLY_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct smtp_reply {
	struct slice line; /* all of it */
	struct slice text; /* behind the code and what divides it */
	uint16_t code;
	bool more;     /* '-' behind the code: another line follows */
	bool enhanced; /* the text begins with d.d.d */
};

/* False: this is no reply line, and *ret_reply is untouched. */
bool smtp_reply_of(struct slice line, struct smtp_reply *ret_reply);

/*
 * What a text says about the protocol it belongs to, as bits that may be
 * collected over the lines of a reply.
 */
uint16_t smtp_wording(struct slice text);

/* SMTP, ESMTP or mail as a word; an enhanced code is as good. */
#define SMTP_WORDING_PLAIN 1U

/* An SMTP word, or two of its verbs and none that only FTP has. */
bool smtp_wording_is_smtp(uint16_t wording);

#endif
