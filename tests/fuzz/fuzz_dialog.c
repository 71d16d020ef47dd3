/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_dialog - a dialog out of any bytes, heard twice: whole, and cut: byte
 * by byte or anyhow, as the digest of the input falls.
 *
 * Claims: however a turn is cut into segments, verdict, facts and evidence are
 * the same; nothing is confirmed that a witness (witness.h) does not allow, and
 * what was confirmed stays so; the numbers and the client's name are of what
 * was said; what is told is fit to show; a dialog that is over changes no more,
 * and one that is wiped holds nothing.
 *
 * The first byte is how the dialog begins, the rest is said; 0xf8 and 0xf9
 * change the speaker, 0xfa is a gap, 0xfb an acknowledgement.  One input is
 * heard again with: build/fuzz-clang/tests/fuzz/fuzz_dialog FILE
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/witness.h"

#include "dissectors/client_dialect.h"
#include "dissectors/dialog.h"
#include "output/sanitize.h"

#include <string.h>

#define HANDSHAKE 1 /* bits of the first byte */
#define MIDSTREAM 2
#define ONE_SIDED 4 /* a side is seen when it says something, not before */

struct hearing {
	struct dialog dialog;
	struct witness *witness; /* NULL: nobody watches */
	uint32_t cuts;           /* 0: whole; 1: bytes; else their seed */
	enum side from;
};

static bool
changes_speaker(uint8_t byte)
{
	return byte >= 0xf8 && byte <= 0xfb;
}

/* How long the next segment is. */
static size_t
segment(struct hearing *hearing)
{
	if (hearing->cuts == 0)
		return SIZE_MAX;
	if (hearing->cuts == 1)
		return 1;
	hearing->cuts = hearing->cuts * 1664525 + 1013904223;
	return 1 + (hearing->cuts >> 27) * (hearing->cuts >> 25 & 3);
}

/* What a call did to the dialog, and whether it might. */
static void
judged(const struct hearing *hearing, enum verdict before, bool was_over,
    enum dialog_news news)
{
	const struct dialog *dialog = &hearing->dialog;

	FUZZ_HOLDS((news == NEWS_VERDICT) == (dialog->verdict != before));
	FUZZ_HOLDS(!was_over || news == NEWS_NONE);
	FUZZ_HOLDS(before != VERDICT_CONFIRMED || dialog->verdict == before);
	FUZZ_HOLDS(hearing->witness == NULL || news != NEWS_VERDICT ||
	    dialog->verdict != VERDICT_CONFIRMED ||
	    witness_allows(hearing->witness));
}

static void
say(struct hearing *hearing, struct slice bytes)
{
	struct dialog *dialog = &hearing->dialog;

	while (bytes.len > 0) {
		const struct slice part = slice_first(bytes, segment(hearing));
		const enum verdict before = dialog->verdict;
		const bool over = dialog_over(dialog);

		bytes = slice_after(bytes, part.len);
		for (size_t i = 0; hearing->witness != NULL && i < part.len;
		     i++)
			witness_hears(hearing->witness, (int)hearing->from,
			    slice_at(part, i));
		dialog_notice(dialog, hearing->from, false);
		judged(hearing, before, over,
		    dialog_hear(dialog, hearing->from, part));
	}
}

static void
notice(struct hearing *hearing, enum side from, bool acked)
{
	dialog_notice(&hearing->dialog, from, acked);
	if (hearing->witness == NULL)
		return;
	witness_seen(hearing->witness, (int)from);
	if (acked)
		witness_ack(hearing->witness, (int)from);
}

static void
gap(struct hearing *hearing)
{
	const enum verdict before = hearing->dialog.verdict;
	const bool over = dialog_over(&hearing->dialog);

	if (hearing->witness != NULL)
		witness_gap(hearing->witness, (int)hearing->from);
	judged(
	    hearing, before, over, dialog_gap(&hearing->dialog, hearing->from));
}

static void
play(struct hearing *hearing, struct slice script)
{
	size_t len;

	while (script.len > 0) {
		for (len = 0; len < script.len &&
		     !changes_speaker(slice_at(script, len));
		     len++)
			;
		say(hearing, slice_first(script, len));
		switch (slice_at(script, len)) {
		case 0xf8:
			hearing->from = SIDE_INITIATOR;
			break;
		case 0xf9:
			hearing->from = SIDE_RESPONDER;
			break;
		case 0xfa:
			gap(hearing);
			break;
		case 0xfb:
			notice(hearing, hearing->from, true);
			break;
		}
		script = slice_after(script, len + 1);
	}
}

static void
hear(struct hearing *hearing, struct slice script, uint32_t cuts,
    struct witness *witness)
{
	const uint8_t how = slice_at(script, 0);
	const struct dialog_opening opening = {
		.handshake = (how & HANDSHAKE) != 0,
		.midstream = (how & MIDSTREAM) != 0,
	};
	struct dialog *dialog = &hearing->dialog;
	enum verdict before;
	bool over;

	hearing->witness = witness;
	hearing->cuts = cuts;
	hearing->from = SIDE_RESPONDER;
	if (witness != NULL)
		witness_begin(witness, opening.handshake, opening.midstream);
	dialog_begin(dialog, &opening);
	if ((how & ONE_SIDED) == 0) {
		notice(hearing, SIDE_INITIATOR, false);
		notice(hearing, SIDE_RESPONDER, false);
	}
	play(hearing, slice_after(script, 1));
	before = dialog->verdict;
	over = dialog_over(dialog);
	judged(hearing, before, over, dialog_end(dialog));
}

/* All that anybody reads of a dialog. */
static void
same(const struct dialog *a, const struct dialog *b)
{
	FUZZ_HOLDS(a->verdict == b->verdict);
	FUZZ_HOLDS(a->label == b->label);
	FUZZ_HOLDS(a->rule == b->rule);
	FUZZ_HOLDS(a->session.heard == b->session.heard);
	FUZZ_HOLDS(a->session.cases == b->session.cases);
	FUZZ_HOLDS(a->session.server == b->session.server);
	FUZZ_HOLDS(memcmp(&a->session.facts, &b->session.facts,
		       sizeof(a->session.facts)) == 0);
	/* Whoever is refuted meanwhile is not asked how the tunnel goes on. */
	if (a->verdict != VERDICT_REFUTED) {
		FUZZ_HOLDS(memcmp(&a->preamble.target, &b->preamble.target,
			       sizeof(a->preamble.target)) == 0);
		FUZZ_HOLDS(a->preamble.refused == b->preamble.refused);
		FUZZ_HOLDS(a->preamble.layers == b->preamble.layers);
	}
	FUZZ_HOLDS(dialog_progress(a) == dialog_progress(b));
}

static void
fit_to_show(const void *bytes, size_t len, size_t most)
{
	char shown[SANITIZE_MAX + 1];

	FUZZ_HOLDS(len <= most);
	len = sanitize(shown, sizeof(shown), bytes, len, NULL);
	FUZZ_HOLDS(len <= SANITIZE_MAX && shown[len] == '\0');
	for (size_t i = 0; i < len; i++)
		FUZZ_HOLDS(
		    shown[i] >= ' ' && shown[i] <= '~' && shown[i] != '"');
}

/* What is told of it: within its bounds, said by somebody, no bytes but text
 * once it is shown. */
static void
check_facts(const struct dialog *dialog, const struct witness *witness)
{
	const struct facts *facts = &dialog->session.facts;
	const char *version_end =
	    memchr(facts->software.version, '\0', SOFTWARE_VERSION_MAX);

	fit_to_show(facts->greeting, facts->greeting_len, FACTS_GREETING_MAX);
	fit_to_show(facts->helo, facts->helo_len, FACTS_HELO_MAX);
	fit_to_show(dialog->preamble.target.host, dialog->preamble.target.len,
	    PREAMBLE_HOST_MAX);
	FUZZ_HOLDS(version_end != NULL);
	fit_to_show(facts->software.version,
	    (size_t)(version_end - facts->software.version),
	    SOFTWARE_VERSION_MAX);
	FUZZ_HOLDS(memchr(facts->greeting, '\n', facts->greeting_len) == NULL);
	FUZZ_HOLDS(memchr(facts->helo, '\n', facts->helo_len) == NULL);

	FUZZ_HOLDS(facts->keyword_count <= FACTS_KEYWORDS_MAX);
	for (unsigned i = 0; i < facts->keyword_count; i++)
		FUZZ_HOLDS(keyword_name(facts->keywords[i]) != NULL);
	FUZZ_HOLDS(facts->code_count <= FACTS_CODES_MAX);
	FUZZ_HOLDS(witness_counts(witness, facts->messages,
	    facts->rcpt_accepted, facts->rcpt_rejected));
	FUZZ_HOLDS(witness_knows(witness, facts->helo, facts->helo_len));
}

/* Two sides' unfinished lines are gone with the end, all else with a wipe. */
static void
check_wiped(struct dialog *dialog)
{
	static const struct dialog nothing;

	for (int i = 0; i < SIDES; i++)
		FUZZ_HOLDS(memcmp(dialog->line[i].head, nothing.line[i].head,
			       LINE_MAX_KEPT) == 0);
	dialog_wipe(dialog);
	FUZZ_HOLDS(memcmp(dialog, &nothing, sizeof(nothing)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hearing whole, parts;
	static struct witness witness;
	const struct slice script = slice_of(data, size);
	const uint32_t digest = slice_digest(script);

	if (size == 0)
		return 0;
	hear(&whole, script, 0, NULL);
	hear(&parts, script, (digest & 1) != 0 ? digest : 1, &witness);
	same(&whole.dialog, &parts.dialog);
	check_facts(&whole.dialog, &witness);
	check_wiped(&whole.dialog);
	check_wiped(&parts.dialog);
	return 0;
}
