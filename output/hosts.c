/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hosts - on how many odd ports one host serves mail.
 *
 * A table of the hosts' first servers, open to the next place, never more than
 * half full.  The others hang on the first until there are many: from then on
 * nothing about them changes any more.
 */
#include "output/hosts.h"

#include <stdlib.h>
#include <string.h>

struct hosts {
	size_t slots; /* a power of two */
	struct server **first;
};

struct hosts *
hosts_new(size_t servers_max)
{
	struct hosts *hosts = calloc(1, sizeof(*hosts));

	if (hosts == NULL)
		return NULL;
	hosts->slots = 2;
	while (hosts->slots < 2 * servers_max)
		hosts->slots *= 2;
	hosts->first = calloc(hosts->slots, sizeof(struct server *));
	if (hosts->first != NULL)
		return hosts;
	hosts_free(hosts);
	return NULL;
}

void
hosts_free(struct hosts *hosts)
{
	if (hosts == NULL)
		return;
	free(hosts->first);
	free(hosts);
}

static bool
same_host(const struct server *a, const struct server *b)
{
	return a->endpoint.family == b->endpoint.family &&
	    memcmp(a->endpoint.address, b->endpoint.address,
		sizeof(a->endpoint.address)) == 0 &&
	    strncmp(a->latest.name, b->latest.name, sizeof(a->latest.name)) ==
	    0;
}

struct server *
hosts_prove(struct hosts *hosts, size_t hash, struct server *server)
{
	size_t slot = hash & (hosts->slots - 1);
	struct server *first;
	uint8_t ports;

	while (hosts->first[slot] != NULL &&
	    !same_host(hosts->first[slot], server))
		slot = (slot + 1) & (hosts->slots - 1);
	first = hosts->first[slot];
	if (first == NULL) {
		hosts->first[slot] = server;
		server->host_ports = 1;
		return NULL;
	}
	if (first->host_ports == LEDGER_PORTS_MANY) {
		server->host_ports = LEDGER_PORTS_MANY;
		return NULL; /* they were many before */
	}
	ports = (uint8_t)(first->host_ports + 1);
	server->next_of_host = first->next_of_host;
	first->next_of_host = server;
	for (struct server *s = first; s != NULL; s = s->next_of_host)
		s->host_ports = ports;
	return ports == LEDGER_PORTS_MANY ? first : NULL;
}
