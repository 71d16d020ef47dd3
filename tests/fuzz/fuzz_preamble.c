/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_preamble - preambles out of any bytes.  What must hold:
 *
 *	however a turn is cut into segments, what is understood and what comes
 *	out of each side are the same;
 *	what comes out is an end of what went in, in order, and all of it where
 *	nothing was understood.
 *
 * 0xf8 and 0xf9 change the speaker, 0xfa is a gap.
 */
#include "tests/fuzz/fuzz.h"

#include "dissectors/preamble.h"

#include <string.h>

#define OUT_MAX 65536

struct ear {
	struct preamble preamble;
	struct line_splitter line[SIDES];
	size_t heard[SIDES], len[SIDES];
	bool gap;
	uint8_t in[SIDES][OUT_MAX], out[SIDES][OUT_MAX]; /* so much of it */
};

static void
keep(uint8_t *to, size_t *len, struct slice bytes)
{
	*len += slice_bytes(to + *len, OUT_MAX - *len, bytes);
}

static void
say(struct ear *ear, enum side from, struct slice bytes)
{
	unsigned freed;

	if (ear->preamble.refused)
		return;
	keep(ear->in[from], &ear->heard[from], bytes);
	freed = preamble_hear(&ear->preamble, ear->line, from, &bytes);
	for (int i = 0; i < SIDES; i++) {
		const struct slice held = line_unfinished(&ear->line[i]);

		if ((freed >> i & 1) == 0)
			continue;
		keep(ear->out[i], &ear->len[i], held);
		line_shed(&ear->line[i], held.len);
	}
	if (!ear->preamble.refused)
		keep(ear->out[from], &ear->len[from], bytes);
}

static void
run(struct ear *ear, struct slice script, size_t step)
{
	enum side from = SIDE_INITIATOR;

	memset(ear, 0, offsetof(struct ear, in));
	preamble_begin(&ear->preamble, true);
	while (script.len > 0) {
		size_t len = 0;

		while (len < script.len &&
		    (slice_at(script, len) < 0xf8 ||
			slice_at(script, len) > 0xfa))
			len++;
		for (size_t at = 0; at < len; at += step)
			say(ear, from,
			    slice_first(
				slice_after(slice_first(script, len), at),
				step));
		if (slice_at(script, len) == 0xfa) {
			preamble_gap(&ear->preamble, from);
			line_gap(&ear->line[from]);
			ear->gap = true;
		} else if (len < script.len) {
			from = slice_at(script, len) == 0xf8 ? SIDE_INITIATOR
							     : SIDE_RESPONDER;
		}
		script = slice_after(script, len + 1);
	}
}

/* With a gap, what it tore off is missing. */
static void
check_end(const struct ear *ear, enum side side)
{
	const size_t held = line_unfinished(&ear->line[side]).len;
	const size_t end = ear->heard[side] - held;

	if (ear->gap || ear->preamble.refused)
		return;
	FUZZ_HOLDS(ear->len[side] <= end);
	if (ear->preamble.layers == 0 && preamble_passed(&ear->preamble, side))
		FUZZ_HOLDS(held == 0);
	FUZZ_HOLDS(ear->len[side] == 0 ||
	    memcmp(ear->in[side] + ear->heard[side] - ear->len[side],
		ear->out[side], ear->len[side]) == 0);
}

static void
same(const struct ear *a, const struct ear *b)
{
	FUZZ_HOLDS(
	    memcmp(&a->preamble, &b->preamble, sizeof(a->preamble)) == 0);
	for (int i = 0; i < SIDES && !a->preamble.refused; i++) {
		FUZZ_HOLDS(a->len[i] == b->len[i]);
		FUZZ_HOLDS(memcmp(a->out[i], b->out[i], a->len[i]) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ear whole, parts;
	const struct slice script = slice_of(data, size);

	if (size > OUT_MAX)
		return 0;
	run(&whole, script, SIZE_MAX / 2);
	run(&parts, script, 1);
	same(&whole, &parts);
	run(&parts, script, 2 + size % 7);
	same(&whole, &parts);
	for (int i = 0; i < SIDES; i++)
		check_end(&whole, (enum side)i);
	return 0;
}
