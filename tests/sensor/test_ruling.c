/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ruling - what reverses a ruling, and what is only sent again.
 */
#include "sensor/ruling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ISN 5000

static bool
reversed(const char *ruled_out_by, uint32_t seq, const char *text)
{
	struct flow flow = { .isn = { 100, ISN }, .bits = FLOW_HANDSHAKE };
	const struct flow_hit hit = { .flow = &flow, .side = SIDE_RESPONDER };
	const struct packet packet = {
		.seq = seq,
		.flags = TCP_ACK,
		.payload_len = (uint32_t)strlen(text),
		.payload = slice_of_text(text),
	};
	const struct ruling ruling =
	    ruling_of(SIDE_RESPONDER, ISN, slice_of_text(ruled_out_by));

	ruling_settle(&flow, &ruling);
	assert_int_equal(flow.state, FLOW_SETTLED);
	if (!ruling_reversed(&hit, &packet)) {
		assert_int_equal(flow.state, FLOW_SETTLED);
		return false;
	}
	assert_int_equal(flow.state, FLOW_EMBRYONIC);
	assert_false(ruling_reversed(&hit, &packet)); /* once */
	return true;
}

static void
only_other_bytes_that_may_be_smtp_reverse_it(void **state)
{
	static const struct {
		const char *was, *is;
		uint32_t seq;
		bool reversed;
	} rows[] = {
		{ "SSH-2.0-x\r\n", "220 mx ESMTP\r\n", ISN, true },
		{ "200 news\r\n", "220 mx ESMTP\r\n", ISN, true },
		{ "\1\2\3\4", "220-mx\r\n", ISN, true },
		{ "S", "220 mx ESMTP\r\n", ISN, true },
		{ "SSH-2.0-x\r\n", "SSH-2.0-x\r\n", ISN, false },
		{ "2", "220 mx\r\n", ISN, false }, /* the rest came apart */
		{ "23", "220 mx\r\n", ISN, true },
		{ "220", "220 mx\r\n", ISN, false },
		{ "250-mx\r\n", "250-mx\r\n250 SIZE\r\n", ISN, false },
		{ "250-mx\r\n", "25", ISN, false }, /* it may be the same */
		{ "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\n", ISN, false },
		{ "SSH-2.0-x\r\n", "220 mx ESMTP\r\n", ISN + 1, false },
		{ "SSH-2.0-x\r\n", "", ISN, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (reversed(rows[i].was, rows[i].seq, rows[i].is) !=
		    rows[i].reversed)
			fail_msg("%s -> %s", rows[i].was, rows[i].is);
}

static void
what_is_ruled_out_far_in_is_heard_from_there(void **state)
{
	struct flow flow = { .isn = { 100, ISN }, .bits = FLOW_HANDSHAKE };
	const struct ruling ruling =
	    ruling_of(SIDE_INITIATOR, 177, slice_of_text("USER x\r\n"));

	(void)state;
	ruling_settle(&flow, &ruling);
	assert_int_equal(flow.isn[SIDE_INITIATOR], 177);
	assert_int_equal(flow.isn[SIDE_RESPONDER], ISN);
	assert_true((flow.bits & FLOW_MIDSTREAM) != 0);
}

static void
without_a_ruling_there_is_nothing_to_reverse(void **state)
{
	struct flow flow = { .isn = { 100, ISN }, .bits = FLOW_HANDSHAKE };
	const struct flow was = flow;
	const struct ruling none = { .given = false };

	(void)state;
	ruling_settle(&flow, &none);
	assert_int_equal(flow.state, FLOW_SETTLED);
	assert_int_equal(flow.bits, was.bits);
	assert_memory_equal(flow.isn, was.isn, sizeof(was.isn));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_other_bytes_that_may_be_smtp_reverse_it),
		cmocka_unit_test(what_is_ruled_out_far_in_is_heard_from_there),
		cmocka_unit_test(without_a_ruling_there_is_nothing_to_reverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
