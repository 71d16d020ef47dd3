/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - which servers a person wants to see: port:2525 is:new sw:postfix
 * site:hq, all of which must hold.
 */
#ifndef STRAYMAIL_FILTER_H
#define STRAYMAIL_FILTER_H

#include "output/registry/known.h"

#include <stdbool.h>

/* NULL, or the first of them that is no filter. */
const char *filter_wrong(const char *const *filters, unsigned count);

bool filter_has(
    const char *const *filters, unsigned count, const struct known *known);

#endif
