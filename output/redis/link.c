/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link - the sensor's connection to Redis over time.
 */
#include "output/redis/link.h"

#include "output/log.h"
#include "output/redis/backoff.h"
#include "output/redis/checkup.h"
#include "output/redis/login.h"
#include "output/redis/selftest.h"
#include "output/sanitize.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS  1000000ULL
#define SKEW_MS    2000
#define LAST_TRIES 4    /* at a replay's end: 100, 200, 400 ms between them */
#define LAST_MS    1000 /* for each command, when a sensor stops */

struct link {
	const struct output_options *options;
	struct redis_client *client; /* NULL: away */
	struct checkup checkup;      /* of the newest connection */
	struct trouble trouble;      /* why it is away */
	struct backoff backoff;
	bool tried, tried_last;
	uint32_t limit_ms; /* for commands on a new connection */
	bool down;         /* and people were told */
	bool warned;       /* of the eviction policy and the clock */
	struct command command;
};

struct link *
link_new(const struct output_options *options)
{
	struct link *link = calloc(1, sizeof *link);

	if (link != NULL) {
		link->options = options;
		link->limit_ms = CLIENT_COMMAND_MS;
	}
	return link;
}

void
link_free(struct link *link)
{
	if (link != NULL)
		redis_client_close(link->client);
	free(link);
}

void
link_lost(struct link *link, const struct trouble *trouble, uint64_t now_ns)
{
	bool patient = trouble->class == CLASS_AUTH;

	redis_client_close(link->client);
	link->client = NULL;
	link->trouble = *trouble;
	/* The wait begins after what the time-out has taken, or a Redis that
	 * stands still would be waited for without a pause. */
	if (trouble->timed_out)
		now_ns += CLIENT_COMMAND_MS * NS_PER_MS;
	backoff_failed(&link->backoff, now_ns, patient);
	if (!link->down || (patient && !link->options->replay))
		log_warnx("redis %s: %s, trying again%s",
		    link->options->redis.url, trouble->text,
		    link->options->replay ? " at the end" : "");
	link->down = true;
}

/* These do not keep the sensor from telling. */
static void
warn_once(struct link *link, uint64_t now_ns)
{
	const struct checkup *found = &link->checkup;
	uint64_t now_ms = now_ns / NS_PER_MS;
	uint64_t apart = now_ms > found->redis_ms ? now_ms - found->redis_ms
						  : found->redis_ms - now_ms;
	char policy[2 * POLICY_MAX];

	if (link->warned)
		return;
	link->warned = true;
	sanitize(policy, sizeof policy, found->eviction,
	    strlen(found->eviction), NULL);
	if (policy[0] != '\0' && strcmp(policy, "noeviction") != 0)
		log_warnx("redis %s: maxmemory-policy %s may throw findings "
			  "away, and should be noeviction",
		    link->options->redis.url, policy);
	if (!link->options->replay && found->redis_ms != 0 && apart > SKEW_MS)
		log_warnx("redis %s: its clock and ours are %" PRIu64
			  " ms apart",
		    link->options->redis.url, apart);
}

static enum link_state
come_back(struct link *link, const struct checkup *found, uint64_t now_ns)
{
	bool restarted = link->checkup.run_id[0] != '\0' &&
	    strcmp(link->checkup.run_id, found->run_id) != 0;

	link->checkup = *found;
	backoff_reset(&link->backoff);
	if (link->down)
		log_warnx(
		    "redis %s: connected again", link->options->redis.url);
	else
		log_info("redis %s: connected", link->options->redis.url);
	link->down = false;
	warn_once(link, now_ns);
	return restarted ? LINK_RESTARTED : LINK_BACK;
}

static enum link_state
connect_now(struct link *link, uint64_t now_ns)
{
	struct checkup found;
	struct trouble trouble;

	link->tried = true;
	link->client = redis_login(&link->options->redis,
	    link->options->sensor_name, link->limit_ms, &trouble);
	if (link->client != NULL &&
	    checkup(
		link->client, &link->command, link->options, &found, &trouble))
		return come_back(link, &found, now_ns);
	link_lost(link, &trouble, now_ns);
	return LINK_AWAY;
}

/* Nobody wants to wait for it: a few tries, unless they cannot help. */
static enum link_state
connect_at_last(struct link *link, uint64_t now_ns)
{
	struct timespec pause = { .tv_nsec = 100000000 };
	enum link_state state;

	for (unsigned i = 1;; i++) {
		state = connect_now(link, now_ns);
		if (state != LINK_AWAY || i == LAST_TRIES ||
		    link->trouble.timed_out ||
		    link->trouble.class == CLASS_AUTH)
			return state;
		nanosleep(&pause, NULL);
		pause.tv_nsec *= 2;
	}
}

enum link_state
link_connect(struct link *link, uint64_t now_ns, bool last)
{
	bool replay = link->options->replay;
	bool at_once = last && !link->tried_last;
	bool again =
	    replay ? !link->tried : backoff_over(&link->backoff, now_ns);

	if (link->client != NULL)
		return LINK_UP;
	link->tried_last |= last;
	if (last && !replay)
		link->limit_ms = LAST_MS; /* somebody waits for the end */
	if (at_once && replay)
		return connect_at_last(link, now_ns);
	return at_once || again ? connect_now(link, now_ns) : LINK_AWAY;
}

struct redis_client *
link_client(struct link *link)
{
	return link->client;
}

const struct trouble *
link_trouble(const struct link *link)
{
	return &link->trouble;
}

const char *
link_script(const struct link *link)
{
	return link->checkup.script;
}

bool
link_reload_script(struct link *link, uint64_t now_ns)
{
	struct trouble trouble;

	if (selftest_load(
		link->client, &link->command, link->checkup.script, &trouble))
		return true;
	link_lost(link, &trouble, now_ns);
	return false;
}

uint64_t
link_clock(struct link *link)
{
	return checkup_clock(link->client, &link->command);
}

struct command *
link_command(struct link *link)
{
	return &link->command;
}
