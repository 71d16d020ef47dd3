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

#define OUTER_A4 "192.0.2.1"
#define OUTER_B4 "192.0.2.2"
#define OUTER_A6 "2001:db8:ffff::1"
#define OUTER_B6 "2001:db8:ffff::2"

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

/* --- tunnels --------------------------------------------------------------- */

static inline void
outer4(struct wire *w)
{
	wire_ip4(w, OUTER_A4, OUTER_B4, 0);
	wire_ethernet(w, WIRE_IPV4);
}

static inline void
outer6(struct wire *w)
{
	wire_ip6(w, OUTER_A6, OUTER_B6);
	wire_ethernet(w, WIRE_IPV6);
}

static inline void
udp(struct wire *w, uint16_t port)
{
	wire_udp(w, 49152, port);
	outer4(w);
}

static inline void
ip_in_ip(struct wire *w)
{
	outer4(w);
}

static inline void
ip_in_ip6(struct wire *w)
{
	outer6(w);
}

static inline void
authenticated(struct wire *w)
{
	wire_extension(w, WIRE_AUTHENTICATION, 24);
	outer4(w);
}

static inline void
gre(struct wire *w)
{
	wire_gre(w, 0, 0, type_of(w));
	outer4(w);
}

static inline void
gre_all_fields(struct wire *w)
{
	wire_gre(w, 0xB000, 12, type_of(w));
	outer4(w);
}

static inline void
gre_in_ip6(struct wire *w)
{
	wire_gre(w, 0x2000, 12, type_of(w));
	outer6(w);
}

static inline void
gre_ethernet(struct wire *w)
{
	wire_vlan(w, 7, type_of(w));
	wire_ethernet(w, WIRE_VLAN);
	wire_gre(w, 0x2000, 12, WIRE_BRIDGED);
	outer4(w);
}

static inline void
gre_mpls(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_gre(w, 0, 0, WIRE_MPLS);
	outer4(w);
}

/* Key and sequence, and version 1. */
static inline void
pptp(struct wire *w)
{
	ppp(w);
	wire_gre(w, 0x3001, 12, WIRE_PPP_IN_GRE);
	outer4(w);
}

static inline void
erspan1(struct wire *w)
{
	ethernet(w);
	wire_gre(w, 0, 0, WIRE_ERSPAN);
	outer4(w);
}

static inline void
erspan2(struct wire *w)
{
	one_vlan(w);
	wire_erspan2(w, 300);
	wire_gre(w, 0x1000, 0, WIRE_ERSPAN);
	outer4(w);
}

static inline void
erspan3(struct wire *w)
{
	ethernet(w);
	wire_erspan3(w, 300, false);
	wire_gre(w, 0x1000, 0, WIRE_ERSPAN3);
	outer4(w);
}

static inline void
erspan3_more(struct wire *w)
{
	ethernet(w);
	wire_erspan3(w, 300, true);
	wire_gre(w, 0x1000, 0, WIRE_ERSPAN3);
	outer4(w);
}

static inline void
etherip(struct wire *w)
{
	ethernet(w);
	wire_put(w, "\x30\0", 2);
	wire_carry(w, WIRE_ETHERIP);
	outer4(w);
}

static inline void
mpls_in_ip(struct wire *w)
{
	wire_mpls(w, 100, true);
	wire_carry(w, WIRE_MPLS_IN_IP);
	outer4(w);
}

static inline void
mpls_in_udp(struct wire *w)
{
	wire_mpls(w, 100, true);
	udp(w, 6635);
}

static inline void
gre_in_udp(struct wire *w)
{
	wire_gre(w, 0, 0, type_of(w));
	udp(w, 4754);
}

static inline void
vxlan(struct wire *w)
{
	ethernet(w);
	wire_vxlan(w, 5000);
	udp(w, 4789);
}

static inline void
vxlan_linux(struct wire *w)
{
	ethernet(w);
	wire_vxlan(w, 5000);
	udp(w, 8472);
}

static inline void
vxlan_vlans(struct wire *w)
{
	one_vlan(w);
	wire_vxlan(w, 5000);
	wire_udp(w, 49152, 4789);
	wire_ip4(w, OUTER_A4, OUTER_B4, 0);
	wire_vlan(w, 99, WIRE_IPV4);
	wire_ethernet(w, WIRE_VLAN);
}

static inline void
vxlan_in_ip6(struct wire *w)
{
	ethernet(w);
	wire_vxlan(w, 5000);
	wire_udp(w, 49152, 4789);
	outer6(w);
}

static inline void
vxlan_gpe(struct wire *w)
{
	wire_put(w,
	    type_of(w) == WIRE_IPV6 ? "\x0C\0\0\2\0\0\7\0"
				    : "\x0C\0\0\1\0\0\7\0",
	    8);
	udp(w, 4790);
}

static inline void
geneve(struct wire *w)
{
	ethernet(w);
	wire_geneve(w, 77, WIRE_BRIDGED, 0);
	udp(w, 6081);
}

static inline void
geneve_options(struct wire *w)
{
	wire_geneve(w, 77, type_of(w), 32);
	udp(w, 6081);
}

static inline void
gtpu(struct wire *w)
{
	wire_gtpu(w, 0xABCD, false);
	udp(w, 2152);
}

static inline void
gtpu_extended(struct wire *w)
{
	wire_gtpu(w, 0xABCD, true);
	udp(w, 2152);
}

static inline void
tzsp(struct wire *w)
{
	ethernet(w);
	wire_put(w, "\1\0\0\1\0\x0A\2xx\1", 10);
	udp(w, 37008);
}

static inline void
teredo(struct wire *w)
{
	udp(w, 3544);
}

static inline void
teredo_from_server(struct wire *w)
{
	wire_put(w, "\0\1\0\0nnnnnnnnc\0\0PPAAAA", 21);
	wire_udp(w, 3544, 49152);
	outer4(w);
}

static inline void
l2tp(struct wire *w)
{
	ppp(w);
	wire_put(w, "\0\2\0\7\0\x08", 6);
	udp(w, 1701);
}

static inline void
l2tp_all_fields(struct wire *w)
{
	ppp(w);
	wire_put(w, "\x4A\2\0\0\0\7\0\x08\0\0\0\0\0\3xxx", 17);
	wire_udp(w, 1701, 49152);
	outer4(w);
}

/* --- two deep -------------------------------------------------------------- */

static inline void
gre_vxlan(struct wire *w)
{
	ethernet(w);
	wire_vxlan(w, 5000);
	wire_udp(w, 49152, 4789);
	wire_ip4(w, "10.255.0.1", "10.255.0.2", 0);
	gre(w);
}

static inline void
vxlan_gtpu(struct wire *w)
{
	wire_gtpu(w, 0xABCD, false);
	wire_udp(w, 2152, 2152);
	wire_ip4(w, "10.255.0.1", "10.255.0.2", 0);
	vxlan(w);
}

static inline void
erspan_qinq_geneve(struct wire *w)
{
	geneve_options(w);
	wire_erspan2(w, 1);
	wire_gre(w, 0x1000, 0, WIRE_ERSPAN);
	wire_ip4(w, "10.255.0.1", "10.255.0.2", 0);
	qinq(w);
}

static inline void
four_in_six_in_four(struct wire *w)
{
	wire_ip6(w, OUTER_A6, OUTER_B6);
	outer4(w);
}

/* --- what else stands in the way ------------------------------------------- */

static inline void
padded(struct wire *w)
{
	ethernet(w);
	memset(w->bytes + w->at + w->len, 0xAA, 40);
	w->len += 40;
}

static inline void
padded_tunnel(struct wire *w)
{
	padded(w);
	wire_vxlan(w, 5000);
	udp(w, 4789);
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
	{ "IP in IPv4", ip_in_ip, LINK_ETHERNET, BOTH },
	{ "IP in IPv6", ip_in_ip6, LINK_ETHERNET, BOTH },
	{ "authenticated", authenticated, LINK_ETHERNET, BOTH },
	{ "GRE", gre, LINK_ETHERNET, BOTH },
	{ "GRE, all fields", gre_all_fields, LINK_ETHERNET, BOTH },
	{ "GRE in IPv6", gre_in_ip6, LINK_ETHERNET, BOTH },
	{ "GRE, Ethernet", gre_ethernet, LINK_ETHERNET, BOTH },
	{ "GRE, MPLS", gre_mpls, LINK_ETHERNET, BOTH },
	{ "GRE in UDP", gre_in_udp, LINK_ETHERNET, BOTH },
	{ "PPTP", pptp, LINK_ETHERNET, BOTH },
	{ "ERSPAN I", erspan1, LINK_ETHERNET, BOTH },
	{ "ERSPAN II", erspan2, LINK_ETHERNET, BOTH },
	{ "ERSPAN III", erspan3, LINK_ETHERNET, BOTH },
	{ "ERSPAN III, more", erspan3_more, LINK_ETHERNET, BOTH },
	{ "EtherIP", etherip, LINK_ETHERNET, BOTH },
	{ "MPLS in IP", mpls_in_ip, LINK_ETHERNET, BOTH },
	{ "MPLS in UDP", mpls_in_udp, LINK_ETHERNET, BOTH },
	{ "VXLAN", vxlan, LINK_ETHERNET, BOTH },
	{ "VXLAN, Linux's port", vxlan_linux, LINK_ETHERNET, BOTH },
	{ "VXLAN, tags in and out", vxlan_vlans, LINK_ETHERNET, BOTH },
	{ "VXLAN in IPv6", vxlan_in_ip6, LINK_ETHERNET, BOTH },
	{ "VXLAN, padding inside", padded_tunnel, LINK_ETHERNET, BOTH },
	{ "VXLAN-GPE", vxlan_gpe, LINK_ETHERNET, BOTH },
	{ "GENEVE", geneve, LINK_ETHERNET, BOTH },
	{ "GENEVE, options", geneve_options, LINK_ETHERNET, BOTH },
	{ "GTP-U", gtpu, LINK_ETHERNET, BOTH },
	{ "GTP-U, extended", gtpu_extended, LINK_ETHERNET, BOTH },
	{ "TZSP", tzsp, LINK_ETHERNET, BOTH },
	{ "Teredo", teredo, LINK_ETHERNET, ONLY6 },
	{ "Teredo's server", teredo_from_server, LINK_ETHERNET, ONLY6 },
	{ "L2TP", l2tp, LINK_ETHERNET, BOTH },
	{ "L2TP, all fields", l2tp_all_fields, LINK_ETHERNET, BOTH },
	{ "VXLAN in GRE", gre_vxlan, LINK_ETHERNET, BOTH },
	{ "GTP-U in VXLAN", vxlan_gtpu, LINK_ETHERNET, BOTH },
	{ "GENEVE in ERSPAN in QinQ", erspan_qinq_geneve, LINK_ETHERNET, BOTH },
	{ "IP in IPv6 in IPv4", four_in_six_in_four, LINK_ETHERNET, BOTH },
};

#define ENCAPSULATIONS (sizeof(encapsulations) / sizeof(encapsulations[0]))

#endif
