/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_accounting_storm - packets of all kinds, at random, to a worker that has
 * room for hardly any of them.
 *
 * Every second it holds its sums against each other, and this program is linked
 * so that one which does not agree is its end: what is looked at here is only
 * that all there is to count was counted.
 */
#include "tests/sensor/bench.h"

#define MS     UINT64_C(1000000)
#define STORMS 24
#define SHOTS  3000
#define ENDS   24 /* connections at a time */

static uint64_t random_state;

/* xorshift64*; the same in every run. */
static uint32_t
draw(uint32_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(random_state * 0x2545f4914f6cdd1dULL >> 32) % below;
}

static const char *const lines[] = {
	"220 mx.example ESMTP Postfix\r\n",
	"EHLO client.example\r\n",
	"250-mx.example\r\n250 SIZE\r\n",
	"MAIL FROM:<a@client.example>\r\n",
	"250 2.1.0 Ok\r\n",
	"DATA\r\n",
	"354 Go on\r\n",
	"STARTTLS\r\n",
	"220 ready\r\n",
	"\x16\x03\x01\x02",
	"GET / HTTP/1.1\r\n\r\n",
	"HTTP/1.1 200 OK\r\n\r\n",
	"SSH-2.0-OpenSSH\r\n",
	"QUIT\r\n",
};

#define LINES (sizeof(lines) / sizeof(lines[0]))

struct end {
	uint32_t seq[2];
};

static uint8_t
flags_of(uint32_t kind)
{
	static const uint8_t odd[] = { WIRE_SYN, WIRE_SYN | WIRE_ACK, WIRE_RST,
		WIRE_RST | WIRE_ACK, WIRE_FIN | WIRE_ACK, WIRE_ACK, 0,
		WIRE_SYN | WIRE_FIN, 0x3F };

	return kind < sizeof(odd) ? odd[kind] : WIRE_PSH | WIRE_ACK;
}

/* In order for the most part; else before, or ahead by a little or by far. */
static uint32_t
place(uint32_t seq)
{
	static const uint32_t ahead[] = { 1, 30, 500, 5000, 17000, 1U << 20 };
	uint32_t kind = draw(30);

	if (kind < 6)
		return seq + ahead[kind];
	return kind < 10 ? seq - draw(60) : seq;
}

static void
shoot(struct talk *t, struct end *ends)
{
	uint32_t which = draw(ENDS);
	struct end *end = &ends[which];
	struct talk_shot shot = {
		.from = draw(2) != 0 ? TALK_SERVER : TALK_CLIENT,
		.flags = flags_of(draw(40)),
		.wait_ns = draw(50) == 0 ? draw(20000) * MS : 0,
		.client_port = (uint16_t)(40000 + which),
	};
	const char *line = lines[draw(LINES)];

	shot.seq = place(end->seq[shot.from]);
	shot.ack = end->seq[1 - shot.from] - (draw(4) == 0 ? draw(40) : 0);
	if (draw(6) != 0 && shot.flags != WIRE_SYN) {
		shot.bytes = line;
		shot.len = strlen(line) - draw(3);
	}
	talk_shot(t, &shot);
	if (shot.seq == end->seq[shot.from])
		end->seq[shot.from] += (uint32_t)shot.len +
		    ((shot.flags & (WIRE_SYN | WIRE_FIN)) != 0);
}

/* Now and then a frame is broken, or is one fragment of many. */
static void
send_damaged(struct talk *talk)
{
	uint8_t *ip = talk->wire.bytes + talk->wire.at;

	switch (draw(16)) {
	case 0:
		ip[draw((uint32_t)talk->wire.len)] ^= (uint8_t)(1 + draw(255));
		break;
	case 1:
		ip[6] = (uint8_t)(draw(2) << 5);
		ip[7] = (uint8_t)draw(4);
		break;
	case 2:
		talk->wire.len = 1 + draw((uint32_t)talk->wire.len);
		break;
	default:
		break;
	}
	wire_ethernet(&talk->wire, WIRE_IPV4);
	talk_frame(talk);
}

static void
storm(struct bench *b, uint64_t seed)
{
	struct end ends[ENDS] = { { { 0 } } };
	struct talk *t = &b->path.talk;

	random_state = seed * 2 + 1;
	b->path.rig.worker_options.flows = seed % 2 == 0 ? 8 : 64;
	b->path.rig.worker_options.dialogs = seed % 3 == 0 ? 2 : 24;
	b->path.rig.worker_options.reassembly = seed % 5 == 0 ? 1U << 20 : 1;
	b->path.rig.worker_options.replay = seed % 4 != 0;
	b->path.rig.slots =
	    seed % 4 == 0 ? 1 : 256; /* who does not wait is refused */
	t->port[TALK_SERVER] = 2525;
	t->send = send_damaged;
	for (int i = 0; i < SHOTS; i++)
		shoot(t, ends);
	run(b);
}

static void
every_sum_agrees_in_a_storm(void **state)
{
	uint64_t evicted = 0, dialogs = 0, malformed = 0, over_budget = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= STORMS; seed++) {
		void *bench;

		begin(&bench);
		storm(bench, seed);
		assert_int_equal(traffic(bench)->packets, SHOTS);
		assert_int_equal(traffic(bench)->accounting_violations, 0);
		evicted += traffic(bench)->flows_evicted;
		dialogs += traffic(bench)->dialogs;
		malformed += traffic(bench)->malformed;
		over_budget += traffic(bench)->over_budget;
		finish(&bench);
	}
	assert_true(evicted > STORMS); /* it was one */
	assert_true(dialogs > STORMS);
	assert_true(malformed > STORMS);
	assert_true(over_budget > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sum_agrees_in_a_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
