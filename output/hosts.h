/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hosts - on how many odd ports one host serves mail.
 *
 * One that serves on many is a machine that changes its ports, or one that has
 * more to it than a forgotten test server.  An index of bounded size; what it
 * finds out stands in the servers (host_ports).
 */
#ifndef STRAYMAIL_HOSTS_H
#define STRAYMAIL_HOSTS_H

#include "output/ledger.h"

#include <stddef.h>

struct hosts;

/* For so many servers.  NULL: no memory. */
struct hosts *hosts_new(size_t servers_max);
void hosts_free(struct hosts *hosts);

/*
 * The server is proven, on an odd port; said once a server.  hash: of what its
 * address and name are, and not its port.  Where this makes its host's ports
 * many, the first of the host's servers is returned (next_of_host: the others);
 * else NULL.
 */
struct server *hosts_prove(
    struct hosts *hosts, size_t hash, struct server *server);

#endif
