/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocklist - how servers say that a client is on a list, in two tables.
 *
 * The words stand where a word begins.  They do not count inside a mail
 * address, which the server only repeats; and the common ones not inside a host
 * name, unless the line says that something is listed or blocked there: hosts
 * are named after what runs on them.
 */
#include "dissectors/blocklist.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
/* A list by a part of its host name, or of the address of its page. */
static const struct list {
	struct slice host;
	const char *name;
} lists[] = {
	{ SLICE("spamhaus"),                "spamhaus" },
	{ SLICE("spamcop"),                 "spamcop" },
	{ SLICE("barracudacentral"),        "barracuda" },
	{ SLICE("sorbs"),                   "sorbs" },
	{ SLICE("uceprotect"),              "uceprotect" },
	{ SLICE("abuseat"),                 "abuseat" },
	{ SLICE("abusix"),                  "abusix" },
	{ SLICE("mailspike"),               "mailspike" },
	{ SLICE("spamrats"),                "spamrats" },
	{ SLICE("invaluement"),             "invaluement" },
	{ SLICE("surbl"),                   "surbl" },
	{ SLICE("uribl"),                   "uribl" },
	{ SLICE("surriel"),                 "psbl" },
	{ SLICE("backscatterer"),           "backscatterer" },
	{ SLICE("senderscore"),             "senderscore" },
	{ SLICE("junkemailfilter"),         "hostkarma" },
	{ SLICE("gbudb"),                   "gbudb" },
	{ SLICE("dronebl"),                 "dronebl" },
	{ SLICE("nixspam"),                 "nixspam" },
	{ SLICE("blocklist.de"),            "blocklist.de" },
	{ SLICE("spameatingmonkey"),        "sem" },
	{ SLICE("mail-abuse"),              "mail-abuse" },
	{ SLICE("ers.trendmicro"),          "mail-abuse" },
	{ SLICE("csi.cloudmark"),           "cloudmark" },
	{ SLICE("ipcheck.proofpoint"),      "proofpoint" },
};

/* Words for any list. */
static const struct saying {
	struct slice words;
	bool goes_on; /* in letters: blacklist, blacklisted, blacklists */
} sayings[] = {
	{ SLICE("blocked using"),     false },
	{ SLICE("blacklist"),         true },
	{ SLICE("black list"),        true },
	{ SLICE("black-list"),        true },
	{ SLICE("blocklist"),         true },
	{ SLICE("block list"),        true },
	{ SLICE("block-list"),        true },
	{ SLICE("denylist"),          true },
	{ SLICE("dnsbl"),             true },
	{ SLICE("dnsrbl"),            true },
	{ SLICE("rbl"),               false },
	{ SLICE("rbls"),              false },
	{ SLICE("poor reputation"),   false },
	{ SLICE("bad reputation"),    false },
	{ SLICE("low reputation"),    false },
	{ SLICE("banned sending ip"), false }, /* Exchange Online */
};
/* clang-format on */

static_assert(BLOCKLIST_UNNAMED + COUNT(lists) <= UINT8_MAX, "one byte");

static const struct slice listed = SLICE("listed");
static const struct slice blocked = SLICE("blocked");

static bool
is_letter_or_digit(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool
joins(uint8_t c)
{
	return is_letter_or_digit(c) || c == '-' || c == '_';
}

/* What stands behind the words: a mail address may end them as well. */
static bool
ends(struct slice behind)
{
	const uint8_t c = slice_at(behind, 0);

	return !is_letter_or_digit(c) && c != '@';
}

/* A part of a host name stands on either side. */
static bool
is_in_host_name(uint8_t before, struct slice behind)
{
	return before == '.' ||
	    (slice_at(behind, 0) == '.' &&
		is_letter_or_digit(slice_at(behind, 1)));
}

static unsigned
list_at(struct slice text)
{
	for (size_t i = 0; i < COUNT(lists); i++)
		if (slice_starts_nocase(text, lists[i].host) &&
		    ends(slice_after(text, lists[i].host.len)))
			return BLOCKLIST_UNNAMED + 1 + (unsigned)i;
	return BLOCKLIST_NONE;
}

/* before: the byte in front of the text; the line says "listed" or "blocked". */
static bool
saying_at(struct slice text, uint8_t before, bool in_host_names)
{
	for (size_t i = 0; i < COUNT(sayings); i++) {
		struct slice behind;

		if (!slice_starts_nocase(text, sayings[i].words))
			continue;
		behind = slice_after(text, sayings[i].words.len);
		while (sayings[i].goes_on &&
		    is_letter_or_digit(slice_at(behind, 0)))
			behind = slice_after(behind, 1);
		if (ends(behind) &&
		    (in_host_names || !is_in_host_name(before, behind)))
			return true;
	}
	return false;
}

/* The text begins with a word of that length. */
static unsigned
word_says(struct slice text, size_t len, bool in_host_names)
{
	unsigned found = BLOCKLIST_NONE;
	uint8_t before = ' ';

	for (size_t i = 0; i < len; i++) {
		const struct slice here = slice_after(text, i);
		const unsigned list =
		    joins(before) ? BLOCKLIST_NONE : list_at(here);

		if (list != BLOCKLIST_NONE)
			return list;
		if (!joins(before) && saying_at(here, before, in_host_names))
			found = BLOCKLIST_UNNAMED;
		before = slice_at(here, 0);
	}
	return found;
}

/* "<black list@mx.example>" at the front: how long it is; else 0. */
static size_t
path_length(struct slice text)
{
	const size_t end = slice_find(text, '>');
	const struct slice path = slice_first(text, end);

	if (slice_at(text, 0) != '<' || end == text.len ||
	    slice_find(path, '@') == path.len)
		return 0;
	return end + 1;
}

unsigned
blocklist_of(struct slice text)
{
	const bool in_host_names =
	    slice_has_word(text, listed) || slice_has_word(text, blocked);
	unsigned found = BLOCKLIST_NONE;

	text = slice_trim(text);
	while (text.len > 0 && found <= BLOCKLIST_UNNAMED) {
		struct slice rest = slice_after(text, path_length(text));
		const struct slice word = slice_word(&rest);
		unsigned said = BLOCKLIST_NONE;

		if (path_length(text) == 0 && slice_find(word, '@') == word.len)
			said = word_says(text, word.len, in_host_names);
		if (said > found)
			found = said;
		text = slice_trim(rest);
	}
	return found;
}

const char *
blocklist_name(unsigned list)
{
	const unsigned row = list - BLOCKLIST_UNNAMED - 1;

	return list > BLOCKLIST_UNNAMED && row < COUNT(lists) ? lists[row].name
							      : "";
}
