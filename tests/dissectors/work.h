/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work - what runs when bytes are heard, counted instead of timed.
 *
 * test_work links a second build of dissectors/, which the compiler has made
 * call __sanitizer_cov_trace_pc() in every basic block and which includes this
 * header first: what libc goes over for it is counted as well, byte by byte.
 * So the sum of both is the work, the same on every machine and on every run.
 */
#ifndef STRAYMAIL_TEST_WORK_H
#define STRAYMAIL_TEST_WORK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern uint64_t work; /* yours to set to 0 */

void __sanitizer_cov_trace_pc(void);

void *work_memchr(const void *s, int c, size_t n);
int work_memcmp(const void *a, const void *b, size_t n);
void *work_memcpy(void *to, const void *from, size_t n);
void *work_memmove(void *to, const void *from, size_t n);
void *work_memset(void *s, int c, size_t n);
void work_bzero(void *s, size_t n);
size_t work_strlen(const char *s);

/* With their arguments, so that (memchr)(...) is still libc's own. */
#define memchr(s, c, n)      work_memchr(s, c, n)
#define memcmp(a, b, n)      work_memcmp(a, b, n)
#define memcpy(to, from, n)  work_memcpy(to, from, n)
#define memmove(to, from, n) work_memmove(to, from, n)
#define memset(s, c, n)      work_memset(s, c, n)
#define explicit_bzero(s, n) work_bzero(s, n)
#define strlen(s)            work_strlen(s)

#endif
