/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet_case - named cases of what TCP and IP do, and what is done to them.
 *
 * A case alters the packets of the base dialog (script.h).  Each is played from
 * every view, and the same is said of it each time.
 */
#ifndef STRAYMAIL_TESTS_PACKET_CASE_H
#define STRAYMAIL_TESTS_PACKET_CASE_H

#include "tests/sensor/script.h"

/* Pieces of the greeting, in this order, in its place. */
static inline void
cut_greeting(struct play *play, const size_t (*piece)[2], size_t count)
{
	struct talk_shot pieces[16];

	for (size_t i = 0; i < count; i++)
		pieces[i] = part_of(play, GREETING, piece[i][0], piece[i][1]);
	take_out(play, GREETING);
	for (size_t i = 0; i < count; i++)
		insert(play, GREETING + i, pieces[i]);
}

#define CUT(play, ...)                                                         \
	cut_greeting(play, (const size_t[][2]){ __VA_ARGS__ },                 \
	    sizeof((const size_t[][2]){ __VA_ARGS__ }) / sizeof(size_t[2]))

/* A case, and what is to be said of it. */
struct packet_case {
	const char *name;
	void (*write)(struct play *play);
	/* Finds an IP packet in talk->wire, and writes what becomes of it by
	 * packet_out(); NULL: just that. */
	void (*send)(struct talk *talk);
	unsigned flags;     /* SIGHTING_*, all of them, */
	unsigned may;       /* ... but for these */
	bool suspected;     /* else confirmed, */
	bool nobody;        /* ... or nothing is told */
	bool blind;         /* the greeting is not all there */
	unsigned dialogs;   /* so many are confirmed; 0: one */
	unsigned flows;     /* ... of so many; 0: one */
	unsigned refuted;   /* ... and so many of these are something else */
	unsigned malformed; /* frames, each written once */
	bool v6;
};

#define CASE(test, said)                                                       \
	{                                                                      \
		.name = #test, .write = test, .flags = said                    \
	}

/* The shot that is being sent. */
static size_t packet_shot;

/* What is in talk->wire is an IP packet, and goes out on Ethernet. */
static inline void
packet_out(struct talk *talk)
{
	uint16_t type =
	    wire_bytes(&talk->wire)[0] >> 4 == 6 ? WIRE_IPV6 : WIRE_IPV4;

	if (talk->vlan != 0) {
		wire_vlan(&talk->wire, talk->vlan, type);
		type = WIRE_VLAN;
	}
	wire_ethernet(&talk->wire, type);
	talk_frame(talk);
}

static inline bool
packet_said(const struct packet_case *of, const struct sighting *seen)
{
	unsigned verdict =
	    of->suspected ? SIGHTING_SUSPECTED : SIGHTING_CONFIRMED;

	if (of->nobody)
		return seen->server.port == 0;
	if (seen->verdict != verdict || seen->server.port != 2525 ||
	    (seen->flags & ~of->may) != of->flags)
		return false;
	return of->blind ||
	    (seen->greeting_len == strlen(greeting) &&
		memcmp(seen->greeting, greeting, strlen(greeting)) == 0);
}

static inline bool
packet_as_wanted(const struct packet_case *of, const struct path *path,
    const struct sighting *seen, unsigned flows)
{
	const struct traffic *traffic = &path_counters(path)->traffic;
	unsigned dialogs = of->dialogs != 0 ? of->dialogs : 1;
	unsigned times = path->talk.doubled ? 2 : 1;

	if (of->suspected || of->nobody)
		dialogs = 0;
	return traffic->confirmed == dialogs && flows == dialogs &&
	    traffic->suspected == of->suspected &&
	    traffic->undecided + traffic->refuted == of->nobody + of->refuted &&
	    traffic->flows == (of->flows != 0 ? of->flows : 1) &&
	    traffic->malformed == (uint64_t)of->malformed * times &&
	    packet_said(of, seen);
}

/* Its packets, as that view has them. */
static inline void
packet_write(struct play *play, const struct packet_case *of,
    const struct view *view, struct path *path)
{
	static const char *const v6[] = { "2001:db8::1", "2001:db8::2" };
	struct talk *talk = &path->talk;

	script_stage(path, play, view);
	for (int i = 0; i < 2 && of->v6; i++)
		talk->address[i] = v6[view->other_first ? 1 - i : i];
	talk->send = of->send;
	of->write(play);
	if (view->other_first && play->shot[SYN].flags == WIRE_SYN &&
	    play->shot[SYN_ACK].flags == (WIRE_SYN | WIRE_ACK)) {
		insert(play, SYN, play->shot[SYN_ACK]);
		take_out(play, SYN_ACK + 1);
	}
	for (packet_shot = 0; packet_shot < play->count; packet_shot++)
		talk_shot(talk, &play->shot[packet_shot]);
}

static inline bool
packet_play(
    struct play *play, const struct packet_case *of, const struct view *view)
{
	struct sighting seen = { 0 };
	struct path path;
	int flows = 0;
	bool good;

	path_begin(&path);
	packet_write(play, of, view, &path);
	path_run(&path);
	while (path_told(&path, &seen))
		flows += seen.flows;
	good = packet_as_wanted(of, &path, &seen, (unsigned)flows);
	if (!good) {
		print_error("%s, %s: verdict %u, flows %d of %u, flags %x, "
			    "%.*s\n",
		    of->name, view->name, seen.verdict, flows,
		    (unsigned)path_counters(&path)->traffic.flows, seen.flags,
		    seen.greeting_len, seen.greeting);
		counters_write(path_counters(&path), stderr);
	}
	path_end(&path);
	return good;
}

/* All of them from every view; how many were wrong. */
static inline size_t
packet_play_all(const struct packet_case *cases, size_t count)
{
	const size_t count_of_views = sizeof(views) / sizeof(views[0]);
	struct play *play = calloc(1, sizeof(*play));
	size_t run = 0, wrong = 0;

	assert_non_null(play);
	for (size_t i = 0; i < count; i++)
		for (size_t v = 0; v < count_of_views; v++) {
			run++;
			wrong += !packet_play(play, &cases[i], &views[v]);
		}
	play_free(play);
	print_message("%zu plays, %zu wrong\n", run, wrong);
	return wrong;
}

#endif
