/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client_dialect - traits are bits that are only ever set.
 */
#include "dissectors/client_dialect.h"

#include "dissectors/facts.h"

#include <stddef.h>

/* Where these hold, some of the client's lines were not heard or not paired
 * with the server's. */
#define HOLES                                                                  \
	((unsigned)FACT_MIDSTREAM | (unsigned)FACT_GAP |                       \
	    (unsigned)FACT_ONE_SIDED | (unsigned)FACT_BOUND_HIT)

static const struct slice tight = SLICE(":<");

static uint16_t
case_of(struct slice word)
{
	unsigned traits = 0;

	for (size_t i = 0; i < word.len; i++) {
		const uint8_t c = slice_at(word, i);

		if (c >= 'A' && c <= 'Z')
			traits |= DIALECT_UPPER;
		else if (c >= 'a' && c <= 'z')
			traits |= DIALECT_LOWER;
	}
	return (uint16_t)traits;
}

static uint16_t
name_of(struct slice name)
{
	if (slice_at(name, 0) == '[')
		return DIALECT_LITERAL;
	return slice_find(name, '.') < name.len ? DIALECT_HOST : DIALECT_BARE;
}

/* line: behind the verb, so a colon in it is FROM's or TO's. */
static uint16_t
path_of(struct slice line)
{
	const struct slice colon = slice_after(line, slice_find(line, ':'));

	if (colon.len == 0)
		return 0;
	return slice_starts(colon, tight) ? DIALECT_TIGHT : DIALECT_SPACED;
}

static uint16_t
traits_of(const struct smtp_command *command, struct slice behind_verb)
{
	switch (command->verb) {
	case VERB_EHLO:
		return (uint16_t)(DIALECT_EHLO | name_of(command->argument));
	case VERB_HELO:
		return (uint16_t)(DIALECT_HELO | name_of(command->argument));
	case VERB_MAIL:
	case VERB_RCPT:
		return path_of(behind_verb);
	case VERB_QUIT:
		return DIALECT_QUIT;
	case VERB_OTHER:
	case VERB_JUNK:
	case VERB_FTP:
	case VERB_LHLO:
	case VERB_DATA:
	case VERB_BODY:
	case VERB_BDAT:
	case VERB_BDAT_LAST:
	case VERB_AUTH:
	case VERB_STARTTLS:
	case VERB_XCLIENT:
	case VERB_QUEUE:
	case VERB_TURN:
	case VERB_RSET:
	case VERB_NOOP:
	case VERB_HELP:
		break;
	}
	return 0;
}

void
client_dialect_hear(
    uint16_t *traits, const struct smtp_command *command, struct slice line)
{
	const struct slice word = slice_word(&line);

	if ((*traits & DIALECT_WHOLE) != 0 || command->verb == VERB_OTHER ||
	    command->verb == VERB_JUNK)
		return;
	*traits |= (uint16_t)(case_of(word) | traits_of(command, line));
}

void
client_dialect_close(uint16_t *traits, uint16_t flags, bool tls)
{
	unsigned more = DIALECT_WHOLE;

	if (*traits == 0 || (*traits & DIALECT_WHOLE) != 0 ||
	    (flags & HOLES) != 0)
		return;
	if ((flags & FACT_PIPELINED) != 0)
		more |= DIALECT_PIPELINED;
	if ((flags & FACT_EARLY_TALKER) != 0)
		more |= DIALECT_EARLY;
	if (tls)
		more |= DIALECT_TLS;
	*traits |= (uint16_t)more;
}

void
client_dialect_id(uint16_t traits, char ret_id[CLIENT_DIALECT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	const unsigned id = traits & ~(unsigned)DIALECT_WHOLE;

	for (int i = 0; i < CLIENT_DIALECT_MAX - 1; i++)
		ret_id[i] = digits[id >> (12 - 4 * i) & 15];
	ret_id[CLIENT_DIALECT_MAX - 1] = '\0';
	if (id == traits) /* not whole */
		ret_id[0] = '\0';
}
