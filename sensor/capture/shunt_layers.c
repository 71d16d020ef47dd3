/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_layers - the listing.
 *
 *	R6	the packet
 *	R7	where the layer at hand begins
 *	R8	what stands next: an EtherType, an IP protocol; else free
 *
 * A socket filter may not look at packets but by asking for bytes, so each
 * layer first reads its header onto the stack.
 */
#include "sensor/capture/shunt_layers.h"

#include "sensor/decode/packet.h"

/* Where the stack holds what.  An IPv6 header is read so that its addresses
 * come to lie where they are wanted. */
#define KEY         (-48)
#define DESTINATION (-64)
#define SOURCE      (-80)
#define HEADER6     (-88)
#define HEADER      SHUNT_STACK_FREE /* of up to 24 bytes */

#define KEY_PORT    (KEY + (int)offsetof(struct shunt_key, port))
#define KEY_REALM   (KEY + (int)offsetof(struct shunt_key, realm))
#define KEY_FAMILY  (KEY + (int)offsetof(struct shunt_key, family))

_Static_assert(
    sizeof(struct shunt_key) == 44 && KEY + 44 <= 0, "the key has its room");
_Static_assert(sizeof(struct shunt_slot) == 64, "a slot is one cache line");

/* clang-format off */

/* `size` bytes that stand `at` bytes behind R7, onto the stack at `to`. */
#define READ(to, at, size)                                                   \
	MOVE(R1, R6), MOVE(R2, R7), ADD(R2, at), MOVE(R3, FP), ADD(R3, to),  \
	SET(R4, size), CALL(skb_load_bytes), UNLESS(R0, 0, SHUNT_PASS)

/* What was read there, in host order. */
#define BYTE(d, at) LOAD(BPF_B, d, FP, HEADER + (at))
#define HALF(d, at) LOAD(BPF_H, d, FP, HEADER + (at)), BIG(d, 16)
#define WORD(d, at) LOAD(BPF_W, d, FP, HEADER + (at)), BIG(d, 32)

/* A byte's upper four bits are that, or the packet passes; R2 is lost. */
#define NIBBLE(s, k) MOVE(R2, s), RIGHT(R2, 4), UNLESS(R2, k, SHUNT_PASS)

/* R7 goes on by four if that bit of R8 is set; R2 is lost. */
#define SKIP_IF_BIT(bit) \
	MOVE(R2, R8), RIGHT(R2, (bit) - 2), AND(R2, 4), ADD_REG(R7, R2)

static const struct shunt_row start_cooked_rows[] = {
	LOAD(BPF_W, R8, R6, offsetof(struct __sk_buff, protocol)),
	BIG(R8, 16),
};

static const struct shunt_row start_raw_rows[] = {
	READ(HEADER, 0, 1),
	BYTE(R1, 0),
	RIGHT(R1, 4),
	IF_EQUAL(R1, 6, IP6),
	UNLESS(R1, 4, SHUNT_PASS),
};

static const struct shunt_row ethernet_rows[] = {
	HERE(ETHERNET),
	READ(HEADER, 12, 2),
	HALF(R8, 0),
	ADD(R7, 14),
};

#define IF_TAG(to) \
	IF_EQUAL(R8, 0x8100, to), IF_EQUAL(R8, 0x88A8, to), \
	IF_EQUAL(R8, 0x9100, to), IF_EQUAL(R8, 0x9200, to)

#define TAKE_TAG READ(HEADER, 2, 2), HALF(R8, 0), ADD(R7, 4)

#define TAKE_LABEL                                                           \
	READ(HEADER, 0, 4), WORD(R8, 0), ADD(R7, 4), AND(R8, 0x100),         \
	UNLESS(R8, 0, LABELLED)

/* Behind the bottom of the stack only what is IP by its lengths, too, is taken
 * for it: an Ethernet address may begin like it. */
static const struct shunt_row tags_rows[] = {
	HERE(ETHERTYPE),
	IF_TAG(TAG1),
	GO(UNTAGGED),
	HERE(TAG1),
	TAKE_TAG,
	IF_TAG(TAG2),
	GO(UNTAGGED),
	HERE(TAG2),
	TAKE_TAG,
	IF_TAG(TAG3),
	GO(UNTAGGED),
	HERE(TAG3),
	TAKE_TAG,

	HERE(UNTAGGED),
	IF_EQUAL(R8, 0x0800, IP4),
	IF_EQUAL(R8, 0x86DD, IP6),
	IF_EQUAL(R8, 0x6558, INNER(ETHERNET)),
	IF_EQUAL(R8, 0x8847, MPLS),
	UNLESS(R8, 0x8848, SHUNT_PASS),

	HERE(MPLS),
	TAKE_LABEL,
	TAKE_LABEL,
	TAKE_LABEL,
	TAKE_LABEL,
	GO(SHUNT_PASS),
	HERE(LABELLED),
	READ(HEADER, 0, 6),
	LOAD(BPF_W, R3, R6, offsetof(struct __sk_buff, len)),
	OP_X(BPF_ALU64 | BPF_SUB, R3, R7), /* so much is there of it */
	BYTE(R1, 0),
	MOVE(R2, R1),
	RIGHT(R2, 4),
	IF_EQUAL(R2, 4, LABELLED_IP4),
	UNLESS(R2, 6, SHUNT_PASS),
	HALF(R1, 4),
	ADD(R1, 40),
	IF_X(BPF_JGT, R1, R3, SHUNT_PASS),
	GO(IP6),
	HERE(LABELLED_IP4),
	HALF(R2, 2),
	IF_X(BPF_JGT, R2, R3, SHUNT_PASS),
	AND(R1, 15),
	LEFT(R1, 2),
	IF_X(BPF_JGT, R1, R2, SHUNT_PASS),
	/* it goes on with IPv4, which looks at its header's length */
};

#define IF_CARRIED                                                           \
	IF_EQUAL(R8, 6, TCP), IF_EQUAL(R8, 17, UDP), IF_EQUAL(R8, 47, GRE),  \
	IF_EQUAL(R8, 4, INNER(IP4)), IF_EQUAL(R8, 41, INNER(IP6))

/* hop by hop, routing, destination options */
#define IF_EXTENSION(to)                                                     \
	IF_EQUAL(R8, 0, to), IF_EQUAL(R8, 43, to), IF_EQUAL(R8, 60, to)

#define TAKE_EXTENSION                                                       \
	READ(HEADER, 0, 2), BYTE(R8, 0), BYTE(R1, 1), ADD(R1, 1),            \
	LEFT(R1, 3), ADD_REG(R7, R1)

static const struct shunt_row ip_rows[] = {
	HERE(IP4),
	READ(HEADER, 0, 20),
	BYTE(R8, 0),
	NIBBLE(R8, 4),
	AND(R8, 15),
	LEFT(R8, 2),
	IF_BELOW(R8, 20, SHUNT_PASS),
	HALF(R1, 6),
	AND(R1, 0x3FFF), /* it is, or has, a fragment */
	UNLESS(R1, 0, SHUNT_PASS),
	ADD_REG(R7, R8),
	LOAD(BPF_W, R1, FP, HEADER + 12),
	LOAD(BPF_W, R2, FP, HEADER + 16),
	PUT(BPF_DW, FP, SOURCE, 0),
	PUT(BPF_DW, FP, SOURCE + 8, 0),
	PUT(BPF_DW, FP, DESTINATION, 0),
	PUT(BPF_DW, FP, DESTINATION + 8, 0),
	STORE(BPF_W, FP, SOURCE, R1),
	STORE(BPF_W, FP, DESTINATION, R2),
	PUT(BPF_W, FP, KEY_FAMILY, 4),
	BYTE(R8, 9),
	IF_CARRIED,
	GO(SHUNT_PASS),

	HERE(IP6),
	READ(HEADER6, 0, 40),
	LOAD(BPF_B, R1, FP, HEADER6),
	NIBBLE(R1, 6),
	ADD(R7, 40),
	PUT(BPF_W, FP, KEY_FAMILY, 6),
	LOAD(BPF_B, R8, FP, HEADER6 + 6),
	IF_CARRIED,
	IF_EXTENSION(EXTENSION1),
	GO(SHUNT_PASS),
	HERE(EXTENSION1),
	TAKE_EXTENSION,
	IF_CARRIED,
	IF_EXTENSION(EXTENSION2),
	GO(SHUNT_PASS),
	HERE(EXTENSION2),
	TAKE_EXTENSION,
	IF_CARRIED,
	GO(SHUNT_PASS),

	HERE(UDP),
	READ(HEADER, 2, 2),
	HALF(R8, 0),
	ADD(R7, 8),
	/* it goes on with the ports */
};

/* RFC 2784, 2890, neither routing nor another version; and ERSPAN, of which
 * type I has no header of its own, and no sequence number. */
static const struct shunt_row gre_rows[] = {
	HERE(GRE),
	READ(HEADER, 0, 4),
	HALF(R8, 0),
	HALF(R1, 2),
	MOVE(R2, R8),
	AND(R2, 0x4007),
	UNLESS(R2, 0, SHUNT_PASS),
	ADD(R7, 4),
	SKIP_IF_BIT(15), /* checksum */
	SKIP_IF_BIT(13), /* key */
	SKIP_IF_BIT(12), /* sequence */
	IF_EQUAL(R1, 0x88BE, ERSPAN),
	IF_EQUAL(R1, 0x22EB, ERSPAN3),
	MOVE(R8, R1),
	GO(INNER(ETHERTYPE)),

	HERE(ERSPAN),
	AND(R8, 0x1000),
	IF_EQUAL(R8, 0, INNER(ETHERNET)),
	READ(HEADER, 0, 1),
	BYTE(R1, 0),
	NIBBLE(R1, 1),
	ADD(R7, 8),
	GO(INNER(ETHERNET)),

	HERE(ERSPAN3),
	READ(HEADER, 0, 12),
	BYTE(R1, 0),
	NIBBLE(R1, 2),
	BYTE(R1, 11),
	AND(R1, 1), /* a platform's eight bytes more */
	LEFT(R1, 3),
	ADD_REG(R7, R1),
	ADD(R7, 12),
	GO(INNER(ETHERNET)),
};

static const struct shunt_row vxlan_rows[] = {
	HERE(VXLAN),
	READ(HEADER, 0, 1),
	BYTE(R1, 0),
	AND(R1, 0x08), /* its network's number is there */
	IF_EQUAL(R1, 0, SHUNT_PASS),
	ADD(R7, 8),
	GO(INNER(ETHERNET)),
};

static const struct shunt_row geneve_rows[] = {
	HERE(GENEVE),
	READ(HEADER, 0, 4),
	BYTE(R1, 0),
	MOVE(R2, R1),
	RIGHT(R2, 6),
	UNLESS(R2, 0, SHUNT_PASS), /* version */
	AND(R1, 0x3F),
	LEFT(R1, 2),
	ADD_REG(R7, R1),
	ADD(R7, 8),
	HALF(R8, 2),
	GO(INNER(ETHERTYPE)),
};

#define COPY(from, to)                                                       \
	LOAD(BPF_DW, R3, FP, from), LOAD(BPF_DW, R4, FP, (from) + 8),        \
	STORE(BPF_DW, FP, to, R3), STORE(BPF_DW, FP, (to) + 8, R4)

static const struct shunt_row tcp_rows[] = {
	HERE(TCP),
	READ(HEADER, 0, 14),
	HALF(R1, 0),
	HALF(R2, 2),
	BYTE(R8, 13),
	/* the order of flow_key_of() */
	LOAD(BPF_DW, R3, FP, SOURCE),
	LOAD(BPF_DW, R4, FP, DESTINATION),
	BIG(R3, 64),
	BIG(R4, 64),
	IF_X(BPF_JGT, R3, R4, SECOND),
	IF_X(BPF_JLT, R3, R4, FIRST),
	LOAD(BPF_DW, R3, FP, SOURCE + 8),
	LOAD(BPF_DW, R4, FP, DESTINATION + 8),
	BIG(R3, 64),
	BIG(R4, 64),
	IF_X(BPF_JGT, R3, R4, SECOND),
	IF_X(BPF_JLT, R3, R4, FIRST),
	IF_X(BPF_JGT, R1, R2, SECOND),

	HERE(FIRST),
	STORE(BPF_H, FP, KEY_PORT, R1),
	STORE(BPF_H, FP, KEY_PORT + 2, R2),
	COPY(SOURCE, KEY),
	COPY(DESTINATION, KEY + 16),
	GO(KNOWN),

	HERE(SECOND),
	STORE(BPF_H, FP, KEY_PORT, R2),
	STORE(BPF_H, FP, KEY_PORT + 2, R1),
	COPY(DESTINATION, KEY),
	COPY(SOURCE, KEY + 16),

	HERE(KNOWN),
	PUT(BPF_W, FP, KEY_REALM, 0),
	SET_MAP(R1, SHUNT_FLOWS),
	MOVE(R2, FP),
	ADD(R2, KEY),
	CALL(map_lookup_elem),
	IF_EQUAL(R0, 0, SHUNT_PASS),
	AND(R8, TCP_FIN | TCP_SYN | TCP_RST),
	UNLESS(R8, 0, DECISIVE),

	SET(R1, 1),
	LOAD(BPF_W, R8, R6, offsetof(struct __sk_buff, len)),
	COUNT(R0, offsetof(struct shunt_count, packets), R1),
	COUNT(R0, offsetof(struct shunt_count, bytes), R8),
	CALL(get_smp_processor_id),
	AND(R0, SHUNT_SLOTS - 1),
	STORE(BPF_W, FP, KEY, R0),
	SET_MAP(R1, SHUNT_TOTALS),
	MOVE(R2, FP),
	ADD(R2, KEY),
	CALL(map_lookup_elem),
	IF_EQUAL(R0, 0, SHUNT_DROP), /* there is always one */
	SET(R1, 1),
	COUNT(R0, offsetof(struct shunt_slot, count.packets), R1),
	COUNT(R0, offsetof(struct shunt_slot, count.bytes), R8),

	HERE(SHUNT_DROP),
	SET(R0, 0),
	EXIT,

	/* Who begins anew on the tuple must be heard from his first word. */
	HERE(DECISIVE),
	AND(R8, TCP_SYN),
	IF_EQUAL(R8, 0, SHUNT_PASS),
	SET_MAP(R1, SHUNT_FLOWS),
	MOVE(R2, FP),
	ADD(R2, KEY),
	CALL(map_delete_elem),

	HERE(SHUNT_PASS),
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst = R0, .operand = SHUNT_SNAPLEN },
	EXIT,
};
/* clang-format on */

#define LAYER(name)                                                            \
	const struct shunt_layer shunt_##name = { name##_rows,                 \
		sizeof(name##_rows) / sizeof(name##_rows[0]) }

LAYER(start_cooked);
LAYER(start_raw);
LAYER(ethernet);
LAYER(tags);
LAYER(ip);
LAYER(gre);
LAYER(vxlan);
LAYER(geneve);
LAYER(tcp);
