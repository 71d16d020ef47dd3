/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker_shunt - which flows a worker adds to its shunt, and which it
 * removes: the real maps of the kernel, beside a capture that is a file.
 */
#include "tests/sensor/path.h"

#include "sensor/capture/backend.h"
#include "sensor/capture/shunt.h"
#include "sensor/flow/flow_key.h"

#include <errno.h>

#define CLIENT_PORT 40000
#define SERVER_PORT 8080
#define ENOUGH      16 /* packets of a settled flow */

static struct shunt *shunt;

static struct shunt *
its_shunt(const struct capture *capture)
{
	(void)capture;
	return shunt;
}

static void
give_it_a_shunt(struct path *path)
{
	static struct capture_verbs verbs;

	verbs = *path->rig.capture->verbs;
	verbs.shunt = its_shunt;
	path->rig.capture->verbs = &verbs;
	path->rig.options.standard_ports[0] = 25;
	path->rig.options.standard_port_count = 1;
}

static int
set_up(void **state)
{
	static struct path path;

	path_begin(&path);
	path.opened = give_it_a_shunt;
	errno = 0;
	shunt = shunt_new(NULL);
	*state = &path;
	return shunt == NULL && errno != EPERM ? -1 : 0;
}

static int
tear_down(void **state)
{
	path_end(*state);
	shunt_free(shunt);
	return 0;
}

static struct talk *
talk_of(void **state)
{
	struct path *path = *state;

	if (shunt == NULL) {
		talk_end(&path->talk);
		print_message("SKIPPED: bpf(2) is not permitted here\n");
		skip();
	}
	return &path->talk;
}

/* Whether the flow between 10.0.0.1 and 10.0.0.2 is in, by its ports. */
static bool
is_in(uint16_t client_port, uint16_t server_port)
{
	const struct packet packet = {
		.source = { 10, 0, 0, 1 },
		.destination = { 10, 0, 0, 2 },
		.source_port = client_port,
		.destination_port = server_port,
		.family = 4,
	};
	struct flow_key key;
	uint64_t packets, bytes;

	flow_key_of(&packet, &key);
	return shunt_of(shunt, &key, &packets, &bytes);
}

static void
say_often(struct talk *talk, enum talker from, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		talk_say(talk, from, "any bytes");
}

/* It is settled by what the client says first, which is one of `count`. */
static void
transfer(struct talk *talk, uint16_t server_port, unsigned count)
{
	talk_connect(talk, CLIENT_PORT, server_port);
	talk_say(talk, TALK_CLIENT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
	say_often(talk, TALK_SERVER, count - 1);
}

static void
a_flow_that_goes_on_is_in(void **state)
{
	transfer(talk_of(state), SERVER_PORT, ENOUGH);
	path_run(*state);
	assert_true(is_in(CLIENT_PORT, SERVER_PORT));
}

static void
a_short_flow_costs_no_call(void **state)
{
	transfer(talk_of(state), SERVER_PORT, ENOUGH - 1);
	path_run(*state);
	assert_false(is_in(CLIENT_PORT, SERVER_PORT));
}

static void
a_flow_that_was_listened_to_in_vain_is_in(void **state)
{
	struct talk *talk = talk_of(state);

	talk_connect(talk, CLIENT_PORT, SERVER_PORT);
	talk_say(talk, TALK_SERVER, "220 ftp.example FTP server ready\r\n");
	talk_say(talk, TALK_CLIENT, "USER anonymous\r\n");
	talk_say(talk, TALK_SERVER, "331 Guest login ok, send password\r\n");
	talk_say(talk, TALK_CLIENT, "PASS guest\r\n");
	talk_say(talk, TALK_SERVER, "230 Guest login ok\r\n");
	say_often(talk, TALK_SERVER, 200);
	path_run(*state);
	assert_true(is_in(CLIENT_PORT, SERVER_PORT));
}

static void
a_mail_dialog_is_never_in(void **state)
{
	struct talk *talk = talk_of(state);

	talk_connect(talk, CLIENT_PORT, 2525);
	talk_say(talk, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_say(talk, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(talk, TALK_SERVER, "250 mx.example\r\n");
	for (unsigned i = 0; i < 10 * ENOUGH; i++) {
		talk_say(talk, TALK_CLIENT, "NOOP\r\n");
		talk_say(talk, TALK_SERVER, "250 2.0.0 Ok\r\n");
	}
	/* one that is only suspected */
	talk_connect(talk, CLIENT_PORT + 1, 2525);
	talk_say(talk, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_wait(talk, UINT64_C(20000000000));
	for (unsigned i = 0; i < 10 * ENOUGH; i++)
		talk_packet(talk, TALK_CLIENT, WIRE_ACK, "");
	path_run(*state);
	assert_false(is_in(CLIENT_PORT, 2525));
	assert_false(is_in(CLIENT_PORT + 1, 2525));
}

/* On a mail port the server's answer is wanted, and then no more. */
static void
who_is_overheard_is_not_in_until_that_has_an_end(void **state)
{
	struct talk *talk = talk_of(state);

	for (unsigned i = 0; i < 2; i++) {
		talk_connect(talk, (uint16_t)(CLIENT_PORT + i), 25);
		talk_say(talk, TALK_CLIENT, "GET / HTTP/1.1\r\n\r\n");
		say_often(talk, TALK_CLIENT, 3 * ENOUGH);
		say_often(talk, TALK_SERVER, i * ENOUGH);
	}
	path_run(*state);
	assert_false(is_in(CLIENT_PORT, 25));
	assert_true(is_in(CLIENT_PORT + 1, 25));
}

static void
who_was_seen_to_close_is_not_in(void **state)
{
	struct talk *talk = talk_of(state);

	transfer(talk, SERVER_PORT, ENOUGH - 1);
	talk_packet(talk, TALK_CLIENT, WIRE_FIN | WIRE_ACK, "");
	say_often(talk, TALK_SERVER, 3 * ENOUGH);
	path_run(*state);
	assert_false(is_in(CLIENT_PORT, SERVER_PORT));
}

static void
whose_tuple_begins_anew_is_out(void **state)
{
	struct talk *talk = talk_of(state);

	transfer(talk, SERVER_PORT, ENOUGH);
	talk_wait(talk, UINT64_C(1000000000));
	talk->seq[TALK_CLIENT] += 50000000;
	talk->seq[TALK_SERVER] += 50000000;
	talk_packet(talk, TALK_SERVER, WIRE_SYN | WIRE_ACK, "");
	path_run(*state);
	assert_false(is_in(CLIENT_PORT, SERVER_PORT));
}

/* Its place goes to others: there are 1,024. */
static void
who_is_forgotten_is_out(void **state)
{
	struct talk *talk = talk_of(state);

	transfer(talk, SERVER_PORT, ENOUGH);
	for (unsigned i = 0; i < 8000; i++) {
		talk_connect(talk, (uint16_t)(50000 + i), SERVER_PORT);
		talk_say(talk, TALK_CLIENT, "GET / HTTP/1.1\r\n\r\n");
	}
	path_run(*state);
	assert_true(path_counters(*state)->traffic.flows_evicted > 1000);
	assert_false(is_in(CLIENT_PORT, SERVER_PORT));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flow_that_goes_on_is_in),
		TEST(a_short_flow_costs_no_call),
		TEST(a_flow_that_was_listened_to_in_vain_is_in),
		TEST(a_mail_dialog_is_never_in),
		TEST(who_is_overheard_is_not_in_until_that_has_an_end),
		TEST(who_was_seen_to_close_is_not_in),
		TEST(whose_tuple_begins_anew_is_out),
		TEST(who_is_forgotten_is_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
