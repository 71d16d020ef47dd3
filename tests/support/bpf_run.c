/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bpf_run - a test run takes an Ethernet header off the frame, so where the
 * program is to see it whole, one that nobody reads is put before it.
 */
#include "tests/support/bpf_run.h"

#include <assert.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEADER    14
#define FRAME_MAX 2000

int64_t
bpf_run(int program, const uint8_t *frame, size_t len, bool whole)
{
	uint8_t bytes[HEADER + FRAME_MAX] = { 0 };
	size_t at = whole ? HEADER : 0;
	union bpf_attr attr;

	assert(len <= FRAME_MAX);
	memcpy(bytes + at, frame, len);
	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)program;
	attr.test.data_in = (uint64_t)(uintptr_t)bytes;
	attr.test.data_size_in = (uint32_t)(at + len);
	attr.test.repeat = 1;
	if (syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) != 0)
		return -1;
	return attr.test.retval;
}
