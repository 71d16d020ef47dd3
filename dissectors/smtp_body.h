/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_body - what mail is made of, skipped: counted, never read or kept.
 *
 * DATA ends with a line that is a dot alone (RFC 5321 4.1.1.4), a BDAT chunk
 * after its number of octets (RFC 3030).
 */
#ifndef STRAYMAIL_SMTP_BODY_H
#define STRAYMAIL_SMTP_BODY_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum smtp_body_state {
	BODY_NONE,
	BODY_LINE_START,
	BODY_IN_LINE,
	BODY_DOT,    /* a line began with a dot */
	BODY_DOT_CR, /* ... and a CR came behind it */
	BODY_CHUNK,
	BODY_ENDED, /* within smtp_body_skip() only */
};

struct smtp_body {
	uint32_t octets; /* of the chunk, still to come */
	uint8_t state;   /* enum smtp_body_state */
	bool holed;      /* bytes are missing: a reply ends it as well */
};

void smtp_body_data(struct smtp_body *body);
void smtp_body_chunk(struct smtp_body *body, uint32_t octets);

/* Bytes of it are missing. */
void smtp_body_gap(struct smtp_body *body);

static inline bool
smtp_body_open(const struct smtp_body *body)
{
	return body->state != BODY_NONE;
}

/*
 * Skips what belongs to the body; *bytes is moved behind it.  True: the final
 * dot or the chunk's last octet was among it, and the body is closed.
 */
bool smtp_body_skip(struct smtp_body *body, struct slice *bytes);

#endif
