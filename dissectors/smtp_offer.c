/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_offer - a keyword, and words behind it; "AUTH=LOGIN" is how clients
 * older than RFC 2554 were told.
 */
#include "dissectors/smtp_offer.h"

#include <stddef.h>

static const struct slice auth = SLICE("AUTH");
static const struct slice starttls = SLICE("STARTTLS");
static const struct slice anonymous_tls = SLICE("X-ANONYMOUSTLS");

static void
keep_mechanism(struct facts *facts, struct slice word)
{
	const int mech = auth_mech_of(word);

	if (mech >= 0)
		facts->auth_mechs |= (uint16_t)(1U << mech);
}

bool
smtp_offer_of(struct slice text, struct facts *facts)
{
	struct slice rest = text, word = slice_word(&rest);
	const size_t equals = slice_find(word, '=');
	const struct slice name = slice_first(word, equals);
	const int keyword = keyword_of(name);

	if (keyword < 0)
		return false;
	if (facts == NULL)
		return true;
	facts_keyword(facts, keyword);
	if (facts->starttls == STARTTLS_NO &&
	    (slice_equal_nocase(name, starttls) ||
		slice_equal_nocase(name, anonymous_tls)))
		facts->starttls = STARTTLS_OFFERED;
	if (!slice_equal_nocase(name, auth))
		return true;
	keep_mechanism(facts, slice_after(word, equals + 1));
	while (rest.len > 0)
		keep_mechanism(facts, slice_word(&rest));
	return true;
}
