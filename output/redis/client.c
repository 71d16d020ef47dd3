/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client - one connection to Redis; the only file that knows hiredis.
 */
#include "output/redis/client.h"

#include "output/clock.h"
#include "output/sanitize.h"

#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* One element of a reply; all of a reply hang on one chain, so that giving them
 * back needs no walk through a tree of somebody else's making. */
struct node {
	struct reply reply;
	struct node *next;
};

struct redis_client {
	redisContext *context;
	redisReader *reader;
	struct node *nodes; /* of the reply that is lent, or comes in */
	size_t node_count, node_bytes;
	bool too_large; /* the reader was refused one */
	bool lent;      /* the nodes are a whole reply */
	char *out;      /* the pipeline, not sent yet */
	size_t out_length, out_cap;
	uint32_t limit_ms; /* of a pipeline */
	int64_t deadline_ms;
	struct trouble trouble;
};

static int64_t
now_ms(void)
{
	return (int64_t)(clock_ns(CLOCK_MONOTONIC) / 1000000);
}

/* A server's own words are as hostile as any other bytes from the network. */
void
trouble_set(struct trouble *trouble, enum reply_class class, const char *reason)
{
	trouble->class = class;
	sanitize(
	    trouble->text, sizeof trouble->text, reason, strlen(reason), NULL);
}

/* --- replies, as hiredis reads them --------------------------------------- */

static void
forget_reply(struct redis_client *client)
{
	struct node *node = client->nodes;

	while (node != NULL) {
		struct node *next = node->next;

		free(node->reply.items);
		free(node);
		node = next;
	}
	client->nodes = NULL;
	client->node_count = 0;
	client->node_bytes = 0;
	client->lent = false;
}

/* A node with its text behind it; NULL when the reply is too large. */
static struct reply *
make(const redisReadTask *task, enum reply_kind kind, const char *text,
    size_t length)
{
	struct redis_client *client = task->privdata;
	struct node *node = NULL;
	char *copy;

	if (length <= CLIENT_TEXT_MAX &&
	    client->node_count < CLIENT_NODES_MAX &&
	    client->node_bytes + length <= CLIENT_BYTES_MAX)
		node = calloc(1, sizeof *node + length + 1);
	if (node == NULL) {
		client->too_large = true;
		return NULL;
	}
	copy = (char *)(node + 1);
	if (length > 0)
		memcpy(copy, text, length);
	node->reply.kind = kind;
	node->reply.text = copy;
	node->reply.length = length;
	node->next = client->nodes;
	client->nodes = node;
	client->node_count++;
	client->node_bytes += length;
	if (task->parent != NULL) {
		struct reply *parent = task->parent->obj;

		parent->items[task->idx] = &node->reply;
	}
	return &node->reply;
}

static void *
make_string(const redisReadTask *task, char *text, size_t length)
{
	enum reply_kind kind = REPLY_TEXT;

	if (task->type == REDIS_REPLY_ERROR)
		kind = REPLY_ERROR;
	else if (task->type == REDIS_REPLY_STATUS)
		kind = REPLY_STATUS;
	return make(task, kind, text, length);
}

static void *
make_array(const redisReadTask *task, int count)
{
	struct redis_client *client = task->privdata;
	struct reply *array;

	if (count < 0 || count > CLIENT_ITEMS_MAX) {
		client->too_large = true;
		return NULL;
	}
	array = make(task, REPLY_ARRAY, "", 0);
	if (array == NULL || count == 0)
		return array;
	array->items = calloc((size_t)count, sizeof(struct reply *));
	if (array->items == NULL)
		return NULL;
	array->count = (size_t)count;
	return array;
}

static void *
make_integer(const redisReadTask *task, long long value)
{
	struct reply *integer = make(task, REPLY_INTEGER, "", 0);

	if (integer != NULL)
		integer->integer = value;
	return integer;
}

static void *
make_nil(const redisReadTask *task)
{
	return make(task, REPLY_NIL, "", 0);
}

/* The client frees its nodes itself. */
static void
keep(void *reply)
{
	(void)reply;
}

static redisReplyObjectFunctions reading = { make_string, make_array,
	make_integer, make_nil, keep };

/* --- bytes --------------------------------------------------------------- */

static bool
broken(struct redis_client *client, const char *reason)
{
	trouble_set(&client->trouble, CLASS_RECONNECT, reason);
	return false;
}

static bool
broken_off(struct redis_client *client)
{
	char reason[64];

	return broken(client, strerror_r(errno, reason, sizeof reason));
}

/* Waits until the socket takes or has bytes, within the deadline. */
static bool
ready(struct redis_client *client, short events)
{
	struct pollfd wait = { .fd = client->context->fd, .events = events };
	int64_t left = client->deadline_ms - now_ms();
	int got = left > 0 ? poll(&wait, 1, (int)left) : 0;

	if (got > 0 || (got < 0 && errno == EINTR))
		return true;
	if (got < 0)
		return broken_off(client);
	client->trouble.timed_out = true;
	return broken(client, "no answer in time");
}

static bool
send_pipeline(struct redis_client *client)
{
	size_t sent = 0;

	while (sent < client->out_length) {
		ssize_t took = send(client->context->fd, client->out + sent,
		    client->out_length - sent, MSG_NOSIGNAL);

		if (took >= 0)
			sent += (size_t)took;
		else if (errno == EAGAIN) {
			if (!ready(client, POLLOUT))
				return false;
		} else if (errno != EINTR)
			return broken_off(client);
	}
	/* It may have held a password. */
	explicit_bzero(client->out, client->out_length);
	client->out_length = 0;
	return true;
}

static bool
receive_some(struct redis_client *client)
{
	char bytes[16384];
	ssize_t got;

	if (!ready(client, POLLIN))
		return false;
	got = recv(client->context->fd, bytes, sizeof bytes, 0);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR || broken_off(client);
	if (got == 0)
		return broken(client, "the server closed the connection");
	/* What waits for its end is one text at most: no need to hold more. */
	if (client->reader->len - client->reader->pos >
	    CLIENT_TEXT_MAX + 2 * sizeof bytes)
		return broken(client, "a reply larger than any should be");
	if (redisReaderFeed(client->reader, bytes, (size_t)got) != REDIS_OK)
		return broken(client, client->reader->errstr);
	return true;
}

const struct reply *
redis_client_receive(struct redis_client *client)
{
	void *reply = NULL;

	if (client->trouble.text[0] != '\0')
		return NULL;
	if (client->lent)
		forget_reply(client);
	if (client->out_length > 0) {
		client->deadline_ms = now_ms() + client->limit_ms;
		if (!send_pipeline(client))
			return NULL;
	}
	for (;;) {
		if (redisReaderGetReply(client->reader, &reply) != REDIS_OK) {
			broken(client,
			    client->too_large
				? "a reply larger than any should be"
				: client->reader->errstr);
			return NULL;
		}
		if (reply != NULL)
			break;
		if (!receive_some(client))
			return NULL;
	}
	client->lent = true;
	return reply;
}

/* --- commands ------------------------------------------------------------ */

static bool
make_room(struct redis_client *client, size_t more)
{
	size_t wanted = client->out_length + more;
	char *larger;

	if (wanted <= client->out_cap)
		return true;
	larger = realloc(client->out, 2 * wanted);
	if (larger == NULL)
		return false;
	client->out = larger;
	client->out_cap = 2 * wanted;
	return true;
}

bool
redis_client_send(struct redis_client *client, struct command *command)
{
	char *text = NULL;
	int length;
	bool fits;

	if (command->overflow)
		return false;
	length = redisFormatCommandArgv(
	    &text, (int)command->count, command->word, command->length);
	if (length < 0)
		return false;
	fits = make_room(client, (size_t)length);
	if (fits) {
		memcpy(client->out + client->out_length, text, (size_t)length);
		client->out_length += (size_t)length;
	}
	redisFreeCommand(text);
	return fits;
}

const struct reply *
redis_client_ask(struct redis_client *client, struct command *command)
{
	if (!redis_client_send(client, command)) {
		broken(client, "no memory for a command");
		return NULL;
	}
	return redis_client_receive(client);
}

const struct trouble *
redis_client_trouble(const struct redis_client *client)
{
	return &client->trouble;
}

/* --- the connection ------------------------------------------------------- */

static bool
prepare(struct redis_client *client, const struct redis_url *url,
    struct trouble *trouble)
{
	const struct timeval limit = { .tv_sec = CLIENT_CONNECT_MS / 1000 };
	int flags;

	client->context = url->local
	    ? redisConnectUnixWithTimeout(url->host, limit)
	    : redisConnectWithTimeout(url->host, url->port, limit);
	client->reader = redisReaderCreateWithFunctions(&reading);
	if (client->context == NULL || client->reader == NULL) {
		trouble_set(trouble, CLASS_RETRY, "no memory");
		return false;
	}
	client->reader->privdata = client;
	if (client->context->err != 0) {
		trouble->timed_out = errno == ETIMEDOUT;
		trouble_set(trouble, CLASS_RECONNECT, client->context->errstr);
		return false;
	}
	if (!url->local)
		redisEnableKeepAlive(client->context);
	flags = fcntl(client->context->fd, F_GETFL);
	fcntl(client->context->fd, F_SETFL, flags | O_NONBLOCK);
	return true;
}

struct redis_client *
redis_client_open(
    const struct redis_url *url, uint32_t limit_ms, struct trouble *ret_trouble)
{
	struct redis_client *client = calloc(1, sizeof *client);

	*ret_trouble = (struct trouble){ .class = CLASS_RETRY };
	if (client == NULL)
		trouble_set(ret_trouble, CLASS_RETRY, "no memory");
	else if (prepare(client, url, ret_trouble)) {
		client->limit_ms = limit_ms;
		return client;
	}
	redis_client_close(client);
	return NULL;
}

void
redis_client_close(struct redis_client *client)
{
	if (client == NULL)
		return;
	forget_reply(client);
	if (client->reader != NULL)
		redisReaderFree(client->reader);
	if (client->context != NULL)
		redisFree(client->context);
	free(client->out);
	free(client);
}
