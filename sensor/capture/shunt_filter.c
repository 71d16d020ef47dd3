/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_filter - the accumulator becomes R0, the index R7, the words M[] are on
 * the stack; a label stands before each instruction.
 *
 * Loads of packet bytes stay what they are: the extended machine has them too,
 * and they end the program with 0 where there is no such byte, which is what
 * the classic machine does (the kernel's Documentation/bpf/
 * classic_vs_extended.rst).  They lose R1 to R5.
 */
#include "sensor/capture/shunt_filter.h"

#include "sensor/capture/shunt_walk.h"

#define A          R0
#define X          R7
#define SPARE      R8
#define WORDS      BPF_MEMWORDS
#define WORD_AT(k) (SHUNT_STACK_FREE - 4 * (int)((k) + 1))

#define LABEL(i)   ((uint16_t)(SHUNT_LABEL_FREE + (i)))
#define OP_MASK    0xF0

/* What a classic program asks the kernel instead of the packet. */
static const struct {
	uint32_t what; /* behind SKF_AD_OFF */
	int16_t at;    /* in struct __sk_buff */
	bool big;      /* it is in network order there */
} known[] = {
	{ SKF_AD_PROTOCOL, offsetof(struct __sk_buff, protocol), true },
	{ SKF_AD_PKTTYPE, offsetof(struct __sk_buff, pkt_type), false },
	{ SKF_AD_IFINDEX, offsetof(struct __sk_buff, ifindex), false },
	{ SKF_AD_MARK, offsetof(struct __sk_buff, mark), false },
	{ SKF_AD_QUEUE, offsetof(struct __sk_buff, queue_mapping), false },
	{ SKF_AD_RXHASH, offsetof(struct __sk_buff, hash), false },
	{ SKF_AD_VLAN_TAG, offsetof(struct __sk_buff, vlan_tci), false },
	{ SKF_AD_VLAN_TAG_PRESENT, offsetof(struct __sk_buff, vlan_present),
	    false },
	{ SKF_AD_VLAN_TPID, offsetof(struct __sk_buff, vlan_proto), true },
};

static void
put(struct shunt_code *code, struct shunt_row row)
{
	shunt_code_put(code, &row);
}

#define EMIT(...) put(code, (struct shunt_row)__VA_ARGS__)

static bool
put_known(struct shunt_code *code, uint32_t what)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].what != what)
			continue;
		EMIT(LOAD(BPF_W, A, R6, known[i].at));
		if (known[i].big)
			EMIT(BIG(A, 16));
		return true;
	}
	return false;
}

/* A = bytes of the packet, or what the kernel knows of it. */
static bool
put_read(struct shunt_code *code, const struct sock_filter *from)
{
	if (from->k > INT32_MAX)
		return BPF_MODE(from->code) == BPF_ABS &&
		    put_known(code, from->k - (uint32_t)SKF_AD_OFF);
	put(code,
	    (struct shunt_row){
		.code = (uint8_t)from->code,
		.src = BPF_MODE(from->code) == BPF_IND ? X : 0,
		.imm = (int32_t)from->k,
	    });
	return true;
}

/* X = the length of the IPv4 header that stands there; A stays. */
static bool
put_header_length(struct shunt_code *code, const struct sock_filter *from)
{
	const struct sock_filter byte = {
		.code = BPF_LD | BPF_B | BPF_ABS,
		.k = from->k,
	};

	EMIT(MOVE32(SPARE, A));
	if (from->k > INT32_MAX || !put_read(code, &byte))
		return false;
	EMIT(OP_K(BPF_ALU | BPF_AND, A, 0xF));
	EMIT(OP_K(BPF_ALU | BPF_LSH, A, 2));
	EMIT(MOVE32(X, A));
	EMIT(MOVE32(A, SPARE));
	return true;
}

static bool
put_load(struct shunt_code *code, const struct sock_filter *from, bool index)
{
	switch (BPF_MODE(from->code)) {
	case BPF_ABS:
	case BPF_IND:
		return !index && put_read(code, from);
	case BPF_IMM:
		EMIT(OP_K(BPF_ALU | BPF_MOV, index ? X : A, (int32_t)from->k));
		return true;
	case BPF_MEM:
		EMIT(LOAD(BPF_W, index ? X : A, FP, (int16_t)WORD_AT(from->k)));
		return from->k < WORDS;
	case BPF_LEN:
		EMIT(LOAD(
		    BPF_W, index ? X : A, R6, offsetof(struct __sk_buff, len)));
		return true;
	case BPF_MSH:
		return index && put_header_length(code, from);
	default:
		return false;
	}
}

static bool
put_store(struct shunt_code *code, const struct sock_filter *from, bool index)
{
	EMIT(STORE(BPF_W, FP, (int16_t)WORD_AT(from->k), index ? X : A));
	return from->k < WORDS;
}

/* Who divides by zero ends with 0, here as there by a jump. */
static bool
put_alu(struct shunt_code *code, const struct sock_filter *from)
{
	unsigned op = from->code & OP_MASK;
	bool by_x = BPF_SRC(from->code) == BPF_X;
	bool divides = op == BPF_DIV || op == BPF_MOD;
	bool shifts = op == BPF_LSH || op == BPF_RSH;

	if (op > BPF_XOR || (shifts && !by_x && from->k > 31) ||
	    (divides && !by_x && from->k == 0))
		return false;
	if (divides && by_x) {
		EMIT(MOVE32(X, X)); /* its upper half is zero from here on */
		EMIT(IF_EQUAL(X, 0, SHUNT_DROP));
	}
	if (op == BPF_NEG)
		EMIT({ .code = BPF_ALU | BPF_NEG });
	else if (by_x)
		EMIT(OP_X(BPF_ALU | op, A, X));
	else
		EMIT(OP_K(BPF_ALU | op, A, (int32_t)from->k));
	return true;
}

static void
put_jump(struct shunt_code *code, const struct sock_filter *from, size_t i)
{
	unsigned op = from->code & OP_MASK;
	bool by_x = BPF_SRC(from->code) == BPF_X;

	if (op == BPF_JA) {
		EMIT(GO(LABEL(i + 1 + from->k)));
		return;
	}
	put(code,
	    (struct shunt_row){
		.code = (uint8_t)(BPF_JMP32 | op | BPF_SRC(from->code)),
		.dst = A,
		.src = by_x ? X : 0,
		.imm = by_x ? 0 : (int32_t)from->k,
		.label = LABEL(i + 1 + from->jt),
	    });
	if (from->jf != 0)
		EMIT(GO(LABEL(i + 1 + from->jf)));
}

/* How much a filter wants to keep is how much everybody does. */
static bool
put_return(struct shunt_code *code, const struct sock_filter *from)
{
	if (BPF_RVAL(from->code) == BPF_A) {
		EMIT(MOVE32(A, A)); /* its upper half is none of it */
		EMIT(IF_EQUAL(A, 0, SHUNT_DROP));
	} else if (from->k == 0) {
		EMIT(GO(SHUNT_DROP));
		return true;
	}
	EMIT(GO(SHUNT_WALK));
	return true;
}

static bool
put_one(struct shunt_code *code, const struct sock_filter *from, size_t i)
{
	switch (BPF_CLASS(from->code)) {
	case BPF_LD:
		return put_load(code, from, false);
	case BPF_LDX:
		return put_load(code, from, true);
	case BPF_ST:
		return put_store(code, from, false);
	case BPF_STX:
		return put_store(code, from, true);
	case BPF_ALU:
		return put_alu(code, from);
	case BPF_JMP:
		put_jump(code, from, i);
		return true;
	case BPF_RET:
		return put_return(code, from);
	default: /* BPF_MISC, which the extended machine has not */
		if (BPF_MISCOP(from->code) == BPF_TAX)
			EMIT(MOVE32(X, A));
		else
			EMIT(MOVE32(A, X));
		return true;
	}
}

/* Where an instruction may lead to is reached; nowhere is behind the end.  A
 * loop, of which classic kernels know none either, is not followed. */
static bool
reach(bool reached[], const struct sock_filter *from, size_t left)
{
	bool jumps = BPF_CLASS(from->code) == BPF_JMP;
	unsigned op = from->code & OP_MASK;
	size_t yes = 0, no = 0;

	if (BPF_CLASS(from->code) == BPF_RET)
		return true;
	if (jumps && op > BPF_JSET)
		return false;
	if (jumps) {
		yes = op == BPF_JA ? from->k : from->jt;
		no = op == BPF_JA ? from->k : from->jf;
	}
	if (yes >= left || no >= left)
		return false;
	reached[yes] = reached[no] = true;
	return true;
}

/* What cannot be reached is left out: the verifier does not take it.  For the
 * same reason there is a jump to the walk that is never made, lest the filter
 * refuse everything. */
bool
shunt_filter_put(struct shunt_code *code,
    const struct sock_filter *instructions, size_t count)
{
	bool reached[BPF_MAXINSNS] = { true };
	bool good = count > 0 && count <= BPF_MAXINSNS;

	EMIT(SET(A, 0));
	EMIT(SET(X, 0));
	EMIT(UNLESS(A, 0, SHUNT_WALK));
	for (unsigned k = 0; k < WORDS; k++)
		EMIT(PUT(BPF_W, FP, (int16_t)WORD_AT(k), 0));
	for (size_t i = 0; good && i < count; i++) {
		if (!reached[i])
			continue;
		EMIT(HERE(LABEL(i)));
		good =
		    reach(&reached[i + 1], &instructions[i], count - i - 1) &&
		    put_one(code, &instructions[i], i);
	}
	return good;
}
