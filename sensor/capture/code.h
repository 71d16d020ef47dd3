/* SPDX-License-Identifier: Apache-2.0 */
/*
 * code - a classic BPF program while it is being written (the kernel's
 * Documentation/networking/filter.rst).
 *
 * The machine has an accumulator A, an index X and sixteen words M[].  X is
 * kept on the header at hand, so loads say where they read behind it.  Jumps go
 * forward only, to labels that are placed later; a conditional one reaches 255
 * instructions, so each is one over a jump that reaches anywhere.
 */
#ifndef STRAYMAIL_CODE_H
#define STRAYMAIL_CODE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#define CODE_MAX    BPF_MAXINSNS
#define CODE_LABELS 512

/* Plain; what is written too much is noted, and code_end() says so. */
struct code {
	struct sock_filter instruction[CODE_MAX];
	uint32_t place[CODE_LABELS]; /* where a label stands */
	uint32_t count, labels;
	bool overflow;
};

void code_begin(struct code *code);

/* Resolves the jumps.  False: it grew too long. */
bool code_end(struct code *code);

/* A label that stands nowhere yet, and where it stands: here. */
uint32_t code_label(struct code *code);
void code_here(struct code *code, uint32_t label);

/* One instruction; A, X and M[] are as linux/filter.h says. */
void code_put(struct code *code, uint16_t operation, uint32_t k);

/* A = A operation k: BPF_ADD, BPF_AND ... */
void code_alu(struct code *code, uint16_t operation, uint32_t k);

/* A = what stands `at` bytes behind X, in host order. */
void code_byte(struct code *code, uint32_t at);
void code_half(struct code *code, uint32_t at);
void code_word(struct code *code, uint32_t at);

/* A = what the kernel knows of the packet: an SKF_AD_ constant. */
void code_about(struct code *code, int what);

/* A = M[], M[] = A, X = M[] */
void code_recall(struct code *code, uint32_t memory);
void code_note(struct code *code, uint32_t memory);
void code_recall_index(struct code *code, uint32_t memory);

/* X += bytes; A stays.  Uses M[CODE_SPARE]. */
void code_skip(struct code *code, uint32_t bytes);
/* X += A; A is lost. */
void code_skip_a(struct code *code);

#define CODE_SPARE 14 /* M[] that code_skip() and code_need_a() use */
#define CODE_PLACE 15

void code_jump(struct code *code, uint32_t label);
/* By A, which stays: equal, all but equal, any of these bits set, none. */
void code_if_equal(struct code *code, uint32_t k, uint32_t label);
void code_unless_equal(struct code *code, uint32_t k, uint32_t label);
void code_if_bits(struct code *code, uint32_t bits, uint32_t label);
void code_unless_bits(struct code *code, uint32_t bits, uint32_t label);
void code_if_below(struct code *code, uint32_t k, uint32_t label);

/* To the label if the packet has not so many bytes behind X; A is lost. */
void code_need(struct code *code, uint32_t bytes, uint32_t label);
void code_need_a(struct code *code, uint32_t label); /* ... as A says */

#endif
