/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/sensor/bench.h"

static void
a_dialog_on_an_odd_port_is_found(void **state)
{
	struct bench *b = *state;
	const struct server *server;

	talk_connect(&b->path.talk, 40000, 2525);
	greet(&b->path.talk);
	send_mail(&b->path.talk);
	quit(&b->path.talk);
	run(b);

	server = lone_server(b);
	assert_int_equal(server->endpoint.port, 2525);
	assert_int_equal(server->endpoint.address[3], 2);
	assert_int_equal(server->verdict, SIGHTING_CONFIRMED);
	assert_false(server->standard);
	assert_int_equal(server->flows, 1);
	assert_int_equal(server->suspected_flows, 0);
	assert_int_equal(server->messages, 1);
	assert_string_equal(server->latest.software, "Postfix");
	assert_int_equal(
	    server->latest.pkts_toclient + server->latest.pkts_toserver + 3,
	    traffic(b)->packets); /* before the first word nobody listens */
	assert_int_equal(traffic(b)->confirmed, 1);
	assert_int_equal(traffic(b)->dialogs, 1);
}

static void
every_byte_is_counted_once(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	talk_connect(t, 40000, 2525);
	greet(t);
	t->seq[TALK_CLIENT] -= 21; /* EHLO again, as a mirror may show it */
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	quit(t);
	run(b);
	assert_int_equal(lone_server(b)->bytes_toserver, 21 + 6);
	assert_int_equal(lone_server(b)->bytes_toclient, 30 + 46 + 15);
	assert_int_equal(lone_server(b)->flows, 1);
}

static void
segments_out_of_order_change_nothing(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;
	uint32_t seq;

	talk_connect(t, 40000, 2525);
	seq = t->seq[TALK_SERVER];
	t->seq[TALK_SERVER] = seq + 15;
	talk_say(t, TALK_SERVER, "ESMTP Postfix\r\n");
	t->seq[TALK_SERVER] = seq;
	talk_say(t, TALK_SERVER, "220 mx.example ");
	t->seq[TALK_SERVER] = seq + 30;
	talk_say(t, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(t, TALK_SERVER, "250 mx.example\r\n");
	quit(t);
	run(b);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_string_equal(lone_server(b)->latest.software, "Postfix");
	assert_int_equal(traffic(b)->out_of_order, 1);
	assert_int_equal(lone_server(b)->latest.gaps, 0);
}

static void
a_greeting_alone_is_suspected(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(
	    &b->path.talk, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_hang_up(&b->path.talk);
	run(b);
	assert_int_equal(lone_server(b)->verdict, SIGHTING_SUSPECTED);
	assert_int_equal(lone_server(b)->flows, 0);
	assert_int_equal(lone_server(b)->suspected_flows, 1);
}

static void
a_scanner_and_a_client_are_one_server(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(
	    &b->path.talk, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_hang_up(&b->path.talk);
	talk_wait(&b->path.talk, 60 * SECOND);
	talk_connect(&b->path.talk, 40001, 2525);
	greet(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_int_equal(lone_server(b)->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_int_equal(lone_server(b)->suspected_flows, 1);
}

static void
a_standard_port_is_inventory(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 25);
	greet(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_true(lone_server(b)->standard);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 0);
	assert_int_equal(ledger_count(b->path.rig.ledger).standard, 1);
}

static void
ask_a_proxy(struct talk *talk, const char *request)
{
	talk_say(talk, TALK_CLIENT, request);
	talk_say(talk, TALK_CLIENT, "Host: x\r\n\r\n");
	talk_say(talk, TALK_SERVER, "HTTP/1.1 200 OK\r\n\r\n");
}

static void
behind_a_proxy_the_server_is_whom_it_was_asked_for(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 3128);
	ask_a_proxy(&b->path.talk, "CONNECT 192.0.2.7:2525 HTTP/1.1\r\n");
	greet(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_int_equal(lone_server(b)->verdict, SIGHTING_CONFIRMED);
	assert_int_equal(lone_server(b)->endpoint.port, 2525);
	assert_memory_equal(lone_server(b)->endpoint.address, "\xc0\0\2\7", 4);
	assert_int_equal(lone_server(b)->latest.proxy.port, 3128);
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 1);
}

static void
a_standard_port_behind_a_proxy_is_no_finding(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 3128);
	ask_a_proxy(&b->path.talk, "CONNECT mx.example:25 HTTP/1.1\r\n");
	greet(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_true(lone_server(b)->via_proxy);
	assert_string_equal(lone_server(b)->latest.name, "mx.example");
	assert_int_equal(ledger_count(b->path.rig.ledger).findings, 0);
	assert_int_equal(ledger_count(b->path.rig.ledger).via_proxy, 1);
}

static void
a_proxy_that_refuses_is_nobody(void **state)
{
	struct bench *b = *state;
	const struct server *const *servers;

	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(
	    &b->path.talk, TALK_CLIENT, "CONNECT mx:2525 HTTP/1.1\r\n\r\n");
	talk_say(&b->path.talk, TALK_SERVER, "HTTP/1.1 407 No\r\n\r\n");
	greet(&b->path.talk);
	talk_hang_up(&b->path.talk);
	run(b);
	assert_int_equal(ledger_servers(b->path.rig.ledger, &servers), 0);
}

static void
ftp_is_nobodys_mail_server(void **state)
{
	struct bench *b = *state;
	const struct server *const *servers;

	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(&b->path.talk, TALK_SERVER, "220 (vsFTPd 3.0.3)\r\n");
	talk_say(&b->path.talk, TALK_CLIENT, "EHLO x\r\n");
	talk_say(&b->path.talk, TALK_SERVER, "530 Please login.\r\n");
	talk_say(&b->path.talk, TALK_CLIENT, "USER a\r\n");
	talk_say(&b->path.talk, TALK_SERVER, "331 Please specify.\r\n");
	talk_hang_up(&b->path.talk);
	run(b);
	assert_int_equal(ledger_servers(b->path.rig.ledger, &servers), 0);
	assert_int_equal(
	    worker_counters(b->path.rig.worker)->refuted[LABEL_FTP], 1);
}

static void
a_foreign_protocol_costs_no_dialog(void **state)
{
	struct bench *b = *state;

	talk_connect(&b->path.talk, 40000, 2525);
	talk_say(&b->path.talk, TALK_CLIENT, "GET / HTTP/1.1\r\n\r\n");
	talk_say(
	    &b->path.talk, TALK_SERVER, "HTTP/1.1 200 OK\r\n\r\n220 x\r\n");
	talk_hang_up(&b->path.talk);
	run(b);
	assert_int_equal(traffic(b)->dialogs, 0);
	assert_int_equal(traffic(b)->refuted, 1);
}

static void
a_connection_joined_midway_is_found(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	t->port[TALK_CLIENT] = 40000;
	t->port[TALK_SERVER] = 2525;
	send_mail(t);
	quit(t);
	run(b);
	assert_int_equal(lone_server(b)->endpoint.port, 2525);
	assert_int_equal(lone_server(b)->verdict, SIGHTING_CONFIRMED);
	assert_true((lone_server(b)->latest.flags & SIGHTING_MIDSTREAM) != 0);
}

static void
a_port_used_again_is_another_flow(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 3; i++) {
		talk_connect(&b->path.talk, 40000, 2525);
		greet(&b->path.talk);
		quit(&b->path.talk);
	}
	run(b);
	assert_int_equal(lone_server(b)->flows, 3);
	assert_int_equal(lone_server(b)->client_count, 1);
}

static void
open_dialogs_beyond_the_bound_cost_no_finding(void **state)
{
	struct bench *b = *state;
	uint16_t port = 10000;

	b->path.rig.worker_options.dialogs = 8;
	for (int i = 0; i < 40; i++) { /* they say a little, and stay */
		talk_connect(&b->path.talk, port++, 9000);
		talk_say(&b->path.talk, TALK_CLIENT, "x");
	}
	talk_connect(&b->path.talk, port, 2525);
	greet(&b->path.talk);
	quit(&b->path.talk);
	run(b);
	assert_int_equal(lone_server(b)->endpoint.port, 2525);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_true(traffic(b)->dialogs_evicted >= 33);
	assert_int_equal(
	    traffic(b)->dialogs, traffic(b)->confirmed + traffic(b)->undecided);
}

static void
a_ring_of_one_loses_nothing(void **state)
{
	struct bench *b = *state;

	b->path.rig.slots = 1;
	for (uint16_t i = 0; i < 50; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i), 2525);
		greet(&b->path.talk);
		quit(&b->path.talk);
	}
	run(b);
	assert_int_equal(lone_server(b)->flows, 50);
	assert_int_equal(lone_server(b)->latest.flows, 0);
}

/* What is told of mail to three ports, dialog upon dialog, with that ring. */
static struct memory
told_through(size_t slots)
{
	struct memory memory;
	struct bench *b;

	begin((void **)&b);
	b->path.rig.slots = slots;
	for (uint16_t i = 0; i < 90; i++) {
		talk_connect(&b->path.talk, (uint16_t)(30000 + i),
		    (uint16_t)(2525 + i % 3));
		greet(&b->path.talk);
		if (i % 2 == 0)
			send_mail(&b->path.talk);
		quit(&b->path.talk);
		talk_wait(&b->path.talk, i * SECOND / 50);
	}
	run(b);
	memory = b->memory;
	finish((void **)&b);
	return memory;
}

static void
when_the_publisher_sees_a_replay_changes_nothing(void **state)
{
	struct memory often = told_through(1), once = told_through(4096);

	(void)state;
	assert_true(often.count >= 3);
	assert_int_equal(often.count, once.count);
	for (size_t i = 0; i < often.count; i++) {
		assert_int_equal(often.told[i].port, once.told[i].port);
		assert_int_equal(often.told[i].flows, once.told[i].flows);
	}
}

static void
ipv6_and_silence_are_no_obstacles(void **state)
{
	struct bench *b = *state;
	struct talk *t = &b->path.talk;

	t->address[TALK_CLIENT] = "2001:db8::1";
	t->address[TALK_SERVER] = "2001:db8::25";
	talk_connect(t, 40000, 26);
	talk_say(t, TALK_SERVER, "220 mx.example ESMTP\r\n");
	talk_wait(t, 30 * SECOND); /* it is told as suspected meanwhile */
	talk_say(t, TALK_CLIENT, "HELO client.example\r\n");
	talk_say(t, TALK_SERVER, "250 mx.example\r\n");
	quit(t);
	run(b);
	assert_int_equal(lone_server(b)->endpoint.family, 6);
	assert_int_equal(lone_server(b)->flows, 1);
	assert_int_equal(lone_server(b)->suspected_flows, 0);
}

/* clang-format off */
static const struct {
	const char *what;
	uint16_t port;
	const char *client_first, *server, *client; /* NULL: says nothing */
	bool is_stranger;
} doors[] = {
	{ "an FTP server",          25,   NULL, "220 ready\r\n331 go on\r\n", "USER a\r\n", true },
	{ "an SSH server",          587,  NULL, "SSH-2.0-x\r\n", NULL, true },
	{ "an HTTP server, asked",  25,   "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n", NULL, true },
	{ "HTTP thrown at a mail server", 25, "GET / HTTP/1.1\r\n\r\n", "220 mx ESMTP\r\n", NULL, false },
	{ "HTTP thrown at silence", 25,   "GET / HTTP/1.1\r\n\r\n", NULL, NULL, false },
	{ "FTP where nobody minds", 2121, NULL, "220 ready\r\n331 go on\r\n", "USER a\r\n", false },
	{ "silence",                25,   NULL, NULL, NULL, false },
	{ "LMTP, which is mail",    25,   NULL, "220 mx LMTP ready\r\n", NULL, false },
	{ "noise",                  25,   NULL, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0b\x0c\x0e\x0f\x10\x11\x12\x13", NULL, false },
	{ "TLS on its port",        465,  NULL, "\x16\x03\x03\x01\x01\x02 0123456789", NULL, false },
	{ "TLS on another's",       25,   NULL, "\x16\x03\x03\x01\x01\x02 0123456789", NULL, true },
};
/* clang-format on */

static void
a_stranger_on_a_mail_port_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(doors) / sizeof(doors[0]); i++) {
		struct bench *b;
		void *own;

		begin(&own);
		b = own;
		talk_connect(&b->path.talk, 40000, doors[i].port);
		if (doors[i].client_first != NULL)
			talk_say(
			    &b->path.talk, TALK_CLIENT, doors[i].client_first);
		if (doors[i].server != NULL)
			talk_say(&b->path.talk, TALK_SERVER, doors[i].server);
		if (doors[i].client != NULL)
			talk_say(&b->path.talk, TALK_CLIENT, doors[i].client);
		talk_hang_up(&b->path.talk);
		run(b);
		if (traffic(b)->not_smtp != doors[i].is_stranger ||
		    publisher_strangers(b->path.rig.publisher) !=
			doors[i].is_stranger)
			fail_msg("%s", doors[i].what);
		finish(&own);
	}
}

int
main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, finish)
	const struct CMUnitTest tests[] = {
		EACH(a_dialog_on_an_odd_port_is_found),
		cmocka_unit_test(a_stranger_on_a_mail_port_is_told),
		EACH(every_byte_is_counted_once),
		EACH(segments_out_of_order_change_nothing),
		EACH(a_greeting_alone_is_suspected),
		EACH(a_scanner_and_a_client_are_one_server),
		EACH(a_standard_port_is_inventory),
		EACH(behind_a_proxy_the_server_is_whom_it_was_asked_for),
		EACH(a_standard_port_behind_a_proxy_is_no_finding),
		EACH(a_proxy_that_refuses_is_nobody),
		EACH(ftp_is_nobodys_mail_server),
		EACH(a_foreign_protocol_costs_no_dialog),
		EACH(a_connection_joined_midway_is_found),
		EACH(a_port_used_again_is_another_flow),
		EACH(open_dialogs_beyond_the_bound_cost_no_finding),
		EACH(a_ring_of_one_loses_nothing),
		EACH(when_the_publisher_sees_a_replay_changes_nothing),
		EACH(ipv6_and_silence_are_no_obstacles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
