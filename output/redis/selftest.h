/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selftest - the ingest script, rehearsed before anything real is told.
 *
 * A permission that is missing in the middle of the script would leave half an
 * update behind, and nobody would notice for months.  So the script is played
 * through all its branches on keys of its own, which expire.
 */
#ifndef STRAYMAIL_SELFTEST_H
#define STRAYMAIL_SELFTEST_H

#include "output/redis/client.h"
#include "output/redis/ingest.h"

#include <stdbool.h>

/*
 * Loads the script, whose name is put into ret_script.  command is room to work
 * in.  False: ret_trouble names the command or permission.
 */
bool selftest_load(struct redis_client *client, struct command *command,
    char ret_script[SCRIPT_NAME_MAX], struct trouble *ret_trouble);

/* who: prefix and sensor are used. */
bool selftest_play(struct redis_client *client, struct command *command,
    const struct ingest *who, const char *script, struct trouble *ret_trouble);

#endif
