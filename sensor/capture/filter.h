/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - pcap-filter(7) expressions, with words for what is wrong with one.
 */
#ifndef STRAYMAIL_FILTER_H
#define STRAYMAIL_FILTER_H

#include "dissectors/slice.h"

#include <stdbool.h>

/* libpcap's, by the names that its header gives them: only .c files of this
 * folder include that. */
struct pcap;
struct bpf_program;

#define FILTER_REASON 512

/* For that handle's link type; to be freed with pcap_freecode().  False, with
 * one line in ret_reason: it does not compile. */
bool filter_compile(struct pcap *pcap, const char *text,
    struct bpf_program *ret_program, char ret_reason[static FILTER_REASON]);

/* Whether it compiles for any link type that is decoded.  False after it has
 * said why not. */
bool filter_check(const char *text);

/* A filter over Ethernet frames that are at hand, and no capture. */
struct filter;

/* NULL: it does not compile. */
struct filter *filter_new(const char *text);
void filter_free(struct filter *filter);
bool filter_passes(const struct filter *filter, struct slice frame);

#endif
