/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks - how many interfaces a pcapng file names, counted as it passes.
 *
 * libpcap keeps 40 bytes for each, and a file may name one in 20 bytes, or by
 * compression in next to none: without a limit a small file would take all the
 * memory.  Nothing else of the file is judged; that is libpcap's to do.
 */
#ifndef STRAYMAIL_BLOCKS_H
#define STRAYMAIL_BLOCKS_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCKS_INTERFACES 65536
#define BLOCKS_HEAD       12 /* of a block: kind, length, a section's order */

/* Begins as zeros, with a stream. */
struct blocks {
	bool off;        /* no pcapng, or none any more: all may pass */
	bool swapped;    /* against this machine */
	bool first_seen; /* the section that a file begins with */
	uint32_t interfaces;
	uint64_t left; /* bytes of the block that is passing */
	size_t held;
	uint8_t head[BLOCKS_HEAD]; /* ... of the next one, so far */
};

/* How many of these bytes may pass: all, or those before the block that names
 * one interface too many. */
size_t blocks_pass(struct blocks *blocks, const void *bytes, size_t len);

#endif
