/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_greeting - the host token is skipped, and so is what stands in brackets:
 * "220-AVG daemon mode scanner (SMTP)" is no mail server.
 */
#include "dissectors/smtp_greeting.h"

#include "dissectors/evidence.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct slice smtp = SLICE("SMTP");
static const struct slice esmtp = SLICE("ESMTP");
static const struct slice stars = SLICE("****");

/* Codes of servers that refuse at once; said: in such words (RFC 7504). */
static const struct {
	uint16_t code;
	bool said;
} refusals[] = {
	{ 421, true },
	{ 451, true },
	{ 500, true },
	{ 501, true },
	{ 520, true },
	{ 521, false },
	{ 530, true },
	{ 550, true },
	{ 553, true },
	{ 554, true },
	{ 556, false },
	{ 571, true },
};

static bool
refuses(const struct smtp_reply *reply)
{
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (reply->code == refusals[i].code)
			return !refusals[i].said || reply->enhanced ||
			    smtp_wording_is_smtp(smtp_wording(reply->text));
	return false;
}

/* The front of a word that stands in no bracket; *depth goes on behind it. */
static struct slice
outside_brackets(struct slice word, int *depth)
{
	size_t outside = *depth > 0 ? 0 : word.len;

	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = slice_at(word, i);

		if (c == '(' || c == '[') {
			if (i < outside)
				outside = i;
			*depth += 1;
		} else if ((c == ')' || c == ']') && *depth > 0) {
			*depth -= 1;
		}
	}
	return slice_first(word, outside);
}

static bool
says_smtp(struct slice text)
{
	struct slice rest = text, word;
	int depth = 0;

	slice_word(&rest); /* the host token */
	while (rest.len > 0) {
		word = outside_brackets(slice_word(&rest), &depth);
		if (slice_has_word(word, smtp) || slice_has_word(word, esmtp))
			return true;
	}
	return false;
}

static bool
has_letter(struct slice text)
{
	for (; text.len > 0; text = slice_after(text, 1))
		if ((slice_at(text, 0) | 0x20) >= 'a' &&
		    (slice_at(text, 0) | 0x20) <= 'z')
			return true;
	return false;
}

/* A few digits are left between the stars: "2*****0**". */
bool
smtp_greeting_masked(struct slice text)
{
	struct slice rest = slice_after(text, slice_find(text, '*'));

	for (; rest.len >= stars.len; rest = slice_after(rest, 1))
		if (slice_starts(rest, stars))
			return !has_letter(text);
	return false;
}

struct smtp_greeting
smtp_greeting_of(const struct smtp_reply *reply)
{
	struct smtp_greeting greeting = {
		.greeter = decoy_greeting(reply->text),
		.masked =
		    reply->code == 220 && smtp_greeting_masked(reply->text),
	};

	software_hear_greeting(&greeting.software, reply->text);
	if (reply->code == 220)
		greeting.atoms |= 1U << ATOM_G1;
	if (reply->code == 220 && greeting.greeter == LABEL_NONE &&
	    (software_product(&greeting.software) != NULL ||
		says_smtp(reply->text)))
		greeting.atoms |= 1U << ATOM_G2;
	if (refuses(reply))
		greeting.atoms |= 1U << ATOM_G3;
	return greeting;
}
