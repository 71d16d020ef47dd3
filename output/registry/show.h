/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - all that is known of one server, for a person.
 */
#ifndef STRAYMAIL_SHOW_H
#define STRAYMAIL_SHOW_H

#include "output/registry/from_redis.h"
#include "output/registry/known.h"

#include <stddef.h>
#include <stdio.h>

void show_server(FILE *out, const struct known *known,
    const struct visitor *visitors, size_t count);

#endif
