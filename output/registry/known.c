/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known - a server as people read it back.
 */
#include "output/registry/known.h"

#include "output/fnv.h"
#include "output/utc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
known_text(char *field, size_t cap, const char *text, size_t length)
{
	size_t used = length < cap - 1 ? length : cap - 1;

	for (size_t i = 0; i < used; i++)
		field[i] =
		    (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	field[used] = '\0';
}

bool
known_suspected(const struct known *known)
{
	return strcmp(known->verdict, "confirmed") != 0;
}

/* Ids are made of configured names and addresses, and the number of
 * servers is bounded. */
static size_t
hash_of(const char *id)
{
	uint64_t hash = fnv(FNV_BEGIN, id);

	return (size_t)(hash ^ hash >> 32);
}

/* Where the id is, or would be. */
static size_t
slot_of(const struct known_list *list, const char *id)
{
	size_t slot = hash_of(id) & (list->slots - 1);

	while (list->index[slot] != 0 &&
	    strcmp(list->servers[list->index[slot] - 1].id, id) != 0)
		slot = (slot + 1) & (list->slots - 1);
	return slot;
}

/* Room for twice as many; false: no memory, and nothing has changed. */
static bool
grow(struct known_list *list)
{
	size_t cap = list->cap > 0 ? 2 * list->cap : 64;
	uint32_t *index = calloc(2 * cap, sizeof *index);
	struct known *servers =
	    realloc(list->servers, cap * sizeof *list->servers);

	if (servers != NULL)
		list->servers = servers;
	if (servers == NULL || index == NULL) {
		free(index);
		return false;
	}
	free(list->index);
	list->index = index;
	list->slots = 2 * cap;
	list->cap = cap;
	for (size_t i = 0; i < list->count; i++)
		index[slot_of(list, servers[i].id)] = (uint32_t)(i + 1);
	return true;
}

struct known *
known_of(struct known_list *list, const char *id)
{
	struct known *known;
	size_t slot;

	if (list->count == list->cap &&
	    (list->count >= KNOWN_MOST || !grow(list)))
		return NULL;
	slot = slot_of(list, id);
	if (list->index[slot] != 0)
		return &list->servers[list->index[slot] - 1];
	known = &list->servers[list->count++];
	memset(known, 0, sizeof *known);
	known_text(known->id, sizeof known->id, id, strlen(id));
	list->index[slot] = (uint32_t)list->count;
	return known;
}

void
known_free(struct known_list *list)
{
	free(list->servers);
	free(list->index);
	*list = (struct known_list){ .count = 0 };
}

static int
in_order(const void *left, const void *right)
{
	const struct known *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->last_seen_ms != b->last_seen_ms)
		return a->last_seen_ms > b->last_seen_ms ? -1 : 1;
	return strcmp(a->id, b->id);
}

void
known_sort(struct known_list *list)
{
	if (list->count > 0)
		qsort(list->servers, list->count, sizeof list->servers[0],
		    in_order);
}

void
known_time(uint64_t when_ms, char ret_text[KNOWN_TIME_MAX])
{
	char seconds[UTC_TEXT_MAX];

	utc_text(when_ms / 1000, seconds);
	snprintf(ret_text, KNOWN_TIME_MAX, "%s%s", when_ms != 0 ? seconds : "",
	    when_ms != 0 ? "Z" : "");
}
