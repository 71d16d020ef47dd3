/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi_secrets - the verb decides, and only where it is a tag the word behind
 * it: a password may look like a verb itself ("PASS user").
 */
#include "dissectors/ndpi_secrets.h"

#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
/*
 * Lines that begin with such a word, or with a tag and such a word, carry
 * somebody's credentials.  nDPI knows FTP, POP3 and IMAP by their logins, so
 * it is shown one that says nothing; from an AUTH on it hears no more.
 */
static const struct {
	struct slice word, instead; /* empty: deaf from here on */
} secrets[] = {
	{ SLICE("AUTH"), SLICE("") },
	{ SLICE("X-EXPS"), SLICE("") },
	{ SLICE("AUTHENTICATE"), SLICE("") },
	{ SLICE("APOP"), SLICE("") },
	{ SLICE("ACCT"), SLICE("") },
	{ SLICE("USER"), SLICE("USER -") },
	{ SLICE("PASS"), SLICE("PASS -") },
	{ SLICE("LOGIN"), SLICE("a LOGIN - -") },
};
/* clang-format on */

/* What is shown instead of a line with this word in its place. */
static const struct slice *
secret_of(struct slice word)
{
	for (size_t i = 0; i < COUNT(secrets); i++)
		if (slice_equal_nocase(word, secrets[i].word))
			return &secrets[i].instead;
	return NULL;
}

struct slice
ndpi_without_secrets(struct slice line)
{
	const struct slice *instead;
	struct slice rest = line;

	if (slice_at(line, 0) >= '0' && slice_at(line, 0) <= '9')
		return line; /* a reply: "250 AUTH PLAIN" */
	instead = secret_of(slice_word(&rest));
	if (instead == NULL)
		instead = secret_of(slice_word(&rest));
	return instead != NULL ? *instead : line;
}
