/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hole - the bytes that are wanted are missing: how many, and for how long they
 * are waited for.
 *
 * Part of reassembly, and for its use only.
 */
#ifndef STRAYMAIL_HOLE_H
#define STRAYMAIL_HOLE_H

#include "sensor/flow/half.h"
#include "sensor/flow/store.h"

/* Where the hole at half.next would end; half.next if there is none. */
uint32_t hole_end(const struct store *store, const struct half *half);

/* Up to where to pass over it at that time; half.next to wait. */
uint32_t hole_given_up(
    const struct store *store, const struct half *half, uint64_t tick_ns);

#endif
