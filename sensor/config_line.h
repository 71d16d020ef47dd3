/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_line - the command line, taken apart.
 *
 * Most flags are a short name for a setting (config_keys.h) and end up in the
 * list of settings, in their order; the rest say how this one run is to go.
 */
#ifndef STRAYMAIL_CONFIG_LINE_H
#define STRAYMAIL_CONFIG_LINE_H

#include "sensor/config.h"
#include "sensor/config_flags.h"
#include "sensor/config_keys.h"

#include <stdbool.h>
#include <stddef.h>

#define CONFIG_SETTINGS_MAX 64

/* A setting as the command line gives it. */
struct config_setting {
	const struct config_key *key;
	const char *text, *origin;
};

struct config_line {
	const struct config_command *command; /* NULL: none was named */
	const char *const *arguments;         /* behind it */
	unsigned argument_count;
	struct config_setting settings[CONFIG_SETTINGS_MAX];
	size_t setting_count;

	/* where config_flags.c points to */
	const char *file, *filter, *filter_file, *format, *from;
	bool all, fail_on_findings, replay, strict, quiet, verbose;
	bool interfaces, test, dump, version, help;
};

/*
 * False after it has said why.  Texts are argv's, or config's where they had
 * to be put together.  Whether a command was named, and has its arguments, is
 * not looked at.
 */
bool config_line_read(
    struct config *config, int argc, char **argv, struct config_line *ret_line);

#endif
