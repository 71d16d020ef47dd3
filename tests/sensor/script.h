/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script - the base dialog of named cases, which alter its packets, and the
 * views that it is seen from: as it is, from the other direction first, with
 * every packet doubled, and inside a VLAN tag.
 *
 * It is greeting, EHLO, 250, MAIL, 250, QUIT, 221 on port 2525.
 */
#ifndef STRAYMAIL_TEST_SCRIPT_H
#define STRAYMAIL_TEST_SCRIPT_H

#include "tests/sensor/path.h"
#include "tests/support/play.h"

#include <stdio.h>

/* The packets of the base dialog, by their places. */
enum {
	SYN,
	SYN_ACK,
	ACK,
	GREETING,
	EHLO,
	EHLO_REPLY,
	MAIL,
	MAIL_REPLY,
	QUIT,
	QUIT_REPLY,
	FIN
};

#define CLIENT_ISN 1000
#define SERVER_ISN (UINT32_MAX - 12) /* it wraps inside the greeting */

static const char greeting[] = "220 mx.example ESMTP Postfix";

static inline void
say(struct play *play, enum talker from, const char *text)
{
	play_packet(play, from, WIRE_PSH | WIRE_ACK, text, strlen(text));
}

static inline void
say_bytewise(struct play *play, enum talker from, const char *text)
{
	for (; *text != '\0'; text++)
		play_packet(play, from, WIRE_PSH | WIRE_ACK, text, 1);
}

static inline void
say_rest(struct play *play)
{
	say(play, TALK_CLIENT, "EHLO client.example\r\n");
	say(play, TALK_SERVER, "250-mx.example\r\n250 8BITMIME\r\n");
	say(play, TALK_CLIENT, "MAIL FROM:<a@client.example>\r\n");
	say(play, TALK_SERVER, "250 2.1.0 Ok\r\n");
	say(play, TALK_CLIENT, "QUIT\r\n");
	say(play, TALK_SERVER, "221 2.0.0 Bye\r\n");
	play_hang_up(play, TALK_CLIENT);
}

static inline void
say_all(struct play *play)
{
	play_connect(play, TALK_CLIENT);
	say(play, TALK_SERVER, "220 mx.example ESMTP Postfix\r\n");
	say_rest(play);
}

static inline void
insert(struct play *play, size_t at, struct talk_shot shot)
{
	play_packet(play, shot.from, 0, NULL, 0); /* makes room */
	memmove(play->shot + at + 1, play->shot + at,
	    (play->count - 1 - at) * sizeof(shot));
	play->shot[at] = shot;
}

static inline void
take_out(struct play *play, size_t at)
{
	play->count--;
	memmove(play->shot + at, play->shot + at + 1,
	    (play->count - at) * sizeof(play->shot[0]));
}

/* From byte `from` on, `len` of them. */
static inline struct talk_shot
part_of(const struct play *play, size_t at, size_t from, size_t len)
{
	struct talk_shot part = play->shot[at];

	part.seq += (uint32_t)from;
	part.bytes = (const char *)part.bytes + from;
	part.len = len;
	return part;
}

struct view {
	const char *name;
	bool other_first, doubled, vlan;
};

static const struct view views[] = {
	{ .name = "as it is" },
	{ .name = "from the other direction first", .other_first = true },
	{ .name = "doubled", .doubled = true },
	{ .name = "inside a VLAN", .vlan = true },
};

/* What a case writes is to be seen like this. */
static inline void
script_stage(struct path *path, struct play *play, const struct view *view)
{
	static const char *const address[] = { "10.0.0.1", "10.0.0.2" };

	for (int i = 0; i < 2; i++)
		path->talk.address[i] = address[view->other_first ? 1 - i : i];
	path->talk.port[TALK_CLIENT] = 40000;
	path->talk.port[TALK_SERVER] = 2525;
	path->talk.doubled = view->doubled;
	path->talk.vlan = view->vlan ? 7 : 0;
	play_begin(play, CLIENT_ISN, SERVER_ISN);
}

static inline void
script_play(struct path *path, struct play *play, const struct view *view)
{
	if (view->other_first && play->shot[SYN].flags == WIRE_SYN &&
	    play->shot[SYN_ACK].flags == (WIRE_SYN | WIRE_ACK)) {
		insert(play, SYN, play->shot[SYN_ACK]);
		take_out(play, SYN_ACK + 1);
	}
	play_write(play, &path->talk);
	path_run(path);
}

#endif
