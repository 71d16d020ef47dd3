/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_filter - a classic program, as pcap_compile() writes it, made into
 * extended instructions.
 *
 * Only for the shunt.
 */
#ifndef STRAYMAIL_SHUNT_FILTER_H
#define STRAYMAIL_SHUNT_FILTER_H

#include "sensor/capture/shunt_code.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

/* Puts it behind what is there: what it takes goes on at SHUNT_WALK, what it
 * refuses at SHUNT_DROP.  R6 is the packet.  False: it has an instruction that
 * has no counterpart. */
bool shunt_filter_put(struct shunt_code *code,
    const struct sock_filter *instructions, size_t count);

#endif
