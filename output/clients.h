/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clients - who a server's clients are: places of one array for all servers,
 * made at the start and never given back.
 */
#ifndef STRAYMAIL_CLIENTS_H
#define STRAYMAIL_CLIENTS_H

#include "output/ledger.h"

struct clients;

/* At most so many, of all servers together.  NULL: no memory. */
struct clients *clients_new(size_t most);
void clients_free(struct clients *clients);

/* One more flow of the sighting's client, if it counts as one; where a bound is
 * reached a newcomer is passed over. */
void clients_count(struct clients *clients, struct server *server,
    const struct sighting *sighting);

#endif
