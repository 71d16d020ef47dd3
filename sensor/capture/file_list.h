/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_list - the files to read, in order.
 *
 * What the user named keeps its order.  A directory stands for the captures in
 * it (not for those of its sub-directories), by the time of their first packet
 * and then by name: a connection may span the files of a rotating capture.
 */
#ifndef STRAYMAIL_FILE_LIST_H
#define STRAYMAIL_FILE_LIST_H

#include <stddef.h>
#include <stdint.h>

struct file_list;

struct file_entry {
	char *path;
	uint64_t bytes; /* on the disk; 0: not a regular file */
	uint64_t first_ns;
};

/* NULL: no memory.  A path that is not there is listed as it is. */
struct file_list *file_list_new(const char *const *paths, unsigned count);
void file_list_free(struct file_list *list);

size_t file_list_count(const struct file_list *list);
const struct file_entry *file_list_at(const struct file_list *list, size_t i);

#endif
