/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout_program - which worker a packet is for, as a program for the kernel
 * (PACKET_FANOUT_CBPF, packet(7)).
 *
 * It hashes the innermost pair of addresses that it reaches, without ports and
 * alike in both directions: so the two directions of a connection, and the
 * fragments of a packet, go to one worker.  The kernel takes the result modulo
 * the members of the group.
 *
 * Frames that this host sends itself are for member 0: the kernel hands them
 * over from their link layer on, where the program would have to begin anew.  So
 * is what holds no addresses.
 */
#ifndef STRAYMAIL_FANOUT_PROGRAM_H
#define STRAYMAIL_FANOUT_PROGRAM_H

#include "sensor/capture/code.h"
#include "sensor/decode/frame.h"

#include <stdbool.h>
#include <stdint.h>

/* decap: DECAP_PORTS_MAX of them.  secret: of the hash; groups that share it
 * send a pair of addresses to members of the same number.  False: it is longer
 * than the kernel takes. */
bool fanout_program(
    const struct decap *decap, uint32_t secret, struct code *ret_code);

#endif
