/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest - a name for a capture file that follows from its content.
 */
#include "sensor/capture/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define END_BYTES ((size_t)64 * 1024)

/* What is hashed: the size in network order, then both ends. */
struct essence {
	size_t len;
	uint8_t bytes[8 + 2 * END_BYTES];
};

static void
put_size(struct essence *essence, uint64_t size)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		essence->bytes[essence->len++] = (uint8_t)(size >> shift);
}

/* Appends up to END_BYTES from that place; false: it cannot be read. */
static bool
put_end(struct essence *essence, int fd, off_t from)
{
	size_t got = 0;

	while (got < END_BYTES) {
		ssize_t n = pread(fd, essence->bytes + essence->len,
		    END_BYTES - got, from + (off_t)got);

		if (n < 0)
			return false;
		if (n == 0)
			break;
		got += (size_t)n;
		essence->len += (size_t)n;
	}
	return true;
}

static void
hex(const uint8_t bytes[static 16], char ret_text[static DIGEST_TEXT])
{
	for (size_t i = 0; i < 16; i++)
		snprintf(ret_text + 2 * i, 3, "%02x", bytes[i]);
}

bool
digest_of_file(int fd, char ret_text[static DIGEST_TEXT])
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;

	struct essence *essence = malloc(sizeof(*essence));

	if (essence == NULL)
		return false;
	essence->len = 0;
	put_size(essence, (uint64_t)st.st_size);

	off_t tail =
	    st.st_size > (off_t)END_BYTES ? st.st_size - (off_t)END_BYTES : 0;
	bool ok = put_end(essence, fd, 0) && put_end(essence, fd, tail);

	if (ok) {
		XXH128_canonical_t canonical;

		XXH128_canonicalFromHash(
		    &canonical, XXH3_128bits(essence->bytes, essence->len));
		hex(canonical.digest, ret_text);
	}
	free(essence);
	return ok;
}

bool
digest_fresh(char ret_text[static DIGEST_TEXT])
{
	uint8_t bytes[16];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return false;
	hex(bytes, ret_text);
	return true;
}
