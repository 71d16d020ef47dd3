/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software - greetings are read word by word, sayings weighed against each
 * other.
 *
 * Of a greeting the first word that a row knows decides; of two rows that know
 * it the upper one.  A version is digits with what hangs on them, and stands
 * behind the words that the row names, with at most punctuation between.
 *
 * Sayings are votes.  What fits the greeting's program speaks for it; else it
 * speaks for its own, and takes from another's points what it has: so a few
 * bytes suffice however long the dialog.  Each occasion votes once.  HELP is
 * heard even where all is settled: it tells versions.
 */
#include "dissectors/software.h"

#include "dissectors/facts.h"
#include "dissectors/greeting.h"
#include "dissectors/software_pattern.h"

#include <string.h>

#define KNOWN   3 /* points at which a dialog has named its program */
#define SURE    6 /* ... against a greeter of whose ways we know nothing */
#define SETTLED 6 /* points at which no more is heard but HELP */

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_mark(uint8_t c)
{
	return c == '.' || c == '-' || c == '_';
}

static bool
is_version(uint8_t c)
{
	return is_digit(c) || is_mark(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* What may stand between a name and its version: "/", " (", ": v". */
static bool
is_between(uint8_t c)
{
	return c == ' ' || c == '/' || c == '(' || c == '[' || c == ':' ||
	    c == '-';
}

/* s moved behind the first place where word stands in it; empty: nowhere. */
static struct slice
behind(struct slice s, struct slice word)
{
	while (s.len > 0 && !slice_starts_nocase(s, word))
		s = slice_after(s, 1);
	return slice_after(s, word.len);
}

/* s: from behind the program's name, or behind what its version stands for. */
static void
read_version(struct slice s, char *ret_version)
{
	size_t len = 0;

	while (is_between(slice_at(s, 0)))
		s = slice_after(s, 1);
	if (slice_at(s, 0) == 'v' || slice_at(s, 0) == 'V')
		s = slice_after(s, 1);
	if (!is_digit(slice_at(s, 0)))
		return;
	/* "10.48--10.48" ends at the first mark that follows a mark. */
	while (is_version(slice_at(s, len)) &&
	    !(is_mark(slice_at(s, len)) && is_mark(slice_at(s, len + 1))))
		len++;
	if (is_mark(slice_at(s, len - 1))) /* a full stop */
		len--;
	slice_copy(ret_version, SOFTWARE_VERSION_MAX, slice_first(s, len));
}

/* --- what the greeting claims -------------------------------------------- */

static const struct software_greeting *
claimed_row(const struct software *software)
{
	const unsigned place = software->claimed;

	if (place == 0)
		return NULL;
	return place <= software_host_count
	    ? &software_hosts[place - 1]
	    : &software_greetings[place - software_host_count - 1];
}

static bool
claim_by_host(struct software *software, struct slice text)
{
	struct slice tail;

	for (unsigned i = 0; i < software_host_count; i++) {
		if (!software_pattern_fits(
			software_hosts[i].phrase, text, &tail))
			continue;
		software->claimed = (uint8_t)(i + 1);
		return true;
	}
	return false;
}

/* tail: the greeting from the row's phrase on. */
static void
claim(struct software *software, const struct software_greeting *row,
    struct slice tail)
{
	tail = slice_after(tail, row->phrase.len);
	if (row->before_version.len > 0)
		tail = behind(tail, row->before_version);
	software->claimed = (uint8_t)(software_host_count +
	    (unsigned)(row - software_greetings) + 1);
	software->version[0] = '\0'; /* of whom a dialog before it has named */
	read_version(tail, software->version);
}

static bool
claim_by_words(struct software *software, struct slice text)
{
	struct slice word, tail;

	while (greeting_next(&text, &word, &tail)) {
		for (unsigned i = 0; i < software_greeting_count; i++) {
			const struct software_greeting *row =
			    &software_greetings[i];

			if (!greeting_says(tail, row->phrase))
				continue;
			claim(software, row, tail);
			return true;
		}
	}
	return false;
}

void
software_hear_greeting(struct software *software, struct slice text)
{
	/* "james SMTP Server (JAMES SMTP Server 2.3.2)": the host's name comes
	 * first; "EventMachine SMTP Server": there is none. */
	if (software->claimed == 0 && !claim_by_host(software, text) &&
	    !claim_by_words(software, greeting_behind_host(text)))
		claim_by_words(software, text);
}

/* --- how the dialog speaks ----------------------------------------------- */

/* Is name among a list by commas? */
static bool
is_listed(struct slice list, const char *name)
{
	while (list.len > 0) {
		const size_t comma = slice_find(list, ',');

		if (slice_equal(slice_first(list, comma), slice_of_text(name)))
			return true;
		list = slice_after(list, comma + 1);
	}
	return false;
}

static bool
said_by(const struct software_saying *row, const char *product)
{
	return strcmp(row->product, product) == 0 ||
	    is_listed(row->also, product);
}

static const struct software_saying *
spoken_row(const struct software *software)
{
	return software->spoken > 0 ? &software_sayings[software->spoken - 1]
				    : NULL;
}

static void
vote(struct software *software, const struct software_saying *row)
{
	const struct software_greeting *claimed = claimed_row(software);
	const struct software_saying *spoken = spoken_row(software);

	software->used |= (uint16_t)(1U << row->occasion);
	if (claimed != NULL && said_by(row, claimed->product)) {
		software->support = (uint8_t)(software->support + row->points);
	} else if (spoken != NULL && said_by(row, spoken->product)) {
		software->points = (uint8_t)(software->points + row->points);
	} else if (software->points > row->points) {
		software->points = (uint8_t)(software->points - row->points);
	} else {
		software->spoken = (uint8_t)(row - software_sayings + 1);
		software->points = row->points;
		if (claimed == NULL) /* it was the other's */
			software->version[0] = '\0';
	}
}

/* Which program it is: NULL where nobody is known. */
static const char *
named(const struct software *software)
{
	const struct software_greeting *claimed = claimed_row(software);
	const struct software_saying *spoken = spoken_row(software);

	if (claimed != NULL)
		return claimed->product;
	return spoken != NULL && software->points >= KNOWN ? spoken->product
							   : NULL;
}

/* A dialog tells the version of its own program, and a greeting's is left. */
static void
learn_version(struct software *software, const struct software_saying *row,
    struct slice tail)
{
	const char *product = named(software);

	if (software->version[0] == '\0' && product != NULL &&
	    strcmp(product, row->product) == 0)
		read_version(tail, software->version);
}

static bool
still_listens(const struct software *software, enum software_occasion occasion)
{
	return (software->used & 1U << occasion) == 0 &&
	    (occasion == SAID_HELP ||
		(software->points < SETTLED && software->support < SETTLED));
}

bool
software_hear_reply(struct software *software, enum software_occasion occasion,
    uint16_t code, struct slice text)
{
	struct slice tail;

	if (!still_listens(software, occasion))
		return false;
	for (unsigned i = 0; i < software_saying_count; i++) {
		const struct software_saying *row = &software_sayings[i];

		if (row->occasion != occasion || row->code != code)
			continue;

		struct slice pattern = row->text;
		const bool versed = software_pattern_ends(&pattern, '#');

		if (!software_pattern_fits(pattern, text, &tail))
			continue;
		vote(software, row);
		if (versed)
			learn_version(software, row, tail);
		return true;
	}
	return false;
}

/*
 * A row's words in their order, each of which may be left out but those with a
 * '+'; nothing else may be offered.
 */
static bool
is_in_order(struct slice order, const uint8_t *keywords, unsigned count)
{
	unsigned next = 0;

	while (order.len > 0) {
		struct slice word = slice_word(&order);
		const bool needed = slice_at(word, 0) == '+';

		if (needed)
			word = slice_after(word, 1);
		if (next < count &&
		    slice_equal(word, keyword_word(keywords[next])))
			next++;
		else if (needed)
			return false;
	}
	return next == count;
}

bool
software_hear_offer(
    struct software *software, const uint8_t *keywords, unsigned count)
{
	if (count == 0 || !still_listens(software, SAID_OFFER))
		return false;
	for (unsigned i = 0; i < software_saying_count; i++) {
		const struct software_saying *row = &software_sayings[i];

		if (row->occasion != SAID_OFFER ||
		    !is_in_order(row->text, keywords, count))
			continue;
		vote(software, row);
		return true;
	}
	return false;
}

/* --- what is known ------------------------------------------------------- */

static bool
is_pretender(const char *product)
{
	for (unsigned i = 0; i < software_pretender_count; i++)
		if (strcmp(product, software_pretenders[i]) == 0)
			return true;
	return false;
}

/* Do we know how it speaks? */
static bool
has_sayings(const char *product)
{
	for (unsigned i = 0; i < software_saying_count; i++)
		if (said_by(&software_sayings[i], product))
			return true;
	return false;
}

enum software_source
software_source(const struct software *software)
{
	if (software->claimed != 0)
		return SOFTWARE_BY_GREETING;
	return software->points >= KNOWN ? SOFTWARE_BY_DIALOG
					 : SOFTWARE_UNKNOWN;
}

const char *
software_product(const struct software *software)
{
	return named(software);
}

bool
software_forged(const struct software *software)
{
	const struct software_greeting *claimed = claimed_row(software);

	return claimed != NULL &&
	    software->points >= software->support + KNOWN &&
	    (software->points >= SURE || has_sayings(claimed->product));
}

bool
software_pretends(const struct software *software)
{
	const char *product = named(software);
	const struct software_saying *spoken = spoken_row(software);

	if (product == NULL)
		return false;
	return is_pretender(product) ||
	    (spoken != NULL && is_pretender(spoken->product) &&
		software_forged(software));
}
