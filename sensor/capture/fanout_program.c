/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_program - which worker a packet is for, as a program for the kernel.
 *
 * Offset 0 is the network header of a received frame, and the kernel has taken
 * the outermost VLAN tag off, so the walk begins at the EtherType that it
 * remembers.  What this host sends still has its Ethernet header in front; of
 * other links nobody knows how long that is, and all of it is for member 0.
 * A load beyond the frame would end the program with 0: lengths are
 * asked for before each header, and a short frame is hashed by what was read.
 */
#include "sensor/capture/fanout_program.h"

#include "sensor/capture/fanout_walk.h"

#include <linux/if_arp.h>
#include <linux/if_packet.h>

#define IP6_WORDS 4

/* Two odd constants without a pattern (the golden ratio; MurmurHash3). */
#define SPREAD 0x9E3779B1U
#define MIX    0x85EBCA6BU

static void
put_start(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t received = code_label(code);

	code_put(code, BPF_LD | BPF_IMM, 0);
	code_put(code, BPF_MISC | BPF_TAX, 0);
	for (uint32_t i = 0; i < FANOUT_MEMORIES; i++)
		code_note(code, i);
	code_about(code, SKF_AD_PKTTYPE);
	code_unless_equal(code, PACKET_OUTGOING, received);
	code_about(code, SKF_AD_HATYPE);
	code_if_equal(code, ARPHRD_ETHER, fanout_here(walk, ENTRY_ETHERNET));
	code_put(code, BPF_RET | BPF_K, 0);
	code_here(code, received);
	code_about(code, SKF_AD_PROTOCOL);
	code_jump(code, fanout_here(walk, ENTRY_TYPE));
}

static void
put_labels(struct fanout_walk *walk)
{
	walk->finish = code_label(walk->code);
	for (unsigned level = 0; level <= FANOUT_LEVELS; level++)
		for (unsigned i = 0; i < FANOUT_ENTRIES; i++)
			walk->entry[level][i] = level < FANOUT_LEVELS
			    ? code_label(walk->code)
			    : walk->finish;
}

/* A ^= A >> bits */
static void
put_fold(struct code *code, uint32_t bits)
{
	code_put(code, BPF_MISC | BPF_TAX, 0);
	code_alu(code, BPF_RSH, bits);
	code_put(code, BPF_ALU | BPF_XOR | BPF_X, 0);
}

/* An address of so many words, made one: M[memory]. */
static void
put_address(struct code *code, uint32_t at, unsigned words, uint32_t memory)
{
	for (unsigned i = 0; i < words; i++) {
		code_recall_index(code, FANOUT_PAIR);
		code_word(code, at + 4 * i);
		code_recall_index(code, memory);
		code_put(code, BPF_ALU | BPF_XOR | BPF_X, 0);
		code_alu(code, BPF_MUL, SPREAD);
		put_fold(code, 15);
		code_note(code, memory);
	}
}

static void
put_pair(struct code *code, unsigned words)
{
	put_address(code, 0, words, FANOUT_SOURCE);
	put_address(code, 4 * words, words, FANOUT_DESTINATION);
}

/* The sum of both is the same in both directions; its bits are then mixed, for
 * the kernel takes what is left of a division. */
static void
put_hash(struct code *code)
{
	code_recall(code, FANOUT_SOURCE);
	code_recall_index(code, FANOUT_DESTINATION);
	code_put(code, BPF_ALU | BPF_ADD | BPF_X, 0);
	put_fold(code, 16);
	code_alu(code, BPF_MUL, MIX);
	put_fold(code, 13);
	code_alu(code, BPF_MUL, SPREAD);
	put_fold(code, 16);
	code_put(code, BPF_RET | BPF_A, 0);
}

/* The addresses that were reached last, if there were any. */
static void
put_finish(struct fanout_walk *walk, uint32_t secret)
{
	struct code *code = walk->code;
	uint32_t six = code_label(code), none = code_label(code),
		 hash = code_label(code);

	code_here(code, walk->finish);
	code_recall(code, FANOUT_FAMILY);
	code_if_equal(code, 0, none);
	code_put(code, BPF_LD | BPF_IMM, secret);
	code_note(code, FANOUT_SOURCE);
	code_note(code, FANOUT_DESTINATION);
	code_recall(code, FANOUT_FAMILY);
	code_if_equal(code, 6, six);
	put_pair(code, 1);
	code_jump(code, hash);
	code_here(code, six);
	put_pair(code, IP6_WORDS);
	code_here(code, hash);
	put_hash(code);
	code_here(code, none);
	code_put(code, BPF_RET | BPF_K, 0);
}

bool
fanout_program(
    const struct decap *decap, uint32_t secret, struct code *ret_code)
{
	struct fanout_walk walk = { .code = ret_code, .decap = decap };

	code_begin(ret_code);
	put_labels(&walk);
	put_start(&walk);
	for (; walk.level < FANOUT_LEVELS; walk.level++) {
		fanout_put_links(&walk);
		fanout_put_ip(&walk);
		fanout_put_tunnels(&walk);
	}
	put_finish(&walk, secret);
	return code_end(ret_code);
}
