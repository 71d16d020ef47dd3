/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port - one interface that is listened on, through libpcap.
 *
 * It is never waited for: live.c does that, for all ports at once.  Blocks of
 * frames are handed over by the kernel after 100 ms at the latest.
 *
 * A port is one worker's; others may have ports on the same interface, and share
 * its packets (fanout.h).  All on the worker's thread, once it runs.
 */
#ifndef STRAYMAIL_PORT_H
#define STRAYMAIL_PORT_H

#include "sensor/capture/capture.h"
#include "sensor/capture/shunt.h"

#include <stdbool.h>
#include <stdint.h>

#define PORT_TIMEOUT_MS 100

struct port;
struct fanout;

/* NULL after it has said why.  The name is borrowed for the port's life. */
struct port *port_open(const char *name, const struct capture_live *want);
void port_free(struct port *port);

const char *port_name(const struct port *port);

/* From now on that shunt decides what is captured, with the filter as a part of
 * it.  False, with the reason in half a line: all is as it was. */
bool port_shunt(const struct port *port, struct shunt *shunt,
    const char *filter, char ret_reason[static SHUNT_REASON]);

/* Its packet socket: to poll() for frames, and to set options of. */
int port_fd(const struct port *port);

/* The port takes its share of the interface's packets, beside the members that
 * the group has.  False after it has said why. */
bool port_join(struct port *port, struct fanout *group);

/* Frames stamped from one time on and before the other are left out: who was to
 * have them was not settled yet. */
void port_begin(struct port *port, uint64_t from_ns, uint64_t until_ns);

/* Fills the batch with what is there; the frames that the last call gave are
 * over.  Lengths, link, bytes and when_ns are set.  False: the interface is
 * gone, port_fault() says why; the batch may hold its last frames. */
bool port_read(struct port *port, struct batch *batch);
const char *port_fault(const struct port *port);

/* Nothing more is taken up; what was can still be read.  False: errno. */
bool port_mute(struct port *port);

/* Since the port was opened. */
struct port_numbers {
	uint64_t received;        /* by the kernel for us, dropped ones too */
	uint64_t drops;           /* ... since its ring was full */
	uint64_t given;           /* by libpcap to us */
	uint64_t starting;        /* ... and left out, see port_begin() */
	uint64_t interface_drops; /* before the kernel saw them */
	uint64_t miscounted;      /* times that received < given + drops */
};

void port_numbers(struct port *port, struct port_numbers *ret_numbers);

/* Muted, and read to its end: now received = given + drops, where all that the
 * kernel took was ours to have.  What is wrong is said, and counted. */
void port_balance(struct port *port);

#endif
