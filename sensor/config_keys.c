/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_keys - each row is one setting; a parser writes at the row's offset.
 *
 * Values go through memcpy(), so that a row cannot be wrong about alignment.
 */
#include "sensor/config_keys.h"

#include "sensor/capture/capture.h"
#include "sensor/config_lists.h"
#include "sensor/config_text.h"
#include "sensor/config_values.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
put(struct config *config, const struct config_key *key, const void *value,
    size_t size)
{
	memcpy((char *)config + key->offset, value, size);
}

static bool
put_text(struct config *config, const struct config_key *key, const char *text)
{
	const char *kept = NULL; /* an empty text is none */

	if (*text != '\0') {
		kept = config_keep(config, text);
		if (kept == NULL)
			return false;
	}
	put(config, key, &kept, sizeof(kept));
	return true;
}

static bool
within(const struct config_key *key, uint64_t value)
{
	return value >= key->least && value <= key->most;
}

static bool
put_count(struct config *config, const struct config_key *key, uint64_t value)
{
	const uint32_t count = (uint32_t)value;

	if (!within(key, value) || value > UINT32_MAX)
		return false;
	put(config, key, &count, sizeof(count));
	return true;
}

static bool
parse_count(
    struct config *config, const struct config_key *key, const char *text)
{
	uint64_t value;

	return config_number(text, &value) && put_count(config, key, value);
}

static bool
parse_duration(
    struct config *config, const struct config_key *key, const char *text)
{
	uint64_t ms;

	return config_duration(text, &ms) && put_count(config, key, ms);
}

/* 0 is what the word "auto" makes of itself. */
static bool
parse_workers(
    struct config *config, const struct config_key *key, const char *text)
{
	const uint32_t automatic = 0;

	if (strcmp(text, "auto") != 0)
		return parse_count(config, key, text);
	put(config, key, &automatic, sizeof(automatic));
	return true;
}

static bool
parse_size(
    struct config *config, const struct config_key *key, const char *text)
{
	uint64_t bytes;

	if (!config_size(text, &bytes) || !within(key, bytes))
		return false;
	put(config, key, &bytes, sizeof(bytes));
	return true;
}

static bool
parse_name(
    struct config *config, const struct config_key *key, const char *text)
{
	return config_is_name(text) && put_text(config, key, text);
}

/* A name in which %H stands for this host's. */
static bool
parse_sensor_name(
    struct config *config, const struct config_key *key, const char *text)
{
	char host[256] = "", name[512];
	const char *mark = strstr(text, "%H");

	if (mark == NULL)
		return parse_name(config, key, text);
	if (gethostname(host, sizeof(host) - 1) != 0)
		return false;
	snprintf(name, sizeof(name), "%.*s%s%s", (int)(mark - text), text, host,
	    mark + 2);
	return parse_name(config, key, name);
}

/* No password in it: what is written here is seen by ps(1) and in dumps. */
static bool
parse_url(struct config *config, const struct config_key *key, const char *text)
{
	static const char local[] = "unix:///", remote[] = "redis://";
	const bool known = strncmp(text, local, strlen(local)) == 0 ||
	    strncmp(text, remote, strlen(remote)) == 0;

	if (*text != '\0' && (!known || strchr(text, '@') != NULL))
		return false;
	return put_text(config, key, text);
}

static bool
put_word(struct config *config, const struct config_key *key, const char *text,
    const char *const words[2])
{
	const bool yes = strcmp(text, words[1]) == 0;

	if (!yes && strcmp(text, words[0]) != 0)
		return false;
	put(config, key, &yes, sizeof(yes));
	return true;
}

static bool
parse_on_off(
    struct config *config, const struct config_key *key, const char *text)
{
	static const char *const words[] = { "off", "on" };

	return put_word(config, key, text, words);
}

static bool
parse_shunt(
    struct config *config, const struct config_key *key, const char *text)
{
	static const char *const words[] = {
		[SHUNT_AUTO] = "auto",
		[SHUNT_ON] = "on",
		[SHUNT_OFF] = "off",
	};

	for (uint32_t i = 0; i < COUNT(words); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		put(config, key, &i, sizeof(i));
		return true;
	}
	return false;
}

static bool
parse_report_ignore(
    struct config *config, const struct config_key *key, const char *text)
{
	static const char *const words[] = { "report", "ignore" };

	return put_word(config, key, text, words);
}

#define AT(field) offsetof(struct config, field)
#define NAME      "letters, digits, '.', '-' and '_'"
#define K         UINT64_C(1024)
#define M         (K * K)
#define G         (K * M)
#define SECOND    UINT64_C(1000)

/* clang-format off */
static const struct config_key keys[] = {
	{ "sensor", "name", parse_sensor_name, AT(output.sensor_name), 0, 0, "%H",
	    NAME, "who tells; %H is this host's name" },
	{ "sensor", "site", parse_name, AT(output.site), 0, 0, "default",
	    NAME, "address space of the servers; sensors may share one" },

	{ "capture", "interface", config_list_interfaces, 0, 0, 0, "",
	    "up to 16 interfaces, divided by commas", "where `watch` listens" },
	{ "capture", "snaplen", parse_count, AT(snaplen), 96, 256 * K, "262144",
	    "a number from 96 to 262144", "bytes kept of each packet" },
	{ "capture", "buffer", parse_size, AT(buffer_bytes), 64 * K, 2 * G, "64M",
	    "a size from 64K to 2G", "the kernel's buffer of each interface" },
	{ "capture", "workers", parse_workers, AT(workers), 1, 64, "auto",
	    "auto or a number from 1 to 64", "threads that share what `watch` hears" },
	{ "capture", "pin", parse_on_off, AT(pin), 0, 0, "off",
	    "on or off", "each worker stays on a processor of its own" },
	{ "capture", "decap", config_list_decap, 0, 0, 0,
	    "vxlan:4789,8472,vxlan-gpe:4790,geneve:6081,gtpu:2152,tzsp:37008,teredo:3544,"
	    "l2tp:1701,gre:4754,mpls:6635",
	    "up to 16 UDP ports, each one once, behind the tunnel that they carry: vxlan, "
	    "vxlan-gpe, geneve, gtpu, tzsp, teredo, l2tp, gre or mpls (vxlan:4789,8472)",
	    "which UDP ports carry tunnels" },
	{ "capture", "shunt", parse_shunt, AT(shunt), 0, 0, "auto",
	    "auto, on or off", "whether the kernel drops what was ruled out" },

	{ "flows", "max", parse_count, AT(flows), 1024, 1 << 28, "1048576",
	    "a number from 1024 to 268435456", "connections remembered at once" },
	{ "flows", "dialogs", parse_count, AT(dialogs), 16, 1 << 20, "16384",
	    "a number from 16 to 1048576", "conversations heard at once" },
	{ "flows", "memory", parse_size, AT(memory_bytes), 1 * M, 64 * G, "160M",
	    "a size from 1M to 64G", "cap of all that follows connections" },

	{ "flows", "vlan_in_key", parse_on_off, AT(vlan_in_key), 0, 0, "off",
	    "on or off", "the same addresses in two VLANs or tunnels are two hosts" },

	{ "detect", "standard_ports", config_list_ports, 0, 0, 0, "25,465,587",
	    "up to 64 ports, divided by commas", "where mail servers belong" },
	{ "detect", "lmtp", parse_report_ignore, AT(output.lmtp_ignored), 0, 0, "report",
	    "report or ignore", "LMTP servers off the mail ports" },
	{ "detect", "ndpi", parse_on_off, AT(ndpi), 0, 0, "on",
	    "on or off", "a second opinion beside each verdict" },

	{ "networks", "internal", config_list_networks, 0, 0, 0,
	    "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
	    "up to 64 networks such as 10.0.0.0/8, divided by commas", "what is ours" },

	{ "redis", "url", parse_url, AT(output.redis.url), 0, 0, "",
	    "unix:///path or redis://host[:port][/db] and no password in it (redis.username "
	    "and redis.password_file name it)", "where findings go; empty: nowhere" },
	{ "redis", "username", put_text, AT(output.redis.username), 0, 0, "",
	    "a user of Redis", "whom to log in as; empty: the default user" },
	{ "redis", "password_file", put_text, AT(output.redis.password_file), 0, 0, "",
	    "a file", "its first line is the password" },
	{ "redis", "prefix", parse_name, AT(output.redis.prefix), 0, 0, "straymail",
	    NAME, "what all keys begin with" },
	{ "redis", "stream_maxlen", parse_count, AT(output.redis.stream_maxlen), 100,
	    100 * M, "20000", "a number from 100 to 104857600", "events kept in Redis" },
	{ "redis", "flush", parse_duration, AT(output.redis.flush_ms), SECOND / 10,
	    3600 * SECOND, "10s", "a duration from 100ms to 1h", "how often totals are told" },

	{ "doctor", "window", parse_duration, AT(window_ms), SECOND, 3600 * SECOND,
	    "30s", "a duration from 1s to 1h", "how long `watch` looks before it judges its mirror" },
	{ "doctor", "listen", parse_duration, AT(listen_ms), SECOND, 3600 * SECOND,
	    "30s", "a duration from 1s to 1h", "how long `doctor` listens" },

	{ "limits", "servers", parse_count, AT(output.servers_max), 16, 16 * M, "65536",
	    "a number from 16 to 16777216", "servers remembered at once" },

	{ "json", "file", put_text, AT(json_file), 0, 0, "",
	    "a file", "where `watch` writes events; empty: nowhere" },
};
/* clang-format on */

static_assert(COUNT(keys) <= CONFIG_KEYS_MAX, "a draft has room for all keys");

static size_t
index_of(const struct config_key *key)
{
	return (size_t)(key - keys);
}

const struct config_key *
config_key_at(size_t i)
{
	return i < COUNT(keys) ? &keys[i] : NULL;
}

const struct config_key *
config_key_of(const char *section, const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcmp(keys[i].section, section) == 0 &&
		    strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

bool
config_key_is_list(const struct config_key *key)
{
	return key->parse == config_list_interfaces ||
	    key->parse == config_list_ports ||
	    key->parse == config_list_networks ||
	    key->parse == config_list_decap;
}

const char *
config_key_text(const struct config_draft *draft, const struct config_key *key)
{
	return draft->text[index_of(key)];
}

bool
config_key_set(struct config_draft *draft, const struct config_key *key,
    const char *text, const char *origin)
{
	const char *kept_text, *kept_origin;

	if (!key->parse(draft->config, key, text)) {
		/* what holds an @ may hold a password */
		log_warnx("%s: %s.%s is \"%s\", and should be %s", origin,
		    key->section, key->name,
		    strchr(text, '@') != NULL ? "..." : text, key->wants);
		return false;
	}
	kept_text = config_keep(draft->config, text);
	kept_origin = config_keep(draft->config, origin);
	if (kept_text == NULL || kept_origin == NULL)
		return false;
	draft->text[index_of(key)] = kept_text;
	draft->origin[index_of(key)] = kept_origin;
	return true;
}

bool
config_key_defaults(struct config_draft *draft)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (!config_key_set(
			draft, &keys[i], keys[i].standard, "default"))
			return false;
	return true;
}

void
config_key_dump(const struct config_draft *draft)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
			printf("%s[%s]\n", i == 0 ? "" : "\n", keys[i].section);
		printf("%s=%s ; %s\n", keys[i].name, draft->text[i],
		    draft->origin[i]);
	}
}
