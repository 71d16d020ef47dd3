/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocklist - do the words of a refusal say that the client is on a list?
 *
 * A client that many servers refuse so is one that sends spam.  Only that it was
 * said is told, and by whose list where that is one of the table: never the
 * words, which name addresses and people.
 */
#ifndef STRAYMAIL_BLOCKLIST_H
#define STRAYMAIL_BLOCKLIST_H

#include "dissectors/slice.h"

enum {
	BLOCKLIST_NONE,
	BLOCKLIST_UNNAMED, /* a list, but none that we know; above: one */
};

/* What a line of a 4xx or 5xx reply says, without its code; at most 255. */
unsigned blocklist_of(struct slice text);

/* "spamhaus" ... at most 15 letters; "" for the two above. */
const char *blocklist_name(unsigned list);

#endif
