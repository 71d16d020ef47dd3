/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config - command line and INI file, made into one immutable struct config.
 *
 * A setting is looked for on the command line, then in the configuration, then
 * in the table of defaults (config_keys.c).  `read` takes a configuration only
 * from its own -c: a case file must not end up in the production Redis because
 * the machine has a system-wide one.  Passwords are never taken from the
 * command line or a URL.
 */
#ifndef STRAYMAIL_CONFIG_H
#define STRAYMAIL_CONFIG_H

#include "output/log.h"
#include "output/options.h"
#include "sensor/decode/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_INTERFACES_MAX 16

enum command {
	COMMAND_NONE, /* only where nothing is to be run: -T, --dump-config */
	COMMAND_READ,
	COMMAND_WATCH,
	COMMAND_LIST,
	COMMAND_SHOW,
	COMMAND_DOCTOR,
	COMMAND_INTERFACES, /* -D: list them */
	COMMAND_VERSION,    /* -V: ours, and the libraries' */
};

/* What goes to stdout. */
enum config_format {
	CONFIG_FORMAT_NONE, /* `watch` where Redis or a file takes the events */
	CONFIG_FORMAT_TABLE,
	CONFIG_FORMAT_JSON,
	CONFIG_FORMAT_CSV,
};

/*
 * Texts are borrowed from the struct itself or from argv and live until
 * config_free().  NULL is "not set".
 */
struct config {
	enum command command;
	/* FILE..., SERVER, filters; argument_count of them, then NULL */
	const char *const *arguments;
	unsigned argument_count;

	/* what is captured: -i, -f or -F, -s, -B */
	const char *interfaces[CONFIG_INTERFACES_MAX];
	unsigned interface_count;
	const char *filter;
	uint32_t snaplen;
	uint64_t buffer_bytes; /* an interface */
	uint32_t workers;      /* 0: one a processor */
	bool pin;              /* each to one of its own */
	struct decap decap[DECAP_PORTS_MAX];
	uint32_t shunt; /* enum capture_shunting */

	/* how much is held at once, for the process; the sum is checked */
	uint32_t flows, dialogs;
	uint64_t reassembly_bytes;
	uint64_t copies_bytes;
	uint64_t memory_bytes; /* their cap, and that of fragments */
	bool vlan_in_key;      /* VLANs and tunnels are part of an address */

	bool ndpi;

	/* the doctor's: how long it listens, and its windows in `watch` */
	uint32_t listen_ms, window_ms;

	/* how it is run and told */
	bool replay_as_new; /* --replay: a fresh source, counts again */
	bool strict;        /* a capture read in part is an error */
	bool fail_on_findings;
	bool quiet; /* no summary and no progress; errors are still said */
	enum log_level verbosity;
	enum config_format format;
	const char *json_file; /* `watch` writes events here as well */
	const char *from;      /* `list`, `show`: NDJSON in place of Redis */

	/* the output room's, complete; redis.url is NULL without Redis */
	struct output_options output;

	struct config_text *texts; /* what config_free() frees */
};

enum config_result {
	CONFIG_RUN,
	CONFIG_DONE, /* help, a test or a dump was asked for and given: exit 0 */
	CONFIG_BAD   /* said why, in one line: exit 2 */
};

/* ret_config is set with CONFIG_RUN only.  argv may be reordered. */
enum config_result config_read(
    int argc, char **argv, struct config **ret_config);

/* The same with another system-wide file; NULL: none. */
enum config_result config_read_beside(
    const char *system_file, int argc, char **argv, struct config **ret_config);

void config_free(struct config *config);

#endif
