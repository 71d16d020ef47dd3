/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fnv - FNV-1a with 64 bits, over texts: for what nobody gains by colliding.
 */
#ifndef STRAYMAIL_FNV_H
#define STRAYMAIL_FNV_H

#include <stdint.h>

#define FNV_BEGIN UINT64_C(0xcbf29ce484222325)

/* The text and its NUL, so that "ab" and "c" are not "a" and "bc". */
static inline uint64_t
fnv(uint64_t hash, const char *text)
{
	do
		hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	while (*text++ != '\0');
	return hash;
}

#endif
