/* SPDX-License-Identifier: Apache-2.0 */
/*
 * udp - only as far as a tunnel may be in it: by its ports.
 *
 * Most of UDP is no tunnel, and half of a network's packets may be UDP: the
 * ports of decoder->options.decap are found by a small table.
 */
#ifndef STRAYMAIL_UDP_H
#define STRAYMAIL_UDP_H

#include "sensor/decode/decoder.h"

/* Once, when the options are there. */
void udp_note_ports(struct decoder *decoder);

#endif
