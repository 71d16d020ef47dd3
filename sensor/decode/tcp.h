/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tcp - the TCP header (RFC 9293 3.1), options skipped.
 *
 * Options are not read, so a snap length that falls among them costs the
 * payload only: the packet is still told, with nothing in it and marked cut.
 */
#ifndef STRAYMAIL_TCP_H
#define STRAYMAIL_TCP_H

#include "sensor/decode/layer.h"
#include "sensor/decode/packet.h"

/* DECODED_TCP: ports, numbers, flags and payload of *ret_packet are filled;
 * else it is untouched. */
enum decoded tcp_take(struct layer layer, struct packet *ret_packet);

#endif
