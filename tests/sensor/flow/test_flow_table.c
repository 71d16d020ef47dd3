/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_flow_table - who gets a place, in which role, and who has to go.
 */
#include "sensor/flow/flow_table.h"
#include "sensor/flow/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WAYS    8
#define SECOND  UINT64_C(1000000000)
#define MS      UINT64_C(1000000)
#define SYN_ACK (TCP_SYN | TCP_ACK)
#define DATA    (TCP_PSH | TCP_ACK)
#define CLIENT  UINT32_C(0x0a000001)
#define SERVER  UINT32_C(0xc6336405)
#define C_ISN   UINT32_C(1000)
#define S_ISN   UINT32_C(700000)

static const uint8_t secret[32] = "a secret that is fixed for tests";

static struct flow_table *
table_of(uint32_t flows)
{
	struct flow_table *table = flow_table_new(flows, secret);

	assert_non_null(table);
	return table;
}

static void
put_be32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A packet between two IPv4 endpoints, at 100 s, without payload. */
static struct packet
packet_of(uint32_t source, uint16_t source_port, uint32_t destination,
    uint16_t destination_port)
{
	struct packet packet = {
		.family = 4,
		.source_port = source_port,
		.destination_port = destination_port,
		.tick_ns = 100 * SECOND,
	};

	put_be32(packet.source, source);
	put_be32(packet.destination, destination);
	return packet;
}

static struct packet
from_client(unsigned flags, uint32_t seq, uint32_t ack, uint32_t payload)
{
	struct packet packet = packet_of(CLIENT, 40000, SERVER, 2525);

	packet.flags = (uint8_t)flags;
	packet.seq = seq;
	packet.ack = ack;
	packet.payload_len = payload;
	return packet;
}

static struct packet
from_server(unsigned flags, uint32_t seq, uint32_t ack, uint32_t payload)
{
	struct packet packet = packet_of(SERVER, 2525, CLIENT, 40000);

	packet.flags = (uint8_t)flags;
	packet.seq = seq;
	packet.ack = ack;
	packet.payload_len = payload;
	return packet;
}

static uint64_t
hash_of(const struct flow_table *table, const struct packet *packet)
{
	struct flow_lookup lookup;

	flow_table_lookup(table, packet, &lookup);
	return lookup.hash;
}

static enum flow_found
see(struct flow_table *table, struct packet packet, struct flow_hit *hit)
{
	struct flow_lookup lookup;

	flow_table_lookup(table, &packet, &lookup);
	return flow_table_of(table, &packet, &lookup, hit);
}

/* The `number`th of as many connections as one likes, with payload. */
static struct packet
stranger(uint32_t number)
{
	struct packet packet =
	    packet_of(UINT32_C(0x0b000000) + number, 1234, SERVER, 25);

	packet.flags = DATA;
	packet.payload_len = 10;
	packet.seq = number;
	return packet;
}

static void
assert_accounts(const struct flow_table *table)
{
	const struct flow_numbers *numbers = flow_table_numbers(table);
	uint64_t evicted = 0;

	for (unsigned i = 0; i < FLOW_STATES; i++)
		evicted += numbers->evicted[i];
	assert_int_equal(numbers->opened,
	    flow_table_live(table) + numbers->dropped + numbers->reused +
		numbers->stale + evicted);
}

/* --- who gets a place --- */

static void
only_a_syn_ack_or_payload_takes_a_place(void **state)
{
	static const struct {
		unsigned flags;
		uint32_t payload;
		enum flow_found found;
	} cases[] = {
		{ TCP_SYN, 0, FLOW_NONE },
		{ TCP_ACK, 0, FLOW_NONE },
		{ TCP_FIN | TCP_ACK, 0, FLOW_NONE },
		{ TCP_RST, 0, FLOW_NONE },
		{ TCP_RST | TCP_ACK, 12, FLOW_NONE },
		{ 0, 0, FLOW_NONE },
		{ TCP_SYN | TCP_ACK | TCP_FIN | TCP_PSH | TCP_URG, 0,
		    FLOW_NONE },
		{ TCP_SYN | TCP_ACK | TCP_RST, 0, FLOW_NONE },
		{ SYN_ACK, 0, FLOW_OPENED },
		{ TCP_ACK, 1, FLOW_OPENED },
		{ TCP_FIN | TCP_ACK, 6, FLOW_OPENED },
		{ TCP_SYN, 20, FLOW_OPENED }, /* TCP Fast Open */
		{ 0, 1, FLOW_OPENED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_table *table = table_of(64);
		struct flow_hit hit;

		assert_int_equal(
		    see(table,
			from_client(cases[i].flags, 1, 1, cases[i].payload),
			&hit),
		    cases[i].found);
		assert_int_equal(
		    flow_table_live(table), cases[i].found == FLOW_OPENED);
		flow_table_free(table);
	}
}

static void
a_flood_of_syns_takes_no_place(void **state)
{
	struct flow_table *table = table_of(1024);
	struct flow_hit hit;
	struct packet packet;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		packet = stranger(i);
		packet.flags = TCP_SYN;
		packet.payload_len = 0;
		assert_int_equal(see(table, packet, &hit), FLOW_NONE);
	}
	assert_int_equal(flow_table_live(table), 0);
	flow_table_free(table);
}

/* --- roles and numbers --- */

static void
a_syn_ack_tells_both_roles_and_both_numbers(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit, again;
	uint8_t address[16], expected[16] = { 10, 0, 0, 1 };
	uint16_t port;

	(void)state;
	assert_int_equal(
	    see(table, from_client(TCP_SYN, C_ISN, 0, 0), &hit), FLOW_NONE);
	assert_int_equal(
	    see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit),
	    FLOW_OPENED);
	assert_int_equal(hit.side, SIDE_RESPONDER);
	assert_int_equal(
	    hit.flow->bits & (FLOW_HANDSHAKE | FLOW_MIDSTREAM), FLOW_HANDSHAKE);
	assert_int_equal(hit.flow->state, FLOW_EMBRYONIC);
	assert_int_equal(hit.flow->conversation, POOL_NONE);
	assert_int_equal(hit.flow->isn[SIDE_INITIATOR], C_ISN + 1);
	assert_int_equal(hit.flow->isn[SIDE_RESPONDER], S_ISN + 1);
	assert_false(hit.evicted_any);

	/* A SYN that comes after its SYN-ACK flips nothing. */
	assert_int_equal(
	    see(table, from_client(TCP_SYN, C_ISN, 0, 0), &again), FLOW_KNOWN);
	assert_int_equal(again.side, SIDE_INITIATOR);
	assert_ptr_equal(again.flow, hit.flow);

	flow_endpoint(hit.flow, SIDE_INITIATOR, address, &port);
	assert_memory_equal(address, expected, 16);
	assert_int_equal(port, 40000);
	flow_endpoint(hit.flow, SIDE_RESPONDER, address, &port);
	put_be32(expected, SERVER);
	assert_memory_equal(address, expected, 16);
	assert_int_equal(port, 2525);
	flow_table_free(table);
}

static void
both_directions_meet_in_one_flow_whoever_is_lower(void **state)
{
	struct flow_table *table = table_of(1 << 16);
	struct flow_hit hit, back;
	struct packet there, here;
	uint64_t random = 1;

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		there = packet_of((uint32_t)(random >> 32), (uint16_t)random,
		    (uint32_t)(random >> 20), (uint16_t)(random >> 16));
		here = packet_of((uint32_t)(random >> 20),
		    (uint16_t)(random >> 16), (uint32_t)(random >> 32),
		    (uint16_t)random);
		there.flags = here.flags = DATA;
		there.payload_len = 1;
		assert_int_equal(hash_of(table, &there), hash_of(table, &here));
		assert_int_equal(see(table, there, &hit), FLOW_OPENED);
		assert_int_equal(see(table, here, &back), FLOW_KNOWN);
		assert_ptr_equal(hit.flow, back.flow);
		assert_int_equal(hit.side, SIDE_INITIATOR);
		assert_int_equal(back.side, SIDE_RESPONDER);
		assert_int_equal(flow_table_id(hit.flow) >> 53, 0);
		assert_true(flow_table_id(hit.flow) > 0);
	}
	assert_int_equal(flow_table_live(table), 500);
	flow_table_free(table);
}

static void
payload_without_handshake_is_midstream_and_its_sender_the_initiator(
    void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	assert_int_equal(
	    see(table, from_server(DATA, 5000, 6000, 30), &hit), FLOW_OPENED);
	assert_int_equal(hit.side, SIDE_INITIATOR);
	assert_int_equal(
	    hit.flow->bits & (FLOW_HANDSHAKE | FLOW_MIDSTREAM), FLOW_MIDSTREAM);
	assert_int_equal(hit.flow->isn[SIDE_INITIATOR], 5000);
	assert_int_equal(hit.flow->isn[SIDE_RESPONDER], 6000);
	flow_table_free(table);
}

static void
payload_on_a_syn_begins_after_it(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	assert_int_equal(
	    see(table, from_client(TCP_SYN, UINT32_MAX, 0, 30), &hit),
	    FLOW_OPENED);
	assert_int_equal(hit.side, SIDE_INITIATOR);
	assert_int_equal(hit.flow->bits & (FLOW_HANDSHAKE | FLOW_MIDSTREAM), 0);
	assert_int_equal(hit.flow->isn[SIDE_INITIATOR], 0);
	flow_table_free(table);
}

static void
ipv4_and_its_twins_in_ipv6_are_separate(void **state)
{
	struct flow_table *table = table_of(64);
	struct packet packet = stranger(1);
	struct flow_hit hit, twin, mapped;

	(void)state;
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	packet.family = 6; /* the same 16 bytes */
	assert_int_equal(see(table, packet, &twin), FLOW_OPENED);
	memset(packet.source, 0, 16);
	packet.source[10] = packet.source[11] = 0xff;
	put_be32(packet.source + 12, UINT32_C(0x0b000001));
	assert_int_equal(see(table, packet, &mapped), FLOW_OPENED);
	assert_ptr_not_equal(hit.flow, twin.flow);
	assert_ptr_not_equal(twin.flow, mapped.flow);
	assert_int_equal(hit.flow->bits & FLOW_V6, 0);
	assert_int_equal(twin.flow->bits & FLOW_V6, FLOW_V6);
	flow_table_free(table);
}

static void
every_part_of_the_tuple_counts(void **state)
{
	struct flow_table *table = table_of(1024);
	struct packet packet = stranger(1);
	struct flow_hit hit;

	(void)state;
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	for (unsigned i = 0; i < 16; i++) {
		packet = stranger(1);
		packet.family = 6;
		packet.source[i] ^= 1;
		assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
		packet = stranger(1);
		packet.family = 6;
		packet.destination[i] ^= 1;
		assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	}
	packet = stranger(1);
	packet.source_port++;
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	packet = stranger(1);
	packet.destination_port++;
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	assert_int_equal(flow_table_live(table), 35);
	flow_table_free(table);
}

/* --- what a SYN says of what comes after it --- */

static bool
is_seen(const struct flow *flow, enum side side)
{
	return (flow->bits & FLOW_SEEN << side) != 0;
}

static void
who_was_seen_before_its_syn_ack_is_seen(void **state)
{
	static const struct {
		unsigned flags;
		uint32_t seq;
		bool seen;
	} cases[] = {
		{ TCP_SYN, C_ISN, true },
		{ TCP_ACK, C_ISN + 1, true },
		{ TCP_FIN | TCP_ACK, C_ISN + 1, true },
		{ TCP_RST, C_ISN + 1, false },       /* anybody's */
		{ TCP_SYN, C_ISN + 1000000, false }, /* another connection's */
		{ TCP_ACK, C_ISN - 1000000, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_table *table = table_of(64);
		struct flow_hit hit;

		see(table, from_client(cases[i].flags, cases[i].seq, 0, 0),
		    &hit);
		see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
		assert_true(is_seen(hit.flow, SIDE_RESPONDER));
		assert_int_equal(
		    is_seen(hit.flow, SIDE_INITIATOR), cases[i].seen);
		flow_table_free(table);
	}
}

/* The banner came before the SYN-ACK; of the client there is its SYN. */
static void
who_was_seen_stays_seen_when_the_roles_change(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	see(table, from_server(DATA, S_ISN + 1, C_ISN + 1, 30), &hit);
	see(table, from_client(TCP_ACK, C_ISN + 1, S_ISN + 31, 0), &hit);
	assert_int_equal(hit.side, SIDE_RESPONDER);
	see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
	assert_int_equal(hit.side, SIDE_RESPONDER);
	assert_true(is_seen(hit.flow, SIDE_INITIATOR));
	assert_true(is_seen(hit.flow, SIDE_RESPONDER));
	flow_table_free(table);
}

static void
assert_begun_by_client(const struct flow *flow)
{
	uint8_t address[16], client[16] = { 10, 0, 0, 1 };
	uint16_t port;

	assert_int_equal(flow->bits & (FLOW_SYN | FLOW_HANDSHAKE), FLOW_SYN);
	assert_int_equal(flow->isn[SIDE_INITIATOR], C_ISN + 1);
	flow_endpoint(flow, SIDE_INITIATOR, address, &port);
	assert_memory_equal(address, client, 16);
	assert_int_equal(port, 40000);
}

static void
a_syn_says_who_began_and_where_whatever_comes_next(void **state)
{
	const struct packet syn = from_client(TCP_SYN, C_ISN, 0, 0);
	const struct packet next[] = {
		from_client(DATA, C_ISN + 1, S_ISN + 31, 10),
		from_client(DATA, C_ISN + 800, S_ISN + 31, 10),
		from_server(DATA, S_ISN + 1, C_ISN + 1, 30),
		from_server(DATA, S_ISN + 31, C_ISN + 11, 30),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		struct flow_table *before = table_of(64), *after = table_of(64);
		struct flow_hit hit, late;

		see(before, syn, &hit);
		assert_int_equal(see(before, next[i], &hit), FLOW_OPENED);
		assert_begun_by_client(hit.flow);
		assert_int_equal(see(after, next[i], &late), FLOW_OPENED);
		assert_int_equal(see(after, syn, &late), FLOW_KNOWN);
		assert_begun_by_client(late.flow);
		assert_true(
		    flow_table_id(hit.flow) == flow_table_id(late.flow));
		assert_int_equal(hit.flow->bits, late.flow->bits);
		flow_table_free(before);
		flow_table_free(after);
	}
}

/* It may be forged, or the next connection's. */
static void
a_syn_that_does_not_fit_says_nothing(void **state)
{
	static const uint32_t numbers[] = { C_ISN + 100000, C_ISN - 100000,
		C_ISN + 500 }; /* behind what was said */

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct flow_table *table = table_of(64);
		struct flow_hit hit;

		see(table, from_client(TCP_SYN, numbers[i], 0, 0), &hit);
		see(table, from_client(DATA, C_ISN + 1, S_ISN + 31, 10), &hit);
		assert_int_equal(hit.flow->bits & (FLOW_SYN | FLOW_MIDSTREAM),
		    FLOW_MIDSTREAM);
		assert_int_equal(hit.flow->isn[SIDE_INITIATOR], C_ISN + 1);
		flow_table_free(table);
	}
}

static void
a_syn_ack_outweighs_a_syn(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	see(table, from_client(TCP_SYN, C_ISN, 0, 0), &hit);
	see(table, from_client(DATA, C_ISN + 1, S_ISN + 1, 10), &hit);
	see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
	assert_int_equal(
	    hit.flow->bits & (FLOW_SYN | FLOW_HANDSHAKE | FLOW_MIDSTREAM),
	    FLOW_HANDSHAKE);
	assert_int_equal(hit.flow->isn[SIDE_RESPONDER], S_ISN + 1);
	flow_table_free(table);
}

/* --- a SYN-ACK on a known tuple --- */

static void
before_payload_a_later_syn_ack_sets_the_numbers_anew(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	see(table, from_server(SYN_ACK, 123456, 654321, 0), &hit);
	assert_int_equal(
	    see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit),
	    FLOW_KNOWN);
	assert_int_equal(hit.flow->isn[SIDE_INITIATOR], C_ISN + 1);
	assert_int_equal(hit.flow->isn[SIDE_RESPONDER], S_ISN + 1);
	assert_int_equal(hit.side, SIDE_RESPONDER);
	assert_int_equal(flow_table_live(table), 1);
	flow_table_free(table);
}

static void
after_payload_a_syn_ack_begins_another_flow_only_if_nothing_fits(void **state)
{
	static const struct {
		const char *name;
		uint32_t seq, ack;
		bool closed;
		uint64_t after_ms;
		enum flow_found found;
	} cases[] = {
		{ "the same", S_ISN, C_ISN + 1, false, 0, FLOW_KNOWN },
		{ "the same, later", S_ISN, C_ISN + 1, false, 9000,
		    FLOW_KNOWN },
		{ "a wrong ack", S_ISN, 77, false, 0, FLOW_KNOWN },
		{ "another seq", 99999999, C_ISN + 1, false, 0, FLOW_KNOWN },
		{ "neither fits", 99999999, 88888888, false, 0, FLOW_REUSED },
		{ "a mirror's copy after the end", S_ISN, C_ISN + 1, true, 5,
		    FLOW_KNOWN },
		{ "the same numbers, long after the end", S_ISN, C_ISN + 1,
		    true, 50, FLOW_REUSED },
		{ "higher numbers after the end", S_ISN + 5000, C_ISN + 5000,
		    true, 1000, FLOW_REUSED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_table *table = table_of(64);
		struct packet packet =
		    from_server(SYN_ACK, cases[i].seq, cases[i].ack, 0);
		struct flow_hit hit;
		uint64_t id;

		see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
		hit.flow->state = FLOW_OPEN;
		hit.flow->conversation = 42;
		id = flow_table_id(hit.flow);
		if (cases[i].closed)
			see(table,
			    from_client(
				TCP_FIN | TCP_ACK, C_ISN + 1, S_ISN + 1, 0),
			    &hit);
		packet.tick_ns += cases[i].after_ms * MS;
		if (see(table, packet, &hit) != cases[i].found)
			fail_msg("%s", cases[i].name);
		assert_int_equal(flow_table_live(table), 1);
		assert_int_equal(hit.side, SIDE_RESPONDER);
		assert_accounts(table);
		if (cases[i].found == FLOW_KNOWN) {
			assert_false(hit.evicted_any);
			assert_int_equal(hit.flow->conversation, 42);
			assert_true(flow_table_id(hit.flow) == id);
		} else {
			assert_true(hit.evicted_any);
			assert_int_equal(hit.evicted, 42);
			assert_int_equal(hit.flow->conversation, POOL_NONE);
			assert_int_equal(hit.flow->state, FLOW_EMBRYONIC);
			assert_int_equal(hit.flow->bits & FLOW_CLOSED, 0);
			assert_int_equal(
			    hit.flow->isn[SIDE_RESPONDER], cases[i].seq + 1);
		}
		flow_table_free(table);
	}
}

static void
a_syn_ack_that_comes_after_its_banner_changes_nothing(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;

	(void)state;
	see(table, from_server(DATA, S_ISN + 1, C_ISN + 1, 30), &hit);
	hit.flow->state = FLOW_OPEN;
	assert_int_equal(
	    see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit),
	    FLOW_KNOWN);
	assert_int_equal(hit.side, SIDE_INITIATOR);
	assert_int_equal(hit.flow->bits & FLOW_MIDSTREAM, FLOW_MIDSTREAM);
	flow_table_free(table);
}

static void
a_syn_by_itself_changes_nothing(void **state)
{
	struct flow_table *table = table_of(64);
	struct flow_hit hit;
	struct flow before;
	struct packet packet = from_client(TCP_SYN, 4711, 0, 0);

	(void)state;
	see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
	hit.flow->state = FLOW_OPEN;
	memcpy(&before, hit.flow, sizeof(before));
	packet.tick_ns += 30 * SECOND;
	assert_int_equal(see(table, packet, &hit), FLOW_KNOWN);
	assert_memory_equal(&before, hit.flow, sizeof(before));
	flow_table_free(table);
}

static void
a_fin_or_rst_marks_and_erases_nothing(void **state)
{
	static const unsigned flags[] = { TCP_FIN | TCP_ACK, TCP_RST };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct flow_table *table = table_of(64);
		struct packet packet = from_client(flags[i], 99, 0, 0);
		struct flow_hit hit;

		see(table, from_server(SYN_ACK, S_ISN, C_ISN + 1, 0), &hit);
		hit.flow->state = FLOW_OPEN;
		hit.flow->conversation = 42;
		packet.tick_ns += 1500 * MS;
		assert_int_equal(see(table, packet, &hit), FLOW_KNOWN);
		assert_int_equal(hit.flow->bits & FLOW_CLOSED, FLOW_CLOSED);
		assert_int_equal(hit.flow->state, FLOW_OPEN);
		assert_int_equal(hit.flow->conversation, 42);
		assert_int_equal(hit.flow->isn[SIDE_INITIATOR], C_ISN + 1);
		assert_int_equal(hit.flow->tick_s, 101);
		assert_int_equal(hit.flow->tick_ms, 500);
		flow_table_free(table);
	}
}

static void
the_id_is_the_same_with_any_secret_and_new_for_the_next_connection(void **state)
{
	static const uint8_t other[32] = "another secret, of the same size";
	struct flow_table *a = table_of(64), *b = flow_table_new(64, other);
	struct packet packet = from_server(SYN_ACK, S_ISN, C_ISN + 1, 0);
	struct flow_hit hit_a, hit_b;
	uint64_t first;

	(void)state;
	assert_true(hash_of(a, &packet) != hash_of(b, &packet));
	see(a, packet, &hit_a);
	see(b, packet, &hit_b);
	first = flow_table_id(hit_a.flow);
	assert_true(first == flow_table_id(hit_b.flow));
	see(a, from_server(SYN_ACK, S_ISN + 1, C_ISN + 1, 0), &hit_a);
	assert_true(first != flow_table_id(hit_a.flow));
	flow_table_free(a);
	flow_table_free(b);
}

/* --- who has to go --- */

struct resident {
	enum flow_state state;
	uint64_t tick_ms;
};

/* Fills the one set of a table of eight, and lets a ninth come at `now_ms`;
 * returns whose place it took, by number. */
static uint32_t
who_goes(const struct resident resident[WAYS], uint64_t now_ms)
{
	struct flow_table *table = table_of(WAYS);
	struct flow *flows[WAYS];
	struct packet packet;
	struct flow_hit hit;
	uint32_t goes = 0;

	for (uint32_t i = 0; i < WAYS; i++) {
		packet = stranger(i);
		packet.tick_ns = resident[i].tick_ms * MS;
		assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
		assert_false(hit.evicted_any);
		flows[i] = hit.flow;
		hit.flow->state = resident[i].state & 3;
		if (resident[i].state == FLOW_OPEN)
			hit.flow->conversation = i;
	}
	packet = stranger(WAYS);
	packet.tick_ns = now_ms * MS;
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	assert_true(hit.evicted_any);
	assert_int_equal(flow_table_live(table), WAYS);
	assert_accounts(table);
	while (goes < WAYS && flows[goes] != hit.flow)
		goes++;
	assert_int_equal(
	    hit.evicted, resident[goes].state == FLOW_OPEN ? goes : POOL_NONE);
	flow_table_free(table);
	return goes;
}

static void
in_a_full_set_the_least_wanted_and_oldest_goes(void **state)
{
	static const struct {
		const char *name;
		struct resident resident[WAYS];
		uint64_t now_ms;
		uint32_t goes;
	} cases[] = {
		{ "embryonic before settled before open",
		    { { FLOW_OPEN, 1000 }, { FLOW_SETTLED, 1000 },
			{ FLOW_OPEN, 1000 }, { FLOW_EMBRYONIC, 9000 },
			{ FLOW_SETTLED, 1000 }, { FLOW_OPEN, 1000 },
			{ FLOW_OPEN, 1000 }, { FLOW_OPEN, 1000 } },
		    15000, 3 },
		{ "unless its handshake was just seen",
		    { { FLOW_OPEN, 1000 }, { FLOW_SETTLED, 2000 },
			{ FLOW_OPEN, 1000 }, { FLOW_EMBRYONIC, 9000 },
			{ FLOW_SETTLED, 1000 }, { FLOW_OPEN, 1000 },
			{ FLOW_OPEN, 1000 }, { FLOW_OPEN, 1000 } },
		    14000, 4 },
		{ "the oldest of the embryonic",
		    { { FLOW_EMBRYONIC, 5000 }, { FLOW_EMBRYONIC, 4200 },
			{ FLOW_EMBRYONIC, 4100 }, { FLOW_EMBRYONIC, 4300 },
			{ FLOW_SETTLED, 1000 }, { FLOW_OPEN, 1000 },
			{ FLOW_OPEN, 1000 }, { FLOW_OPEN, 1000 } },
		    19000, 2 },
		{ "the oldest of the settled",
		    { { FLOW_OPEN, 1000 }, { FLOW_SETTLED, 3000 },
			{ FLOW_OPEN, 1000 }, { FLOW_SETTLED, 2000 },
			{ FLOW_OPEN, 1000 }, { FLOW_SETTLED, 4000 },
			{ FLOW_OPEN, 1000 }, { FLOW_OPEN, 1000 } },
		    9000, 3 },
		{ "the oldest where all are open",
		    { { FLOW_OPEN, 5000 }, { FLOW_OPEN, 5000 },
			{ FLOW_OPEN, 5000 }, { FLOW_OPEN, 5000 },
			{ FLOW_OPEN, 5000 }, { FLOW_OPEN, 4999 },
			{ FLOW_OPEN, 5000 }, { FLOW_OPEN, 5000 } },
		    9000, 5 },
		{ "an open one silent for 15 min before all",
		    { { FLOW_EMBRYONIC, 901000 }, { FLOW_EMBRYONIC, 901000 },
			{ FLOW_OPEN, 901000 }, { FLOW_OPEN, 901000 },
			{ FLOW_OPEN, 0 }, { FLOW_OPEN, 2000 },
			{ FLOW_OPEN, 901000 }, { FLOW_SETTLED, 901000 } },
		    901000, 4 },
		{ "but not one of just 15 min",
		    { { FLOW_EMBRYONIC, 901000 }, { FLOW_EMBRYONIC, 900999 },
			{ FLOW_OPEN, 901000 }, { FLOW_OPEN, 901000 },
			{ FLOW_OPEN, 1000 }, { FLOW_OPEN, 2000 },
			{ FLOW_OPEN, 901000 }, { FLOW_SETTLED, 901000 } },
		    901000, 1 },
		{ "a settled one silent for 5 min before the embryonic",
		    { { FLOW_EMBRYONIC, 301000 }, { FLOW_EMBRYONIC, 301000 },
			{ FLOW_OPEN, 301000 }, { FLOW_OPEN, 0 },
			{ FLOW_OPEN, 301000 }, { FLOW_OPEN, 301000 },
			{ FLOW_SETTLED, 0 }, { FLOW_SETTLED, 301000 } },
		    301000, 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (who_goes(cases[i].resident, cases[i].now_ms) !=
		    cases[i].goes)
			fail_msg("%s", cases[i].name);
}

/* As while its SYN-ACK may yet come: somebody listens to it all the same. */
static void
whoever_is_listened_to_goes_last(void **state)
{
	struct flow_table *table = table_of(WAYS);
	struct flow_hit hit;

	(void)state;
	for (uint32_t i = 0; i < WAYS; i++) {
		assert_int_equal(see(table, stranger(i), &hit), FLOW_OPENED);
		hit.flow->conversation = i == 0 ? 42 : POOL_NONE;
	}
	for (uint32_t i = WAYS; i < 10 * WAYS; i++) {
		assert_int_equal(see(table, stranger(i), &hit), FLOW_OPENED);
		assert_int_equal(hit.evicted, POOL_NONE);
		hit.flow->state = FLOW_SETTLED;
	}
	assert_int_equal(see(table, stranger(0), &hit), FLOW_KNOWN);
	assert_int_equal(hit.flow->conversation, 42);
	flow_table_free(table);
}

static void
a_dropped_flow_makes_room_and_is_not_found_again(void **state)
{
	struct flow_table *table = table_of(WAYS);
	struct flow_hit hit;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(see(table, stranger(i), &hit), FLOW_OPENED);
		assert_false(hit.evicted_any);
		flow_table_drop(table, hit.flow);
	}
	assert_int_equal(flow_table_live(table), 0);
	assert_int_equal(see(table, stranger(5), &hit), FLOW_OPENED);
	assert_accounts(table);
	flow_table_free(table);
}

/* Two flows in five places, again and again: hardly anybody has to go.  By one
 * set for each it would be one in two hundred. */
static void
while_there_is_room_nobody_has_to_go(void **state)
{
	struct flow_table *table = table_of(1024);
	struct flow *flows[400];
	struct flow_hit hit;

	(void)state;
	for (uint32_t round = 0; round < 1000; round++) {
		for (uint32_t i = 0; i < 400; i++) {
			see(table, stranger(round * 400 + i), &hit);
			flows[i] = hit.evicted_any ? NULL : hit.flow;
		}
		for (uint32_t i = 0; i < 400; i++)
			if (flows[i] != NULL && flows[i]->state != FLOW_FREE)
				flow_table_drop(table, flows[i]);
		assert_accounts(table);
	}
	assert_in_range(
	    flow_table_numbers(table)->evicted[FLOW_EMBRYONIC], 0, 40);
	flow_table_free(table);
}

static void
who_is_in_its_second_set_is_found_until_dropped(void **state)
{
	struct flow_table *table = table_of(1024);
	struct flow_hit first[512], hit;
	unsigned away = 0;

	(void)state;
	for (uint32_t i = 0; i < 512; i++) {
		see(table, stranger(i), &first[i]);
		assert_false(first[i].evicted_any);
		away += (first[i].flow->bits & FLOW_AWAY) != 0;
	}
	assert_true(away > 0);
	for (uint32_t i = 0; i < 512; i++) {
		assert_int_equal(see(table, stranger(i), &hit), FLOW_KNOWN);
		assert_ptr_equal(hit.flow, first[i].flow);
	}
	for (uint32_t i = 0; i < 512; i++)
		flow_table_drop(table, first[i].flow);
	assert_int_equal(flow_table_live(table), 0);
	for (uint32_t i = 0; i < 512; i++)
		assert_int_equal(see(table, stranger(i), &hit), FLOW_OPENED);
	assert_accounts(table);
	flow_table_free(table);
}

static void
a_million_flows_stay_within_the_table_and_the_latest_is_found(void **state)
{
	struct flow_table *table = table_of(50000); /* rounded up to 65536 */
	struct flow_hit hit, again;
	struct packet packet;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		packet = stranger(i);
		packet.tick_ns += i * MS / 100;
		assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
		assert_int_equal(see(table, packet, &again), FLOW_KNOWN);
		assert_ptr_equal(hit.flow, again.flow);
	}
	assert_in_range(flow_table_live(table), 65000, 65536);
	assert_accounts(table);
	flow_table_free(table);
}

/* Pages that the process has in memory. */
static long
resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &all, &resident), 2);
	fclose(file);
	return resident;
}

static void
a_place_that_nobody_took_costs_no_memory(void **state)
{
	long before = resident_pages();
	struct flow_table *table = table_of(1 << 20); /* 64 MiB */

	(void)state;
	assert_true(
	    (resident_pages() - before) * sysconf(_SC_PAGESIZE) < (4 << 20));
	flow_table_free(table);
}

static void
prefetching_changes_nothing(void **state)
{
	struct flow_table *table = table_of(64);
	struct packet packet = stranger(1);
	struct flow_lookup lookup;
	struct flow_hit hit;

	(void)state;
	flow_table_lookup(table, &packet, &lookup);
	flow_table_prefetch(table, &lookup);
	flow_table_prefetch_flow(table, &lookup);
	assert_int_equal(see(table, packet, &hit), FLOW_OPENED);
	flow_table_prefetch_flow(table, &lookup);
	assert_int_equal(see(table, packet, &hit), FLOW_KNOWN);
	flow_table_free(table);
}

/* --- who was shunted ------------------------------------------------------- */

static void
assert_gone(
    const struct flow_table *table, const struct packet *packet, bool v6)
{
	const struct flow_key *gone = flow_table_gone(table);
	struct flow_key key;

	flow_key_of(packet, &key);
	assert_memory_equal(gone->address, key.address, sizeof(key.address));
	assert_memory_equal(gone->port, key.port, sizeof(key.port));
	assert_int_equal(gone->realm, key.realm);
	assert_int_equal(gone->family, v6 ? 6 : 4);
}

static void
an_evicted_flow_that_was_shunted_is_told_by_its_key(void **state)
{
	(void)state;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct flow_table *table = table_of(WAYS);
		struct flow_hit hit;

		for (uint32_t i = 0; i < 3 * WAYS; i++) {
			struct packet packet = stranger(i);
			struct packet gone = stranger(i - WAYS);

			packet.family = gone.family = v6 ? 6 : 4;
			packet.tick_ns += i * MS; /* the oldest one goes */
			see(table, packet, &hit);
			assert_int_equal(
			    hit.was_shunted, i >= WAYS && (i - WAYS) % 2 == 0);
			if (hit.was_shunted)
				assert_gone(table, &gone, v6);
			hit.flow->state = FLOW_SETTLED;
			hit.flow->further = 7;
			if (i % 2 == 0)
				hit.flow->bits |= FLOW_SHUNTED;
		}
		flow_table_free(table);
	}
}

static void
a_tuple_that_begins_anew_is_not_shunted_any_more(void **state)
{
	(void)state;
	struct flow_table *table = table_of(WAYS);
	struct packet first = from_server(SYN_ACK, S_ISN, C_ISN, 0);
	struct flow_hit hit;

	assert_int_equal(see(table, first, &hit), FLOW_OPENED);
	assert_false(hit.was_shunted);
	hit.flow->state = FLOW_SETTLED;
	hit.flow->bits |= FLOW_SHUNTED;
	hit.flow->further = 7;
	assert_int_equal(
	    see(table, from_client(DATA, C_ISN, S_ISN + 1, 10), &hit),
	    FLOW_KNOWN);
	assert_false(hit.was_shunted);
	assert_true(hit.flow->bits & FLOW_SHUNTED);
	assert_int_equal(
	    see(table,
		from_server(SYN_ACK, S_ISN + 5000000, C_ISN + 5000000, 0),
		&hit),
	    FLOW_REUSED);
	assert_true(hit.was_shunted);
	assert_gone(table, &first, false);
	assert_false(hit.flow->bits & FLOW_SHUNTED);
	assert_int_equal(hit.flow->further, 0);
	flow_table_free(table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_syn_ack_or_payload_takes_a_place),
		cmocka_unit_test(a_flood_of_syns_takes_no_place),
		cmocka_unit_test(a_syn_ack_tells_both_roles_and_both_numbers),
		cmocka_unit_test(
		    both_directions_meet_in_one_flow_whoever_is_lower),
		cmocka_unit_test(
		    payload_without_handshake_is_midstream_and_its_sender_the_initiator),
		cmocka_unit_test(payload_on_a_syn_begins_after_it),
		cmocka_unit_test(ipv4_and_its_twins_in_ipv6_are_separate),
		cmocka_unit_test(every_part_of_the_tuple_counts),
		cmocka_unit_test(who_was_seen_before_its_syn_ack_is_seen),
		cmocka_unit_test(who_was_seen_stays_seen_when_the_roles_change),
		cmocka_unit_test(
		    a_syn_says_who_began_and_where_whatever_comes_next),
		cmocka_unit_test(a_syn_that_does_not_fit_says_nothing),
		cmocka_unit_test(a_syn_ack_outweighs_a_syn),
		cmocka_unit_test(
		    before_payload_a_later_syn_ack_sets_the_numbers_anew),
		cmocka_unit_test(
		    after_payload_a_syn_ack_begins_another_flow_only_if_nothing_fits),
		cmocka_unit_test(
		    a_syn_ack_that_comes_after_its_banner_changes_nothing),
		cmocka_unit_test(a_syn_by_itself_changes_nothing),
		cmocka_unit_test(a_fin_or_rst_marks_and_erases_nothing),
		cmocka_unit_test(
		    the_id_is_the_same_with_any_secret_and_new_for_the_next_connection),
		cmocka_unit_test(
		    in_a_full_set_the_least_wanted_and_oldest_goes),
		cmocka_unit_test(whoever_is_listened_to_goes_last),
		cmocka_unit_test(
		    a_dropped_flow_makes_room_and_is_not_found_again),
		cmocka_unit_test(while_there_is_room_nobody_has_to_go),
		cmocka_unit_test(
		    who_is_in_its_second_set_is_found_until_dropped),
		cmocka_unit_test(
		    a_million_flows_stay_within_the_table_and_the_latest_is_found),
		cmocka_unit_test(a_place_that_nobody_took_costs_no_memory),
		cmocka_unit_test(prefetching_changes_nothing),
		cmocka_unit_test(
		    an_evicted_flow_that_was_shunted_is_told_by_its_key),
		cmocka_unit_test(
		    a_tuple_that_begins_anew_is_not_shunted_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
