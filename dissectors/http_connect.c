/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_connect - two lines, read word by word.
 */
#include "dissectors/http_connect.h"

static const struct slice method = SLICE("CONNECT");
static const struct slice version = SLICE("HTTP/1.");

/* Decimal digits and nothing else, at most `most`; 0: it is none. */
static unsigned
number_of(struct slice digits, unsigned most)
{
	unsigned number = 0;

	for (size_t i = 0; i < digits.len; i++) {
		const uint8_t c = slice_at(digits, i);

		if (c < '0' || c > '9')
			return 0;
		number = number * 10 + (unsigned)(c - '0');
		if (number > most)
			return 0;
	}
	return number;
}

/* Where byte last occurs, or s.len. */
static size_t
find_last(struct slice s, uint8_t byte)
{
	for (size_t i = s.len; i > 0; i--)
		if (slice_at(s, i - 1) == byte)
			return i - 1;
	return s.len;
}

static struct slice
without_brackets(struct slice host)
{
	if (slice_at(host, 0) == '[' && slice_at(host, host.len - 1) == ']')
		return slice_first(slice_after(host, 1), host.len - 2);
	return host;
}

/* The rest ends in a version; abusers of open proxies put a '/' before it. */
static bool
ends_in_version(struct slice rest)
{
	struct slice word, last = slice_first(rest, 0);

	while ((word = slice_word(&rest)).len > 0)
		last = word;
	return slice_starts(last, version);
}

bool
http_connect_of(struct slice line, struct http_authority *ret_authority)
{
	const struct slice verb = slice_word(&line);
	struct slice authority = slice_word(&line);
	const size_t at = find_last(authority, '@');
	struct slice host;
	size_t colon;
	unsigned port;

	if (!slice_equal(verb, method) || !ends_in_version(line))
		return false;
	if (at < authority.len)
		authority = slice_after(authority, at + 1);
	colon = find_last(authority, ':');
	host = without_brackets(slice_first(authority, colon));
	port = number_of(slice_after(authority, colon + 1), UINT16_MAX);
	if (host.len == 0 || port == 0)
		return false;
	*ret_authority =
	    (struct http_authority){ .host = host, .port = (uint16_t)port };
	return true;
}

bool
http_status_begins(struct slice got)
{
	return slice_equal(
	    slice_first(got, version.len), slice_first(version, got.len));
}

unsigned
http_status_of(struct slice line)
{
	(void)slice_word(&line);
	return number_of(slice_word(&line), 999);
}
