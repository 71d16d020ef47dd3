/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_server - a real redis-server of the test's own: on a unix socket in a
 * directory of its own, without a TCP port and without persistence.
 *
 * The machine's own Redis is neither started nor touched.  Where no
 * redis-server is installed, the program that Debian's redis-tools ships as
 * redis-check-rdb is one, if called by that name.
 */
#ifndef STRAYMAIL_TESTS_REDIS_SERVER_H
#define STRAYMAIL_TESTS_REDIS_SERVER_H

#include <stdbool.h>

struct redis_server;

/*
 * Makes the directory; acl: the users' lines of an ACL file, NULL: none.  It
 * does not start yet.  NULL, after it has said so: there is no program to run.
 */
struct redis_server *redis_server_new(const char *acl);

/* Starts it, empty, and waits until its socket answers.  False: it does not. */
bool redis_server_start(struct redis_server *server);

/* Kills it, with all it knew. */
void redis_server_kill(struct redis_server *server);

/* unix:///tmp/.../redis.sock */
const char *redis_server_url(const struct redis_server *server);

/* Writes a file into its directory (a password); the path is the server's until
 * the next call. */
const char *redis_server_file(
    struct redis_server *server, const char *name, const char *content);

/* Kills it and removes the directory. */
void redis_server_free(struct redis_server *server);

#endif
