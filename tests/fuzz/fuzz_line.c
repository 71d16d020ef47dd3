/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_line - a stream cut into lines, whole and in pieces.
 *
 * Claims: where TCP cuts the stream changes no line; a line is neither empty
 * nor longer than it may be, and has no end of line in it.  The first byte says
 * how long the pieces are.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/line.h"

/* What was heard, as numbers that can be compared. */
struct heard {
	uint32_t lines, digest;
};

static void
hear(struct heard *heard, struct line_splitter *splitter, struct slice bytes)
{
	struct line line;

	while (line_next(splitter, &bytes, &line)) {
		FUZZ_HOLDS(line.text.len > 0);
		FUZZ_HOLDS(line.text.len <= LINE_MAX_KEPT);
		FUZZ_HOLDS(slice_find(line.text, '\n') == line.text.len);
		heard->lines++;
		heard->digest =
		    heard->digest * 31 + slice_digest(line.text) + line.cut;
	}
	FUZZ_HOLDS(bytes.len == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { 0, 0 }, parts = { 0, 0 };
	struct line_splitter splitter;
	struct slice left;
	size_t piece;

	if (size < 1)
		return 0;
	piece = 1U + data[0] % 64U;
	left = slice_of(data + 1, size - 1);

	line_begin(&splitter);
	hear(&whole, &splitter, left);

	line_begin(&splitter);
	for (; left.len > 0; left = slice_after(left, piece))
		hear(&parts, &splitter, slice_first(left, piece));

	FUZZ_HOLDS(whole.lines == parts.lines);
	FUZZ_HOLDS(whole.digest == parts.digest);
	return 0;
}
