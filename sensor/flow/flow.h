/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow - what a packet means to one connection, and nothing of the table.
 */
#ifndef STRAYMAIL_FLOW_H
#define STRAYMAIL_FLOW_H

#include "sensor/flow/flow_key.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/porch.h"

/* Worth a place: a SYN-ACK, or payload.  A RST is not, whatever it carries. */
bool flow_takes_place(const struct packet *packet);

/* A new connection, by the packet that opened it. */
void flow_begin(
    struct flow *flow, const struct flow_key *key, const struct packet *packet);

/* What an endpoint of the key was seen to send before; if it is not of this
 * connection it changes nothing. */
void flow_recall(struct flow *flow, unsigned end, const struct passer *passer);

/* The packet is a SYN-ACK of a connection that came after this one. */
bool flow_is_over(const struct flow *flow, const struct flow_key *key,
    const struct packet *packet);

/* A further packet of this connection. */
void flow_hear(
    struct flow *flow, const struct flow_key *key, const struct packet *packet);

/* Who sent the packet that the key was made of. */
enum side flow_sender(const struct flow *flow, const struct flow_key *key);

#endif
