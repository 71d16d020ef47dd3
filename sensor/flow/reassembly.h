/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reassembly - one direction's segments, in any order, made into its bytes.
 *
 * In order, nothing is copied: the bytes are lent from the packet.  What comes
 * early is held, within bounds: a window of 16 KiB a direction, in cells of
 * 512 bytes (cell.h) from one pool for all; when that is empty a victim is
 * drawn at random, so that nobody can aim at another's flow.  Where copies of
 * a byte disagree the first wins, and the last is kept aside (copies.h).  A hole that the other side acknowledged
 * 250 ms ago, or that is 2 s old, is passed over and named as a gap.
 *
 * A hole is one only once something behind it was seen: an acknowledgement
 * alone may have overtaken its data (mirrors do that), or be a FIN's.
 *
 * Bytes that answer what the other direction has yet to say wait for that
 * (turns.h), likewise 250 ms at most.  And where a connection's beginning was
 * not seen, it is open which segment is its first until a few have come.
 *
 * Sequence numbers are modulo 2^32 (RFC 9293 3.4).
 */
#ifndef STRAYMAIL_REASSEMBLY_H
#define STRAYMAIL_REASSEMBLY_H

#include "dissectors/slice.h"
#include "sensor/flow/cell.h"
#include "sensor/flow/half.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REASSEMBLY_WINDOW 16384
/* Cells that a direction can hold: the window begins anywhere in the first. */
#define REASSEMBLY_PIECES (REASSEMBLY_WINDOW / CELL_BYTES + 1)

struct reassembly; /* the pool that all directions of a worker share */

/* What reassembly has counted. */
struct reassembly_numbers {
	/* Segments with payload; one may be several of these. */
	uint64_t in_order;      /* its first new byte was the one wanted */
	uint64_t duplicate;     /* nothing of it was new */
	uint64_t out_of_order;  /* came early, or before what it answers */
	uint64_t overlap;       /* came early, and some of it was here */
	uint64_t out_of_window; /* some of it was too far ahead */
	uint64_t cut;           /* the snap length took some of it */

	uint64_t over_budget;       /* times that a victim lost what it held, */
	uint64_t overlap_unchecked; /* ... or what copies are compared with */
	uint64_t gaps, gap_bytes;

	/* Objects of the pools; what was taken and not given is in use. */
	uint64_t cells_taken, cells_given;
	uint64_t turns_taken, turns_given;
	uint32_t turns_live; /* as their pool has it */

	/*
	 * Payload bytes as captured.  What was pushed is the sum of all others,
	 * after reassembly_put_away(); `held` goes down again, they only grow.
	 */
	struct reassembly_bytes {
		uint64_t pushed;
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

/* bytes: the pool's size, at least one direction's window is made of it;
 * copies: likewise that of copies.h.  seed: of the random victim.  NULL: no
 * memory. */
struct reassembly *reassembly_new(size_t bytes, size_t copies, uint64_t seed);
void reassembly_free(struct reassembly *reassembly);
const struct reassembly_numbers *reassembly_numbers(
    const struct reassembly *reassembly);
uint32_t reassembly_live(const struct reassembly *reassembly); /* cells held */
struct copies *reassembly_copies(const struct reassembly *reassembly);

struct segment {
	uint32_t seq;      /* of its first payload byte (SYN counts one) */
	uint32_t wire_len; /* payload on the wire; bytes.len is less if cut */
	struct slice bytes;
	uint64_t tick_ns;
};

/* The halves change places, with what they hold. */
void reassembly_swap(
    struct reassembly *reassembly, struct half *a, struct half *b);

/* half.gathering was set, and is done with. */
void reassembly_gathered(struct reassembly *reassembly, struct half *half);

/*
 * The segment is out of turn: it acknowledges what was not heard yet, or comes
 * early, or behind one that is out of turn.  To be told before it is pushed.
 * Its bytes wait for the other's before `ack`, until reassembly_turn().
 */
struct answer {
	uint32_t ack;
	uint32_t acked; /* the other's bytes acknowledged before it came */
};
void reassembly_wait(struct reassembly *reassembly, struct half *half,
    const struct segment *segment, const struct answer *answer);

enum turn {
	TURN_NOT_YET, /* or nothing waits */
	TURN_COME,    /* the next bytes may be pulled */
	TURN_FURTHER, /* ... and acknowledge more than any before them */
};

/* `heard` is where the other direction was heard to.  vain: a turn has also
 * come if it was waited for too long. */
enum turn reassembly_turn(struct reassembly *reassembly, struct half *half,
    uint32_t heard, uint64_t tick_ns, bool vain);

/*
 * Takes a segment in.  What can be lent right away is lent by the pulls that
 * follow, until the next push to any half: so pull until there is nothing.
 */
void reassembly_push(struct reassembly *reassembly, struct half *half,
    const struct segment *segment);

/* What of it was not pulled will not be: its packet is gone. */
void reassembly_put_away(struct reassembly *reassembly);

enum piece_kind {
	PIECE_NONE,
	PIECE_BYTES,
	PIECE_GAP
};

struct piece {
	struct slice bytes; /* PIECE_BYTES; lent until the next call */
	uint32_t gap_len;   /* PIECE_GAP: bytes that will not come */
};

/* The next thing that direction has to say, at that time. */
enum piece_kind reassembly_pull(struct reassembly *reassembly,
    struct half *half, uint64_t tick_ns, struct piece *ret_piece);

/* The connection is over: as if every hole were old (pull on), then forget. */
void reassembly_close(struct reassembly *reassembly, struct half *half);
void reassembly_forget(struct reassembly *reassembly, struct half *half);

#endif
