/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_reply - digits, and a few words.
 */
#include "dissectors/smtp_reply.h"

#include "dissectors/decoys.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Bit 0 is SMTP_WORDING_PLAIN; from bit 1 on: the verbs below. */
#define SAYS_FTP (1U << 15)

static const struct slice smtp_words[] = { SLICE("SMTP"), SLICE("ESMTP"),
	SLICE("mail") };

static const struct slice verb_words[] = { SLICE("EHLO"), SLICE("HELO"),
	SLICE("MAIL"), SLICE("RCPT"), SLICE("DATA") };

static const struct slice ftp = SLICE("FTP");

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* How long the enhanced code at the front is (RFC 3463 2); 0: there is none. */
static size_t
enhanced_len(struct slice s)
{
	const uint8_t class = slice_at(s, 0);
	size_t i = 1, digits;

	if (class != '2' && class != '4' && class != '5')
		return 0;
	for (int part = 0; part < 2; part++) {
		if (slice_at(s, i++) != '.')
			return 0;
		for (digits = 0; is_digit(slice_at(s, i)); digits++)
			i++;
		if (digits < 1 || digits > 3)
			return 0;
	}
	return i == s.len || is_blank(slice_at(s, i)) ? i : 0;
}

/* Some servers leave the code out before an enhanced one: "4.7.0 Try later". */
static bool
bare_enhanced(struct slice line, struct smtp_reply *ret_reply)
{
	const size_t len = enhanced_len(line);

	if (len == 0)
		return false;
	*ret_reply = (struct smtp_reply){
		.line = line,
		.text = slice_trim(slice_after(line, len)),
		.code = (uint16_t)((slice_at(line, 0) - '0') * 100),
		.enhanced = true,
	};
	return true;
}

bool
smtp_reply_of(struct slice line, struct smtp_reply *ret_reply)
{
	const uint8_t divider = slice_at(line, 3);

	if (slice_at(line, 0) < '1' || slice_at(line, 0) > '5' ||
	    !is_digit(slice_at(line, 1)) || !is_digit(slice_at(line, 2)))
		return bare_enhanced(line, ret_reply);
	if (line.len > 3 && divider != '-' && !is_blank(divider))
		return false;
	*ret_reply = (struct smtp_reply){
		.line = line,
		.text = slice_trim(slice_after(line, 4)),
		.code = (uint16_t)((slice_at(line, 0) - '0') * 100 +
		    (slice_at(line, 1) - '0') * 10 + (slice_at(line, 2) - '0')),
		.more = divider == '-',
	};
	ret_reply->enhanced = enhanced_len(ret_reply->text) > 0;
	return true;
}

/* A word as it is spoken: without the punctuation around it. */
static struct slice
undressed(struct slice word)
{
	while (word.len > 0 && slice_at(word, 0) < '0')
		word = slice_after(word, 1);
	while (word.len > 0 &&
	    (slice_at(word, word.len - 1) < '0' ||
		slice_at(word, word.len - 1) == ':' ||
		slice_at(word, word.len - 1) == ';'))
		word.len--;
	return word;
}

uint16_t
smtp_wording(struct slice text)
{
	struct slice rest = text, word;
	unsigned says = 0;

	while (rest.len > 0) {
		word = undressed(slice_word(&rest));
		for (size_t i = 0; i < COUNT(smtp_words); i++)
			if (slice_equal_nocase(word, smtp_words[i]))
				says |= SMTP_WORDING_PLAIN;
		for (size_t i = 0; i < COUNT(verb_words); i++)
			if (slice_equal_nocase(word, verb_words[i]))
				says |= 2U << i;
		if (decoy_ftp_verb(word) || slice_equal_nocase(word, ftp))
			says |= SAYS_FTP;
	}
	return (uint16_t)says;
}

bool
smtp_wording_is_smtp(uint16_t wording)
{
	unsigned verbs = (wording & ~SAYS_FTP) >> 1;

	if ((wording & SAYS_FTP) != 0)
		return false;
	return (wording & SMTP_WORDING_PLAIN) != 0 ||
	    (verbs & (verbs - 1)) != 0;
}
