/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_encapsulations - one dialog in everything that a mirror port delivers it
 * in, from a file to what is told: the server found is the one inside.
 */
#include "tests/sensor/decode/encapsulations.h"
#include "tests/sensor/path.h"

/* --- a dialog in each ------------------------------------------------------ */

static const struct encapsulation *now; /* which `send` writes */

static void
send_wrapped(struct talk *talk)
{
	now->wrap(&talk->wire);
	talk_frame(talk);
}

static void
say_all(struct talk *talk)
{
	talk_connect(talk, 40000, 2525);
	talk_say(talk, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	talk_say(talk, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(talk, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	talk_say(talk, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	talk_say(talk, TALK_SERVER, "250 2.1.0 Ok\r\n");
	talk_say(talk, TALK_CLIENT, "QUIT\r\n");
	talk_say(talk, TALK_SERVER, "221 2.0.0 Bye\r\n");
	talk_hang_up(talk);
}

static bool
is_at(const struct endpoint *endpoint, const char *text)
{
	char address[ENDPOINT_TEXT_MAX];

	endpoint_address_text(endpoint, address);
	return strcmp(address, text) == 0;
}

/* The dialog, sent that way.  False: it was not found, or another was. */
static bool
found(struct path *path, bool v6, void (*send)(struct talk *talk))
{
	const char *client = v6 ? "2001:db8::1" : "10.0.0.1";
	const char *server = v6 ? "2001:db8::2" : "10.0.0.2";
	struct sighting seen = { 0 };
	int flows = 0;

	path->talk.address[TALK_CLIENT] = client;
	path->talk.address[TALK_SERVER] = server;
	path->talk.send = send;
	say_all(&path->talk);
	path_run(path);
	while (path_told(path, &seen))
		flows += seen.flows;
	return flows == 1 && seen.verdict == SIGHTING_CONFIRMED &&
	    seen.flags == 0 && seen.server.port == 2525 &&
	    is_at(&seen.server, server) && is_at(&seen.client, client) &&
	    path_counters(path)->traffic.flows == 1;
}

static bool
found_in(const struct encapsulation *of, bool v6)
{
	struct path path;
	bool good;

	now = of;
	path_begin(&path);
	talk_link(&path.talk, of->link);
	good = found(&path, v6, send_wrapped) &&
	    path_counters(&path)->traffic.tcp ==
		path_counters(&path)->traffic.packets;
	if (!good)
		print_error("%s, IPv%d: not found\n", of->name, v6 ? 6 : 4);
	path_end(&path);
	return good;
}

static void
a_dialog_is_found_in_every_encapsulation(void **state)
{
	size_t run = 0, missed = 0;

	(void)state;
	for (size_t i = 0; i < ENCAPSULATIONS; i++) {
		const struct encapsulation *of = &encapsulations[i];

		run += (size_t)of->v4 + of->v6;
		missed += of->v4 && !found_in(of, false);
		missed += of->v6 && !found_in(of, true);
	}
	print_message(
	    "%zu encapsulations, %zu with IPv4 and IPv6, %zu missed\n",
	    ENCAPSULATIONS, run, missed);
	assert_true(ENCAPSULATIONS >= 40);
	assert_int_equal(missed, 0);
}

/* --- in fragments ---------------------------------------------------------- */

#define PIECE 8 /* bytes: TCP's header is in three of them */

static struct wire whole;
static uint32_t datagrams; /* so far; each has a number of its own */

/* What is in talk->wire, in pieces, each wrapped and written. */
static void
send_pieces(struct talk *talk, void (*wrap)(struct wire *w), bool backwards)
{
	whole = talk->wire;

	size_t carried = wire_carried(&whole);
	size_t count = (carried + PIECE - 1) / PIECE;

	datagrams++;
	for (size_t i = 0; i < count; i++) {
		size_t at = (backwards ? count - 1 - i : i) * PIECE;

		wire_fragment(&talk->wire, &whole,
		    (struct wire_part){
			.offset = at,
			.len = carried - at < PIECE ? carried - at : PIECE,
			.id = datagrams,
		    });
		wrap(&talk->wire);
		talk_frame(talk);
	}
}

static void
ip_01_in_order(struct talk *talk)
{
	send_pieces(talk, ethernet, false);
}

static void
ip_02_reversed(struct talk *talk)
{
	send_pieces(talk, ethernet, true);
}

static void
inside_a_tunnel(struct talk *talk)
{
	send_pieces(talk, vxlan_vlans, false);
}

static void
inside_ppp(struct talk *talk)
{
	send_pieces(talk, pppoe, true);
}

/* The tunnel's own packet is the one in pieces. */
static void
of_a_tunnel(struct talk *talk)
{
	ethernet(&talk->wire);
	wire_vxlan(&talk->wire, 5000);
	wire_udp(&talk->wire, 49152, 4789);
	wire_ip4(&talk->wire, OUTER_A4, OUTER_B4, 0);
	send_pieces(talk, ethernet, false);
}

static void
of_two_tunnels(struct talk *talk)
{
	wire_gre(&talk->wire, 0, 0, type_of(&talk->wire));
	wire_ip6(&talk->wire, OUTER_A6, OUTER_B6);
	of_a_tunnel(talk);
}

static const struct fragmented {
	const char *name;
	void (*send)(struct talk *talk);
	bool outer; /* the pieces are of a tunnel's packet */
} fragmented[] = {
	{ "IP-01, in order", ip_01_in_order, false },
	{ "IP-02, reversed", ip_02_reversed, false },
	{ "inside a tunnel", inside_a_tunnel, false },
	{ "inside PPPoE, reversed", inside_ppp, false },
	{ "of a tunnel", of_a_tunnel, true },
	{ "of two tunnels", of_two_tunnels, true },
};

static bool
found_in_pieces(const struct fragmented *of, bool v6, bool doubled)
{
	struct path path;
	bool good;

	path_begin(&path);
	path.talk.doubled = doubled;
	good = found(&path, v6, of->send);
	good &= path_counters(&path)->census.datagrams_conflict == 0 &&
	    path_counters(&path)->traffic.malformed == 0;
	good &= path_counters(&path)->census.outer_fragment ==
	    (of->outer ? path_counters(&path)->census.datagrams_whole : 0);
	if (!good)
		print_error("%s, IPv%d%s: not found\n", of->name, v6 ? 6 : 4,
		    doubled ? ", doubled" : "");
	path_end(&path);
	return good;
}

static void
a_dialog_is_found_in_fragments(void **state)
{
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(fragmented) / sizeof(fragmented[0]); i++)
		for (unsigned way = 0; way < 4; way++)
			missed += !found_in_pieces(
			    &fragmented[i], way % 2 != 0, way / 2 != 0);
	assert_int_equal(missed, 0);
}

/* --- what mirrors do ------------------------------------------------------- */

#define MILLISECOND UINT64_C(1000000)

static bool
from_server(const struct wire *w)
{
	return type_of(w) == WIRE_IPV6 ? wire_bytes(w)[23] == 2
				       : wire_bytes(w)[15] == 2;
}

static void
write_as(struct talk *talk, void (*wrap)(struct wire *w))
{
	wrap(&talk->wire);
	talk_frame(talk);
}

/* The packet once more, as it was. */
static void
write_also(struct talk *talk, void (*wrap)(struct wire *w))
{
	talk->wire = whole;
	write_as(talk, wrap);
}

static void
tagged_on_one_side(struct talk *talk)
{
	write_as(talk, from_server(&talk->wire) ? one_vlan : ethernet);
}

static void
other_tags_each_way(struct talk *talk)
{
	write_as(talk, from_server(&talk->wire) ? one_vlan : qinq);
}

static void
a_tunnel_one_way(struct talk *talk)
{
	write_as(talk, from_server(&talk->wire) ? gtpu : ethernet);
}

static void
three_times(struct talk *talk)
{
	whole = talk->wire;
	write_as(talk, ethernet);
	write_also(talk, ethernet);
	write_also(talk, ethernet);
}

static void
before_and_behind_a_tagging_port(struct talk *talk)
{
	whole = talk->wire;
	write_as(talk, ethernet);
	write_also(talk, one_vlan);
}

static void
plain_and_in_the_tunnel(struct talk *talk)
{
	whole = talk->wire;
	write_as(talk, vxlan);
	write_also(talk, ethernet);
}

/* Into a router and out of it: another sender's address, a hop less. */
static void
routed(struct wire *w)
{
	bool v6 = type_of(w) == WIRE_IPV6;

	w->bytes[w->at + (v6 ? 7 : 8)]--;
	if (!v6)
		w->bytes[w->at + 10]++; /* its checksum (RFC 1624) */
	ethernet(w);
	w->bytes[w->at + 11] = 9;
}

static void
received_and_sent(struct talk *talk)
{
	whole = talk->wire;
	write_as(talk, ethernet);
	talk->now_ns += 4 * MILLISECOND;
	write_also(talk, routed);
}

static void
at_the_same_time(struct talk *talk)
{
	talk->now_ns -= MILLISECOND; /* the next frame takes it back */
	write_as(talk, ethernet);
}

static void
backwards(struct talk *talk)
{
	talk->now_ns -= 3 * MILLISECOND;
	write_as(talk, ethernet);
}

/* Once for each packet of the server's: a week and more in all. */
static void
clock_set_back_a_day(struct talk *talk)
{
	if (from_server(&talk->wire))
		talk->now_ns -= UINT64_C(86400000) * MILLISECOND;
	write_as(talk, ethernet);
}

static const struct mirrored {
	const char *name;
	void (*send)(struct talk *talk);
} mirrored[] = {
	{ "tags on one side", tagged_on_one_side },
	{ "other tags each way", other_tags_each_way },
	{ "a tunnel one way", a_tunnel_one_way },
	{ "three times", three_times },
	{ "without a tag and with one", before_and_behind_a_tagging_port },
	{ "plain and in the tunnel", plain_and_in_the_tunnel },
	{ "received and sent", received_and_sent },
	{ "at the same time", at_the_same_time },
	{ "backwards", backwards },
	{ "a clock set back", clock_set_back_a_day },
};

static void
cap_a_dialog_is_found_whatever_the_mirror_does(void **state)
{
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(mirrored) / sizeof(mirrored[0]);
	     i++) {
		const struct mirrored *of = &mirrored[i / 2];
		struct path path;

		path_begin(&path);
		if (!found(&path, i % 2 != 0, of->send)) {
			print_error("%s, IPv%d\n", of->name, i % 2 ? 6 : 4);
			missed++;
		}
		path_end(&path);
	}
	assert_int_equal(missed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialog_is_found_in_every_encapsulation),
		cmocka_unit_test(a_dialog_is_found_in_fragments),
		cmocka_unit_test(
		    cap_a_dialog_is_found_whatever_the_mirror_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
