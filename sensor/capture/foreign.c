/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foreign - what a file that is no capture looks like.
 */
#include "sensor/capture/foreign.h"

#include <stdbool.h>

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

static bool
is_text(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = slice_at(s, i);

		if (c != '\t' && c != '\n' && c != '\r' &&
		    (c < 0x20 || c == 0x7F))
			return false;
	}
	return true;
}

const char *
foreign_kind(struct slice head)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_starts_nocase(head, kinds[i].magic))
			return kinds[i].kind;
	}
	if (is_text(head))
		return "text, not a capture file";
	return "not a capture file";
}
