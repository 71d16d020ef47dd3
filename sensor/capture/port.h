/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port - one interface that is listened on, through libpcap.
 *
 * It is never waited for: live.c does that, for all ports at once.  Blocks of
 * frames are handed over by the kernel after 100 ms at the latest.
 */
#ifndef STRAYMAIL_PORT_H
#define STRAYMAIL_PORT_H

#include "sensor/capture/capture.h"

#include <stdbool.h>
#include <stdint.h>

#define PORT_TIMEOUT_MS 100

struct port;

/* NULL after it has said why.  The name is borrowed for the port's life. */
struct port *port_open(const char *name, const struct capture_live *want);
void port_free(struct port *port);

const char *port_name(const struct port *port);

/* To poll() for frames. */
int port_fd(const struct port *port);

/* Fills the batch with what is there; the frames that the last call gave are
 * over.  Lengths, link, bytes and when_ns are set.  False: the interface is
 * gone, port_fault() says why; the batch may hold its last frames. */
bool port_read(struct port *port, struct batch *batch);
const char *port_fault(const struct port *port);

/* What the kernel and the interface dropped since the port was opened. */
void port_drops(
    struct port *port, uint64_t *ret_kernel, uint64_t *ret_interface);

#endif
