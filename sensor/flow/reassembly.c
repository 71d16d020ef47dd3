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

#include "sensor/flow/pool.h"
#include "sensor/flow/serial.h"
#include "sensor/flow/store.h"

#include <stdlib.h>

#define SECOND_NS    UINT64_C(1000000000)
#define HOLE_OLD_NS  (2 * SECOND_NS)
#define HOLE_LOST_NS (SECOND_NS / 4) /* after its acknowledgement */

/* The largest window that TCP can offer (RFC 7323 2.3). */
#define TCP_WINDOW_MAX (UINT32_C(1) << 30)

struct reassembly {
	struct store *store;
	struct reassembly_numbers numbers;

	/* The segment at hand: what of it is not lent yet. */
	struct at_hand {
		const struct half *half; /* NULL: none */
		uint32_t seq;
		uint32_t end; /* on the wire; beyond the bytes if cut */
		struct slice bytes;
	} at_hand;
};

struct reassembly *
reassembly_new(size_t bytes, uint64_t seed)
{
	struct reassembly *r = calloc(1, sizeof(*r));
	size_t cells = bytes / sizeof(struct cell);

	if (r == NULL)
		return NULL;
	if (cells < REASSEMBLY_PIECES)
		cells = REASSEMBLY_PIECES;
	if (cells > INT32_MAX)
		cells = INT32_MAX;
	r->store = store_new((uint32_t)cells, seed, &r->numbers);
	if (r->store == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

void
reassembly_free(struct reassembly *r)
{
	if (r == NULL)
		return;
	store_free(r->store);
	free(r);
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

void
half_begin(struct half *half)
{
	*half = (struct half){ .held = POOL_NONE };
}

void
half_begin_at(struct half *half, uint32_t first)
{
	*half = (struct half){
		.next = first,
		.acked = first,
		.seen = first,
		.held = POOL_NONE,
		.begun = true,
	};
}

/* A tick as a mark in a half, where 0 says that there is none. */
static uint64_t
mark_of(uint64_t tick_ns)
{
	return tick_ns == 0 ? 1 : tick_ns;
}

/* Holds bytes that came early. */
static void
hold(struct reassembly *r, struct half *half, const struct segment *segment,
    struct slice bytes)
{
	size_t fresh = store_put(
	    r->store, half, segment->seq, bytes, mark_of(segment->tick_ns));

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
		half->hole_ns = mark_of(segment->tick_ns);
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
	r->numbers.in_order++;
	r->at_hand = (struct at_hand){
		.half = half,
		.seq = half->next,
		.end = segment->seq + segment->wire_len,
		.bytes = rest,
	};
}

/* What was not pulled will not be: its packet is gone. */
static void
put_away(struct reassembly *r)
{
	r->numbers.bytes.forgotten += r->at_hand.bytes.len;
	r->at_hand = (struct at_hand){ .half = NULL };
}

void
reassembly_push(
    struct reassembly *r, struct half *half, const struct segment *segment)
{
	struct slice bytes = slice_first(segment->bytes, segment->wire_len);

	put_away(r);
	if (segment->wire_len == 0)
		return;
	if (bytes.len < segment->wire_len)
		r->numbers.cut++;
	if (!half->begun) {
		half->next = segment->seq;
		half->seen = segment->seq;
		if (!half->ack_known)
			half->acked = segment->seq;
		half->begun = true;
	}
	if (serial_before(half->next, segment->seq))
		push_early(r, half, segment, bytes);
	else
		push_wanted(r, half, segment, bytes);
}

bool
reassembly_ack(
    struct reassembly *r, struct half *half, uint32_t ack, uint64_t tick_ns)
{
	bool further;

	(void)r; /* an acknowledgement moves no bytes */
	if (half->begun && serial_before(half->next, ack) &&
	    ack - half->next > TCP_WINDOW_MAX)
		return false;
	further =
	    (half->begun || half->ack_known) && serial_before(half->acked, ack);
	if (further || (!half->begun && !half->ack_known))
		half->acked = ack;
	half->ack_known = true;
	if (half->acked_ns == 0 && half->begun &&
	    serial_before(half->next, half->acked))
		half->acked_ns = mark_of(tick_ns);
	return further;
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
	half->acked_ns = acked ? mark_of(tick_ns) : 0;
	if (store_holds(half))
		half->hole_ns = store_since(r->store, half);
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
	struct slice bytes = { 0 };

	if (!store_holds(half) || store_first(r->store, half) != half->next)
		return bytes;
	bytes = store_take(r->store, half);
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
	if (store_holds(half))
		bytes = slice_first(
		    bytes, store_first(r->store, half) - half->next);
	at_hand->bytes = slice_after(at_hand->bytes, bytes.len);
	at_hand->seq += (uint32_t)bytes.len;
	r->numbers.bytes.lent += bytes.len;
	return bytes;
}

/* Where the hole at `next` would end; `next` if there is none. */
static uint32_t
hole_end(const struct reassembly *r, const struct half *half)
{
	if (store_holds(half))
		return store_first(r->store, half);
	return serial_last(half->next, half->seen);
}

/* Up to where to pass over the hole at that time; `next` to wait. */
static uint32_t
hole_given_up(
    const struct reassembly *r, const struct half *half, uint64_t tick_ns)
{
	uint32_t end = hole_end(r, half);
	uint64_t due = reassembly_due(half);

	if (half->closed)
		return end;
	if (due == 0 || tick_ns < due)
		return half->next;
	if (end == half->next)
		return half->acked;
	if (tick_ns >= half->hole_ns + HOLE_OLD_NS)
		return end;
	return serial_first(end, half->acked);
}

/* How many bytes at `next` will not come. */
static uint32_t
missing(const struct reassembly *r, const struct half *half, uint64_t tick_ns)
{
	uint32_t cut_end = r->at_hand.end;

	if (r->at_hand.half != half || !serial_before(half->next, cut_end))
		return hole_given_up(r, half, tick_ns) - half->next;
	/* The snap length took the tail, unless another copy has it. */
	if (store_holds(half))
		cut_end = serial_first(cut_end, store_first(r->store, half));
	return cut_end - half->next;
}

enum piece_kind
reassembly_pull(struct reassembly *r, struct half *half, uint64_t tick_ns,
    struct piece *ret_piece)
{
	struct slice bytes;
	uint32_t gap;

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

uint64_t
reassembly_due(const struct half *half)
{
	bool ends = serial_before(half->next, half->seen);
	uint64_t old = half->hole_ns + HOLE_OLD_NS;
	uint64_t lost = half->acked_ns + HOLE_LOST_NS;

	if (half->hole_ns == 0 || (!ends && half->acked_ns == 0))
		return 0;
	if (!ends)
		return lost;
	return half->acked_ns != 0 && lost < old ? lost : old;
}

void
reassembly_close(struct reassembly *r, struct half *half)
{
	(void)r; /* what is held stays, to be pulled */
	half->closed = true;
}

void
reassembly_forget(struct reassembly *r, struct half *half)
{
	if (r->at_hand.half == half)
		put_away(r);
	r->numbers.bytes.forgotten += store_drop(r->store, half);
	half->seen = half->next;
	half->hole_ns = 0;
}
