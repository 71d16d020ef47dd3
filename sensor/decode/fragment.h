/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fragment - IP datagrams put together from their fragments (RFC 791 3.2,
 * RFC 8200 4.5).
 *
 * 16 MiB in all, whatever comes: FRAGMENTS_TRACKERS datagrams may be incomplete
 * at once, each for 15 s.  A datagram's place is found by a keyed hash in a set
 * of eight; where all are in use a random one has to go, so that who does not
 * know the key cannot aim at another's.
 *
 * Receivers do not agree which copy of a byte counts where fragments overlap,
 * and newer ones throw all of such a datagram away.  Here the first copy stays
 * and the datagram is marked: it is a sign of evasion in itself.  A datagram is
 * whole when every byte from its first to its last was there, never before.
 */
#ifndef STRAYMAIL_FRAGMENT_H
#define STRAYMAIL_FRAGMENT_H

#include "dissectors/slice.h"
#include "sensor/decode/census.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAGMENTS_TRACKERS    248 /* 31 sets of 8: with their books 16 MiB */
#define FRAGMENTS_BYTES       (16U << 20)
#define FRAGMENTS_PATIENCE_NS (15 * UINT64_C(1000000000))

struct fragments;

/* key: from the kernel, or fixed in a replay.  census: where what becomes of
 * datagrams is counted; borrowed.  Untouched room costs no memory.  NULL: there
 * is none. */
struct fragments *fragments_new(uint64_t key, struct census *census);
void fragments_free(struct fragments *fragments);

struct fragment {
	struct slice source, destination; /* 4 or 16 bytes */
	struct slice bytes;               /* all of it: nothing was cut off */
	uint64_t tick_ns;
	uint32_t id, realm;  /* realm: VLAN and tunnel that it came in */
	uint32_t offset;     /* in bytes */
	uint32_t header_len; /* what 65,535 bytes have to hold besides */
	uint8_t protocol;    /* what the datagram carries, by this fragment */
	bool more;           /* ... fragments follow */
};

enum fragment_found {
	FRAGMENT_HELD,
	FRAGMENT_WHOLE,
	FRAGMENT_DROPPED, /* it contradicts the others, or is one seen again */
	FRAGMENT_MALFORMED,
};

/* bytes are lent for FRAGMENTS_LENT more calls of fragments_take(). */
struct datagram {
	struct slice bytes;
	uint8_t protocol; /* by its first fragment */
	bool conflict;    /* two copies of a byte were not alike */
};

/* 3 x 64: a frame may end three datagrams, one in the other, and so many frames
 * are a batch. */
#define FRAGMENTS_LENT 192

/* *ret_datagram is filled where that is FRAGMENT_WHOLE. */
enum fragment_found fragments_take(struct fragments *fragments,
    const struct fragment *fragment, struct datagram *ret_datagram);

#endif
