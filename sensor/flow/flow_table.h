/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow_table - who talks to whom, in one cache line each.
 *
 * Set-associative and keyed by a secret: a lookup touches one set, two at the
 * most, whatever the load and whoever chose the addresses.  A bare SYN takes no
 * place; a SYN-ACK or the first payload does.  Where a flow's sets are full
 * there is always a victim in the first: whoever was silent for long, then
 * embryonic (nothing said in 5 s), settled or younger, and open flows, the
 * oldest first of each.
 * Who takes no place is remembered for a little while (porch.h), for what a SYN
 * says of what comes after it.
 */
#ifndef STRAYMAIL_FLOW_TABLE_H
#define STRAYMAIL_FLOW_TABLE_H

#include "dissectors/side.h"
#include "sensor/decode/packet.h"
#include "sensor/flow/flow_key.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum flow_state {
	FLOW_FREE,
	FLOW_EMBRYONIC, /* handshake seen, nothing said */
	FLOW_OPEN,      /* a conversation is attached */
	FLOW_SETTLED,   /* nothing more is wanted of it */
};

#define FLOW_STATES (FLOW_SETTLED + 1)

enum flow_bit {
	FLOW_HANDSHAKE = 1U << 0, /* a SYN-ACK was seen: both isn are known */
	FLOW_MIDSTREAM = 1U << 1, /* it had begun before we saw it */
	FLOW_V6 = 1U << 2,
	FLOW_SWAPPED = 1U << 3, /* the key's second endpoint is the initiator */
	FLOW_CLOSED = 1U << 4,  /* a FIN or RST was seen; anyone can send one */
	FLOW_SEEN = 1U << 5,    /* << side: a packet of that side; also bit 6 */
	FLOW_OVERHEARD = 1U << 7,  /* settled by what its client asked for, and
	                           * the server's answer is still of interest */
	FLOW_SYN = 1U << 8,        /* a SYN was seen and no SYN-ACK: roles and
	                           * the initiator's isn are known */
	FLOW_AWAY = 1U << 9,       /* in its second set; the table's own */
	FLOW_RULED_OUT = 1U << 10, /* << side: settled by what that side said
	                           * at its isn; also bit 11 */
	FLOW_SHUNTED = 1U << 12, /* its packets may be dropped in the kernel */
	FLOW_END = 1U << 13,     /* << end of the key: it was heard; mirror.c's;
	                           * also bit 14 */
	FLOW_SPLIT = 1U << 15, /* who sent a SYN-ACK has sent a SYN as well: the
	                       * handshake does not say who listens */
};

/*
 * The key is ordered (lower endpoint first), so both directions find it.  The
 * caller owns state, conversation, further, tags, FLOW_OVERHEARD, FLOW_SHUNTED
 * and FLOW_END, and FLOW_RULED_OUT with its isn and ruled_out_by; all else is the
 * table's.
 * Where one side was not heard yet its isn is what the other acknowledged, or 0;
 * with FLOW_SYN the responder's is 0.
 */
struct flow {
	alignas(64) uint8_t address[2][16];
	uint16_t port[2];
	uint32_t realm;        /* VLAN or tunnel where they are in the key; 0 */
	uint32_t isn[SIDES];   /* sequence number of each side's first byte */
	uint32_t conversation; /* pool index, or POOL_NONE */
	uint32_t tick_s;       /* last packet, seconds of tick_ns */
	uint16_t tick_ms;      /* ... and the milliseconds, below 1,000 */
	uint16_t bits;         /* enum flow_bit */
	unsigned state : 2;    /* enum flow_state */
	unsigned further : 6;  /* packets since it was settled or shunted */
	uint8_t tags;          /* mirror.c's: in which VLANs it began */
	uint16_t ruled_out_by; /* ruling.h, with FLOW_RULED_OUT */
};

_Static_assert(sizeof(struct flow) == 64, "a flow is one cache line");

struct flow_table;

/* flows: rounded up to a power of two.  secret: 32 bytes from the kernel, or
 * fixed in a replay.  Pages without a flow cost no memory.
 * NULL: there is none. */
struct flow_table *flow_table_new(
    uint32_t flows, const uint8_t secret[static 32]);
void flow_table_free(struct flow_table *table);

enum flow_found {
	FLOW_NONE, /* a bare SYN, a stray RST or ACK: takes no place */
	FLOW_KNOWN,
	FLOW_OPENED,
	FLOW_REUSED, /* a new connection on a known tuple, in the same place */
};

/* What a packet's flow is found by; made once a packet. */
struct flow_lookup {
	struct flow_key key;
	uint64_t hash;
	size_t likely; /* the place to look at first */
};

void flow_table_lookup(const struct flow_table *table,
    const struct packet *packet, struct flow_lookup *ret_lookup);

/* Ask for the cache lines that flow_table_of() will want: first the set's
 * tags, and a few packets later, when these have come, the flow itself; where
 * it is is noted. */
void flow_table_prefetch(
    const struct flow_table *table, const struct flow_lookup *lookup);
void flow_table_prefetch_flow(
    const struct flow_table *table, struct flow_lookup *lookup);

/* The flow whose line was asked for, to look further ahead: another's now and
 * then, and NULL where the packet has none yet. */
const struct flow *flow_table_likely(
    const struct flow_table *table, const struct flow_lookup *lookup);

/*
 * Finds or makes the packet's flow; lookup: by what was made of that packet.  Untouched where that is FLOW_NONE.
 *
 * side is who sent the packet.  If another conversation had to go (FLOW_OPENED)
 * or came to its end (FLOW_REUSED), evicted_any is set and evicted is its pool
 * index, for the caller to end, or POOL_NONE if it had none; if that flow was
 * FLOW_SHUNTED, was_shunted is set as well.
 *
 * A new flow is FLOW_EMBRYONIC and without conversation, until the caller says
 * otherwise.  As long as it is, a SYN-ACK sets its numbers and roles anew.
 * Later one that fits the connection changes nothing, and one that does not
 * begins another: its numbers are outside both windows, or the flow was closed
 * and then silent.  A SYN that fits says who began, as long as the flow is
 * embryonic and its SYN-ACK was not seen, be it that it took no place and came
 * before what did; and after that nothing at all.
 */
struct flow_hit {
	struct flow *flow;
	enum side side;
	uint32_t evicted;
	bool evicted_any, was_shunted;
};
enum flow_found flow_table_of(struct flow_table *table,
    const struct packet *packet, const struct flow_lookup *lookup,
    struct flow_hit *ret_hit);

/* The key of the last flow that was_shunted told of. */
const struct flow_key *flow_table_gone(const struct flow_table *table);

/* The port and address of one side. */
void flow_endpoint(const struct flow *flow, enum side side,
    uint8_t ret_address[static 16], uint16_t *ret_port);

/* The place is free again. */
void flow_table_drop(struct flow_table *table, struct flow *flow);

uint32_t flow_table_live(const struct flow_table *table);

/* What a table for so many takes, in bytes. */
uint64_t flow_table_bytes(uint32_t flows);

/* Who takes no place. */
enum flow_passer {
	PASSER_SYN,   /* a bare one */
	PASSER_RST,   /* of no connection that is known */
	PASSER_EMPTY, /* likewise, and without payload */
};

#define FLOW_PASSERS (PASSER_EMPTY + 1)

/*
 * Packets: all that were looked up are opened + known + all of passers.
 * Flows: opened = live + dropped + reused + stale + all of evicted.
 */
struct flow_numbers {
	uint64_t known;                 /* FLOW_KNOWN */
	uint64_t passers[FLOW_PASSERS]; /* FLOW_NONE */

	uint64_t opened;               /* FLOW_OPENED and FLOW_REUSED */
	uint64_t reused;               /* FLOW_REUSED */
	uint64_t dropped;              /* by the caller */
	uint64_t stale;                /* silent for long, and in the way */
	uint64_t evicted[FLOW_STATES]; /* by the state they were in */
};
const struct flow_numbers *flow_table_numbers(const struct flow_table *table);

/*
 * A number for the connection, the same in both directions, in every run and
 * with any secret; in [1, 2^53), which JSON can hold.  It is final when the
 * flow is no longer embryonic.
 */
uint64_t flow_table_id(const struct flow *flow);

#endif
