/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client - one connection to Redis; the only file that knows hiredis.
 *
 * hiredis connects and knows the protocol; sending and receiving are done here,
 * so that a whole pipeline has one deadline however slowly bytes trickle, a
 * connection that breaks is an answer and not a signal, and a reply can be no
 * larger than the limits below, whoever sits at the other end.
 *
 * A connection that has failed stays failed: close it and open another.
 */
#ifndef STRAYMAIL_CLIENT_H
#define STRAYMAIL_CLIENT_H

#include "output/redis/command.h"
#include "output/redis/reply.h"
#include "output/redis/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLIENT_CONNECT_MS 2000 /* the resolver's time is not in it */
#define CLIENT_COMMAND_MS 5000

/* Of one reply. */
#define CLIENT_TEXT_MAX  ((size_t)1 << 20)
#define CLIENT_ITEMS_MAX 8192  /* of one array */
#define CLIENT_NODES_MAX 65536 /* arrays and texts, all together */
#define CLIENT_BYTES_MAX ((size_t)4 << 20)

#define CLIENT_WHY_MAX   256

struct redis_client;

/* Why there is no connection, or no longer; the text is fit to show. */
struct trouble {
	enum reply_class class; /* CLASS_AUTH, CLASS_RETRY, CLASS_RECONNECT */
	bool timed_out;
	char text[CLIENT_WHY_MAX];
};

/* Says why, in words that may be shown. */
void trouble_set(
    struct trouble *trouble, enum reply_class class, const char *reason);

/* limit_ms: from sending a pipeline to its last reply, CLIENT_COMMAND_MS unless
 * there is less time.  NULL: ret_trouble says why. */
struct redis_client *redis_client_open(const struct redis_url *url,
    uint32_t limit_ms, struct trouble *ret_trouble);
void redis_client_close(struct redis_client *client);

/* Puts a command into the pipeline.  False: it did not fit into its struct, or
 * no memory, and nothing was put there.  The command is not changed; hiredis
 * takes it without const. */
bool redis_client_send(struct redis_client *client, struct command *command);

/*
 * Sends what waits and receives the next reply, which is lent until the next
 * call.  NULL: the connection has failed.
 */
const struct reply *redis_client_receive(struct redis_client *client);

/* One command, one reply; nothing else may be under way. */
const struct reply *redis_client_ask(
    struct redis_client *client, struct command *command);

/* Of a connection that has failed. */
const struct trouble *redis_client_trouble(const struct redis_client *client);

#endif
