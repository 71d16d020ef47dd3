/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login - a connection to Redis, ready for use.
 *
 * Connects, authenticates with the password file's first line (read anew each
 * time, so that a password may be changed under a running sensor), gives the
 * connection a name and selects the database.
 */
#ifndef STRAYMAIL_LOGIN_H
#define STRAYMAIL_LOGIN_H

#include "output/options.h"
#include "output/redis/client.h"

/* name: of the sensor, for CLIENT LIST; limit_ms: of every pipeline, the login's
 * own too (client.h).  NULL: ret_trouble says why. */
struct redis_client *redis_login(const struct redis_options *options,
    const char *name, uint32_t limit_ms, struct trouble *ret_trouble);

#endif
