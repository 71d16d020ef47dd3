/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_metamorphic - whatever a network and a mirror do to a dialog's packets,
 * short of losing them, what is said of it stays the same.
 *
 *	STRAYMAIL_ROUNDS=500 STRAYMAIL_SEED=1 test_metamorphic
 *
 * The dialogs are the written ones and some that are put together from parts.
 * A round plays each of them once, its packets cut anew, joined, doubled, sent
 * again differently cut, and reordered within eight, across both directions
 * and the handshake.  A round is its seed: a failing one is printed, and
 * STRAYMAIL_SEED with that number and one round show it again.
 */
#include "tests/sensor/path.h"
#include "tests/support/dialog_file.h"
#include "tests/support/play.h"

#include "sensor/report.h"

#include <inttypes.h>
#include <stdio.h>

#define ROUNDS       20
#define DIALOGS_MAX  1024
#define CLIENT_PORTS 20000
#define SERVER_PORTS 2000
#define REORDER      8
#define SEGMENT_MAX  1460
#define OUTCOME_MAX  1536
#define APART_NS     (1000 * UINT64_C(1000000000)) /* every time-out is over */

/* --- dialogs put together from parts -------------------------------------- */

static const char *const greetings[] = {
	"S: 220 mx.example.com ESMTP Postfix\n",
	"S: 220\n",
	"S: 220-mx.example.com ESMTP Exim 4.96\nS: 220 no spam\n",
	"S: 220 **************\n",
	"S: 554 5.7.1 no SMTP service here\n",
};
static const char *const hellos[] = {
	("C: EHLO client.example\nS: 250-mx.example.com\nS: 250-PIPELINING\n"
	 "S: 250-SIZE 1000\nS: 250-CHUNKING\nS: 250 AUTH PLAIN LOGIN\n"),
	"C: HELO client.example\nS: 250 mx.example.com\n",
	"C: ehlo h\nS: 502 5.5.2 what\nC: helo h\nS: 250 mx\n",
	"C: EHLO a\nS: 250 mx\nC: RSET\nS: 250 ok\nC: EHLO b\nS: 250 mx\n",
};
static const char *const deeds[] = {
	"",
	"C: MAIL FROM:<a@b.example>\nS: 250 2.1.0 Ok\nC: RCPT TO:<c@d.example>\n"
	"S: 250 2.1.5 Ok\nC: RCPT TO:<e@d.example>\nS: 550 5.1.1 no\nC: DATA\n"
	"S: 354 go\nC: Subject: x\nC:\nC: 220 quoted\nC: RCPT TO:<f@d.example>\n"
	"C: .\nS: 250 2.0.0 Ok: queued as 1\n",
	"C: MAIL FROM:<a@b.example>\nS: 250 ok\nC: RCPT TO:<c@d.example>\n"
	"S: 250 ok\nC: BDAT 12\nC| EHLO CANARY!\nS: 250 ok\nC: BDAT 10 LAST\n"
	"C| 1234567890\nS: 250 queued\n",
	"C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\n"
	"C: cGFzcw==\nS: 235 2.7.0 ok\nC: MAIL FROM:<a@b.example>\nS: 250 ok\n",
	"C: STARTTLS\nS: 220 ready\nC| \\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\n"
	"S| \\x16\\x03\\x03\\x00\\x7a\\x02\\x00\\x00\\x00\n"
	"C| \\x17\\x03\\x03\\x00\\x10abcdefghijklmnop\n",
	"C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\n"
	"S: 250 ok\nS: 250 ok\nS: 354 go\nC: one\nC: .\n"
	"C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\n"
	"S: 250 taken\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: two\nC: .\n"
	"S: 250 taken\n",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct dialog_case *
put_together(size_t *ret_count)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct dialog_case *made;

	assert_non_null(out);
	for (size_t g = 0; g < COUNT(greetings); g++)
		for (size_t h = 0; h < COUNT(hellos); h++)
			for (size_t d = 0; d < COUNT(deeds); d++)
				fprintf(out,
				    "# parts %zu %zu %zu\n%s%s%s"
				    "C: QUIT\nS: 221 bye\n= any\n",
				    g, h, d, greetings[g], hellos[h], deeds[d]);
	fclose(out);
	made = dialog_cases_of_text(text, ret_count);
	free(text);
	return made;
}

/* --- chance -------------------------------------------------------------- */

/* splitmix64 */
static uint64_t
draw(uint64_t *random)
{
	uint64_t z = *random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static size_t
below(uint64_t *random, size_t most)
{
	return most == 0 ? 0 : draw(random) % most;
}

/* --- what may happen to packets ------------------------------------------ */

struct reel {
	struct talk_shot *shot;
	size_t count, room;
	uint64_t *random;
	bool lone; /* nothing of the other side is seen */
};

static void
insert(struct reel *reel, size_t at, struct talk_shot shot)
{
	if (reel->count == reel->room) {
		reel->room = reel->room * 2 + 256;
		reel->shot =
		    realloc(reel->shot, reel->room * sizeof(reel->shot[0]));
		assert_non_null(reel->shot);
	}
	memmove(reel->shot + at + 1, reel->shot + at,
	    (reel->count - at) * sizeof(reel->shot[0]));
	reel->shot[at] = shot;
	reel->count++;
}

/* The part of a packet from `from` on, `len` bytes. */
static struct talk_shot
part_of(const struct talk_shot *shot, size_t from, size_t len)
{
	struct talk_shot part = *shot;

	part.seq += (uint32_t)from;
	part.bytes = (const char *)shot->bytes + from;
	part.len = len;
	return part;
}

/* The next packet goes on where this one ends, in the play's bytes too. */
static bool
adjoins(const struct talk_shot *a, const struct talk_shot *b)
{
	return a->from == b->from && a->ack == b->ack && a->len > 0 &&
	    b->len > 0 && a->seq + a->len == b->seq &&
	    (const char *)a->bytes + a->len == b->bytes &&
	    a->len + b->len <= SEGMENT_MAX;
}

/* Packets are joined with the next, and cut: one in three stays as it is. */
static void
cut_anew(struct reel *reel, const struct play *play)
{
	struct talk_shot shot;
	size_t cut;

	reel->count = 0;
	for (size_t i = 0; i < play->count; i++) {
		shot = play->shot[i];
		while (i + 1 < play->count &&
		    adjoins(&shot, &play->shot[i + 1]) &&
		    below(reel->random, 2) == 0)
			shot.len += play->shot[++i].len;
		while (shot.len > 1 && below(reel->random, 3) > 0) {
			cut = 1 + below(reel->random, shot.len - 1);
			insert(reel, reel->count, part_of(&shot, 0, cut));
			shot = part_of(&shot, cut, shot.len - cut);
		}
		insert(reel, reel->count, shot);
	}
}

/*
 * As if no acknowledgement had come: from within a packet on, as far as the
 * sender had sent, with what it has heard by then.  It may overtake what it
 * repeats.  (Where a side is alone, how its acknowledgements advance is all
 * that there is to go by, and one that overtook would tell a lie: there it
 * is a part of one packet, as that was.)
 */
static void
send_again(struct reel *reel)
{
	size_t first = below(reel->random, reel->count);
	size_t last = first + below(reel->random, 2 * REORDER);
	struct talk_shot again = reel->shot[first];
	size_t before = below(reel->random, again.len), cut;

	if (again.len == 0)
		return;
	again = part_of(&again, before, again.len - before);
	if (last >= reel->count)
		last = reel->count - 1;
	for (size_t i = first + 1; i <= last; i++) {
		const struct talk_shot *next = &reel->shot[i];

		if (next->from != again.from || reel->lone)
			continue;
		again.ack = next->ack;
		if (again.seq + again.len == next->seq && next->len > 0 &&
		    (const char *)again.bytes + again.len == next->bytes &&
		    again.len + next->len <= SEGMENT_MAX)
			again.len += next->len;
	}
	cut = 1 + below(reel->random, again.len);
	insert(reel, last + 1, part_of(&again, 0, cut));
}

static void
show_twice(struct reel *reel)
{
	size_t which = below(reel->random, reel->count);
	size_t where = which + 1 + below(reel->random, REORDER);

	insert(
	    reel, where < reel->count ? where : reel->count, reel->shot[which]);
}

/* No packet comes more than seven places later or earlier. */
static void
reorder(struct reel *reel)
{
	size_t *due = calloc(reel->count, sizeof(*due));
	struct talk_shot shot;
	size_t at, key;

	assert_non_null(due);
	for (size_t i = 0; i < reel->count; i++) {
		key = i + below(reel->random, REORDER);
		shot = reel->shot[i];
		for (at = i; at > 0 && due[at - 1] > key; at--) {
			due[at] = due[at - 1];
			reel->shot[at] = reel->shot[at - 1];
		}
		due[at] = key;
		reel->shot[at] = shot;
	}
	free(due);
}

static void
disturb(struct reel *reel, const struct play *play)
{
	size_t times;

	cut_anew(reel, play);
	times = below(reel->random, 4);
	for (size_t i = 0; i < times; i++)
		send_again(reel);
	times = below(reel->random, 4);
	for (size_t i = 0; i < times; i++)
		show_twice(reel);
	if (below(reel->random, 4) > 0)
		reorder(reel);
}

/* --- what is said of them ------------------------------------------------ */

/* Sums of what was told of a dialog, and the last of it as text. */
struct outcome {
	struct sighting last;
	bool told;
	int flows, suspected_flows;
	uint64_t messages, bytes;
	char text[OUTCOME_MAX];
};

struct outcomes {
	struct outcome *of; /* each dialog */
	struct traffic traffic;
	uint64_t refuted[LABELS];
};

static void
write_outcome(struct outcome *outcome)
{
	const struct sighting *s = &outcome->last;
	/* Without a handshake it is the first packet's that was seen. */
	uint64_t flow_id =
	    (s->flags & SIGHTING_MIDSTREAM) != 0 ? 0 : s->flow_id;
	size_t cap = sizeof(outcome->text);
	char community[COMMUNITY_ID_SHOWN];
	int n;

	report_community_id(&s->client, sighting_peer(s), community);
	n = snprintf(outcome->text, cap,
	    "verdict %u variant %u tls %u flags %x evidence %x server %u "
	    "client %u id %" PRIx64 " %s flows %d suspected %d messages "
	    "%" PRIu64 " bytes %" PRIu64 "=%" PRIu64 "+%" PRIu64 " rcpt %u/%u "
	    "greeting %.*s helo %.*s software %s %s ehlo %s auth %s replies",
	    s->verdict, s->variant, s->starttls, s->flags, s->evidence,
	    s->server.port, s->client.port, flow_id, community, outcome->flows,
	    outcome->suspected_flows, outcome->messages, outcome->bytes,
	    s->dialog_bytes_toserver, s->dialog_bytes_toclient,
	    s->rcpt_accepted, s->rcpt_rejected, s->greeting_len, s->greeting,
	    s->helo_len, s->helo, s->software, s->version, s->ehlo, s->auth);

	for (unsigned i = 0; i < s->reply_count; i++)
		n += snprintf(outcome->text + n, cap - (size_t)n, " %u*%u",
		    s->replies[i].code, s->replies[i].count);
}

static void
add_told(struct outcomes *outcomes, const struct sighting *seen)
{
	size_t port = sighting_peer(seen)->port;
	size_t which =
	    port - (port >= CLIENT_PORTS ? (size_t)CLIENT_PORTS : SERVER_PORTS);
	struct outcome *outcome = &outcomes->of[which];

	outcome->told = true;
	outcome->last = *seen;
	outcome->flows += seen->flows;
	outcome->suspected_flows += seen->suspected_flows;
	outcome->messages += seen->messages;
	outcome->bytes += seen->bytes_toserver + seen->bytes_toclient;
}

/* --- rounds -------------------------------------------------------------- */

struct stage {
	struct dialog_case *written, *made;
	size_t written_count, count;
	const struct dialog_case *dialog[DIALOGS_MAX];
	struct play *play;
	struct reel reel;
	struct outcomes first, now;
};

static uint64_t
number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

static void
begin_outcomes(struct outcomes *outcomes, size_t count)
{
	free(outcomes->of);
	*outcomes = (struct outcomes){
		.of = calloc(count, sizeof(outcomes->of[0])),
	};
	assert_non_null(outcomes->of);
}

static void
perform(struct stage *stage, struct path *path, size_t i, uint64_t seed)
{
	struct talk *talk = &path->talk;
	uint64_t random = seed * DIALOGS_MAX + i;

	talk->port[TALK_CLIENT] = (uint16_t)(CLIENT_PORTS + i);
	talk->port[TALK_SERVER] = (uint16_t)(SERVER_PORTS + i);
	play_begin(stage->play, 1000, UINT32_MAX - 50);
	play_dialog(stage->play, stage->dialog[i], &(struct play_manner){ 0 });
	stage->reel.random = &random;
	stage->reel.lone = stage->dialog[i]->conly;
	if (seed == 0) {
		play_write(stage->play, talk);
	} else {
		disturb(&stage->reel, stage->play);
		for (size_t shot = 0; shot < stage->reel.count; shot++)
			talk_shot(talk, &stage->reel.shot[shot]);
	}
	talk_wait(talk, APART_NS);
}

/* Seed 0: undisturbed.  only: the dialog to play alone, or all of them. */
static void
play_round(
    struct stage *stage, struct outcomes *outcomes, uint64_t seed, size_t only)
{
	struct sighting seen;
	struct path path;

	begin_outcomes(outcomes, stage->count);
	path_begin(&path);
	path.rig.slots = 8192;
	for (size_t i = 0; i < stage->count; i++)
		if (only == i || only == SIZE_MAX)
			perform(stage, &path, i, seed);
	path_run(&path);
	while (path_told(&path, &seen))
		add_told(outcomes, &seen);
	outcomes->traffic = path_counters(&path)->traffic;
	memcpy(outcomes->refuted, path_counters(&path)->refuted,
	    sizeof(outcomes->refuted));
	path_end(&path);
	for (size_t i = 0; i < stage->count; i++)
		write_outcome(&outcomes->of[i]);
}

static bool
same_verdicts(const struct outcomes *a, const struct outcomes *b)
{
	return a->traffic.confirmed == b->traffic.confirmed &&
	    a->traffic.suspected == b->traffic.suspected &&
	    a->traffic.undecided == b->traffic.undecided &&
	    memcmp(a->refuted, b->refuted, sizeof(a->refuted)) == 0;
}

/* Those who are told are compared one by one, the others by their number. */
static size_t
differences(struct stage *stage, uint64_t seed)
{
	size_t found = 0;

	for (size_t i = 0; i < stage->count; i++) {
		if (strcmp(stage->first.of[i].text, stage->now.of[i].text) == 0)
			continue;
		found++;
		print_error("seed %" PRIu64 ", %s:\n  %s\n  %s\n", seed,
		    stage->dialog[i]->title, stage->first.of[i].text,
		    stage->now.of[i].text);
	}
	return found;
}

/* Which of those that nobody is told of has another verdict? */
static size_t
other_verdicts(struct stage *stage, uint64_t seed)
{
	struct outcomes a = { 0 }, b = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < stage->count; i++) {
		play_round(stage, &a, 0, i);
		play_round(stage, &b, seed, i);
		if (same_verdicts(&a, &b))
			continue;
		found++;
		print_error("seed %" PRIu64 ", %s: another verdict, confirmed "
			    "%" PRIu64 " suspected %" PRIu64 " refuted %" PRIu64
			    " undecided %" PRIu64 "\n",
		    seed, stage->dialog[i]->title, b.traffic.confirmed,
		    b.traffic.suspected, b.traffic.refuted,
		    b.traffic.undecided);
	}
	free(a.of);
	free(b.of);
	return found;
}

static int
begin(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));
	size_t made_count;

	assert_non_null(stage);
	stage->play = calloc(1, sizeof(*stage->play));
	stage->written = dialog_cases_read(&stage->written_count);
	stage->made = put_together(&made_count);
	assert_non_null(stage->play);
	assert_non_null(stage->written);
	assert_non_null(stage->made);
	for (size_t i = 0; i < stage->written_count; i++)
		if (play_can(&stage->written[i]))
			stage->dialog[stage->count++] = &stage->written[i];
	for (size_t i = 0; i < made_count; i++)
		stage->dialog[stage->count++] = &stage->made[i];
	assert_true(stage->count <= DIALOGS_MAX);
	*state = stage;
	return 0;
}

static int
finish(void **state)
{
	struct stage *stage = *state;

	dialog_cases_free(stage->written, stage->written_count);
	dialog_cases_free(
	    stage->made, COUNT(greetings) * COUNT(hellos) * COUNT(deeds));
	play_free(stage->play);
	free(stage->reel.shot);
	free(stage->first.of);
	free(stage->now.of);
	free(stage);
	return 0;
}

static void
disturbed_dialogs_are_what_they_were(void **state)
{
	struct stage *stage = *state;
	uint64_t rounds = number_of("STRAYMAIL_ROUNDS", ROUNDS);
	uint64_t seed = number_of("STRAYMAIL_SEED", 1);
	size_t found = 0;

	play_round(stage, &stage->first, 0, SIZE_MAX);
	for (uint64_t round = 0; round < rounds && found < 20; round++) {
		play_round(stage, &stage->now, seed + round, SIZE_MAX);
		found += differences(stage, seed + round);
		if (!same_verdicts(&stage->first, &stage->now))
			found += other_verdicts(stage, seed + round);
	}
	print_message("%zu dialogs, %" PRIu64 " rounds, %zu differences\n",
	    stage->count, rounds, found);
	assert_true(stage->count >= 200);
	assert_int_equal(found, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    disturbed_dialogs_are_what_they_were, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
