/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_accounting - each identity is broken on its own, and is found.
 *
 * That it holds is what every other test of a worker sees to: those are linked
 * so that a sum which does not agree is the end of them.
 */
#include "sensor/accounting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* One of each: some of everything, and all of it agrees. */
struct case_books {
	struct counters counters;
	struct flow_numbers flows;
	struct reassembly_numbers reassembly;
	struct accounting_books books;
	struct accounting accounting;
};

static void
set_up(struct case_books *b)
{
	memset(b, 0, sizeof(*b));
	b->counters.traffic.packets = 9;
	b->counters.traffic.tcp = 8;
	b->counters.traffic.malformed = 1;
	b->counters.decoded[DECODED_TCP] = 8;
	b->counters.decoded[DECODED_MALFORMED_IP] = 1;
	b->flows.known = 2;
	b->flows.passers[PASSER_SYN] = 1;
	b->flows.opened = 5;
	b->flows.dropped = 2;
	b->flows.stale = 1;
	b->flows.evicted[FLOW_EMBRYONIC] = 1;
	b->counters.dropped[ENDING_FIN] = 2;
	b->counters.traffic.flows = 5;
	b->counters.payload_bytes = 100;
	b->counters.not_followed = 40;
	b->reassembly.bytes.lent = 50;
	b->reassembly.bytes.held = 10;
	b->reassembly.cells_taken = 4;
	b->reassembly.cells_given = 3;
	b->reassembly.turns_taken = 4;
	b->reassembly.turns_given = 2;
	b->reassembly.turns_live = 2;
	b->counters.traffic.dialogs = 4;
	b->counters.ended[ENDING_FIN] = 2;
	b->counters.ended[ENDING_SILENT] = 1;
	b->counters.traffic.confirmed = 2;
	b->counters.turned_away = 1;
	b->counters.traffic.refuted = 1;
	b->counters.refuted[LABEL_TLS] = 1;
	b->counters.traffic.undecided = 1;
	b->counters.undecided[ENDING_SILENT] = 1;
	b->books = (struct accounting_books){
		.counters = &b->counters,
		.flows = &b->flows,
		.reassembly = &b->reassembly,
		.flows_live = 1,
		.dialogs_live = 1,
		.cells_live = 1,
		.flow_bytes = 4096,
		.memory = UINT64_C(1) << 20,
	};
}

static void
sums_that_agree_are_no_violation(void **state)
{
	struct case_books b;

	(void)state;
	set_up(&b);
	accounting_tick(&b.accounting, 5);
	accounting_tick(&b.accounting, 5);
	accounting_tick(&b.accounting, 6);
	assert_int_equal(accounting_check(&b.accounting, &b.books), 0);
	assert_int_equal(b.accounting.warned, 0);
}

#define AT(field) offsetof(struct case_books, field)

static void
each_count_is_held_against_another(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* of a counter that is one too high */
	} rows[] = {
		{ "I2, a frame without outcome", AT(counters.traffic.packets) },
		{ "I2, two outcomes", AT(counters.decoded[DECODED_UDP]) },
		{ "I2, of two kinds", AT(counters.traffic.cut) },
		{ "I3, neither flow nor none", AT(flows.known) },
		{ "I3, both", AT(flows.passers[PASSER_RST]) },
		{ "I4, heard twice", AT(reassembly.bytes.lent_held) },
		{ "I4, lost", AT(counters.payload_bytes) },
		{ "I5, a flow too many", AT(books.flows_live) },
		{ "I5, ended twice", AT(flows.evicted[FLOW_OPEN]) },
		{ "I5, for no reason", AT(flows.dropped) },
		{ "I5, told twice", AT(counters.traffic.flows) },
		{ "I6, a cell lost", AT(reassembly.cells_taken) },
		{ "I6, a turn given twice", AT(reassembly.turns_given) },
		{ "I7, a dialog lost", AT(counters.traffic.dialogs) },
		{ "I7, two verdicts", AT(counters.traffic.suspected) },
		{ "I7, refuted twice", AT(counters.refuted[LABEL_TLS]) },
		{ "I7, told as refuted", AT(counters.traffic.refuted) },
		{ "I11, time went back", AT(accounting.backwards) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct case_books b;
		uint64_t count;

		print_message("%s\n", rows[i].name);
		set_up(&b);
		memcpy(&count, (uint8_t *)&b + rows[i].at, sizeof(count));
		count++;
		memcpy((uint8_t *)&b + rows[i].at, &count, sizeof(count));
		assert_true(accounting_check(&b.accounting, &b.books) > 0);
		assert_int_not_equal(b.accounting.warned, 0);
	}
}

static void
a_pool_beyond_its_memory_is_a_violation(void **state)
{
	struct case_books b;

	(void)state;
	set_up(&b);
	b.books.dialogs_live = 1001;
	b.counters.traffic.dialogs = 1004;
	assert_int_equal(accounting_check(&b.accounting, &b.books), 1);
	b.books.memory = 0;
	assert_int_equal(accounting_check(&b.accounting, &b.books), 0);
}

static void
time_that_goes_back_is_counted(void **state)
{
	struct case_books b;

	(void)state;
	set_up(&b);
	accounting_tick(&b.accounting, 5);
	accounting_tick(&b.accounting, 4);
	assert_int_equal(accounting_check(&b.accounting, &b.books), 1);
}

static void
a_violation_is_counted_each_time_and_warned_of_once(void **state)
{
	struct case_books b;
	uint32_t warned;

	(void)state;
	set_up(&b);
	b.flows.known++;
	assert_int_equal(accounting_check(&b.accounting, &b.books), 1);
	warned = b.accounting.warned;
	assert_int_equal(warned & (warned - 1), 0); /* one bit */
	assert_int_equal(accounting_check(&b.accounting, &b.books), 1);
	assert_int_equal(b.accounting.warned, warned);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_that_agree_are_no_violation),
		cmocka_unit_test(each_count_is_held_against_another),
		cmocka_unit_test(a_pool_beyond_its_memory_is_a_violation),
		cmocka_unit_test(time_that_goes_back_is_counted),
		cmocka_unit_test(
		    a_violation_is_counted_each_time_and_warned_of_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
