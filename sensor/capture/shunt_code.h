/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_code - an extended BPF program while it is being written (the kernel's
 * Documentation/bpf/standardization/instruction-set.rst).
 *
 * Programs are tables of rows: an instruction each, a label, or an instruction
 * with an operand that is known only when the program is loaded.  The macros
 * below are the mnemonics; R6 to R8 survive calls, FP is the stack's end.
 *
 * Only for the shunt.
 */
#ifndef STRAYMAIL_SHUNT_CODE_H
#define STRAYMAIL_SHUNT_CODE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHUNT_CODE_MAX   32000 /* jumps are of 16 bits */
#define SHUNT_LABELS_MAX 8192

/* What a row's operand stands for. */
enum shunt_operand {
	SHUNT_PLAIN,   /* itself */
	SHUNT_SNAPLEN, /* bytes to be kept of a packet */
	SHUNT_FLOWS,   /* the map of those that were ruled out */
	SHUNT_TOTALS,  /* the map of what was dropped, by CPU */
};

#define SHUNT_OPERANDS (SHUNT_TOTALS + 1)

struct shunt_row {
	uint8_t code; /* linux/bpf.h's */
	unsigned dst : 4, src : 4;
	uint8_t operand; /* enum shunt_operand */
	int16_t off;
	uint16_t label; /* where a jump goes to */
	uint16_t here;  /* no instruction: the label's place */
	int32_t imm;
};

struct shunt_code {
	uint32_t count;
	bool overflow;
	int32_t operand[SHUNT_OPERANDS];
	int32_t place[SHUNT_LABELS_MAX]; /* where a label stands */
	uint16_t jump[SHUNT_CODE_MAX]; /* label an instruction goes to, or 0 */
	struct bpf_insn insn[SHUNT_CODE_MAX];
};

/* NULL: no memory.  operand[SHUNT_PLAIN] is not used. */
struct shunt_code *shunt_code_new(const int32_t operand[SHUNT_OPERANDS]);
void shunt_code_free(struct shunt_code *code);

void shunt_code_put(struct shunt_code *code, const struct shunt_row *row);
void shunt_code_table(
    struct shunt_code *code, const struct shunt_row *rows, size_t count);

/* Resolves the jumps.  False: it grew too long. */
bool shunt_code_end(struct shunt_code *code);

/* --- mnemonics ------------------------------------------------------------- */

#define R0 BPF_REG_0
#define R1 BPF_REG_1
#define R2 BPF_REG_2
#define R3 BPF_REG_3
#define R4 BPF_REG_4
#define R6 BPF_REG_6
#define R7 BPF_REG_7
#define R8 BPF_REG_8
#define FP BPF_REG_10

/* clang-format off */
#define HERE(l)           { .here = (l) }
#define OP_K(c, d, k)     { .code = (uint8_t)((c) | BPF_K), .dst = (d), .imm = (k) }
#define OP_X(c, d, s)     { .code = (uint8_t)((c) | BPF_X), .dst = (d), .src = (s) }
#define IF_K(c, d, k, l)  { .code = BPF_JMP | (c) | BPF_K, .dst = (d), .imm = (k), .label = (l) }
#define IF_X(c, d, s, l)  { .code = BPF_JMP | (c) | BPF_X, .dst = (d), .src = (s), .label = (l) }

#define SET(d, k)         OP_K(BPF_ALU64 | BPF_MOV, d, k)
#define MOVE(d, s)        OP_X(BPF_ALU64 | BPF_MOV, d, s)
#define MOVE32(d, s)      OP_X(BPF_ALU | BPF_MOV, d, s)
#define ADD(d, k)         OP_K(BPF_ALU64 | BPF_ADD, d, k)
#define ADD_REG(d, s)     OP_X(BPF_ALU64 | BPF_ADD, d, s)
#define AND(d, k)         OP_K(BPF_ALU64 | BPF_AND, d, k)
#define RIGHT(d, k)       OP_K(BPF_ALU64 | BPF_RSH, d, k)
#define LEFT(d, k)        OP_K(BPF_ALU64 | BPF_LSH, d, k)
#define BIG(d, bits)      { .code = BPF_ALU | BPF_END | BPF_TO_BE, .dst = (d), .imm = (bits) }

/* From memory and to it; the sizes are BPF_B, BPF_H, BPF_W, BPF_DW. */
#define LOAD(size, d, s, at)  { .code = BPF_LDX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (at) }
#define STORE(size, d, at, s) { .code = BPF_STX | BPF_MEM | (size), .dst = (d), .src = (s), .off = (at) }
#define PUT(size, d, at, k)   { .code = BPF_ST | BPF_MEM | (size), .dst = (d), .off = (at), .imm = (k) }
#define COUNT(d, at, s)       { .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst = (d), .src = (s), .off = (at), .imm = BPF_ADD }

#define GO(l)             { .code = BPF_JMP | BPF_JA, .label = (l) }
#define IF_EQUAL(d, k, l) IF_K(BPF_JEQ, d, k, l)
#define UNLESS(d, k, l)   IF_K(BPF_JNE, d, k, l)
#define IF_ABOVE(d, k, l) IF_K(BPF_JGT, d, k, l)
#define IF_BELOW(d, k, l) IF_K(BPF_JLT, d, k, l)
#define CALL(function)    { .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_##function }
#define EXIT              { .code = BPF_JMP | BPF_EXIT }

/* Two instructions wide. */
#define SET_MAP(d, o)   { .code = BPF_LD | BPF_IMM | BPF_DW, .dst = (d), .src = BPF_PSEUDO_MAP_FD, .operand = (o) }, { .code = 0 }
/* clang-format on */

#endif
