/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool - a stack of free indices, kept apart from the objects.
 *
 * Objects beyond the high-water mark have never been lent and are on no list:
 * their pages stay untouched, so a pool costs what it was used for at most.
 * What was given back last is lent first, while it is warm in the cache; and
 * where the kernel has large pages, large pools lie in them.
 */
#include "sensor/flow/pool.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_BYTES (16U << 20)

#define LENT        (POOL_NONE - 1) /* in place of the next free index */

struct pool {
	uint8_t *objects;
	uint32_t *next_free; /* for each object: the list, or LENT */
	size_t object_size;
	uint32_t count;
	uint32_t touched; /* how many have ever been lent */
	uint32_t first_free;
	uint32_t live;
	uint64_t refused;
};

/* As good without.  What is smaller than a few of them would only be larger. */
static void
ask_for_large_pages(uint8_t *memory, size_t bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t skip = (page - (uintptr_t)memory % page) % page;

	if (bytes >= LARGE_BYTES)
		madvise(
		    memory + skip, (bytes - skip) / page * page, MADV_HUGEPAGE);
}

struct pool *
pool_new(size_t object_size, uint32_t count)
{
	size_t step = alignof(max_align_t);
	struct pool *pool = calloc(1, sizeof(*pool));

	assert(object_size > 0 && object_size < SIZE_MAX - step);
	assert(count > 0 && count < LENT);
	if (pool == NULL)
		return NULL;
	*pool = (struct pool){
		.object_size = (object_size + step - 1) / step * step,
		.count = count,
		.first_free = POOL_NONE,
	};
	pool->objects = calloc(count, pool->object_size);
	pool->next_free = calloc(count, sizeof(*pool->next_free));
	if (pool->objects == NULL || pool->next_free == NULL) {
		pool_free(pool);
		return NULL;
	}
	ask_for_large_pages(pool->objects, count * pool->object_size);
	return pool;
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	free(pool->objects);
	free(pool->next_free);
	free(pool);
}

uint32_t
pool_take(struct pool *pool)
{
	uint32_t index = pool->first_free;

	if (index != POOL_NONE) {
		pool->first_free = pool->next_free[index];
	} else if (pool->touched < pool->count) {
		index = pool->touched++;
	} else {
		pool->refused++;
		return POOL_NONE;
	}
	pool->next_free[index] = LENT;
	pool->live++;
	return index;
}

void
pool_give(struct pool *pool, uint32_t index)
{
	assert(pool_lent(pool, index));
	pool->next_free[index] = pool->first_free;
	pool->first_free = index;
	pool->live--;
}

void *
pool_at(const struct pool *pool, uint32_t index)
{
	assert(index < pool->touched);
	return pool->objects + index * pool->object_size;
}

bool
pool_lent(const struct pool *pool, uint32_t index)
{
	return index < pool->touched && pool->next_free[index] == LENT;
}

uint32_t
pool_size(const struct pool *pool)
{
	return pool->count;
}

uint32_t
pool_live(const struct pool *pool)
{
	return pool->live;
}

uint64_t
pool_refused(const struct pool *pool)
{
	return pool->refused;
}
