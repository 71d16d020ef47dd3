/* SPDX-License-Identifier: Apache-2.0 */
/*
 * echo - the last few lines of each side, as digests.
 */
#include "dissectors/echo.h"

bool
echo_hear(struct echo *echo, enum side from, struct slice line)
{
	const uint32_t digest = slice_digest(line);
	const uint32_t *other = echo->recent[side_other(from)];

	for (int i = 0; i < ECHO_LINES; i++)
		if (other[i] == digest)
			return true;
	echo->recent[from][echo->next[from]] = digest;
	echo->next[from] = (uint8_t)((echo->next[from] + 1) % ECHO_LINES);
	return false;
}
