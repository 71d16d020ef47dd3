/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_ip - IP in a fan-out program: its addresses are noted, and then what
 * it carries is looked into (decode/ip.c says the same in C).
 *
 * A fragment is hashed by these addresses, the first one too: what it carries
 * would be known to one of its datagram alone.
 */
#include "sensor/capture/fanout_walk.h"

#define IP4_LEN        20
#define IP4_ADDRESSES  12
#define IP4_FRAGMENT   0x3FFF /* an offset, or more to come */
#define IP6_LEN        40
#define IP6_ADDRESSES  8
#define IP6_FRAGMENT   0xFFF9
#define EXTENSIONS     2
#define EXTENSION_LEN  8
#define FRAGMENT       44
#define AUTHENTICATION 51
#define ETHERIP        97
#define ETHERIP_LEN    2

#define COUNT(table)   (sizeof(table) / sizeof((table)[0]))

/* Hop by hop, routing, destination options, mobility, host identity, shim6. */
static const uint8_t extensions[] = { 0, 43, 60, 135, 139, 140 };

/* These addresses are the innermost so far. */
static void
put_pair(struct fanout_walk *walk, uint32_t at, uint32_t family)
{
	struct code *code = walk->code;

	code_put(code, BPF_MISC | BPF_TXA, 0);
	code_alu(code, BPF_ADD, at);
	code_note(code, FANOUT_PAIR);
	code_put(code, BPF_LD | BPF_IMM, family);
	code_note(code, FANOUT_FAMILY);
}

/* To finish, unless the header is whole and of that version. */
static void
put_version(struct fanout_walk *walk, uint32_t len, uint32_t version)
{
	struct code *code = walk->code;

	code_need(code, len, walk->finish);
	code_byte(code, 0);
	code_alu(code, BPF_RSH, 4);
	code_unless_equal(code, version, walk->finish);
}

/* Where there is no link layer the version tells. */
static void
put_either(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_IP));
	code_need(code, 1, walk->finish);
	code_byte(code, 0);
	code_alu(code, BPF_RSH, 4);
	code_if_equal(code, 6, fanout_here(walk, ENTRY_IP6));
	/* and on with IPv4, which stands next */
}

static void
put_ip4(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_IP4));
	put_version(walk, IP4_LEN, 4);
	put_pair(walk, IP4_ADDRESSES, 4);
	code_half(code, 6);
	code_if_bits(code, IP4_FRAGMENT, walk->finish);
	code_byte(code, 9);
	code_note(code, FANOUT_TYPE);
	code_byte(code, 0);
	code_alu(code, BPF_AND, 0x0F);
	code_alu(code, BPF_LSH, 2);
	code_skip_a(code);
	code_recall(code, FANOUT_TYPE);
	code_jump(code, fanout_here(walk, ENTRY_PROTOCOL));
}

static void
put_ip6(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_IP6));
	put_version(walk, IP6_LEN, 6);
	put_pair(walk, IP6_ADDRESSES, 6);
	code_byte(code, 6);
	code_skip(code, IP6_LEN);
	/* and on with what it carries, which stands next */
}

/* The header at X goes by its second byte: so many units, and `less` more. */
static void
put_extension(struct fanout_walk *walk, uint32_t less, uint32_t shift)
{
	struct code *code = walk->code;

	code_need(code, EXTENSION_LEN, walk->finish);
	code_byte(code, 0);
	code_note(code, FANOUT_TYPE);
	code_byte(code, 1);
	code_alu(code, BPF_ADD, less);
	code_alu(code, BPF_LSH, shift);
	code_skip_a(code);
	code_recall(code, FANOUT_TYPE);
}

/* A fragment header on a whole packet is one extension header more. */
static void
put_atomic(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_need(code, EXTENSION_LEN, walk->finish);
	code_half(code, 2);
	code_if_bits(code, IP6_FRAGMENT, walk->finish);
	code_byte(code, 0);
	code_skip(code, EXTENSION_LEN);
}

/* Past one extension header; to `carried` if A is none. */
static void
put_past_extension(struct fanout_walk *walk, uint32_t carried)
{
	struct code *code = walk->code;
	uint32_t extension = code_label(code), next = code_label(code),
		 authentication = code_label(code), atomic = code_label(code);

	for (unsigned i = 0; i < COUNT(extensions); i++)
		code_if_equal(code, extensions[i], extension);
	code_if_equal(code, AUTHENTICATION, authentication);
	code_if_equal(code, FRAGMENT, atomic);
	code_jump(code, carried);
	code_here(code, extension);
	put_extension(walk, 1, 3);
	code_jump(code, next);
	code_here(code, authentication);
	put_extension(walk, 2, 2);
	code_jump(code, next);
	code_here(code, atomic);
	put_atomic(walk);
	code_here(code, next);
}

static void
put_protocol(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t carried = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_PROTOCOL));
	for (unsigned i = 0; i < EXTENSIONS; i++)
		put_past_extension(walk, carried);
	code_here(code, carried);
	code_if_equal(code, 4, fanout_inside(walk, ENTRY_IP4));
	code_if_equal(code, 41, fanout_inside(walk, ENTRY_IP6));
	code_if_equal(code, 17, fanout_here(walk, ENTRY_UDP));
	code_if_equal(code, 47, fanout_here(walk, ENTRY_GRE));
	code_if_equal(code, 137, fanout_inside(walk, ENTRY_MPLS));
	code_unless_equal(code, ETHERIP, walk->finish);
	code_skip(code, ETHERIP_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

void
fanout_put_ip(struct fanout_walk *walk)
{
	put_either(walk);
	put_ip4(walk);
	put_ip6(walk);
	put_protocol(walk);
}
