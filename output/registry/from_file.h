/* SPDX-License-Identifier: Apache-2.0 */
/*
 * from_file - the servers that a file of events (NDJSON) tells of.
 */
#ifndef STRAYMAIL_FROM_FILE_H
#define STRAYMAIL_FROM_FILE_H

#include "output/registry/known.h"

#include <stdbool.h>

/*
 * The newest event of a server counts.  Lines that are none are named, the
 * first few of them, and passed over.  False, after it has said why: the file
 * cannot be read at all.
 */
bool from_file(const char *path, struct known_list *ret_list);

#endif
