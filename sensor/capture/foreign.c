/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign - what a file that is no capture looks like.
 */
#include "sensor/capture/foreign.h"

#define MAGIC_LEN 4 /* what every capture file begins with */
#define STRANGE                                                                \
	"a capture in a format that libpcap does not read, convert it with "   \
	"editcap first"

static const struct {
	struct slice magic;
	const char *kind;
} kinds[] = {
	{ SLICE("\x28\xB5\x2F\xFD"), "zstd compressed, decompress first" },
	{ SLICE("\xFD"
		"7zXZ"),
	    "xz compressed, decompress first" },
	{ SLICE("BZh"), "bzip2 compressed, decompress first" },
	{ SLICE("\x04\x22\x4D\x18"), "lz4 compressed, decompress first" },
	{ SLICE("\x1F\x8B"), "gzip compressed twice, decompress first" },
	{ SLICE("PK\x03\x04"), "a zip archive, decompress first" },
	{ SLICE("7z\xBC\xAF"), "a 7z archive, decompress first" },
	{ SLICE("\xA1\x2B\x3C\x4D"), STRANGE }, /* Navtel's */
	{ SLICE("\x4D\x3C\x2B\xA1"), STRANGE },
	{ SLICE("\x1C\x00\x01\xAC"), STRANGE }, /* Ixia's hardware */
	{ SLICE("\xAC\x01\x00\x1C"), STRANGE },
	{ SLICE("\x1C\x00\x01\xAB"), STRANGE }, /* ... and software */
	{ SLICE("\xAB\x01\x00\x1C"), STRANGE },
	{ SLICE("snoop\0"), "a snoop file, convert it to pcap first" },
	{ SLICE("GMBU"), "a Network Monitor file, convert it to pcap first" },
	{ SLICE("\x7F"
		"ELF"),
	    "a program (ELF), not a capture file" },
	{ SLICE("SQLite format 3"), "an SQLite database, not a capture file" },
	{ SLICE("%PDF"), "a PDF, not a capture file" },
	{ SLICE("<!doctype html"), "an HTML page, not a capture file" },
	{ SLICE("<html"), "an HTML page, not a capture file" },
};

/* No control characters, and of three bytes at least two are ASCII. */
static bool
is_text(struct slice s)
{
	size_t ascii = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = slice_at(s, i);

		if (c != '\t' && c != '\n' && c != '\r' &&
		    (c < 0x20 || c == 0x7F))
			return false;
		ascii += c < 0x80;
	}
	return 3 * ascii >= 2 * s.len;
}

const char *
foreign_kind(struct slice head, bool *ret_damaged)
{
	static const struct slice section = SLICE("\n\r\r\n");

	*ret_damaged = slice_starts_nocase(head, section);
	if (*ret_damaged)
		return "a section with a bad byte order magic field";
	if (head.len == 0)
		return "empty file";
	if (head.len < MAGIC_LEN)
		return "too short for a capture file";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_starts_nocase(head, kinds[i].magic))
			return kinds[i].kind;
	}
	if (is_text(head))
		return "text, not a capture file";
	return "not a capture file";
}
