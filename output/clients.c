/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clients - who a server's clients are.
 */
#include "output/clients.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct clients {
	size_t most, used;
	struct client *places;
};

static_assert(sizeof(struct client) <= 32, "the budget of a client");

struct clients *
clients_new(size_t most)
{
	struct clients *clients = calloc(1, sizeof(*clients));

	if (clients == NULL)
		return NULL;
	clients->most = most;
	clients->places = calloc(most, sizeof(clients->places[0]));
	if (clients->places != NULL)
		return clients;
	clients_free(clients);
	return NULL;
}

void
clients_free(struct clients *clients)
{
	if (clients == NULL)
		return;
	free(clients->places);
	free(clients);
}

static struct client *
client_find(const struct server *server, const struct endpoint *who)
{
	struct client *client = server->clients;

	while (client != NULL &&
	    (client->family != who->family ||
		memcmp(client->address, who->address,
		    sizeof(client->address)) != 0))
		client = client->next;
	return client;
}

/* NULL: a bound is reached. */
static struct client *
client_new(
    struct clients *clients, struct server *server, const struct endpoint *who)
{
	struct client *client;

	if (server->client_count == LEDGER_CLIENTS_MAX ||
	    clients->used == clients->most)
		return NULL;
	client = &clients->places[clients->used++];
	memcpy(client->address, who->address, sizeof(client->address));
	client->family = who->family;
	client->next = server->clients;
	server->clients = client;
	server->client_count++;
	return client;
}

void
clients_count(struct clients *clients, struct server *server,
    const struct sighting *sighting)
{
	struct client *client;

	if (sighting->flows <= 0)
		return;
	client = client_find(server, &sighting->client);
	if (client == NULL)
		client = client_new(clients, server, &sighting->client);
	if (client != NULL)
		client->flows++;
}
