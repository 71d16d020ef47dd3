/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_tunnel - GRE and what UDP carries, in a fan-out program
 * (decode/tunnel.c and tunnel_udp.c say the same in C).
 *
 * TZSP and L2TP are not looked into: their packets are hashed by the addresses
 * around them, which both directions of a connection share.
 */
#include "sensor/capture/fanout_walk.h"

#define UDP_LEN          8
#define UDP_SOURCE       0
#define UDP_DESTINATION  2
#define BRIDGED          0x6558 /* Ethernet, in GRE and GENEVE */

#define GRE_LEN          4
#define GRE_CHECKSUM     0x8000
#define GRE_ROUTING      0x4000
#define GRE_KEY          0x2000
#define GRE_SEQUENCE     0x1000
#define GRE_ACK          0x0080
#define GRE_NOT_KNOWN    (GRE_ROUTING | 0x0006) /* ... and versions from 2 on */
#define GRE_ERSPAN       0x88BE
#define GRE_ERSPAN3      0x22EB
#define ERSPAN2_LEN      8
#define ERSPAN3_LEN      12
#define ERSPAN3_MORE_LEN 8
#define ERSPAN3_MORE     0x01

#define VXLAN_LEN        8
#define VXLAN_NETWORK    0x08
#define VXLAN_NEXT       0x04
#define GENEVE_LEN       8
#define GENEVE_VERSION   0xC0
#define GTPU_LEN         8
#define GTPU_MORE_LEN    4
#define GTPU_MORE        0x07
#define GTPU_EXTENSION   0x04
#define GTPU_EXTENSIONS  2

#define COUNT(table)     (sizeof(table) / sizeof((table)[0]))

/* Where a port leads: to a layer of this level, or of the one inside. */
static const struct {
	enum decap_kind kind;
	uint8_t entry;
	bool inside, answers;
} kinds[] = {
	{ DECAP_VXLAN, ENTRY_VXLAN, false, false },
	{ DECAP_VXLAN_GPE, ENTRY_VXLAN_GPE, false, false },
	{ DECAP_GENEVE, ENTRY_GENEVE, false, false },
	{ DECAP_GTPU, ENTRY_GTPU, false, false },
	{ DECAP_TEREDO, ENTRY_TEREDO, false, true },
	{ DECAP_GRE, ENTRY_GRE, false, false },
	{ DECAP_MPLS, ENTRY_MPLS, true, false },
};

/* By the port in A; in answers it is where they come from. */
static void
put_ports(struct fanout_walk *walk, bool answers)
{
	for (unsigned i = 0; i < DECAP_PORTS_MAX; i++) {
		const struct decap *decap = &walk->decap[i];

		for (unsigned k = 0; k < COUNT(kinds); k++) {
			enum fanout_entry entry =
			    (enum fanout_entry)kinds[k].entry;

			if (kinds[k].kind != decap->kind ||
			    (answers && !kinds[k].answers))
				continue;
			code_if_equal(walk->code, decap->port,
			    kinds[k].inside ? fanout_inside(walk, entry)
					    : fanout_here(walk, entry));
		}
	}
}

static void
put_udp(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_UDP));
	code_need(code, UDP_LEN, walk->finish);
	code_half(code, UDP_SOURCE);
	code_note(code, FANOUT_TYPE);
	code_half(code, UDP_DESTINATION);
	code_skip(code, UDP_LEN);
	put_ports(walk, false);
	code_recall(code, FANOUT_TYPE);
	put_ports(walk, true);
	code_jump(code, walk->finish);
}

/* --- GRE ------------------------------------------------------------------- */

/* A field of four bytes that is there if one of these flags is. */
static void
put_gre_field(struct fanout_walk *walk, uint32_t flag)
{
	struct code *code = walk->code;
	uint32_t without = code_label(code);

	code_recall(code, FANOUT_FLAGS);
	code_unless_bits(code, flag, without);
	code_skip(code, 4);
	code_here(code, without);
}

/* Type I has no header of its own; type II has a sequence number in GRE. */
static void
put_erspan(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_recall(code, FANOUT_FLAGS);
	code_unless_bits(
	    code, GRE_SEQUENCE, fanout_inside(walk, ENTRY_ETHERNET));
	code_skip(code, ERSPAN2_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_erspan3(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_need(code, ERSPAN3_LEN, walk->finish);
	code_byte(code, ERSPAN3_LEN - 1);
	code_skip(code, ERSPAN3_LEN);
	code_unless_bits(
	    code, ERSPAN3_MORE, fanout_inside(walk, ENTRY_ETHERNET));
	code_skip(code, ERSPAN3_MORE_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_gre(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t erspan = code_label(code), erspan3 = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_GRE));
	code_need(code, GRE_LEN, walk->finish);
	code_half(code, 2);
	code_note(code, FANOUT_TYPE);
	code_half(code, 0);
	code_if_bits(code, GRE_NOT_KNOWN, walk->finish);
	code_note(code, FANOUT_FLAGS);
	code_skip(code, GRE_LEN);
	put_gre_field(walk, GRE_CHECKSUM);
	put_gre_field(walk, GRE_KEY);
	put_gre_field(walk, GRE_SEQUENCE);
	put_gre_field(walk, GRE_ACK); /* of version 1 */
	code_recall(code, FANOUT_TYPE);
	code_if_equal(code, BRIDGED, fanout_inside(walk, ENTRY_ETHERNET));
	code_if_equal(code, GRE_ERSPAN, erspan);
	code_if_equal(code, GRE_ERSPAN3, erspan3);
	code_jump(code, fanout_inside(walk, ENTRY_TYPE));
	code_here(code, erspan);
	put_erspan(walk);
	code_here(code, erspan3);
	put_erspan3(walk);
}

/* --- in UDP ---------------------------------------------------------------- */

static void
put_vxlan(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_VXLAN));
	code_need(code, VXLAN_LEN, walk->finish);
	code_byte(code, 0);
	code_unless_bits(code, VXLAN_NETWORK, walk->finish);
	code_skip(code, VXLAN_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_vxlan_gpe(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t said = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_VXLAN_GPE));
	code_need(code, VXLAN_LEN, walk->finish);
	code_byte(code, 3);
	code_note(code, FANOUT_TYPE);
	code_byte(code, 0);
	code_unless_bits(code, VXLAN_NETWORK, walk->finish);
	code_skip(code, VXLAN_LEN);
	code_if_bits(code, VXLAN_NEXT, said);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
	code_here(code, said);
	code_recall(code, FANOUT_TYPE);
	code_if_equal(code, 1, fanout_inside(walk, ENTRY_IP4));
	code_if_equal(code, 2, fanout_inside(walk, ENTRY_IP6));
	code_unless_equal(code, 3, walk->finish);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_geneve(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_GENEVE));
	code_need(code, GENEVE_LEN, walk->finish);
	code_half(code, 2);
	code_note(code, FANOUT_TYPE);
	code_byte(code, 0);
	code_if_bits(code, GENEVE_VERSION, walk->finish);
	code_alu(code, BPF_LSH, 2); /* options, in words */
	code_alu(code, BPF_ADD, GENEVE_LEN);
	code_skip_a(code);
	code_recall(code, FANOUT_TYPE);
	code_if_equal(code, BRIDGED, fanout_inside(walk, ENTRY_ETHERNET));
	code_jump(code, fanout_inside(walk, ENTRY_TYPE));
}

/* A is what extension follows: they say their length in words, and at their
 * end what follows. */
static void
put_gtpu_extensions(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	for (unsigned i = 0; i < GTPU_EXTENSIONS; i++) {
		code_if_equal(code, 0, fanout_inside(walk, ENTRY_IP));
		code_need(code, 4, walk->finish);
		code_byte(code, 0);
		code_if_equal(code, 0, walk->finish);
		code_alu(code, BPF_LSH, 2);
		code_alu(code, BPF_SUB, 1);
		code_skip_a(code);
		code_need(code, 1, walk->finish);
		code_byte(code, 0);
		code_skip(code, 1);
	}
	code_unless_equal(code, 0, walk->finish);
	code_jump(code, fanout_inside(walk, ENTRY_IP));
}

/* Version 1, GTP, a packet; signalling carries none. */
static void
put_gtpu(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t more = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_GTPU));
	code_need(code, GTPU_LEN, walk->finish);
	code_half(code, 0);
	code_note(code, FANOUT_FLAGS);
	code_alu(code, BPF_AND, 0xF0FF);
	code_unless_equal(code, 0x30FF, walk->finish);
	code_recall(code, FANOUT_FLAGS);
	code_skip(code, GTPU_LEN);
	code_if_bits(code, GTPU_MORE << 8, more);
	code_jump(code, fanout_inside(walk, ENTRY_IP));
	code_here(code, more);
	code_need(code, GTPU_MORE_LEN, walk->finish);
	code_byte(code, 3);
	code_skip(code, GTPU_MORE_LEN);
	code_note(code, FANOUT_TYPE);
	code_recall(code, FANOUT_FLAGS);
	code_unless_bits(
	    code, GTPU_EXTENSION << 8, fanout_inside(walk, ENTRY_IP));
	code_recall(code, FANOUT_TYPE);
	put_gtpu_extensions(walk);
}

/* IPv6; what may stand before it is rare, and not looked behind. */
static void
put_teredo(struct fanout_walk *walk)
{
	code_here(walk->code, fanout_here(walk, ENTRY_TEREDO));
	code_jump(walk->code, fanout_inside(walk, ENTRY_IP6));
}

void
fanout_put_tunnels(struct fanout_walk *walk)
{
	put_udp(walk);
	put_gre(walk);
	put_vxlan(walk);
	put_vxlan_gpe(walk);
	put_geneve(walk);
	put_gtpu(walk);
	put_teredo(walk);
}
