/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strangers - which of them were told of already.
 *
 * A mail port that serves something else may do so thousands of times an hour,
 * and is one piece of news an hour; in a replay, one in all.  The table has a
 * fixed size.  Who finds no room in it is not told, and counted.
 */
#ifndef STRAYMAIL_STRANGERS_H
#define STRAYMAIL_STRANGERS_H

#include "output/stranger.h"

#include <stdbool.h>
#include <stdint.h>

struct strangers;

/* NULL: no memory. */
struct strangers *strangers_new(bool replay);
void strangers_free(struct strangers *strangers);

/* True: it is news at now_ns, and is now known. */
bool strangers_meet(struct strangers *strangers,
    const struct stranger *stranger, uint64_t now_ns);

/* Servers on mail ports, once for each protocol that they speak there. */
uint64_t strangers_known(const struct strangers *strangers);

/* How often one found no room. */
uint64_t strangers_refused(const struct strangers *strangers);

#endif
