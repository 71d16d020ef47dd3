/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz - what the fuzzers share: libFuzzer's entry, and a claim that must hold.
 *
 * Not to crash is not enough: each fuzzer claims something of its module for
 * every input there is, and stops where that is false.
 *
 * Each is linked twice: with libFuzzer (`make fuzz`), and with replay.c, which
 * only hears its seeds again (`make check`).
 */
#ifndef STRAYMAIL_FUZZ_H
#define STRAYMAIL_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_HOLDS(claim)                                                      \
	do {                                                                   \
		if (!(claim)) {                                                \
			fprintf(stderr, "does not hold: %s\n", #claim);        \
			abort();                                               \
		}                                                              \
	} while (0)

/* For a fuzzer to define that some builds have nothing for: why it claims
 * nothing in this one, or NULL. */
__attribute__((weak)) const char *fuzz_skips(void);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
