/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reassembly - any pushes, acknowledgements and pauses against a map of
 * bytes that knows nothing of cells, windows or wraps.
 *
 * Invariant: each byte is heard at most once, in order, with the value of the
 * first copy that came in time; what is passed over as a gap was not here; and
 * every byte pushed is accounted for.  Of the first 4 KiB the last copies are
 * those of the map, and a conflict is seen if and only if one was kept to be
 * seen: among the first 4 KiB, the last 4 KiB, and what is held.
 *
 * The input: the first sequence number (4 bytes), then steps of 6 bytes: what,
 * place (2), length, cut, value.
 */
#include "sensor/flow/copies.h"
#include "sensor/flow/reassembly.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SPACE (1U << 17) /* offsets that a step can reach, and its bytes */
#define STEP  6

struct model {
	uint8_t byte[SPACE];
	bool here[SPACE];
	uint8_t last[SPACE]; /* of what is here */
	uint32_t told;       /* everything before it was heard or passed over */
	uint32_t acked;
	bool acks;
	uint64_t pushed;
	bool conflict;     /* must be seen */
	bool conflict_old; /* may be seen: its first copy may be gone */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* A second copy of a byte: is it another, and can that be known? */
static void
model_again(struct model *model, uint32_t i, uint8_t byte)
{
	bool kept = i < COPIES_BYTES || i >= model->told ||
	    model->told - i <= COPIES_BYTES;

	if (model->last[i] != byte && kept)
		model->conflict = true;
	if (model->last[i] != byte)
		model->conflict_old = true;
	if (i < COPIES_BYTES)
		model->last[i] = byte;
}

/* What reassembly may not hold, the model does not have either. */
static void
model_push(
    struct model *model, uint32_t from, uint32_t len, const uint8_t *bytes)
{
	uint32_t end = model->told + REASSEMBLY_WINDOW;

	model->pushed += len;
	if (len == 1 && from + 1 == model->told && model->acks &&
	    model->acked >= model->told)
		return; /* are you there? */
	for (uint32_t i = from; i < from + len; i++) {
		if (model->here[i])
			model_again(model, i, bytes[i - from]);
		if (i < model->told || model->here[i])
			continue;
		if (from > model->told && i >= end)
			break;
		model->byte[i] = model->last[i] = bytes[i - from];
		model->here[i] = true;
	}
}

static void
compare(struct reassembly *r, struct half *half, uint64_t tick_ns,
    struct model *model)
{
	static uint8_t copy[SPACE];
	struct piece piece;
	enum piece_kind kind;
	size_t len;

	while (
	    (kind = reassembly_pull(r, half, tick_ns, &piece)) != PIECE_NONE) {
		len = kind == PIECE_GAP ? piece.gap_len : piece.bytes.len;
		must(len > 0 && model->told + len <= SPACE);
		for (size_t i = 0; i < len; i++)
			must(model->here[model->told + i] ==
			    (kind == PIECE_BYTES));
		slice_bytes(copy, sizeof(copy), piece.bytes);
		must(kind == PIECE_GAP ||
		    memcmp(copy, model->byte + model->told, len) == 0);
		if (kind == PIECE_BYTES)
			copies_heard(reassembly_copies(r), half, piece.bytes);
		model->told += (uint32_t)len;
	}
	must(!model->here[model->told]);
}

/* The last copies are the map's, and so is whether they are all alike. */
static void
compare_last(const struct reassembly *r, const struct half *half,
    const struct model *model)
{
	const struct copies *copies = reassembly_copies(r);
	uint8_t copy[COPIES_BYTES];
	struct slice bytes;
	uint32_t at = 0;

	must(half->conflict ? model->conflict_old : !model->conflict);
	must(copies_whole(half));
	while (at < COPIES_BYTES && at < model->told) {
		bytes = copies_look(copies, half, at, model->told);
		bytes = slice_first(bytes, COPIES_BYTES - at);
		slice_bytes(copy, sizeof(copy), bytes);
		/* What was passed over may have come later. */
		for (size_t i = 0; i < bytes.len; i++)
			must(!model->here[at + i] ||
			    copy[i] == model->last[at + i]);
		at += (uint32_t)bytes.len;
		if (bytes.len == 0)
			must(!model->here[at++]);
	}
}

static void
push(struct reassembly *r, struct half *half, const uint8_t *step,
    struct segment segment, struct model *model)
{
	static uint8_t bytes[256 * 8];
	uint32_t from = (uint32_t)step[1] << 8 | step[2];
	uint32_t kept;

	if ((step[0] & 0x40) != 0)
		from += model->told; /* near what is wanted */
	if (from + sizeof(bytes) > SPACE)
		return;
	segment.wire_len = (step[0] & 0x20) != 0 ? step[3] * 8U : step[3];
	kept = step[4] < 200 ? segment.wire_len
			     : segment.wire_len * (step[4] - 200U) / 56;
	for (uint32_t i = 0; i < kept; i++)
		bytes[i] = (uint8_t)(step[5] + i);
	segment.seq += from;
	segment.bytes = slice_of(bytes, kept);
	model_push(model, from, kept, bytes);
	reassembly_push(r, half, &segment);
	compare(r, half, segment.tick_ns, model);
}

static void
acknowledge(struct half *half, const uint8_t *step, struct segment segment,
    struct model *model)
{
	uint32_t to = (uint32_t)step[1] << 8 | step[2];

	half_ack(half, segment.seq + to, segment.tick_ns);
	if (to > model->acked || !model->acks)
		model->acked = to;
	model->acks = true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model model;
	struct reassembly *r = reassembly_new(1, 1, 1);
	const struct reassembly_bytes *count = &reassembly_numbers(r)->bytes;
	struct segment segment = { 0 };
	uint32_t first = 0;
	struct half half;

	memset(&model, 0, sizeof(model));
	if (size >= 4)
		memcpy(&first, data, 4);
	half_begin_at(&half, first);
	for (size_t at = 4; at + STEP <= size; at += STEP) {
		segment.seq = first;
		segment.tick_ns += UINT64_C(1000000) * data[at + 5];
		if (data[at] % 8 == 0)
			acknowledge(&half, data + at, segment, &model);
		else
			push(r, &half, data + at, segment, &model);
		compare(r, &half, segment.tick_ns, &model);
	}
	must(reassembly_live(r) == half.held.cells);
	compare_last(r, &half, &model);
	reassembly_close(r, &half);
	compare(r, &half, segment.tick_ns, &model);
	reassembly_forget(r, &half);
	must(reassembly_live(r) == 0 && count->held == 0);
	must(copies_live(reassembly_copies(r)) == 0);
	must(model.pushed ==
	    count->lent + count->lent_held + count->duplicate + count->overlap +
		count->out_of_window + count->over_budget + count->forgotten);
	reassembly_free(r);
	return 0;
}
