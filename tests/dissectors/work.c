/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work - a sum, and libc's own behind it.
 */
#include "tests/dissectors/work.h"

uint64_t work;

void
__sanitizer_cov_trace_pc(void)
{
	work++;
}

/* It stops where it finds. */
void *
work_memchr(const void *s, int c, size_t n)
{
	const void *found = (memchr)(s, c, n);

	work += found == NULL
	    ? n
	    : (size_t)((const char *)found - (const char *)s) + 1;
	return (void *)(uintptr_t)found;
}

int
work_memcmp(const void *a, const void *b, size_t n)
{
	work += n;
	return (memcmp)(a, b, n);
}

void *
work_memcpy(void *to, const void *from, size_t n)
{
	work += n;
	return (memcpy)(to, from, n);
}

void *
work_memmove(void *to, const void *from, size_t n)
{
	work += n;
	return (memmove)(to, from, n);
}

void *
work_memset(void *s, int c, size_t n)
{
	work += n;
	return (memset)(s, c, n);
}

void
work_bzero(void *s, size_t n)
{
	work += n;
	(explicit_bzero)(s, n);
}

size_t
work_strlen(const char *s)
{
	const size_t n = (strlen)(s);

	work += n;
	return n;
}
