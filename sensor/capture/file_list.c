/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file_list - the files to read, in order.
 */
#include "sensor/capture/file_list.h"

#include "output/log.h"
#include "sensor/capture/file.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct file_list {
	size_t count, room;
	struct file_entry *entries;
};

/* Takes `path` over; false: no memory. */
static bool
add(struct file_list *list, char *path, uint64_t bytes, uint64_t first_ns)
{
	if (path == NULL)
		return false;
	if (list->count == list->room) {
		size_t room = list->room > 0 ? 2 * list->room : 16;
		struct file_entry *entries =
		    reallocarray(list->entries, room, sizeof(*entries));

		if (entries == NULL) {
			free(path);
			return false;
		}
		list->entries = entries;
		list->room = room;
	}
	list->entries[list->count++] = (struct file_entry){
		.path = path, .bytes = bytes, .first_ns = first_ns
	};
	return true;
}

static char *
joined(const char *directory, const char *name)
{
	char *path = NULL;
	size_t len = strlen(directory);
	const char *slash = len > 0 && directory[len - 1] == '/' ? "" : "/";

	return asprintf(&path, "%s%s%s", directory, slash, name) < 0 ? NULL
								     : path;
}

/* Adds the file if it is a capture; false: no memory. */
static bool
add_if_capture(struct file_list *list, const char *directory, const char *name)
{
	struct stat st;
	struct file_reason reason;
	char *path = joined(directory, name);

	if (path == NULL)
		return false;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		free(path);
		return true;
	}

	uint64_t first_ns = file_first_ns(path, &reason);

	if (reason.foreign) {
		log_info("%s: passed over: %s", path, reason.text);
		free(path);
		return true;
	}
	return add(list, path, (uint64_t)st.st_size, first_ns);
}

static int
by_first_packet(const void *left, const void *right)
{
	const struct file_entry *a = left, *b = right;

	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return strcmp(a->path, b->path);
}

/* Adds a directory's captures; itself where it has none or cannot be read,
 * so that its turn says so. */
static bool
add_directory(struct file_list *list, const char *path)
{
	size_t first = list->count;
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool ok = true;

	if (directory != NULL) {
		/* Nobody else reads this stream. */
		/* NOLINTNEXTLINE(concurrency-mt-unsafe) */
		while (ok && (entry = readdir(directory)) != NULL)
			ok = add_if_capture(list, path, entry->d_name);
		closedir(directory);
	}
	if (!ok || list->count == first)
		return ok && add(list, strdup(path), 0, 0);
	qsort(list->entries + first, list->count - first,
	    sizeof(*list->entries), by_first_packet);
	return true;
}

static bool
add_path(struct file_list *list, const char *path)
{
	struct stat st;
	bool there = strcmp(path, "-") != 0 && stat(path, &st) == 0;

	if (there && S_ISDIR(st.st_mode))
		return add_directory(list, path);
	return add(list, strdup(path),
	    there && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0, 0);
}

struct file_list *
file_list_new(const char *const *paths, unsigned count)
{
	struct file_list *list = calloc(1, sizeof(*list));

	for (unsigned i = 0; list != NULL && i < count; i++) {
		if (!add_path(list, paths[i])) {
			file_list_free(list);
			list = NULL;
		}
	}
	return list;
}

void
file_list_free(struct file_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].path);
	free(list->entries);
	free(list);
}

size_t
file_list_count(const struct file_list *list)
{
	return list->count;
}

const struct file_entry *
file_list_at(const struct file_list *list, size_t i)
{
	return &list->entries[i];
}
