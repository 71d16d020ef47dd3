/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write - servers that were read back, as a table, as JSON or as CSV.
 */
#ifndef STRAYMAIL_WRITE_H
#define STRAYMAIL_WRITE_H

#include "output/registry/known.h"
#include "output/registry/registry.h"

#include <stdbool.h>
#include <stdio.h>

/* False: no memory, or `out` does not take it. */
bool write_servers(
    FILE *out, const struct known_list *list, enum registry_format format);

#endif
