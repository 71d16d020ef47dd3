/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reassembly - one direction's segments, in any order, made into its bytes.
 *
 * In order, nothing is copied: the bytes are lent from the packet.  What comes
 * early is held, within bounds: a window of 16 KiB a direction, in cells of
 * 512 bytes (cell.h) from one pool for all; when that is empty a victim is
 * drawn at random, so that nobody can aim at another's flow.  Where copies of
 * a byte disagree the first wins.  A hole that the other side acknowledged
 * 250 ms ago, or that is 2 s old, is passed over and named as a gap.
 *
 * A hole is one only once something behind it was seen: an acknowledgement
 * alone may have overtaken its data (mirrors do that), or be a FIN's.
 *
 * Sequence numbers are modulo 2^32 (RFC 9293 3.4).
 */
#ifndef STRAYMAIL_REASSEMBLY_H
#define STRAYMAIL_REASSEMBLY_H

#include "dissectors/slice.h"
#include "sensor/flow/cell.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REASSEMBLY_WINDOW 16384
/* Cells that a direction can hold: the window begins anywhere in the first. */
#define REASSEMBLY_PIECES (REASSEMBLY_WINDOW / CELL_BYTES + 1)

struct reassembly; /* the pool that all directions of a worker share */

/* One direction; plain, as part of a conversation.  Begin with half_begin().
 * It must not move while it holds something: its cells point back to it. */
struct half {
	uint32_t next;     /* sequence number of the byte that is wanted */
	uint32_t acked;    /* up to where the other side acknowledged */
	uint32_t seen;     /* up to where there are known to be bytes */
	uint32_t held;     /* pool index of the first held cell */
	uint32_t pieces;   /* how many are held */
	uint64_t hole_ns;  /* tick at which the present hole was first seen */
	uint64_t acked_ns; /* tick at which `next` was known acknowledged */
	bool begun;        /* next is known */
	bool
	    ack_known; /* the other side is heard; else acked is where we began */
	bool closed;   /* holes are not waited for any more */
};                     /* a tick of 0: there is none */

_Static_assert(sizeof(struct half) <= 64, "a direction is one cache line");

/* What reassembly has counted. */
struct reassembly_numbers {
	/* Segments with payload; one may be several of these. */
	uint64_t in_order;      /* its first new byte was the one wanted */
	uint64_t duplicate;     /* nothing of it was new */
	uint64_t out_of_order;  /* came early */
	uint64_t overlap;       /* came early, and some of it was here */
	uint64_t out_of_window; /* some of it was too far ahead */
	uint64_t cut;           /* the snap length took some of it */

	uint64_t over_budget; /* times that a victim lost what it held */
	uint64_t gaps, gap_bytes;

	/*
	 * Payload bytes as captured.  What was pushed is the sum of all these;
	 * `held` goes down again, the others only grow.
	 */
	struct reassembly_bytes {
		uint64_t lent;          /* from the packet */
		uint64_t lent_held;     /* from the pool */
		uint64_t duplicate;     /* before what was wanted */
		uint64_t overlap;       /* a copy that came second */
		uint64_t out_of_window; /* too far ahead */
		uint64_t over_budget;   /* taken from a victim */
		uint64_t forgotten;     /* not pulled, or held at the end */
		uint64_t held;
	} bytes;
};

/* bytes: the pool's size, at least one direction's window is made of it.
 * seed: of the random victim.  NULL: no memory. */
struct reassembly *reassembly_new(size_t bytes, uint64_t seed);
void reassembly_free(struct reassembly *reassembly);
const struct reassembly_numbers *reassembly_numbers(
    const struct reassembly *reassembly);
uint32_t reassembly_live(const struct reassembly *reassembly); /* cells held */

/* The first segment says where it begins; what is earlier is a duplicate. */
void half_begin(struct half *half);
/* The first byte's number is known, from the handshake. */
void half_begin_at(struct half *half, uint32_t first);

struct segment {
	uint32_t seq;      /* of its first payload byte (SYN counts one) */
	uint32_t wire_len; /* payload on the wire; bytes.len is less if cut */
	struct slice bytes;
	uint64_t tick_ns;
};

/*
 * Takes a segment in.  What can be lent right away is lent by the pulls that
 * follow, until the next push to any half: so pull until there is nothing.
 */
void reassembly_push(struct reassembly *reassembly, struct half *half,
    const struct segment *segment);

/*
 * The other side acknowledged up to `ack`.  True: that was further than ever.
 * The first of a half that has not begun only says where that is.  One that no
 * TCP window allows (RFC 7323 2.3) is passed by.
 */
bool reassembly_ack(struct reassembly *reassembly, struct half *half,
    uint32_t ack, uint64_t tick_ns);

enum piece_kind {
	PIECE_NONE,
	PIECE_BYTES,
	PIECE_GAP
};

struct piece {
	struct slice bytes; /* PIECE_BYTES; lent until the next call */
	uint32_t gap_len;   /* PIECE_GAP: bytes that will not come */
	uint8_t copy;       /* 0: first copy; 1: last copy, where they differ */
};

/* The next thing that direction has to say, at that time. */
enum piece_kind reassembly_pull(struct reassembly *reassembly,
    struct half *half, uint64_t tick_ns, struct piece *ret_piece);

/* When a hole of this direction will be passed over; 0: there is none. */
uint64_t reassembly_due(const struct half *half);

/* The connection is over: as if every hole were old (pull on), then forget. */
void reassembly_close(struct reassembly *reassembly, struct half *half);
void reassembly_forget(struct reassembly *reassembly, struct half *half);

#endif
