/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encapsulations - what a mirror port may deliver an IP packet in.
 *
 * Each row puts the packet that stands in a wire, of either version, into what
 * it is named after.
 */
#ifndef STRAYMAIL_TEST_ENCAPSULATIONS_H
#define STRAYMAIL_TEST_ENCAPSULATIONS_H

#include "tests/support/wire.h"

#include "sensor/decode/frame.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* --- link types, tags and labels ------------------------------------------- */

static inline uint16_t
type_of(const struct wire *w)
{
	return wire_bytes(w)[0] >> 4 == 6 ? WIRE_IPV6 : WIRE_IPV4;
}

static inline void
bare(struct wire *w)
{
	(void)w;
}

static inline void
ethernet(struct wire *w)
{
	wire_ethernet(w, type_of(w));
}

static inline void
one_vlan(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_ethernet(w, WIRE_VLAN);
}

static inline void
qinq(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_vlan(w, 8, WIRE_VLAN);
	wire_ethernet(w, WIRE_SERVICE_VLAN);
}

static inline void
three_vlans(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_vlan(w, 8, WIRE_VLAN);
	wire_vlan(w, 9, WIRE_OLD_QINQ);
	wire_ethernet(w, WIRE_OLD_QINQ);
}

static inline void
vntag(struct wire *w)
{
	wire_vntag(w, type_of(w));
	wire_ethernet(w, WIRE_VNTAG);
}

static inline void
vntag_vlan(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_vntag(w, WIRE_VLAN);
	wire_ethernet(w, WIRE_VNTAG);
}

static inline void
snap(struct wire *w)
{
	wire_snap(w, type_of(w));
	wire_ethernet(w, (uint16_t)w->len);
}

static inline void
backbone(struct wire *w)
{
	wire_ethernet(w, type_of(w));
	wire_backbone(w, 4711);
	wire_vlan(w, 9, WIRE_BACKBONE);
	wire_ethernet(w, WIRE_SERVICE_VLAN);
}

static inline void
one_label(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_ethernet(w, WIRE_MPLS);
}

static inline void
three_labels(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_mpls(w, 101, false);
	wire_mpls(w, 102, false);
	wire_ethernet(w, WIRE_MPLS);
}

static inline void
labels_alone(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_mpls(w, 101, false);
}

static inline void
pseudowire(struct wire *w)
{
	wire_ethernet(w, type_of(w));
	wire_mpls(w, 100, true);
	wire_ethernet(w, WIRE_MPLS);
}

static inline void
pseudowire_with_control_word(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_ethernet(w, WIRE_VLAN);
	wire_put(w, "\0\0\0\1", 4);
	wire_mpls(w, 100, true);
	wire_ethernet(w, WIRE_MPLS);
}

static inline uint16_t
ppp_of(const struct wire *w)
{
	return type_of(w) == WIRE_IPV6 ? 0x57 : 0x21;
}

static inline void
pppoe(struct wire *w)
{
	wire_pppoe(w, ppp_of(w));
	wire_ethernet(w, WIRE_PPPOE);
}

static inline void
pppoe_vlan(struct wire *w)
{
	wire_pppoe(w, ppp_of(w));
	wire_vlan(w, 7, WIRE_PPPOE);
	wire_ethernet(w, WIRE_VLAN);
}

static inline void
pppoe_alone(struct wire *w)
{
	wire_pppoe(w, ppp_of(w));
}

static inline void
ppp(struct wire *w)
{
	wire_put(
	    w, type_of(w) == WIRE_IPV6 ? "\xFF\3\0\x57" : "\xFF\3\0\x21", 4);
}

static inline void
ppp_short(struct wire *w)
{
	wire_put(w, type_of(w) == WIRE_IPV6 ? "\x57" : "\x21", 1);
}

static inline void
ppp_labels(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_put(w, "\xFF\3\2\x81", 4);
}

static inline void
cisco_hdlc(struct wire *w)
{
	wire_put(w, "\x0F\0\x08\0", 4);
}

static inline void
sll(struct wire *w)
{
	wire_sll(w, type_of(w));
}

static inline void
sll_vlan(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_sll(w, WIRE_VLAN);
}

static inline void
sll2(struct wire *w)
{
	wire_sll2(w, type_of(w));
}

static inline void
family_little(struct wire *w)
{
	wire_put(w, type_of(w) == WIRE_IPV6 ? "\12\0\0\0" : "\2\0\0\0", 4);
}

static inline void
family_big(struct wire *w)
{
	wire_put(w, type_of(w) == WIRE_IPV6 ? "\0\0\0\30" : "\0\0\0\2", 4);
}

/* --- what else stands in the way ------------------------------------------- */

static inline void
padded(struct wire *w)
{
	ethernet(w);
	memset(w->bytes + w->at + w->len, 0xAA, 40);
	w->len += 40;
}

static const struct encapsulation {
	const char *name;
	void (*wrap)(struct wire *w);
	uint32_t link;
	bool v4, v6; /* of what is inside */
} encapsulations[] = {
#define BOTH  true, true
#define ONLY4 true, false
#define ONLY6 false, true
	{ "Ethernet", ethernet, LINK_ETHERNET, BOTH },
	{ "802.1Q", one_vlan, LINK_ETHERNET, BOTH },
	{ "802.1ad", qinq, LINK_ETHERNET, BOTH },
	{ "three tags", three_vlans, LINK_ETHERNET, BOTH },
	{ "VN-Tag", vntag, LINK_ETHERNET, BOTH },
	{ "VN-Tag and 802.1Q", vntag_vlan, LINK_ETHERNET, BOTH },
	{ "802.1ah", backbone, LINK_ETHERNET, BOTH },
	{ "SNAP", snap, LINK_ETHERNET, BOTH },
	{ "padding", padded, LINK_ETHERNET, BOTH },
	{ "MPLS", one_label, LINK_ETHERNET, BOTH },
	{ "three labels", three_labels, LINK_ETHERNET, BOTH },
	{ "pseudowire", pseudowire, LINK_ETHERNET, BOTH },
	{ "with control word", pseudowire_with_control_word, LINK_ETHERNET,
	    BOTH },
	{ "PPPoE", pppoe, LINK_ETHERNET, BOTH },
	{ "PPPoE in 802.1Q", pppoe_vlan, LINK_ETHERNET, BOTH },
	{ "link: PPPoE", pppoe_alone, LINK_PPPOE, BOTH },
	{ "link: PPP", ppp, LINK_PPP, BOTH },
	{ "link: PPP, short", ppp_short, LINK_PPP, BOTH },
	{ "link: PPP, MPLS", ppp_labels, LINK_PPP, BOTH },
	{ "link: PPP in HDLC", ppp, LINK_PPP_HDLC, BOTH },
	{ "link: Cisco HDLC", cisco_hdlc, LINK_CISCO_HDLC, ONLY4 },
	{ "link: MPLS", labels_alone, LINK_MPLS, BOTH },
	{ "link: cooked", sll, LINK_LINUX_SLL, BOTH },
	{ "link: cooked, 802.1Q", sll_vlan, LINK_LINUX_SLL, BOTH },
	{ "link: cooked v2", sll2, LINK_LINUX_SLL2, BOTH },
	{ "link: loopback", family_little, LINK_NULL, BOTH },
	{ "link: loopback, turned", family_big, LINK_NULL, BOTH },
	{ "link: OpenBSD loopback", family_big, LINK_LOOP, BOTH },
	{ "link: raw", bare, LINK_RAW, BOTH },
	{ "link: raw 12", bare, LINK_RAW_LIBPCAP, BOTH },
	{ "link: raw 14", bare, LINK_RAW_BSDOS, BOTH },
	{ "link: IPv4", bare, LINK_IPV4, ONLY4 },
	{ "link: IPv6", bare, LINK_IPV6, ONLY6 },
};

#define ENCAPSULATIONS (sizeof(encapsulations) / sizeof(encapsulations[0]))

#endif
