/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reassembly - the segment at hand, what the store holds, and the holes.
 *
 * Three things can be next: bytes that are held, which came first and so win;
 * bytes of the segment at hand, lent as they lie in their packet; or neither,
 * and then it is a hole that is waited for or passed over.  Pulling asks in
 * that order.  Pushing copies only what came early.
 */
#include "sensor/flow/reassembly.h"

#include "sensor/flow/copies.h"
#include "sensor/flow/hole.h"
#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"
#include "sensor/flow/store.h"
#include "sensor/flow/turns.h"

#include <stdlib.h>

/* Directions that wait for another usually hold a few cells. */
#define CELLS_A_WAIT 4

struct reassembly {
	struct store *store;
	struct turns *turns;
	struct copies *copies;
	struct reassembly_numbers numbers;

	/* The segment at hand: what of it is not lent yet. */
	struct at_hand {
		const struct half *half; /* NULL: none */
		uint32_t seq;
		uint32_t end; /* on the wire; beyond the bytes if cut */
		struct slice bytes;
	} at_hand;
};

void
reassembly_free(struct reassembly *r)
{
	if (r == NULL)
		return;
	store_free(r->store);
	turns_free(r->turns);
	copies_free(r->copies);
	free(r);
}

struct reassembly *
reassembly_new(size_t bytes, size_t copies, uint64_t seed)
{
	struct reassembly *r = calloc(1, sizeof(*r));
	size_t cells = bytes / sizeof(struct cell);

	if (r == NULL)
		return NULL;
	if (cells < REASSEMBLY_PIECES)
		cells = REASSEMBLY_PIECES;
	if (cells > INT32_MAX)
		cells = INT32_MAX;
	r->store = store_new((uint32_t)cells, seed,
	    &(struct store_numbers){
		.robbed = &r->numbers.over_budget,
		.lost = &r->numbers.bytes.over_budget,
		.held = &r->numbers.bytes.held,
		.taken = &r->numbers.cells_taken,
		.given = &r->numbers.cells_given,
	    });
	r->turns = turns_new((uint32_t)(cells / CELLS_A_WAIT), &r->numbers);
	r->copies = copies_new(copies, ~seed, &r->numbers.overlap_unchecked);
	if (r->store == NULL || r->turns == NULL || r->copies == NULL) {
		reassembly_free(r);
		return NULL;
	}
	return r;
}

const struct reassembly_numbers *
reassembly_numbers(const struct reassembly *r)
{
	return &r->numbers;
}

uint32_t
reassembly_live(const struct reassembly *r)
{
	return store_live(r->store);
}

struct copies *
reassembly_copies(const struct reassembly *r)
{
	return r->copies;
}

/* Holds bytes that came early. */
static void
hold(struct reassembly *r, struct half *half, const struct segment *segment,
    struct slice bytes)
{
	size_t fresh = store_put(r->store, &half->held, segment->seq, bytes,
	    half_mark(segment->tick_ns));

	r->numbers.bytes.overlap += bytes.len - fresh;
	r->numbers.out_of_order++;
	if (fresh == 0)
		r->numbers.duplicate++;
	else if (fresh < bytes.len)
		r->numbers.overlap++;
}

/* A segment that begins `ahead` bytes after what is wanted. */
static void
push_early(struct reassembly *r, struct half *half,
    const struct segment *segment, struct slice bytes)
{
	uint32_t ahead = segment->seq - half->next;
	uint32_t inside = 0;
	uint32_t end = segment->seq + segment->wire_len;
	struct slice kept;

	if (ahead < REASSEMBLY_WINDOW)
		inside = REASSEMBLY_WINDOW - ahead;
	kept = slice_first(bytes, inside);
	if (half->hole_ns == 0)
		half->hole_ns = half_mark(segment->tick_ns);
	if (segment->wire_len > inside) {
		r->numbers.out_of_window++;
		r->numbers.bytes.out_of_window += bytes.len - kept.len;
	}
	if (kept.len > 0)
		hold(r, half, segment, kept);
	/*
	 * A lone segment far ahead may be forged, so it does not say where the
	 * stream is.  But where the other side is never heard nothing else ever
	 * will, and after 2 s it is believed.
	 */
	if (inside > 0)
		half->seen = serial_last(
		    half->seen, serial_first(end, segment->seq + inside));
	else if (!half->ack_known)
		half->seen = serial_last(half->seen, end);
}

/* A segment of which `old` bytes are before what is wanted. */
static void
push_wanted(struct reassembly *r, struct half *half,
    const struct segment *segment, struct slice bytes)
{
	uint32_t old = half->next - segment->seq;
	struct slice rest = slice_after(bytes, old);

	r->numbers.bytes.duplicate += bytes.len - rest.len;
	if (old >= segment->wire_len) {
		r->numbers.duplicate++;
		return;
	}
	if (half_waits(half)) {
		push_early(r, half,
		    &(struct segment){
			.seq = half->next,
			.wire_len = segment->wire_len - old,
			.tick_ns = segment->tick_ns,
		    },
		    rest);
		return;
	}
	r->numbers.in_order++;
	r->at_hand = (struct at_hand){
		.half = half,
		.seq = half->next,
		.end = segment->seq + segment->wire_len,
		.bytes = rest,
	};
}

void
reassembly_put_away(struct reassembly *r)
{
	r->numbers.bytes.forgotten += r->at_hand.bytes.len;
	r->at_hand = (struct at_hand){ .half = NULL };
}

void
reassembly_push(
    struct reassembly *r, struct half *half, const struct segment *segment)
{
	struct slice bytes = slice_first(segment->bytes, segment->wire_len);

	reassembly_put_away(r);
	r->numbers.bytes.pushed += bytes.len;
	if (segment->wire_len == 0)
		return;
	if (bytes.len < segment->wire_len)
		r->numbers.cut++;
	if (!half->begun) {
		half->next = half_first(half, segment->seq, REASSEMBLY_WINDOW);
		half->first = half->next;
		half->seen = half->next;
		if (!half->ack_known)
			half->acked = segment->seq;
		half->begun = true;
	}
	if (half->gathering && serial_before(segment->seq, half->next) &&
	    half->seen - segment->seq <= REASSEMBLY_WINDOW)
		half->next = half->first = segment->seq;
	if (serial_before(segment->seq, half->next) ||
	    store_holds(&half->held) || half->conflict)
		copies_meet(r->copies, r->store, half, segment->seq, bytes);
	if (serial_before(half->next, segment->seq))
		push_early(r, half, segment, bytes);
	else
		push_wanted(r, half, segment, bytes);
}

void
reassembly_swap(struct reassembly *r, struct half *a, struct half *b)
{
	struct half was = *a;

	*a = *b;
	*b = was;
	store_move(r->store, &a->held);
	store_move(r->store, &b->held);
	copies_swapped(r->copies, a, b);
}

void
reassembly_gathered(struct reassembly *r, struct half *half)
{
	if (half->gathering && half->turns != POOL_NONE)
		turns_start(r->turns, half);
	half->gathering = false;
}

void
reassembly_wait(struct reassembly *r, struct half *half,
    const struct segment *segment, const struct answer *answer)
{
	turns_add(r->turns, half, segment, answer);
}

/* `length` bytes are done with, and the next one is wanted.  If that is a
 * hole, it is as old as what is held behind it. */
static void
advance(
    struct reassembly *r, struct half *half, uint32_t length, uint64_t tick_ns)
{
	bool acked;

	half->next += length;
	acked = half->ack_known && serial_before(half->next, half->acked);
	half->acked_ns = acked ? half_mark(tick_ns) : 0;
	if (store_holds(&half->held))
		half->hole_ns = store_since(r->store, &half->held);
	else if (!serial_before(half->next, half->seen))
		half->hole_ns = 0;
}

/* Leaves out of the segment at hand what the store had as well. */
static void
skip_lent(struct reassembly *r, const struct half *half)
{
	struct at_hand *at_hand = &r->at_hand;
	size_t before = at_hand->bytes.len;

	if (at_hand->half != half)
		return;
	at_hand->bytes = slice_after(at_hand->bytes, half->next - at_hand->seq);
	at_hand->seq = half->next;
	r->numbers.bytes.overlap += before - at_hand->bytes.len;
}

static struct slice
lend_held(struct reassembly *r, struct half *half)
{
	uint32_t end = half->next + REASSEMBLY_WINDOW;
	struct slice bytes = { 0 };

	if (!store_holds(&half->held) ||
	    store_first(r->store, &half->held) != half->next)
		return bytes;
	if (half->turns != POOL_NONE)
		end = turns_until(r->turns, half);
	if (!serial_before(half->next, end))
		return bytes;
	bytes = store_take(r->store, &half->held, end);
	r->numbers.bytes.lent_held += bytes.len;
	return bytes;
}

/* As far as the store has nothing: that came before. */
static struct slice
lend_at_hand(struct reassembly *r, const struct half *half)
{
	struct at_hand *at_hand = &r->at_hand;
	struct slice bytes = { 0 };

	if (at_hand->half != half)
		return bytes;
	bytes = at_hand->bytes;
	if (store_holds(&half->held))
		bytes = slice_first(
		    bytes, store_first(r->store, &half->held) - half->next);
	at_hand->bytes = slice_after(at_hand->bytes, bytes.len);
	at_hand->seq += (uint32_t)bytes.len;
	r->numbers.bytes.lent += bytes.len;
	return bytes;
}

enum turn
reassembly_turn(struct reassembly *r, struct half *half, uint32_t heard,
    uint64_t tick_ns, bool vain)
{
	if (half->turns == POOL_NONE || half->gathering)
		return TURN_NOT_YET;
	/* Who is alone may yet fill the hole with what it said before. */
	if (hole_end(r->store, half) != half->next &&
	    hole_given_up(r->store, half, tick_ns) == half->next)
		vain = false;
	else if (half->alone)
		vain = true;
	return turns_come(r->turns, half, heard, tick_ns, vain);
}

/* How many bytes at `next` will not come. */
static uint32_t
missing(const struct reassembly *r, const struct half *half, uint64_t tick_ns)
{
	uint32_t cut_end = r->at_hand.end;
	uint32_t end;

	if (r->at_hand.half != half || !serial_before(half->next, cut_end)) {
		end = hole_given_up(r->store, half, tick_ns);
		/* A hole has no turn, if what is heard next was said after. */
		if (half->turns != POOL_NONE)
			end = serial_first(end,
			    serial_last(
				turns_until(r->turns, half), half->acked));
		return end - half->next;
	}
	/* The snap length took the tail, unless another copy has it. */
	if (store_holds(&half->held))
		cut_end =
		    serial_first(cut_end, store_first(r->store, &half->held));
	return cut_end - half->next;
}

enum piece_kind
reassembly_pull(struct reassembly *r, struct half *half, uint64_t tick_ns,
    struct piece *ret_piece)
{
	struct slice bytes;
	uint32_t gap;

	if (half->gathering)
		return PIECE_NONE;
	skip_lent(r, half);
	bytes = lend_held(r, half);
	if (bytes.len == 0)
		bytes = lend_at_hand(r, half);
	if (bytes.len > 0) {
		advance(r, half, (uint32_t)bytes.len, tick_ns);
		*ret_piece = (struct piece){ .bytes = bytes };
		return PIECE_BYTES;
	}
	gap = missing(r, half, tick_ns);
	if (gap == 0)
		return PIECE_NONE;
	r->numbers.gaps++;
	r->numbers.gap_bytes += gap;
	advance(r, half, gap, tick_ns);
	*ret_piece = (struct piece){ .gap_len = gap };
	return PIECE_GAP;
}

void
reassembly_close(struct reassembly *r, struct half *half)
{
	half->closed = true; /* what is held stays, to be pulled */
	reassembly_gathered(r, half);
}

void
reassembly_forget(struct reassembly *r, struct half *half)
{
	if (r->at_hand.half == half)
		reassembly_put_away(r);
	r->numbers.bytes.forgotten += store_drop(r->store, &half->held);
	copies_sure(r->copies, half);
	turns_drop(r->turns, half);
	half->seen = half->next;
	half->hole_ns = 0;
}
