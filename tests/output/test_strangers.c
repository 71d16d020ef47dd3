/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_strangers - each server and protocol is news once, and memory is
 * bounded.
 */
#include "output/strangers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR UINT64_C(3600000000000)

static struct stranger
stranger_at(uint32_t address, uint16_t port, const char *protocol)
{
	struct stranger stranger = { .server = { .port = port, .family = 4 } };

	for (int i = 0; i < 4; i++)
		stranger.server.address[i] = (uint8_t)(address >> (24 - 8 * i));
	strcpy(stranger.protocol, protocol);
	return stranger;
}

static bool
meets(struct strangers *known, struct stranger stranger, uint64_t now_ns)
{
	return strangers_meet(known, &stranger, now_ns);
}

static void
each_server_and_protocol_is_news_once_an_hour(void **state)
{
	struct strangers *known = strangers_new(false);

	(void)state;
	assert_non_null(known);
	assert_true(meets(known, stranger_at(1, 25, "ftp"), HOUR));
	assert_false(meets(known, stranger_at(1, 25, "ftp"), 2 * HOUR - 1));
	assert_true(meets(known, stranger_at(1, 25, "ssh"), HOUR));
	assert_true(meets(known, stranger_at(1, 587, "ftp"), HOUR));
	assert_true(meets(known, stranger_at(2, 25, "ftp"), HOUR));
	assert_int_equal(strangers_known(known), 4);

	assert_true(meets(known, stranger_at(1, 25, "ftp"), 2 * HOUR));
	assert_false(meets(known, stranger_at(1, 25, "ftp"), 2 * HOUR + 1));
	assert_int_equal(strangers_known(known), 4); /* no new one */
	strangers_free(known);
}

/* A clock that was set back makes nobody older. */
static void
an_hour_is_not_over_before_it_began(void **state)
{
	struct strangers *known = strangers_new(false);

	(void)state;
	assert_true(meets(known, stranger_at(1, 25, "ftp"), 9 * HOUR));
	assert_false(meets(known, stranger_at(1, 25, "ftp"), HOUR));
	strangers_free(known);
}

static void
a_replay_tells_it_once(void **state)
{
	struct strangers *known = strangers_new(true);

	(void)state;
	assert_true(meets(known, stranger_at(1, 25, "ftp"), HOUR));
	assert_false(meets(known, stranger_at(1, 25, "ftp"), 100 * HOUR));
	strangers_free(known);
}

/* What the client or the flow was makes no other stranger. */
static void
only_the_server_and_its_protocol_count(void **state)
{
	struct strangers *known = strangers_new(false);
	struct stranger other = stranger_at(1, 25, "ftp");

	(void)state;
	other.client.port = 4711;
	other.flow_id = 9;
	other.named_by = STRANGER_BY_NDPI;
	memset(other.protocol + 4, 'x', sizeof(other.protocol) - 4);
	assert_true(meets(known, stranger_at(1, 25, "ftp"), HOUR));
	assert_false(strangers_meet(known, &other, HOUR));
	strangers_free(known);
}

static void
a_full_table_refuses_until_an_hour_has_passed(void **state)
{
	struct strangers *known = strangers_new(false);
	uint64_t told = 0;

	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		told += meets(known, stranger_at(i, 25, "ftp"), HOUR);
	assert_int_equal(strangers_known(known), told);
	assert_int_equal(told + strangers_refused(known), 100000);
	assert_in_range(told, 3500, 4096); /* the table's places */
	assert_true(meets(known, stranger_at(200000, 25, "ftp"), 3 * HOUR));
	strangers_free(known);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_and_protocol_is_news_once_an_hour),
		cmocka_unit_test(an_hour_is_not_over_before_it_began),
		cmocka_unit_test(a_replay_tells_it_once),
		cmocka_unit_test(only_the_server_and_its_protocol_count),
		cmocka_unit_test(a_full_table_refuses_until_an_hour_has_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
