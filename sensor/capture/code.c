/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code - a classic BPF program while it is being written.
 *
 * Until code_end() the operand of a long jump is its label.
 */
#include "sensor/capture/code.h"

#include <assert.h>

#define NEGATIVE UINT32_C(0x80000000)

void
code_begin(struct code *code)
{
	code->count = code->labels = 0;
	code->overflow = false;
}

void
code_put(struct code *code, uint16_t operation, uint32_t k)
{
	if (code->count == CODE_MAX) {
		code->overflow = true;
		return;
	}
	code->instruction[code->count++] =
	    (struct sock_filter){ .code = operation, .k = k };
}

bool
code_end(struct code *code)
{
	for (uint32_t i = 0; i < code->count && !code->overflow; i++) {
		struct sock_filter *at = &code->instruction[i];

		if (at->code != (BPF_JMP | BPF_JA))
			continue;
		assert(code->place[at->k] > i && "jumps go forward");
		at->k = code->place[at->k] - (i + 1);
	}
	return !code->overflow;
}

uint32_t
code_label(struct code *code)
{
	assert(code->labels < CODE_LABELS);
	code->place[code->labels] = 0;
	return code->labels++;
}

void
code_here(struct code *code, uint32_t label)
{
	assert(code->place[label] == 0 && "a label stands once");
	code->place[label] = code->count;
}

/* The operand is k: BPF_K is 0. */
void
code_alu(struct code *code, uint16_t operation, uint32_t k)
{
	code_put(code, (uint16_t)(BPF_ALU | operation), k);
}

void
code_byte(struct code *code, uint32_t at)
{
	code_put(code, BPF_LD | BPF_B | BPF_IND, at);
}

void
code_half(struct code *code, uint32_t at)
{
	code_put(code, BPF_LD | BPF_H | BPF_IND, at);
}

void
code_word(struct code *code, uint32_t at)
{
	code_put(code, BPF_LD | BPF_W | BPF_IND, at);
}

void
code_about(struct code *code, int what)
{
	code_put(code, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + what));
}

void
code_recall(struct code *code, uint32_t memory)
{
	code_put(code, BPF_LD | BPF_MEM, memory);
}

void
code_note(struct code *code, uint32_t memory)
{
	code_put(code, BPF_ST, memory);
}

void
code_recall_index(struct code *code, uint32_t memory)
{
	code_put(code, BPF_LDX | BPF_MEM, memory);
}

void
code_skip(struct code *code, uint32_t bytes)
{
	code_note(code, CODE_SPARE);
	code_put(code, BPF_MISC | BPF_TXA, 0);
	code_alu(code, BPF_ADD, bytes);
	code_put(code, BPF_MISC | BPF_TAX, 0);
	code_recall(code, CODE_SPARE);
}

void
code_skip_a(struct code *code)
{
	code_put(code, BPF_ALU | BPF_ADD | BPF_X, 0);
	code_put(code, BPF_MISC | BPF_TAX, 0);
}

void
code_jump(struct code *code, uint32_t label)
{
	code_put(code, BPF_JMP | BPF_JA, label);
}

/* What follows is one instruction: taken if that holds, or if it does not. */
static void
when(struct code *code, uint16_t test, uint32_t k, bool holds)
{
	code_put(code, BPF_JMP | test | BPF_K, k);
	if (code->overflow)
		return;
	code->instruction[code->count - 1].jt = holds ? 0 : 1;
	code->instruction[code->count - 1].jf = holds ? 1 : 0;
}

void
code_if_equal(struct code *code, uint32_t k, uint32_t label)
{
	when(code, BPF_JEQ, k, true);
	code_jump(code, label);
}

void
code_unless_equal(struct code *code, uint32_t k, uint32_t label)
{
	when(code, BPF_JEQ, k, false);
	code_jump(code, label);
}

void
code_if_bits(struct code *code, uint32_t bits, uint32_t label)
{
	when(code, BPF_JSET, bits, true);
	code_jump(code, label);
}

void
code_unless_bits(struct code *code, uint32_t bits, uint32_t label)
{
	when(code, BPF_JSET, bits, false);
	code_jump(code, label);
}

void
code_if_below(struct code *code, uint32_t k, uint32_t label)
{
	when(code, BPF_JGE, k, false);
	code_jump(code, label);
}

/* X may have gone beyond the end, so the difference is taken as signed. */
void
code_need(struct code *code, uint32_t bytes, uint32_t label)
{
	code_put(code, BPF_LD | BPF_W | BPF_LEN, 0);
	code_put(code, BPF_ALU | BPF_SUB | BPF_X, 0);
	code_alu(code, BPF_SUB, bytes);
	code_if_bits(code, NEGATIVE, label);
}

void
code_need_a(struct code *code, uint32_t label)
{
	code_note(code, CODE_SPARE);
	code_put(code, BPF_STX, CODE_PLACE);
	code_put(code, BPF_LD | BPF_W | BPF_LEN, 0);
	code_put(code, BPF_ALU | BPF_SUB | BPF_X, 0);
	code_recall_index(code, CODE_SPARE);
	code_put(code, BPF_ALU | BPF_SUB | BPF_X, 0);
	code_recall_index(code, CODE_PLACE);
	code_if_bits(code, NEGATIVE, label);
}
