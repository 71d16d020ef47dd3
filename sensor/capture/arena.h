/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena - the room that a batch's frames are copied to.
 *
 * libpcap lends a frame for the length of a callback only.  An arena is full
 * when it holds 256 KiB; behind that there is room for one frame more, as long
 * as libpcap makes them, so that the frame which fills it need not be handed
 * back.  A file that is read without libpcap is read right into an arena; then
 * nothing is copied (records.h).
 */
#ifndef STRAYMAIL_ARENA_H
#define STRAYMAIL_ARENA_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_FULL  ((size_t)256 * 1024)
#define ARENA_FRAME ((size_t)256 * 1024) /* libpcap's longest */
#define ARENA_BYTES (ARENA_FULL + ARENA_FRAME)

struct arena;

struct arena *arena_new(void); /* NULL: no memory */
void arena_free(struct arena *arena);

void arena_clear(struct arena *arena);
bool arena_full(const struct arena *arena);

/* A copy, valid until arena_clear(); shorter where there is no room. */
struct slice arena_copy(struct arena *arena, const void *bytes, size_t len);

/* All ARENA_BYTES of it, for whoever copies nothing to it. */
uint8_t *arena_memory(struct arena *arena);

#endif
