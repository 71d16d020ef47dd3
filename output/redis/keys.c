/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys - the names of everything that is kept in Redis.
 */
#include "output/redis/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What comes before the server or sensor, and after. */
static const struct {
	const char *head, *tail;
} shapes[] = {
	[KEY_META] = { "meta", "" },
	[KEY_EVENTS] = { "events", "" },
	[KEY_LIVE] = { "live", "" },
	[KEY_SERVERS] = { "servers", "" },
	[KEY_RISK] = { "risk", "" },
	[KEY_NEW] = { "state:new", "" },
	[KEY_SENSORS] = { "sensors", "" },
	[KEY_SERVER] = { "server:", "" },
	[KEY_TOTALS] = { "server:", ":totals" },
	[KEY_CLIENTS] = { "server:", ":clients" },
	[KEY_CLIENTS_HLL] = { "server:", ":clients:hll" },
	[KEY_SENSOR] = { "sensor:", "" },
	[KEY_ALIVE] = { "sensor:", ":alive" },
	[KEY_HEALTH] = { "sensor:", ":health" },
};

void
key_name(
    enum key key, const char *prefix, const char *of, char ret_name[KEY_MAX])
{
	snprintf(ret_name, KEY_MAX, "{%s}:v%d:%s%s%s", prefix, KEYS_SCHEMA,
	    shapes[key].head, of, shapes[key].tail);
}

void
key_hours(const char *prefix, const char *server_id, uint64_t when_ms,
    char ret_name[KEY_MAX])
{
	time_t when = (time_t)(when_ms / 1000);
	char day[16] = "";
	struct tm utc;

	if (gmtime_r(&when, &utc) != NULL)
		strftime(day, sizeof day, "%Y%m%d", &utc);
	snprintf(ret_name, KEY_MAX, "{%s}:v%d:server:%s:h:%s", prefix,
	    KEYS_SCHEMA, server_id, day);
}

void
key_selftest(enum key key, const char *prefix, const char *sensor,
    char ret_name[KEY_MAX])
{
	snprintf(ret_name, KEY_MAX, "{%s}:v%d:selftest:%s:%s%s", prefix,
	    KEYS_SCHEMA, sensor, shapes[key].head, shapes[key].tail);
}

void
server_id(const char *site, const struct endpoint *endpoint, const char *name,
    char ret_id[SERVER_ID_MAX])
{
	char where[ENDPOINT_TEXT_MAX];

	endpoint_named_text(endpoint, name, where);
	snprintf(ret_id, SERVER_ID_MAX, "%s/%s", site, where);
}

bool
key_part_fit(const char *name)
{
	size_t length = strlen(name);

	for (const char *at = name; *at != '\0'; at++)
		if (!isalnum((unsigned char)*at) && strchr("._-:", *at) == NULL)
			return false;
	return length > 0 && length < KEY_NAME_MAX;
}
