/* SPDX-License-Identifier: Apache-2.0 */
/*
 * census - what a mirror carries that decoding does not go into, by number.
 */
#include "sensor/decode/census.h"

#include <stddef.h>

void
census_type(struct census *census, uint16_t type)
{
	for (size_t i = 0; i < CENSUS_TYPES; i++) {
		struct census_type *at = &census->type[i];

		if (at->frames == 0)
			at->type = type;
		if (at->type == type) {
			at->frames++;
			return;
		}
	}
	census->types_more++;
}
