/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serial - sequence numbers, which wrap at 2^32 (RFC 9293 3.4).
 *
 * The comparison is RFC 1982's serial number arithmetic: a comes before b if
 * the way from a up to b is the shorter one.  For numbers exactly half the
 * space apart that RFC defines nothing; here each is before the other, and
 * every caller bounds its distances far below that.
 */
#ifndef STRAYMAIL_SERIAL_H
#define STRAYMAIL_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

static inline bool
serial_before(uint32_t a, uint32_t b)
{
	return a != b && b - a <= UINT32_C(0x80000000);
}

/* The one that comes first. */
static inline uint32_t
serial_first(uint32_t a, uint32_t b)
{
	return serial_before(b, a) ? b : a;
}

/* The one that comes last. */
static inline uint32_t
serial_last(uint32_t a, uint32_t b)
{
	return serial_before(a, b) ? b : a;
}

/* Not further from each other than `reach`, in either direction. */
static inline bool
serial_near(uint32_t a, uint32_t b, uint32_t reach)
{
	return a - b <= reach || b - a <= reach;
}

#endif
