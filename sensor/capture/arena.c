/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena - the room that a batch's frames are copied to.
 */
#include "sensor/capture/arena.h"

#include <stdlib.h>
#include <string.h>

struct arena {
	size_t used;
	uint8_t bytes[ARENA_BYTES];
};

struct arena *
arena_new(void)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (arena != NULL)
		arena->used = 0;
	return arena;
}

void
arena_free(struct arena *arena)
{
	free(arena);
}

void
arena_clear(struct arena *arena)
{
	arena->used = 0;
}

bool
arena_full(const struct arena *arena)
{
	return arena->used >= ARENA_FULL;
}

struct slice
arena_copy(struct arena *arena, const void *bytes, size_t len)
{
	uint8_t *at = arena->bytes + arena->used;
	size_t room = sizeof(arena->bytes) - arena->used;

	if (len > room)
		len = room;
	memcpy(at, bytes, len);
	arena->used += len;
	return slice_of(at, len);
}

uint8_t *
arena_memory(struct arena *arena)
{
	return arena->bytes;
}
