/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool - objects of one size, allocated once, lent by index.
 *
 * An index is half the size of a pointer and survives in a flow's cache line.
 * An empty pool answers POOL_NONE and counts; it never grows.
 */
#ifndef STRAYMAIL_POOL_H
#define STRAYMAIL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_NONE UINT32_MAX

struct pool;

/* Memory is reserved at once and touched only when an object is first lent.
 * Objects are aligned for any type.  count is at least 1 and less than
 * POOL_NONE - 1.  NULL: no memory. */
struct pool *pool_new(size_t object_size, uint32_t count);
void pool_free(struct pool *pool);

uint32_t pool_take(struct pool *pool); /* not zeroed */
void pool_give(struct pool *pool, uint32_t index);
void *pool_at(const struct pool *pool, uint32_t index);
bool pool_lent(const struct pool *pool, uint32_t index);

uint32_t pool_size(const struct pool *pool);
uint32_t pool_live(const struct pool *pool);
uint64_t pool_refused(const struct pool *pool); /* times it was empty */

#endif
