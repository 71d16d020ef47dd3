/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocks - how many interfaces a pcapng file names, counted as it passes.
 *
 * Of each block the head is looked at, and the rest skipped
 * (draft-ietf-opsawg-pcapng 3.1).  What libpcap would not read either ends the
 * counting, so that the two never disagree about where a block begins.
 */
#include "sensor/capture/blocks.h"

#include <byteswap.h>
#include <string.h>

#define SECTION    UINT32_C(0x0A0D0D0A) /* the same in both orders */
#define INTERFACE  1
#define ORDER      UINT32_C(0x1A2B3C4D)
#define SHORTEST   12 /* a block may be */
#define LONGEST    (UINT32_C(16) * 1024 * 1024)
#define HEAD_PLAIN 8 /* kind and length */

static uint32_t
number(const struct blocks *blocks, size_t at)
{
	uint32_t value;

	memcpy(&value, blocks->head + at, sizeof(value));
	return blocks->swapped ? bswap_32(value) : value;
}

/* How much of a block's head has to be there before it can be judged. */
static size_t
head_len(const struct blocks *blocks)
{
	if (blocks->held < sizeof(uint32_t))
		return sizeof(uint32_t);
	return number(blocks, 0) == SECTION ? BLOCKS_HEAD : HEAD_PLAIN;
}

static void
begin_section(struct blocks *blocks)
{
	blocks->interfaces = 0;
	if (number(blocks, HEAD_PLAIN) == ORDER)
		return;
	blocks->swapped = !blocks->swapped;
	blocks->off = number(blocks, HEAD_PLAIN) != ORDER;
}

/* The head is there.  False: one interface too many. */
static bool
judge(struct blocks *blocks)
{
	uint32_t kind = number(blocks, 0), len;

	if (kind == SECTION)
		begin_section(blocks);
	else if (!blocks->first_seen)
		blocks->off = true;
	blocks->first_seen = true;
	len = number(blocks, sizeof(uint32_t));
	if (len < SHORTEST || len > LONGEST || len % 4 != 0)
		blocks->off = true;
	if (blocks->off)
		return true;
	blocks->left = len - blocks->held;
	blocks->held = 0;
	return kind != INTERFACE || ++blocks->interfaces <= BLOCKS_INTERFACES;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
blocks_pass(struct blocks *blocks, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t passed = 0, sound = 0; /* sound: up to where a block began */

	while (!blocks->off && passed < len) {
		size_t rest = len - passed;
		size_t n = least(blocks->left, rest);

		if (n > 0) {
			blocks->left -= n;
			passed += n;
			continue;
		}
		if (blocks->held == 0)
			sound = passed;
		n = least(head_len(blocks) - blocks->held, rest);
		memcpy(blocks->head + blocks->held, at + passed, n);
		blocks->held += n;
		passed += n;
		if (blocks->held == head_len(blocks) && !judge(blocks))
			return sound;
	}
	return len;
}
