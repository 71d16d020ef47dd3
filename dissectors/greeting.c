/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greeting - host names are told by their shape: a dot inside, and letters
 * behind the last one.  "vsFTPd-3.0.3" has the dot and is no host.
 */
#include "dissectors/greeting.h"

static const struct slice smtp = SLICE("SMTP");
static const struct slice esmtp = SLICE("ESMTP");

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
goes_on(uint8_t c)
{
	return is_letter(c) || is_digit(c) || c == '-' || c == '_';
}

/* A word of a greeting stands in brackets, quotes and punctuation. */
static bool
is_dress(uint8_t c)
{
	return c != 0 && !goes_on(c) && c != '.' && c < 0x80;
}

static struct slice
undress(struct slice word)
{
	while (word.len > 0 && is_dress(slice_at(word, 0)))
		word = slice_after(word, 1);
	while (word.len > 0 && is_dress(slice_at(word, word.len - 1)))
		word = slice_first(word, word.len - 1);
	return word;
}

static bool
is_host(struct slice word)
{
	size_t last = 0; /* where the last label begins */

	for (size_t i = 1; i < word.len; i++)
		if (slice_at(word, i) == '.')
			last = i + 1;
	if (last == 0 || last >= word.len)
		return false;
	for (size_t i = last; i < word.len; i++)
		if (!is_letter(slice_at(word, i)))
			return false;
	return true;
}

bool
greeting_next(
    struct slice *rest, struct slice *ret_word, struct slice *ret_tail)
{
	struct slice tail, word;

	do {
		tail = *rest;
		word = slice_word(rest);
		if (word.len == 0)
			return false;
		word = undress(word);
	} while (word.len == 0 || is_host(word));

	while (is_dress(slice_at(tail, 0))) /* blanks are dress, too */
		tail = slice_after(tail, 1);
	*ret_word = word;
	*ret_tail = tail;
	return true;
}

bool
greeting_says(struct slice tail, struct slice phrase)
{
	return slice_starts_nocase(tail, phrase) &&
	    !goes_on(slice_at(tail, phrase.len));
}

struct slice
greeting_behind_host(struct slice text)
{
	struct slice rest = text, behind, second;

	slice_word(&rest);
	behind = rest;
	second = slice_word(&rest);
	if (slice_equal_nocase(second, smtp) ||
	    slice_equal_nocase(second, esmtp))
		return behind;
	return text;
}
