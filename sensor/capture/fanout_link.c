/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_link - what stands before IP, in a fan-out program: Ethernet, SNAP,
 * tags, PPPoE, PPP, MPLS (decode/link.c and tag.c say the same in C).
 */
#include "sensor/capture/fanout_walk.h"

#define ETHERNET_LEN    14
#define ETHERTYPE_AT    12
#define ETHERTYPE_LEAST 0x0600 /* below, it is a length */
#define SNAP_LEN        8
#define SNAP            0xAAAA0300U
#define VNTAG           0x8926
#define VNTAG_LEN       6
#define VLAN_LEN        4
#define VLANS           3 /* two more than the kernel takes off, if it does */
#define BACKBONE        0x88E7
#define BACKBONE_LEN    4
#define PPPOE_LEN       6
#define PPPOE_SESSION   0x1100
#define LABELS          8
#define LABEL_LEN       4
#define LABEL_BOTTOM    1 /* in its third byte */
#define CONTROL_LEN     4

#define COUNT(table)    (sizeof(table) / sizeof((table)[0]))

/* EtherTypes, and the layer of the same level that follows. */
static const struct {
	uint16_t type;
	uint8_t entry;
} types[] = {
	{ 0x0800, ENTRY_IP4 },
	{ 0x86DD, ENTRY_IP6 },
	{ 0x8847, ENTRY_MPLS },
	{ 0x8848, ENTRY_MPLS },
	{ 0x8864, ENTRY_PPPOE },
	{ 0x880B, ENTRY_HDLC },
};

static const uint16_t vlans[] = { 0x8100, 0x88A8, 0x9100, 0x9200 };

static void
put_ethernet(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_ETHERNET));
	code_need(code, ETHERNET_LEN, walk->finish);
	code_half(code, ETHERTYPE_AT);
	code_skip(code, ETHERNET_LEN);
	/* and on with its EtherType, which stands next */
}

/* A length instead of an EtherType: that may stand behind SNAP's header. */
static void
put_snap(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t snap = code_label(code), typed = code_label(code);

	code_if_below(code, ETHERTYPE_LEAST, snap);
	code_jump(code, typed);
	code_here(code, snap);
	code_need(code, SNAP_LEN, walk->finish);
	code_word(code, 0);
	code_unless_equal(code, SNAP, walk->finish);
	code_half(code, 6);
	code_skip(code, SNAP_LEN);
	code_here(code, typed);
}

/* A tag whose last two bytes are the next EtherType. */
static void
put_tag(struct fanout_walk *walk, uint32_t len)
{
	code_need(walk->code, len, walk->finish);
	code_half(walk->code, len - 2);
	code_skip(walk->code, len);
}

static void
put_tags(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t tagged = code_label(code), done = code_label(code);

	code_unless_equal(code, VNTAG, tagged);
	put_tag(walk, VNTAG_LEN);
	for (unsigned i = 0; i < VLANS; i++) {
		code_here(code, tagged);
		tagged = code_label(code);
		for (unsigned t = 0; t < COUNT(vlans); t++)
			code_if_equal(code, vlans[t], tagged);
		code_jump(code, done);
		code_here(code, tagged);
		put_tag(walk, VLAN_LEN);
		tagged = code_label(code);
	}
	code_here(code, done);
}

static void
put_type(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_TYPE));
	put_snap(walk);
	put_tags(walk);
	for (unsigned i = 0; i < COUNT(types); i++)
		code_if_equal(code, types[i].type,
		    fanout_here(walk, (enum fanout_entry)types[i].entry));
	code_unless_equal(code, BACKBONE, walk->finish);
	code_skip(code, BACKBONE_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_pppoe(struct fanout_walk *walk)
{
	struct code *code = walk->code;

	code_here(code, fanout_here(walk, ENTRY_PPPOE));
	code_need(code, PPPOE_LEN, walk->finish);
	code_half(code, 0);
	code_unless_equal(code, PPPOE_SESSION, walk->finish);
	code_skip(code, PPPOE_LEN);
	code_jump(code, fanout_here(walk, ENTRY_PPP));
}

/* One protocol of PPP's: its number, and as it may be shortened. */
static void
put_ppp_protocol(
    struct fanout_walk *walk, uint8_t number, enum fanout_entry entry)
{
	struct code *code = walk->code;
	uint32_t next = code_label(code), longer = code_label(code);

	code_byte(code, 0);
	code_unless_equal(code, number, longer);
	code_skip(code, 1);
	code_jump(code, fanout_here(walk, entry));
	code_here(code, longer);
	code_half(code, 0);
	code_unless_equal(code, number, next);
	code_skip(code, 2);
	code_jump(code, fanout_here(walk, entry));
	code_here(code, next);
}

static void
put_ppp(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t labelled = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_HDLC));
	code_need(code, 2, walk->finish);
	code_half(code, 0);
	code_unless_equal(code, 0xFF03, fanout_here(walk, ENTRY_PPP));
	code_skip(code, 2);
	code_here(code, fanout_here(walk, ENTRY_PPP));
	code_need(code, 2, walk->finish);
	put_ppp_protocol(walk, 0x21, ENTRY_IP4);
	put_ppp_protocol(walk, 0x57, ENTRY_IP6);
	code_if_equal(code, 0x0281, labelled);
	code_unless_equal(code, 0x0283, walk->finish);
	code_here(code, labelled);
	code_skip(code, 2); /* and on with labels, which stand next */
}

/*
 * Labels do not say what they stand before (decode/tag.c): IP, if the lengths
 * in its header agree with what there is, else Ethernet, maybe behind a control
 * word.
 */
static void
put_labelled(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t six = code_label(code), bridged = code_label(code),
		 controlled = code_label(code);

	code_need(code, CONTROL_LEN + ETHERTYPE_AT + 2, walk->finish);
	code_byte(code, 0);
	code_alu(code, BPF_RSH, 4);
	code_if_equal(code, 6, six);
	code_unless_equal(code, 4, bridged);
	code_byte(code, 0);
	code_if_below(code, 0x45, bridged);
	code_half(code, 2);
	code_if_below(code, 20, bridged);
	code_need_a(code, bridged);
	code_jump(code, fanout_here(walk, ENTRY_IP4));
	code_here(code, six);
	code_half(code, 4);
	code_alu(code, BPF_ADD, 40);
	code_need_a(code, bridged);
	code_jump(code, fanout_here(walk, ENTRY_IP6));

	code_here(code, bridged);
	code_byte(code, 0);
	code_alu(code, BPF_RSH, 4);
	code_unless_equal(code, 0, fanout_inside(walk, ENTRY_ETHERNET));
	code_half(code, CONTROL_LEN + ETHERTYPE_AT);
	for (unsigned i = 0; i < COUNT(types); i++)
		code_if_equal(code, types[i].type, controlled);
	for (unsigned i = 0; i < COUNT(vlans); i++)
		code_if_equal(code, vlans[i], controlled);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
	code_here(code, controlled);
	code_skip(code, CONTROL_LEN);
	code_jump(code, fanout_inside(walk, ENTRY_ETHERNET));
}

static void
put_labels(struct fanout_walk *walk)
{
	struct code *code = walk->code;
	uint32_t bottom = code_label(code);

	code_here(code, fanout_here(walk, ENTRY_MPLS));
	for (unsigned i = 0; i < LABELS; i++) {
		code_need(code, LABEL_LEN, walk->finish);
		code_byte(code, 2);
		code_skip(code, LABEL_LEN);
		code_if_bits(code, LABEL_BOTTOM, bottom);
	}
	code_jump(code, walk->finish);
	code_here(code, bottom);
	put_labelled(walk);
}

void
fanout_put_links(struct fanout_walk *walk)
{
	put_ethernet(walk);
	put_type(walk);
	put_pppoe(walk);
	put_ppp(walk);
	put_labels(walk);
}
