/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - the link layer, VLAN tags included, taken off a frame.
 *
 * Sensors see frames of many kinds, and IP is in all of them; this is the only
 * module that knows the kinds.  Tags beyond the third are not walked: such a
 * frame counts as not IP.  So does 802.3 with LLC or SNAP.
 */
#ifndef STRAYMAIL_LINK_H
#define STRAYMAIL_LINK_H

#include "sensor/decode/layer.h"
#include "sensor/decode/packet.h"

#include <stdbool.h>
#include <stdint.h>

struct link {
	struct layer payload; /* from the network layer's first byte */
	uint8_t family;       /* 4 or 6 */
	uint8_t vlan_count;
	uint16_t vlan[PACKET_VLANS_MAX]; /* outermost first */
};

/* DECODED_TCP: so far so good, *ret_link is filled; else why not. */
enum decoded link_take(const struct frame *frame, struct link *ret_link);

bool link_known(int linktype);

#endif
