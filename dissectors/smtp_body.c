/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_body - within a line memchr runs; at its ends a few states look for the
 * dot.
 */
#include "dissectors/smtp_body.h"

static bool
skip_chunk(struct smtp_body *body, struct slice *bytes)
{
	const size_t n =
	    bytes->len < body->octets ? bytes->len : (size_t)body->octets;

	*bytes = slice_after(*bytes, n);
	body->octets -= (uint32_t)n;
	return body->octets == 0;
}

/* The state behind one byte of a line's start. */
static enum smtp_body_state
behind(enum smtp_body_state state, uint8_t byte)
{
	if (byte == '\n')
		return state == BODY_LINE_START ? BODY_LINE_START : BODY_ENDED;
	if (state == BODY_LINE_START)
		return byte == '.' ? BODY_DOT : BODY_IN_LINE;
	return byte == '\r' ? BODY_DOT_CR : BODY_IN_LINE;
}

static bool
skip_text(struct smtp_body *body, struct slice *bytes)
{
	while (bytes->len > 0) {
		if (body->state == BODY_IN_LINE) {
			size_t end = slice_find(*bytes, '\n');

			if (end < bytes->len)
				body->state = BODY_LINE_START;
			*bytes = slice_after(*bytes, end + 1);
			continue;
		}
		body->state = (uint8_t)behind(
		    (enum smtp_body_state)body->state, slice_at(*bytes, 0));
		*bytes = slice_after(*bytes, 1);
		if (body->state == BODY_ENDED)
			return true;
	}
	return false;
}

void
smtp_body_data(struct smtp_body *body)
{
	*body = (struct smtp_body){ .state = BODY_LINE_START };
}

void
smtp_body_chunk(struct smtp_body *body, uint32_t octets)
{
	*body = (struct smtp_body){ .octets = octets };
	if (octets > 0)
		body->state = BODY_CHUNK;
}

void
smtp_body_gap(struct smtp_body *body)
{
	body->holed = true;
	if (body->state != BODY_CHUNK)
		body->state = BODY_IN_LINE;
}

bool
smtp_body_skip(struct smtp_body *body, struct slice *bytes)
{
	const bool ended = body->state == BODY_CHUNK ? skip_chunk(body, bytes)
						     : skip_text(body, bytes);

	if (ended)
		*body = (struct smtp_body){ .state = BODY_NONE };
	return ended;
}
