/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ip - the network layer: IPv4 (RFC 791) and IPv6 (RFC 8200) with the
 * extension headers that may stand before TCP.
 *
 * What lies behind the length that IP states is padding and is left out.  A
 * packet that claims more than the frame had on the wire is malformed: no
 * receiver would take it.
 */
#ifndef STRAYMAIL_IP_H
#define STRAYMAIL_IP_H

#include "sensor/decode/layer.h"

#include <stdint.h>

#define IP_PROTOCOL_TCP 6

/* How many IPv6 extension headers are walked. */
#define IP_EXTENSIONS_MAX 8

struct ip {
	struct slice source, destination; /* 4 or 16 bytes, lent */
	struct layer payload;
	uint8_t family; /* 4 or 6 */
};

/* DECODED_TCP: *ret_ip is filled and its payload is TCP; else what it is. */
enum decoded ip_take_v4(struct layer layer, struct ip *ret_ip);
enum decoded ip_take_v6(struct layer layer, struct ip *ret_ip);

#endif
