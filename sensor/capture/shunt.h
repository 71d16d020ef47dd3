/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt - packets of flows that were ruled out stay in the kernel.
 *
 * After a negative verdict a flow's packets are noise, and often most of what
 * there is.  A program at the worker's sockets (extended BPF, in the place of
 * the filter, which becomes a part of it) finds each packet's flow and drops
 * those of flows that the worker has added, before they are copied into the
 * ring.
 *
 * SYN, FIN and RST always pass, and a SYN also deletes the entry there and then:
 * a reused tuple must not lose its greeting.  So do fragments, and all that the
 * program cannot walk to a TCP header.  Where there are too many entries the
 * kernel gives up the one that was used least recently: the worker sees that
 * flow's packets again, and may add it again.
 *
 * One hole is known: a flow that is added while its end and the beginning of
 * the tuple's next connection already wait in the ring is added after that SYN
 * has passed.  Then the next connection is not heard until the worker comes to
 * its SYN-ACK, and removes the entry; so none is added that was seen to close.
 *
 * It takes CAP_BPF (or root), and Linux 5.8.
 */
#ifndef STRAYMAIL_SHUNT_H
#define STRAYMAIL_SHUNT_H

#include "sensor/capture/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flows that may be in it: about 8 MiB of the kernel's memory a worker. */
#define SHUNT_FLOWS_MAX 65536

struct decap;
struct flow_key;
struct shunt;

/* Attached to nothing yet.  decap: DECAP_PORTS_MAX of them, borrowed; NULL: the
 * standard ones.  NULL: errno says why, EPERM for want of CAP_BPF. */
struct shunt *shunt_new(const struct decap *decap);
void shunt_free(struct shunt *shunt);

/* A socket of the worker's, and the filter that is on it. */
struct shunt_socket {
	int fd;
	int link; /* libpcap's number, which is frame.h's where it matters */
	uint32_t snaplen;
	const void *filter; /* classic instructions; NULL: there is none */
	size_t filter_len;  /* how many */
};

#define SHUNT_REASON 256

/* In place of its filter.  False, with the reason in half a line: the socket is
 * as it was. */
bool shunt_attach(struct shunt *shunt, const struct shunt_socket *socket,
    char ret_reason[static SHUNT_REASON]);

/* The program alone, for a test run: a file descriptor, or -1. */
int shunt_program(struct shunt *shunt, const struct shunt_socket *socket,
    char ret_reason[static SHUNT_REASON]);

/* The flow's packets are dropped from now on, and no longer.  A
 * system call each, of one or two microseconds. */
void shunt_add(struct shunt *shunt, const struct flow_key *key);
void shunt_remove(struct shunt *shunt, const struct flow_key *key);

/* What was dropped of a flow so far.  False: it is not in there. */
bool shunt_of(struct shunt *shunt, const struct flow_key *key,
    uint64_t *ret_packets, uint64_t *ret_bytes);

/* ... and of all since the start; bytes without a tag that the kernel took
 * off.  Cheap: no system call. */
void shunt_totals(
    const struct shunt *shunt, uint64_t *ret_packets, uint64_t *ret_bytes);

#endif
