/* SPDX-License-Identifier: Apache-2.0 */
/*
 * half - one direction of a connection as numbers alone: where it is, what was
 * acknowledged, how old its hole is, and whether it waits for the other.
 *
 * Its bytes are reassembly's.
 */
#ifndef STRAYMAIL_HALF_H
#define STRAYMAIL_HALF_H

#include "sensor/flow/pool.h"

#include <stdbool.h>
#include <stdint.h>

#define HALF_HOLE_OLD_NS  UINT64_C(2000000000)
#define HALF_HOLE_LOST_NS UINT64_C(250000000) /* after its acknowledgement */

/* What of a direction is held (store.h): the cells, lowest first. */
struct shelf {
	uint32_t first; /* pool index, or POOL_NONE */
	uint16_t cells; /* how many they are */
	bool robbed;    /* it was a victim: something is missing */
};

/* One direction; plain, as part of a conversation.  Begin with half_begin().
 * It must not move while it holds something: its cells point back to it. */
struct half {
	uint32_t next;  /* the byte that is wanted; until it has begun, the */
			/* least that was acknowledged, if ack_known */
	uint32_t acked; /* up to where the other side acknowledged */
	uint32_t seen;  /* up to where there are known to be bytes */
	uint32_t first; /* where it began; what is before is none of it */
	struct shelf held; /* what came early: the first copies */
	struct shelf
	    last;       /* last copies, of what was heard as well (copies.h) */
	uint32_t turns; /* pool index of what is waited for, or POOL_NONE */
	uint64_t hole_ns;  /* tick at which the present hole was first seen */
	uint64_t acked_ns; /* tick at which `next` was known acknowledged */
	bool begun;        /* next is known */
	bool
	    ack_known; /* the other side is heard; else acked is where we began */
	bool closed;   /* nothing is waited for any more */
	bool gathering; /* all is held: its first byte may yet come (set it) */
	bool alone;     /* the other side was waited for in vain */
	bool conflict;  /* two copies of a byte were not alike */
	bool rewritten; /* ... of one that was heard: for the caller to take */
	bool sure; /* nobody asks for copies any more (reassembly_sure()) */
};                 /* a tick of 0: there is none */

_Static_assert(sizeof(struct half) <= 64, "a direction is one cache line");

/* A tick as a mark in a half, where 0 says that there is none. */
static inline uint64_t
half_mark(uint64_t tick_ns)
{
	return tick_ns == 0 ? 1 : tick_ns;
}

/* The first segment says where it begins; what is earlier is a duplicate. */
void half_begin(struct half *half);
/* The first byte's number is known, from the handshake. */
void half_begin_at(struct half *half, uint32_t first);

/* Where one that has not begun does begin with that segment: what was not
 * acknowledged before it may yet come, if it is as near as `reach`. */
static inline uint32_t
half_first(const struct half *half, uint32_t seq, uint32_t reach)
{
	return half->ack_known && seq - half->next < reach ? half->next : seq;
}

/* Nothing can be pulled before its turn has come. */
static inline bool
half_waits(const struct half *half)
{
	return half->turns != POOL_NONE || half->gathering;
}

/* Bytes of it were seen that were not pulled yet. */
static inline bool
half_holds(const struct half *half)
{
	return half->held.first != POOL_NONE || half->next != half->seen;
}

/*
 * The other side acknowledged up to `ack`.  True: that was further than ever.
 * The first of a half that has not begun only says where that is.  One that no
 * TCP window allows (RFC 7323 2.3) is passed by.
 */
bool half_ack(struct half *half, uint32_t ack, uint64_t tick_ns);

/* When a hole of this direction will be passed over; 0: there is none. */
uint64_t half_due(const struct half *half);

#endif
