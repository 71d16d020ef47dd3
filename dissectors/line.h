/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line - a byte stream cut into lines, across segments, bounded.
 *
 * LF ends a line and trailing CRs are stripped (CRLF, LF and CR CR LF all
 * occur).  The first LINE_MAX_KEPT bytes are kept and the rest is skipped to
 * its LF.  Empty lines and leading blanks are skipped.  A line that lies whole
 * in one segment is lent from it; only what spans segments is copied.
 */
#ifndef STRAYMAIL_LINE_H
#define STRAYMAIL_LINE_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define LINE_MAX_KEPT 512

struct line_splitter {
	uint16_t kept; /* bytes of an unfinished line in head */
	bool cut;      /* ... and more than these were said */
	bool skipping; /* to the next LF: after a gap, or joined midway */
	uint16_t used; /* bytes of head that were ever written */
	uint8_t head[LINE_MAX_KEPT];
};

struct line {
	struct slice text; /* without its end; valid until the next call */
	bool cut;          /* it was longer than LINE_MAX_KEPT */
};

/* Moves *bytes behind the blanks and empty lines that no line begins with. */
void line_skip_blanks(struct slice *bytes);

/* Moves *bytes behind the rest of a line whose beginning is missing. */
void line_skip_torn(struct line_splitter *splitter, struct slice *bytes);

void line_begin(struct line_splitter *splitter);

/* Forgets the unfinished line; what comes next begins one. */
void line_drop(struct line_splitter *splitter);

/* Drops it, and leaves nothing of what was said in memory. */
void line_wipe(struct line_splitter *splitter);

/* The next complete line of *bytes, which is moved behind it.  False: *bytes
 * is used up, and what was unfinished is kept for the next call. */
bool line_next(
    struct line_splitter *splitter, struct slice *bytes, struct line *ret_line);

/* The unfinished line as it stands, as if it had ended.  False: there is none.
 * What comes next begins a line. */
bool line_break_off(struct line_splitter *splitter, struct line *ret_line);

/* Keeps bytes that are no line's (a preamble's), at most LINE_MAX_KEPT; sheds
 * the first n of what is kept, and wipes them. */
void line_hold(struct line_splitter *splitter, struct slice bytes);
void line_shed(struct line_splitter *splitter, size_t n);

/* Bytes are missing: forget the unfinished line and skip to the next LF. */
void line_gap(struct line_splitter *splitter);

/* The bytes of the unfinished line, and the same without trailing CRs: to look
 * at early (a verb, a greeting without end). */
struct slice line_unfinished(const struct line_splitter *splitter);
struct slice line_unfinished_text(const struct line_splitter *splitter);

#endif
