/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts - the names of what servers offer, in two tables.
 *
 * Only what is in them is kept: a keyword that nobody knows could be anything.
 */
#include "dissectors/facts.h"

#include <assert.h>
#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const char *const keywords[] = {
	"PIPELINING", "SIZE", "8BITMIME", "STARTTLS", "AUTH",
	"ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "SMTPUTF8", "ETRN",
	"VRFY", "EXPN", "HELP", "BINARYMIME", "DELIVERBY",
	"TURN", "ATRN", "PRDR", "LIMITS", "REQUIRETLS",
	"MT-PRIORITY", "FUTURERELEASE", "NO-SOLICITING", "BURL", "CHECKPOINT",
	"UTF8SMTP", "VERP", "XVERP", "XCLIENT", "XFORWARD",
	"X-ANONYMOUSTLS", "X-EXPS", "XEXCH50", "XRDST", "X-LINK2STATE",
	"XPROXY", "XSHADOW", "XADR", "X-RCPTLIMIT", "SUBMITTER",
};

static const char *const auth_mechs[] = {
	"PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "GSSAPI",
	"GSS-SPNEGO", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
	"SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER", "EXTERNAL",
	"ANONYMOUS", "XOAUTH",
};
/* clang-format on */

static_assert(COUNT(auth_mechs) <= 16, "struct facts has 16 bits for them");

static int
place_in(const char *const *table, size_t rows, struct slice word)
{
	for (size_t i = 0; i < rows; i++)
		if (slice_equal_nocase(word, slice_of_text(table[i])))
			return (int)i;
	return -1;
}

const char *
keyword_name(unsigned keyword)
{
	return keyword < COUNT(keywords) ? keywords[keyword] : NULL;
}

const char *
auth_mech_name(unsigned i)
{
	return i < COUNT(auth_mechs) ? auth_mechs[i] : NULL;
}

int
keyword_of(struct slice word)
{
	return place_in(keywords, COUNT(keywords), word);
}

int
auth_mech_of(struct slice word)
{
	return place_in(auth_mechs, COUNT(auth_mechs), word);
}

void
facts_code(struct facts *facts, uint16_t code)
{
	struct reply_count *row = facts->codes;

	for (; row < facts->codes + facts->code_count; row++) {
		if (row->code != code)
			continue;
		if (row->count < UINT16_MAX)
			row->count++;
		return;
	}
	if (facts->code_count < FACTS_CODES_MAX) {
		*row = (struct reply_count){ .code = code, .count = 1 };
		facts->code_count++;
	}
}

void
facts_keyword(struct facts *facts, int keyword)
{
	for (unsigned i = 0; i < facts->keyword_count; i++)
		if (facts->keywords[i] == keyword)
			return;
	if (facts->keyword_count < FACTS_KEYWORDS_MAX)
		facts->keywords[facts->keyword_count++] = (uint8_t)keyword;
}

uint32_t
facts_offer_hash(const struct facts *facts)
{
	uint32_t hash = 0;

	for (unsigned i = 0; i < facts->keyword_count; i++) {
		const char *name = keywords[facts->keywords[i]];

		/* Times an odd number: where a name stands matters. */
		hash = (hash ^ slice_digest(slice_of_text(name))) * 16777619U;
	}
	return hash;
}
