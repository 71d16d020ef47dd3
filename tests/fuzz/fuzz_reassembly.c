/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reassembly - any pushes, acknowledgements and pauses against a map of
 * bytes that knows nothing of cells, windows or wraps.
 *
 * Invariant: each byte is heard at most once, in order, with the value of the
 * first copy that came in time; what is passed over as a gap was not here; and
 * every byte pushed is accounted for.
 *
 * The input: the first sequence number (4 bytes), then steps of 6 bytes: what,
 * place (2), length, cut, value.
 */
#include "sensor/flow/reassembly.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SPACE (1U << 17) /* offsets that a step can reach, and its bytes */
#define STEP  6

struct model {
	uint8_t byte[SPACE];
	bool here[SPACE];
	uint32_t told; /* everything before it was heard or passed over */
	uint64_t pushed;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool truth)
{
	if (!truth)
		abort();
}

/* What reassembly may not hold, the model does not have either. */
static void
model_push(
    struct model *model, uint32_t from, uint32_t len, const uint8_t *bytes)
{
	uint32_t end = model->told + REASSEMBLY_WINDOW;

	model->pushed += len;
	for (uint32_t i = from; i < from + len; i++) {
		if (i < model->told || model->here[i])
			continue;
		if (from > model->told && i >= end)
			break;
		model->byte[i] = bytes[i - from];
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
		model->told += (uint32_t)len;
	}
	must(!model->here[model->told]);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model model;
	struct reassembly *r = reassembly_new(1, 1);
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
			half_ack(&half,
			    first + data[at + 1] * 256U + data[at + 2],
			    segment.tick_ns);
		else
			push(r, &half, data + at, segment, &model);
		compare(r, &half, segment.tick_ns, &model);
	}
	must(reassembly_live(r) == half.pieces);
	reassembly_close(r, &half);
	compare(r, &half, segment.tick_ns, &model);
	reassembly_forget(r, &half);
	must(reassembly_live(r) == 0 && count->held == 0);
	must(model.pushed ==
	    count->lent + count->lent_held + count->duplicate + count->overlap +
		count->out_of_window + count->over_budget + count->forgotten);
	reassembly_free(r);
	return 0;
}
