/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate - four bytes tell a reply, one word a verb, the decoys' table the rest.
 */
#include "dissectors/gate.h"

#include "dissectors/preamble.h"
#include "dissectors/smtp_grammar.h"

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* [2-5]dd, then blank, '-' or the line's end; the code may be left out before
 * an enhanced one ("4.7.0"). */
static bool
opens_as_reply(struct slice bytes)
{
	const uint8_t first = slice_at(bytes, 0), fourth = slice_at(bytes, 3);

	if (bytes.len < 4 || first < '2' || first > '5')
		return false;
	if (slice_at(bytes, 1) == '.' && is_digit(slice_at(bytes, 2)))
		return true;
	return is_digit(slice_at(bytes, 1)) && is_digit(slice_at(bytes, 2)) &&
	    (fourth == '-' || is_blank(fourth));
}

static bool
opens_as_verb(struct slice bytes)
{
	size_t end = 0;

	while (end < bytes.len && end < GATE_MAX &&
	    !is_blank(slice_at(bytes, end)))
		end++;
	return end < bytes.len &&
	    smtp_rule_of_word(slice_first(bytes, end)) != NULL;
}

static struct slice
behind_blanks(struct slice bytes)
{
	while (bytes.len > 0 && is_blank(slice_at(bytes, 0)))
		bytes = slice_after(bytes, 1);
	return bytes;
}

enum gate
gate_of_smtp(struct slice bytes, bool replies)
{
	if (!replies && preamble_opens(bytes)) /* one begins with blanks */
		return GATE_PREAMBLE;
	bytes = behind_blanks(bytes);
	if (bytes.len == 0)
		return GATE_MORE;
	if (opens_as_reply(bytes))
		return GATE_REPLY;
	return opens_as_verb(bytes) ? GATE_VERB : GATE_OTHER;
}

enum gate
gate_opening(struct slice bytes, bool replies, enum label *ret_label)
{
	const enum gate gate = gate_of_smtp(bytes, replies);
	enum label label;

	if (gate != GATE_OTHER)
		return gate;
	bytes = behind_blanks(bytes);
	label = decoy_opening(bytes, replies);
	if (label != LABEL_NONE) {
		*ret_label = label;
		return GATE_FOREIGN;
	}
	return bytes.len < GATE_MAX ? GATE_MORE : GATE_OTHER;
}
