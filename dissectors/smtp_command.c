/* SPDX-License-Identifier: Apache-2.0 */
/*
 * smtp_command - a word, looked up, and its argument held against its form.
 */
#include "dissectors/smtp_command.h"

#include "dissectors/decoys.h"
#include "dissectors/facts.h"

static const struct slice from = SLICE("FROM:");
static const struct slice to = SLICE("TO:");
static const struct slice last = SLICE("LAST");

/* Letters make a verb; "GET" is one, a TLS record is none. */
static bool
is_word(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = slice_at(word, i);

		if (c <= ' ' || c >= 0x7f)
			return false;
	}
	return true;
}

/* A number of at most nine digits; more octets than that are no chunk. */
static bool
read_count(struct slice word, uint32_t *ret_count)
{
	uint32_t count = 0;

	if (word.len == 0 || word.len > 9)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = slice_at(word, i);

		if (c < '0' || c > '9')
			return false;
		count = count * 10 + (uint32_t)(c - '0');
	}
	*ret_count = count;
	return true;
}

/* BDAT SP chunk-size [ SP end-marker ], RFC 3030 2. */
static bool
read_chunk(struct smtp_command *command)
{
	struct slice rest = command->argument;

	if (!read_count(slice_word(&rest), &command->octets))
		return false;
	command->last = slice_equal_nocase(slice_trim(rest), last);
	if (command->last)
		command->verb = VERB_BDAT_LAST;
	return true;
}

static bool
well_made(struct smtp_command *command, enum smtp_form form)
{
	const struct slice argument = command->argument;

	switch (form) {
	case FORM_ALONE:
		return argument.len == 0;
	case FORM_ANY:
		return true;
	case FORM_WORD:
		return argument.len > 0;
	case FORM_FROM:
		return slice_starts_nocase(argument, from);
	case FORM_TO:
		return slice_starts_nocase(argument, to);
	case FORM_COUNT:
		return read_chunk(command);
	}
	return false;
}

/* AUTH is evidence with a SASL name only: FTP says AUTH TLS. */
static bool
names_sasl(struct slice argument)
{
	return auth_mech_of(slice_word(&argument)) >= 0;
}

struct smtp_command
smtp_command_of(struct slice line)
{
	struct smtp_command command = { .verb = VERB_OTHER, .asked = ATOM_NO };
	const struct smtp_rule *rule;
	struct slice rest = line, word = slice_word(&rest);

	command.argument = slice_trim(rest);
	if (decoy_ftp_verb(line)) {
		command.verb = VERB_FTP;
		return command;
	}
	rule = smtp_rule_of_word(word);
	if (rule == NULL) {
		if (!is_word(word))
			command.verb = VERB_JUNK;
		return command;
	}
	command.verb = rule->verb;
	if (!well_made(&command, rule->form))
		return command;
	command.only_smtp = rule->only_smtp;
	if (rule->verb != VERB_AUTH || names_sasl(command.argument))
		command.asked = rule->asked;
	return command;
}
