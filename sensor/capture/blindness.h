/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blindness - what a filter does not let through, although it should.
 *
 * "tcp" looks harmless and hides every connection that is tagged or tunnelled.
 * So a filter is tried on frames that are made up: a SYN that it lets through
 * (to addresses and ports that its own text names), and the same in VLAN,
 * QinQ, VXLAN, GENEVE, GRE and IPv6.
 */
#ifndef STRAYMAIL_BLINDNESS_H
#define STRAYMAIL_BLINDNESS_H

#include <stdbool.h>

#define BLINDNESS_NAMES  96
#define BLINDNESS_BETTER 320

struct blindness {
	unsigned kinds;                /* how many are hidden */
	char names[BLINDNESS_NAMES];   /* "VLAN, GRE" */
	char better[BLINDNESS_BETTER]; /* a filter that hides nothing that was
	                                * tried; "": none was found */
};

/*
 * The filter compiles for Ethernet, else nothing is said of it; NULL: there is
 * none.  live: the kernel takes the outermost tag off, and libpcap knows; so
 * a frame is hidden only if it fails with and without that.
 */
struct blindness blindness_of(const char *filter, bool live);

#endif
