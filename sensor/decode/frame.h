/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame - from a captured frame to a TCP packet, or to the reason why not.
 *
 * Malformed input is a value, never an error: every outcome is an enumerator,
 * and the caller counts it.
 */
#ifndef STRAYMAIL_FRAME_H
#define STRAYMAIL_FRAME_H

#include "sensor/capture/capture.h"
#include "sensor/decode/census.h"
#include "sensor/decode/packet.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Link types, by their LINKTYPE_ numbers (the registry at tcpdump.org).  Raw IP
 * has two numbers more: what libpcap calls it on most systems, and on BSD/OS.
 */
enum frame_link {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_LIBPCAP = 12,
	LINK_RAW_BSDOS = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPPOE = 51,
	LINK_RAW = 101,
	LINK_CISCO_HDLC = 104,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_MPLS = 219,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276,
};

enum decoded {
	DECODED_TCP, /* ret_packet is filled for this, untouched for the rest */
	DECODED_UDP,
	DECODED_ICMP,
	DECODED_OTHER_L4,
	DECODED_FRAGMENT_HELD,    /* others of its datagram are missing */
	DECODED_FRAGMENT_DROPPED, /* it contradicts them, or is one again */
	DECODED_NOT_IP,
	DECODED_UNKNOWN_LINK,
	DECODED_MALFORMED_LINK,
	DECODED_MALFORMED_TUNNEL,
	DECODED_MALFORMED_IP,
	DECODED_MALFORMED_FRAGMENT,
	DECODED_MALFORMED_TCP,
	DECODED_EXTENSIONS,   /* more IPv6 extension headers than are walked */
	DECODED_TUNNEL_LIMIT, /* more tunnels, or layers, than are walked */
	DECODED_HEADERS_CUT,  /* by the snap length */
};

#define DECODED_KINDS (DECODED_HEADERS_CUT + 1)

/* "tcp", "udp" ... for counters. */
const char *decoded_name(enum decoded decoded);

/* What UDP may carry. */
enum decap_kind {
	DECAP_NONE,
	DECAP_VXLAN,
	DECAP_VXLAN_GPE,
	DECAP_GENEVE,
	DECAP_GTPU,
	DECAP_TZSP,
	DECAP_TEREDO,
	DECAP_L2TP,
	DECAP_GRE,
	DECAP_MPLS,
};

#define DECAP_PORTS_MAX 16

struct decap {
	uint16_t port; /* 0 in unused rows */
	enum decap_kind kind;
};

/* The ports that IANA gave them, and Linux's own for VXLAN. */
extern const struct decap decap_standard[DECAP_PORTS_MAX];

struct decoder_options {
	uint64_t key; /* of the fragments' table: from the kernel */
	const struct decap *decap; /* DECAP_PORTS_MAX of them; NULL: standard */
	bool realm;            /* VLANs and tunnels count in packet->realm */
	struct census *census; /* counted there; NULL: nobody wants to know */
};

/*
 * One for each worker.  It keeps what frames leave behind: fragments that wait
 * for the rest.  NULL: no memory.
 */
struct decoder;

struct decoder *decoder_new(const struct decoder_options *options);
void decoder_free(struct decoder *decoder);

/* The packet's payload is lent until CAPTURE_BATCH more frames were decoded. */
enum decoded frame_decode(struct decoder *decoder, const struct frame *frame,
    struct packet *ret_packet);

/* A link type that frame_decode() takes apart. */
bool frame_link_known(int linktype);

#endif
