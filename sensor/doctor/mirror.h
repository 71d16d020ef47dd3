/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mirror - what a worker notices about the mirror port itself.
 *
 * A sensor that is fed wrongly sees nothing and does not know it.  So beside
 * its work a worker counts what gives a wrong mirror away: frames that were
 * cut, connections of which one direction never comes, the same frame twice.
 * What these numbers mean is doctor.h's.
 *
 * Counting costs a few additions a packet.  Only what cannot be told from one
 * packet (copies, order, loss) follows connections, and of those a few.
 */
#ifndef STRAYMAIL_MIRROR_H
#define STRAYMAIL_MIRROR_H

#include "sensor/capture/capture.h"
#include "sensor/flow/flow_table.h"

#include <stdbool.h>
#include <stdint.h>

/* Totals since the start; those of several workers may be added up. */
#define MIRROR_FIELDS(X)                                                       \
	X(frames, "frames that were looked at")                                \
	X(cut, "... of which the snap length took some")                       \
	X(back, "... with a time before the last one's")                       \
	X(unicast, "of a sample: sent to one host")                            \
	X(own, "... namely to or from the interface itself")                   \
	X(batches, "batches that were not empty")                              \
	X(lag_ms, "milliseconds from their packets to now, in sum")            \
	X(tcp, "TCP segments")                                                 \
	X(control, "... that are SYN, FIN or RST without a byte")              \
	X(super, "... longer than the interface can receive")                  \
	X(tagged, "... in a VLAN")                                             \
	X(tunnelled, "... in a tunnel")                                        \
	X(syn, "SYNs")                                                         \
	X(syn_ack, "SYN-ACKs")                                                 \
	X(flows, "connections that were opened")                               \
	X(met, "... of which both were")                                       \
	X(asymmetric, "... in VLANs of their own")                             \
	X(late, "connections that were opened after five minutes")             \
	X(midstream, "... and had begun before")                               \
	X(followed, "segments of connections that are followed")               \
	X(copies, "... that came twice within 100 ms")                         \
	X(early, "... before others")                                          \
	X(acked_bytes, "bytes that were acknowledged there")                   \
	X(lost_bytes, "... and never seen")

/* VLANs or networks, first come; a place without frames is free. */
#define MIRROR_IDS 8

struct mirror_ids {
	uint64_t frames[MIRROR_IDS];
	uint32_t id[MIRROR_IDS];
};

struct mirror_counts {
#define MIRROR_FIELD(name, meaning) uint64_t name;
	MIRROR_FIELDS(MIRROR_FIELD)
#undef MIRROR_FIELD
	struct mirror_ids vlans, networks; /* of a sample */
};

void mirror_add(struct mirror_counts *sum, const struct mirror_counts *more);

/* Of a file nobody knows; but no network carries longer frames than these. */
#define MIRROR_MTU_UNKNOWN 9216

/* What is known of an interface that frames come from. */
struct mirror_port {
	uint8_t mac[6];
	uint32_t mtu;
};

struct mirror;

/* Counts there.  ports: by frame.interface, or NULL; both borrowed.
 * NULL: no memory. */
struct mirror *mirror_new(struct mirror_counts *counts,
    const struct mirror_port *ports, unsigned port_count);
void mirror_free(struct mirror *mirror);

/* All frames of a batch that is not empty. */
void mirror_batch(struct mirror *mirror, const struct batch *batch);

/* A segment, and what it is looked up by. */
void mirror_packet(struct mirror *mirror, const struct packet *packet,
    const struct flow_lookup *lookup);

/* ... and its flow, which was there already or not; `from` as in its key. */
void mirror_flow(struct mirror *mirror, struct flow *flow, bool opened,
    const struct packet *packet, unsigned from);

#endif
