/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sanitize - hostile text made fit to show, once, for every sink.
 *
 * Quote and backslash are escaped like a control byte, so the result can stand
 * between quotes anywhere and an escape in it is always ours.
 */
#include "output/sanitize.h"

#include <stdint.h>
#include <string.h>

#define ESCAPE_LEN 4 /* \xNN */

static bool
fit_to_show(uint8_t byte)
{
	return byte >= 0x20 && byte <= 0x7e && byte != '"' && byte != '\\';
}

static void
escape(char dst[ESCAPE_LEN], uint8_t byte)
{
	static const char digits[] = "0123456789ABCDEF";

	dst[0] = '\\';
	dst[1] = 'x';
	dst[2] = digits[byte >> 4];
	dst[3] = digits[byte & 0x0f];
}

size_t
sanitize(
    char *dst, size_t cap, const void *bytes, size_t len, bool *ret_changed)
{
	const uint8_t *from = bytes;
	bool changed = false;
	size_t used = 0;

	if (cap == 0)
		return 0;
	for (size_t i = 0; i < len; i++) {
		bool plain = fit_to_show(from[i]);
		size_t need = plain ? 1 : ESCAPE_LEN;

		changed |= !plain;
		if (need > cap - 1 - used) {
			changed = true;
			break;
		}
		if (plain)
			dst[used] = (char)from[i];
		else
			escape(dst + used, from[i]);
		used += need;
	}
	dst[used] = '\0';
	if (ret_changed != NULL)
		*ret_changed = changed;
	return used;
}
