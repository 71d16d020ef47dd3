/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis - findings to Redis, counted once whatever happens on the way.
 *
 * The ledger knows what is untold, so this sink keeps no queue; the link knows
 * whether Redis is there.  A tally is told when its own reply came.
 */
#include "output/sinks/redis.h"

#include "output/log.h"
#include "output/redis/courier.h"
#include "output/redis/heartbeat.h"
#include "output/redis/keys.h"
#include "output/redis/link.h"
#include "output/redis/url.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000ULL
#define RETELL_NS (NS_PER_MS * 1000 * 3600)

struct redis_sink {
	struct sink sink;
	struct event_context context; /* now_ns and serial are this sink's */
	const struct output_options *options;
	struct ledger *ledger;
	struct link *link;
	struct courier *courier;
	struct heartbeat *heartbeat; /* NULL in `read` */
	uint64_t next_flush_ns, next_retell_ns;
	bool urgent; /* something must not wait for the next flush */
};

static struct redis_sink *
of(struct sink *sink)
{
	return (struct redis_sink *)sink;
}

static void
beat(struct redis_sink *redis)
{
	const struct backlog backlog = {
		.untold = courier_tallies(redis->courier),
		.stray_flows = ledger_count(redis->ledger).stray_flows,
	};
	struct trouble trouble;

	switch (heartbeat_beat(redis->heartbeat, link_client(redis->link),
	    link_command(redis->link), &backlog, &trouble)) {
	case BEAT_FINE:
		break;
	case BEAT_MEMORY_LOST:
		courier_retell(redis->courier, "has lost its data");
		courier_tell(redis->courier, true);
		break;
	case BEAT_REFUSED:
	case BEAT_BROKEN:
		link_lost(redis->link, &trouble, redis->context.now_ns);
		break;
	}
}

/* --- the verbs ------------------------------------------------------------ */

static void
redis_publish(struct sink *sink, const struct news *news)
{
	if (news->change != CHANGE_TOTALS && !news->tally->server->standard)
		of(sink)->urgent = true;
}

/* Is it time?  A clock that was set back does not put it off. */
static bool
due(uint64_t *next_ns, uint64_t every_ns, uint64_t now_ns)
{
	if (now_ns < *next_ns && *next_ns - now_ns <= every_ns)
		return false;
	*next_ns = now_ns + every_ns;
	return true;
}

/* False: Redis is away. */
static bool
work(struct redis_sink *redis, bool last)
{
	uint64_t now_ns = redis->context.now_ns;
	uint64_t every_ns = redis->options->redis.flush_ms * NS_PER_MS;
	bool all;

	switch (link_connect(redis->link, now_ns, last)) {
	case LINK_AWAY:
		return false;
	case LINK_RESTARTED:
		courier_retell(redis->courier, "was restarted");
		redis->next_flush_ns = 0;
		break;
	case LINK_BACK:
		redis->next_flush_ns = 0;
		redis->next_retell_ns = now_ns + RETELL_NS;
		break;
	case LINK_UP:
		break;
	}
	all = due(&redis->next_flush_ns, every_ns, now_ns) || last;
	if (all || redis->urgent) {
		courier_tell(redis->courier, all);
		redis->urgent = false;
	}
	/* Once an hour everything again, in case that a loss went unnoticed. */
	if (all && redis->heartbeat != NULL &&
	    courier_tallies(redis->courier) == 0 &&
	    due(&redis->next_retell_ns, RETELL_NS, now_ns))
		ledger_retell(redis->ledger);
	if (link_client(redis->link) != NULL && redis->heartbeat != NULL &&
	    heartbeat_due(redis->heartbeat, now_ns))
		beat(redis);
	return link_client(redis->link) != NULL;
}

static bool
redis_flush(struct sink *sink, uint64_t now_ns, bool last)
{
	struct redis_sink *redis = of(sink);
	bool there;

	redis->context.now_ns = now_ns;
	if (redis->heartbeat != NULL)
		heartbeat_pulse(redis->heartbeat, now_ns);
	there = work(redis, last);
	return last ? redis_told_all(sink)
		    : there || courier_tallies(redis->courier) == 0;
}

static void
redis_traffic(struct sink *sink, const struct observation *seen)
{
	if (of(sink)->heartbeat != NULL)
		heartbeat_traffic(of(sink)->heartbeat, seen);
}

static void
redis_sink_free(struct redis_sink *redis)
{
	heartbeat_free(redis->heartbeat);
	courier_free(redis->courier);
	link_free(redis->link);
	free(redis);
}

/* The last words: what Redis did not take. */
static void
say_untold(struct redis_sink *redis)
{
	const char *url = redis->options->redis.url;
	uint64_t servers = courier_servers(redis->courier);
	uint64_t set_aside = courier_set_aside(redis->courier);

	if (servers > 0)
		log_warnx("redis %s: did not take %" PRIu64 " server%s: %s",
		    url, servers, servers == 1 ? "" : "s",
		    link_trouble(redis->link)->text);
	if (set_aside > 0)
		log_warnx("redis %s: set aside %" PRIu64 " update%s", url,
		    set_aside, set_aside == 1 ? "" : "s");
}

static void
redis_close(struct sink *sink)
{
	struct redis_sink *redis = of(sink);
	struct redis_client *client = link_client(redis->link);

	if (client != NULL && redis->heartbeat != NULL)
		heartbeat_stop(
		    redis->heartbeat, client, link_command(redis->link));
	say_untold(redis);
	redis_sink_free(redis);
}

static const struct sink_verbs verbs = {
	.name = "redis",
	.publish = redis_publish,
	.flush = redis_flush,
	.traffic = redis_traffic,
	.close = redis_close,
};

/* Names become parts of keys; one line says which is not fit for that. */
static bool
options_fit(const struct output_options *options)
{
	const struct {
		const char *key, *value;
	} names[] = {
		{ "redis.prefix", options->redis.prefix },
		{ "sensor.name", options->sensor_name },
		{ "sensor.site", options->site },
	};
	struct redis_url url;
	char why[URL_WHY_MAX];

	if (!redis_url_parse(options->redis.url, &url, why)) {
		log_warnx("redis.url %s: %s", options->redis.url, why);
		return false;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!key_part_fit(names[i].value)) {
			log_warnx("%s \"%s\": must be 1 to %d letters, digits "
				  "or any of ._-:",
			    names[i].key, names[i].value, KEY_NAME_MAX - 1);
			return false;
		}
	if (options->redis.username != NULL &&
	    options->redis.password_file == NULL) {
		log_warnx("redis.username: wants a redis.password_file");
		return false;
	}
	return true;
}

struct sink *
redis_open(const struct event_context *context, struct ledger *ledger)
{
	const struct output_options *options = context->options;
	struct redis_sink *redis;

	if (!options_fit(options))
		return NULL;
	redis = calloc(1, sizeof *redis);
	if (redis == NULL)
		goto out;
	redis->sink.verbs = &verbs;
	redis->context = *context;
	redis->options = options;
	redis->ledger = ledger;
	redis->link = link_new(options);
	redis->courier = courier_new(&redis->context, ledger, redis->link);
	if (!options->replay)
		redis->heartbeat = heartbeat_new(&redis->context);
	if (redis->link != NULL && redis->courier != NULL &&
	    (options->replay || redis->heartbeat != NULL))
		return &redis->sink;
	redis_sink_free(redis);
out:
	log_warnx("redis: no memory");
	return NULL;
}

bool
redis_told_all(struct sink *sink)
{
	struct redis_sink *redis = of(sink);

	return link_client(redis->link) != NULL &&
	    courier_set_aside(redis->courier) == 0 &&
	    courier_tallies(redis->courier) == 0;
}
