/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utc - a time as text, to the second: what stands behind it (a fraction, "Z")
 * is the caller's.
 */
#ifndef STRAYMAIL_UTC_H
#define STRAYMAIL_UTC_H

#include <stdint.h>

#define UTC_TEXT_MAX 32

/* "2026-11-24T03:10:15", of seconds since the epoch. */
void utc_text(uint64_t when_s, char ret_text[UTC_TEXT_MAX]);

#endif
