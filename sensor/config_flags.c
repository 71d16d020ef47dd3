/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_flags - in the order in which help shows them.
 */
#include "sensor/config_flags.h"

#include "sensor/config_line.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define AT(field)    offsetof(struct config_line, field)

#define READ         CONFIG_IN(COMMAND_READ)
#define WATCH        CONFIG_IN(COMMAND_WATCH)
#define LOOK         (CONFIG_IN(COMMAND_LIST) | CONFIG_IN(COMMAND_SHOW))
#define DOCTOR       CONFIG_IN(COMMAND_DOCTOR)
#define HEAR         (READ | WATCH)
#define LIVE         (WATCH | DOCTOR)
#define ANY          (HEAR | LOOK | DOCTOR)

#define EVENTS       CONFIG_AS(CONFIG_FORMAT_JSON)
#define LISTS                                                                  \
	(EVENTS | CONFIG_AS(CONFIG_FORMAT_TABLE) | CONFIG_AS(CONFIG_FORMAT_CSV))

static const char *const formats[] = {
	[CONFIG_FORMAT_NONE] = NULL,
	[CONFIG_FORMAT_TABLE] = "table",
	[CONFIG_FORMAT_JSON] = "json",
	[CONFIG_FORMAT_CSV] = "csv",
};

/* clang-format off */
static const struct config_command commands[] = {
	{ "read", "FILE|DIR|- ...", "find the mail servers in capture files",
	    COMMAND_READ, 1, UINT_MAX, EVENTS | CONFIG_AS(CONFIG_FORMAT_TABLE), NULL },
	{ "watch", "", "listen on interfaces until a signal comes",
	    COMMAND_WATCH, 0, 0, EVENTS, NULL },
	{ "list", "[FILTER ...]", "the servers that are known, from Redis or a file of events",
	    COMMAND_LIST, 0, UINT_MAX, LISTS,
	    "filters: port:2525 is:new|suspected|confirmed sw:postfix site:default" },
	{ "show", "SERVER", "all that is known of one of them",
	    COMMAND_SHOW, 1, 1, LISTS, NULL },
	{ "doctor", "[FILE ...]", "is this mirror port, or this capture, fit to see anything?",
	    COMMAND_DOCTOR, 0, UINT_MAX, EVENTS | CONFIG_AS(CONFIG_FORMAT_TABLE), NULL },
};

static const struct config_flag flags[] = {
	{ FLAG_SETTING, 'i', NULL, "IFACE", LIVE, "capture", "interface", 0,
	    "interface to listen on; may be repeated" },
	{ FLAG_TEXT, 'f', NULL, "FILTER", HEAR | DOCTOR, NULL, NULL, AT(filter),
	    "look only at what this pcap-filter(7) lets through" },
	{ FLAG_TEXT, 'F', NULL, "FILE", HEAR | DOCTOR, NULL, NULL, AT(filter_file),
	    "the same, from a file" },
	{ FLAG_SETTING, 's', NULL, "BYTES", LIVE, "capture", "snaplen", 0,
	    "bytes kept of each packet" },
	{ FLAG_SETTING, 'B', NULL, "KIB", LIVE, "capture", "buffer", 0,
	    "the kernel's buffer of each interface" },
	{ FLAG_SETTING, 0, "seconds", "N", DOCTOR, "doctor", "listen", 0,
	    "how long to listen" },
	{ FLAG_SETTING, 0, "standard-ports", "LIST", HEAR, "detect", "standard_ports", 0,
	    "in place of 25,465,587" },
	{ FLAG_SETTING, 0, "ndpi", "on|off", HEAR, "detect", "ndpi", 0,
	    "a second opinion beside each verdict" },
	{ FLAG_YES, 0, "all", NULL, HEAR | LOOK, NULL, NULL, AT(all),
	    "servers on standard ports, too" },
	{ FLAG_TEXT, 0, "format", "FORMAT", ANY, NULL, NULL, AT(format),
	    "table, json or csv, where it can" },
	{ FLAG_YES, 0, "fail-on-findings", NULL, HEAR, NULL, NULL, AT(fail_on_findings),
	    "exit 10 when there are findings" },
	{ FLAG_YES, 0, "replay", NULL, READ, NULL, NULL, AT(replay),
	    "count in Redis again what was counted before" },
	{ FLAG_YES, 0, "strict", NULL, READ, NULL, NULL, AT(strict),
	    "a capture read in part is an error" },
	{ FLAG_TEXT, 0, "from", "FILE", LOOK, NULL, NULL, AT(from),
	    "a file of events, in place of Redis" },
	{ FLAG_TEXT, 'c', NULL, "FILE", ANY, NULL, NULL, AT(file),
	    "configuration, in place of the system's" },
	{ FLAG_OPTION, 'o', NULL, "SECTION.KEY=VALUE", ANY, NULL, NULL, 0,
	    "one setting; may be repeated" },
	{ FLAG_YES, 'T', NULL, NULL, ANY, NULL, NULL, AT(test),
	    "test the configuration, and no more" },
	{ FLAG_YES, 0, "dump-config", NULL, ANY, NULL, NULL, AT(dump),
	    "show each setting and where it is from" },
	{ FLAG_YES, 'D', NULL, NULL, ANY, NULL, NULL, AT(interfaces),
	    "list the interfaces" },
	{ FLAG_YES, 'q', NULL, NULL, ANY, NULL, NULL, AT(quiet),
	    "say nothing but errors" },
	{ FLAG_YES, 'v', NULL, NULL, ANY, NULL, NULL, AT(verbose),
	    "say more" },
	{ FLAG_YES, 'V', "version", NULL, ANY, NULL, NULL, AT(version),
	    "the version, and those of the libraries" },
	{ FLAG_YES, 'h', "help", NULL, ANY, NULL, NULL, AT(help),
	    "help; behind a command, about that" },
};
/* clang-format on */

const struct config_command *
config_command_at(size_t i)
{
	return i < COUNT(commands) ? &commands[i] : NULL;
}

const struct config_flag *
config_flag_at(size_t i)
{
	return i < COUNT(flags) ? &flags[i] : NULL;
}

void
config_flag_text(
    const struct config_flag *flag, char ret_text[CONFIG_FLAG_TEXT_MAX])
{
	if (flag->letter != 0)
		snprintf(ret_text, CONFIG_FLAG_TEXT_MAX, "-%c", flag->letter);
	else
		snprintf(ret_text, CONFIG_FLAG_TEXT_MAX, "--%s", flag->name);
}

const char *
config_format_name(enum config_format format)
{
	return formats[format];
}

bool
config_format_of(const char *name, enum config_format *ret_format)
{
	for (size_t i = CONFIG_FORMAT_TABLE; i < COUNT(formats); i++) {
		if (strcmp(name, formats[i]) != 0)
			continue;
		*ret_format = (enum config_format)i;
		return true;
	}
	return false;
}
