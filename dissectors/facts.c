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

/* As text, and as what is compared. */
struct name {
	const char *text;
	struct slice word;
};

#define NAME(literal)                                                          \
	{                                                                      \
		literal, SLICE(literal)                                        \
	}

/* clang-format off */
static const struct name keywords[] = {
	NAME("PIPELINING"), NAME("SIZE"), NAME("8BITMIME"), NAME("STARTTLS"),
	NAME("AUTH"), NAME("ENHANCEDSTATUSCODES"), NAME("DSN"),
	NAME("CHUNKING"), NAME("SMTPUTF8"), NAME("ETRN"), NAME("VRFY"),
	NAME("EXPN"), NAME("HELP"), NAME("BINARYMIME"), NAME("DELIVERBY"),
	NAME("TURN"), NAME("ATRN"), NAME("PRDR"), NAME("LIMITS"),
	NAME("REQUIRETLS"), NAME("MT-PRIORITY"), NAME("FUTURERELEASE"),
	NAME("NO-SOLICITING"), NAME("BURL"), NAME("CHECKPOINT"),
	NAME("UTF8SMTP"), NAME("VERP"), NAME("XVERP"), NAME("XCLIENT"),
	NAME("XFORWARD"), NAME("X-ANONYMOUSTLS"), NAME("X-EXPS"),
	NAME("XEXCH50"), NAME("XRDST"), NAME("X-LINK2STATE"), NAME("XPROXY"),
	NAME("XSHADOW"), NAME("XADR"), NAME("X-RCPTLIMIT"), NAME("SUBMITTER"),
};

static const struct name auth_mechs[] = {
	NAME("PLAIN"), NAME("LOGIN"), NAME("CRAM-MD5"), NAME("DIGEST-MD5"),
	NAME("NTLM"), NAME("GSSAPI"), NAME("GSS-SPNEGO"), NAME("SCRAM-SHA-1"),
	NAME("SCRAM-SHA-1-PLUS"), NAME("SCRAM-SHA-256"),
	NAME("SCRAM-SHA-256-PLUS"), NAME("XOAUTH2"), NAME("OAUTHBEARER"),
	NAME("EXTERNAL"), NAME("ANONYMOUS"), NAME("XOAUTH"),
};
/* clang-format on */

static_assert(COUNT(auth_mechs) <= 16, "struct facts has 16 bits for them");

static int
place_in(const struct name *table, size_t rows, struct slice word)
{
	for (size_t i = 0; i < rows; i++)
		if (slice_equal_nocase(word, table[i].word))
			return (int)i;
	return -1;
}

const char *
keyword_name(unsigned keyword)
{
	return keyword < COUNT(keywords) ? keywords[keyword].text : NULL;
}

struct slice
keyword_word(unsigned keyword)
{
	return keywords[keyword].word;
}

const char *
auth_mech_name(unsigned i)
{
	return i < COUNT(auth_mechs) ? auth_mechs[i].text : NULL;
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

/* FNV-1a: it is shown, and so the same for ever. */
static uint32_t
hash_of(struct slice name)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ slice_at(name, i)) * 16777619U;
	return hash;
}

uint32_t
facts_offer_hash(const struct facts *facts)
{
	uint32_t hash = 0;

	for (unsigned i = 0; i < facts->keyword_count; i++) {
		const struct slice name = keyword_word(facts->keywords[i]);

		/* Times an odd number: where a name stands matters. */
		hash = (hash ^ hash_of(name)) * 16777619U;
	}
	return hash;
}
