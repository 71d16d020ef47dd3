/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_code - rows in, instructions out; jumps are resolved at the end, since
 * most go forward.
 */
#include "sensor/capture/shunt_code.h"

#include <stdlib.h>

#define NOWHERE (-1)

struct shunt_code *
shunt_code_new(const int32_t operand[SHUNT_OPERANDS])
{
	struct shunt_code *code = calloc(1, sizeof(*code));

	if (code == NULL)
		return NULL;
	for (size_t i = 0; i < SHUNT_OPERANDS; i++)
		code->operand[i] = operand[i];
	for (size_t i = 0; i < SHUNT_LABELS_MAX; i++)
		code->place[i] = NOWHERE;
	return code;
}

void
shunt_code_free(struct shunt_code *code)
{
	free(code);
}

void
shunt_code_put(struct shunt_code *code, const struct shunt_row *row)
{
	if (row->here >= SHUNT_LABELS_MAX || row->label >= SHUNT_LABELS_MAX ||
	    code->count == SHUNT_CODE_MAX) {
		code->overflow = true;
		return;
	}
	if (row->here != 0) {
		code->place[row->here] = (int32_t)code->count;
		return;
	}
	code->jump[code->count] = row->label;
	code->insn[code->count++] = (struct bpf_insn){
		.code = row->code,
		.dst_reg = row->dst,
		.src_reg = row->src,
		.off = row->off,
		.imm = row->operand == SHUNT_PLAIN
		    ? row->imm
		    : code->operand[row->operand],
	};
}

void
shunt_code_table(
    struct shunt_code *code, const struct shunt_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		shunt_code_put(code, &rows[i]);
}

bool
shunt_code_end(struct shunt_code *code)
{
	for (uint32_t i = 0; i < code->count; i++) {
		int32_t place = code->place[code->jump[i]];

		if (code->jump[i] == 0)
			continue;
		if (place == NOWHERE)
			return false;
		code->insn[i].off = (int16_t)(place - (int32_t)i - 1);
	}
	return !code->overflow;
}
