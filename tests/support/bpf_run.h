/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bpf_run - runs a socket filter of extended BPF over a frame, in the kernel.
 */
#ifndef STRAYMAIL_TEST_BPF_RUN_H
#define STRAYMAIL_TEST_BPF_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shorter frames the kernel does not take. */
#define BPF_RUN_LEAST 20

/*
 * What the program returns, or -1 and errno.  whole: it sees the frame as a raw
 * socket's does, from its first byte on; else as a cooked socket's, behind the
 * Ethernet header.
 */
int64_t bpf_run(int program, const uint8_t *frame, size_t len, bool whole);

#endif
