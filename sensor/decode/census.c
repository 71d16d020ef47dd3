/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census - what a mirror carries that decoding does not go into, by number.
 */
#include "sensor/decode/census.h"

#include <stddef.h>

static void
count_type(struct census *census, uint16_t type, uint64_t frames)
{
	for (size_t i = 0; i < CENSUS_TYPES; i++) {
		struct census_type *at = &census->type[i];

		if (at->frames == 0)
			at->type = type;
		if (at->type == type) {
			at->frames += frames;
			return;
		}
	}
	census->types_more += frames;
}

void
census_type(struct census *census, uint16_t type)
{
	count_type(census, type, 1);
}

void
census_add(struct census *sum, const struct census *other)
{
	for (size_t i = 0; i < sizeof(sum->protocol) / sizeof(sum->protocol[0]);
	     i++)
		sum->protocol[i] += other->protocol[i];
	for (size_t i = 0; i < CENSUS_TYPES && other->type[i].frames > 0; i++)
		count_type(sum, other->type[i].type, other->type[i].frames);
	sum->types_more += other->types_more;
	sum->checksums += other->checksums;
	sum->checksums_bad += other->checksums_bad;
	sum->datagrams_whole += other->datagrams_whole;
	sum->datagrams_expired += other->datagrams_expired;
	sum->datagrams_evicted += other->datagrams_evicted;
	sum->datagrams_conflict += other->datagrams_conflict;
	sum->outer_fragment += other->outer_fragment;
}
