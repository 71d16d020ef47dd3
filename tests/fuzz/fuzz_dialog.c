/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dialog out of any bytes.  What must hold:
 *
 *	however a turn is cut into segments, verdict, facts and evidence are
 *	the same;
 *	where the server's side is visible, nothing is confirmed that it has
 *	not accepted;
 *	what was confirmed stays so.
 *
 * The first byte is how the dialog begins, the rest is said; 0xf8 and 0xf9
 * change the speaker, 0xfa is a gap, 0xfb an acknowledgement.
 *
 * One input is heard again with: build/fuzz/tests/fuzz/fuzz_dialog FILE
 */
#include "dissectors/dialog.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ACCEPTED_BITS                                                          \
	(1U << ATOM_R1 | 1U << ATOM_R2 | 1U << ATOM_R3 | 1U << ATOM_R4 |       \
	    1U << ATOM_R5 | 1U << ATOM_R6 | 1U << ATOM_R7 | 1U << ATOM_R8)

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
say(struct dialog *dialog, enum side from, struct slice bytes, size_t step)
{
	struct slice part;
	bool confirmed;

	while (bytes.len > 0) {
		part = slice_first(bytes, step);
		bytes = slice_after(bytes, step);
		confirmed = dialog->verdict == VERDICT_CONFIRMED;
		dialog_notice(dialog, from, false);
		dialog_hear(dialog, from, part);
		must(!confirmed || dialog->verdict == VERDICT_CONFIRMED);
	}
}

static void
run(struct dialog *dialog, struct slice script, size_t step)
{
	const uint8_t how = slice_at(script, 0);
	const struct dialog_opening opening = {
		.handshake = (how & 1) != 0,
		.midstream = (how & 2) != 0,
	};
	enum side from = SIDE_RESPONDER;
	size_t len;

	dialog_begin(dialog, &opening);
	if ((how & 4) == 0) {
		dialog_notice(dialog, SIDE_INITIATOR, false);
		dialog_notice(dialog, SIDE_RESPONDER, false);
	}
	script = slice_after(script, 1);
	while (script.len > 0) {
		for (len = 0; len < script.len; len++)
			if (slice_at(script, len) >= 0xf8 &&
			    slice_at(script, len) <= 0xfb)
				break;
		say(dialog, from, slice_first(script, len), step);
		switch (slice_at(script, len)) {
		case 0xf8:
			from = SIDE_INITIATOR;
			break;
		case 0xf9:
			from = SIDE_RESPONDER;
			break;
		case 0xfa:
			dialog_gap(dialog, from);
			break;
		case 0xfb:
			dialog_notice(dialog, from, true);
			break;
		}
		script = slice_after(script, len + 1);
	}
	dialog_end(dialog);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dialog whole, bytes;
	const struct slice script = slice_of(data, size);

	if (size == 0)
		return 0;
	run(&whole, script, SIZE_MAX);
	run(&bytes, script, 1);
	must(whole.verdict == bytes.verdict);
	must(whole.label == bytes.label);
	must(whole.session.heard == bytes.session.heard);
	must(memcmp(&whole.session.facts, &bytes.session.facts,
		 sizeof(whole.session.facts)) == 0);
	if (whole.verdict == VERDICT_CONFIRMED &&
	    whole.side[whole.session.server].seen &&
	    whole.side[side_other(whole.session.server)].seen)
		must((whole.session.heard & ACCEPTED_BITS) != 0 ||
		    (data[0] & 4) != 0);
	return 0;
}
