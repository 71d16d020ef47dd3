/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strangers - a hashed table of small sets.
 *
 * A newcomer takes a free place of its set, else that of one who was last told
 * of over an hour ago.  The hash is keyed, so that nobody who chooses addresses
 * can choose the set.
 */
#include "output/strangers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define HOUR_NS UINT64_C(3600000000000)
#define SETS    512
#define WAYS    8

struct known {
	struct endpoint server;
	char protocol[STRANGER_PROTOCOL_MAX]; /* "": the place is free */
	uint64_t told_ns;
};

struct strangers {
	bool replay;
	uint64_t secret;
	uint64_t count, refused;
	struct known known[SETS][WAYS];
};

struct strangers *
strangers_new(bool replay)
{
	struct strangers *strangers = calloc(1, sizeof(*strangers));

	if (strangers == NULL)
		return NULL;
	strangers->replay = replay;
	/* A replay is exact; where the kernel has none to give, zero is as
	 * good as unkeyed. */
	if (!replay &&
	    getrandom(&strangers->secret, sizeof(strangers->secret),
		GRND_NONBLOCK) < 0)
		strangers->secret = 0;
	return strangers;
}

void
strangers_free(struct strangers *strangers)
{
	free(strangers);
}

/* FNV-1a, begun with the secret and stirred once more at the end. */
static size_t
set_of(const struct strangers *strangers, const struct known *who)
{
	const unsigned char *bytes = (const unsigned char *)who;
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ strangers->secret;

	for (size_t i = 0; i < offsetof(struct known, told_ns); i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	hash ^= strangers->secret >> 7;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(hash >> 32) % SETS;
}

static bool
is_same(const struct known *a, const struct known *b)
{
	return memcmp(a, b, offsetof(struct known, told_ns)) == 0;
}

static bool
is_old(
    const struct strangers *strangers, const struct known *who, uint64_t now_ns)
{
	return !strangers->replay && now_ns >= who->told_ns &&
	    now_ns - who->told_ns >= HOUR_NS;
}

bool
strangers_meet(struct strangers *strangers, const struct stranger *stranger,
    uint64_t now_ns)
{
	struct known who, *free_place = NULL, *known;

	memset(&who, 0, sizeof(who)); /* all of it is hashed and compared */
	who.server = stranger->server;
	(void)memccpy(
	    who.protocol, stranger->protocol, '\0', sizeof(who.protocol) - 1);
	who.told_ns = now_ns;
	known = strangers->known[set_of(strangers, &who)];

	for (int i = 0; i < WAYS; i++) {
		if (is_same(&known[i], &who)) {
			if (!is_old(strangers, &known[i], now_ns))
				return false;
			known[i].told_ns = now_ns;
			return true;
		}
		if (free_place == NULL &&
		    (known[i].protocol[0] == '\0' ||
			is_old(strangers, &known[i], now_ns)))
			free_place = &known[i];
	}
	if (free_place == NULL) {
		strangers->refused++;
		return false;
	}
	*free_place = who;
	strangers->count++;
	return true;
}

uint64_t
strangers_known(const struct strangers *strangers)
{
	return strangers->count;
}

uint64_t
strangers_refused(const struct strangers *strangers)
{
	return strangers->refused;
}
