/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config - puts a configuration together, and the only file that knows inih.
 *
 * The command line is read first, because it says which file to read; what it
 * sets is applied last, because it outranks the file.  Every value goes the
 * same way (config_key_set()), so each is checked and knows where it is from.
 */
#include "sensor/config.h"

#include "sensor/config_check.h"
#include "sensor/config_help.h"
#include "sensor/config_keys.h"
#include "sensor/config_line.h"
#include "sensor/config_text.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSTEM_FILE "/etc/straymail/straymail.conf"
#define FILES_MAX   16 /* with all that is included */
#define PATH_BYTES  4096
#define VALUE_MAX   4096 /* of a list on several lines */
#define FILTER_MAX  65536

/*
 * Files.  Included files wait in a queue and are read behind the file that names them,
 * so what they say counts; a file that includes itself only fills the queue.
 */

struct file_queue {
	const char *path[FILES_MAX];
	size_t count;
};

/* A file being read.  inih calls back once for each setting. */
struct reading {
	struct config_draft *draft;
	struct file_queue *queue;
	FILE *file;
	const char *path;
	unsigned line;
	bool failed;                 /* and said why */
	bool given[CONFIG_KEYS_MAX]; /* in this file */
};

static char *
read_line(char *buffer, int size, void *stream)
{
	struct reading *reading = stream;
	size_t len;

	if (reading->failed || fgets(buffer, size, reading->file) == NULL)
		return NULL;
	len = strlen(buffer);
	reading->line++;
	if (len + 1 == (size_t)size && buffer[len - 1] != '\n') {
		log_warnx("%s:%u: more than %d characters in a line (a list "
			  "may go on in the next, after a blank)",
		    reading->path, reading->line, size - 3);
		reading->failed = true;
		return NULL;
	}
	return buffer;
}

/* A list may go on in further lines; anything else is given once. */
static bool
set_from_file(struct reading *reading, const struct config_key *key,
    const char *value, const char *origin)
{
	const size_t i = (size_t)(key - config_key_at(0));
	const char *before = config_key_text(reading->draft, key);
	const bool goes_on = reading->given[i];
	char joined[VALUE_MAX];
	const char *between;
	size_t len;

	reading->given[i] = true;
	if (!goes_on)
		return config_key_set(reading->draft, key, value, origin);
	if (!config_key_is_list(key)) {
		log_warnx("%s: %s.%s is given twice (a line that begins with a "
			  "blank belongs to the one before)",
		    origin, key->section, key->name);
		return false;
	}
	/* "a," and "a" both go on with ", b" */
	len = strlen(before);
	between = len == 0 || before[len - 1] == ',' ? "" : ",";
	if ((size_t)snprintf(joined, sizeof(joined), "%s%s%s", before, between,
		value) >= sizeof(joined)) {
		log_warnx("%s: %s.%s is too long a list", origin, key->section,
		    key->name);
		return false;
	}
	return config_key_set(reading->draft, key, joined, origin);
}

/* A relative path is relative to the file that names it. */
static bool
include(struct reading *reading, const char *path, const char *origin)
{
	const char *slash = strrchr(reading->path, '/');
	const size_t folder = path[0] == '/' || slash == NULL
	    ? 0
	    : (size_t)(slash - reading->path) + 1;
	struct file_queue *queue = reading->queue;
	char full[PATH_BYTES];
	const char *kept;

	if (queue->count == FILES_MAX) {
		log_warnx(
		    "%s: more than %d files are included", origin, FILES_MAX);
		return false;
	}
	if ((size_t)snprintf(full, sizeof(full), "%.*s%s", (int)folder,
		reading->path, path) >= sizeof(full)) {
		log_warnx("%s: too long a path", origin);
		return false;
	}
	kept = config_keep(reading->draft->config, full);
	if (kept == NULL)
		return false;
	queue->path[queue->count++] = kept;
	return true;
}

static int
on_setting(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;
	const struct config_key *key = config_key_of(section, name);
	char origin[CONFIG_ORIGIN_MAX];
	bool taken = false;

	snprintf(origin, sizeof(origin), "%s:%u", reading->path, reading->line);
	if (strcmp(name, "include") == 0)
		taken = include(reading, value, origin);
	else if (key != NULL)
		taken = set_from_file(reading, key, value, origin);
	else
		log_warnx(
		    "%s: unknown key \"%s%s%s\" (--dump-config shows all)",
		    origin, section, *section == '\0' ? "" : ".", name);
	reading->failed = !taken;
	return taken;
}

static bool
read_file(struct config_draft *draft, struct file_queue *queue, FILE *file,
    const char *path)
{
	struct reading reading = {
		.draft = draft,
		.queue = queue,
		.file = file,
		.path = path,
	};
	const int line =
	    ini_parse_stream(read_line, &reading, on_setting, &reading);

	if (ferror(file)) {
		log_warn("%s", path);
		return false;
	}
	if (line > 0 && !reading.failed)
		log_warnx(
		    "%s:%d: should be [section] or key=value", path, line);
	return line == 0 && !reading.failed;
}

/* optional: that it is not there is no error. */
static bool
read_files(struct config_draft *draft, const char *path, bool optional)
{
	struct file_queue queue = { .path = { path }, .count = 1 };

	for (size_t i = 0; i < queue.count; i++) {
		FILE *file = fopen(queue.path[i], "re");
		bool well;

		if (file == NULL && optional && i == 0 && errno == ENOENT)
			return true;
		if (file == NULL) {
			log_warn("%s", queue.path[i]);
			return false;
		}
		well = read_file(draft, &queue, file, queue.path[i]);
		fclose(file);
		if (!well)
			return false;
	}
	return true;
}

/* -F */
static bool
read_filter(struct config *config, const char *path)
{
	char *text = NULL;
	FILE *file = fopen(path, "re");
	size_t len = 0;

	if (file != NULL)
		text = malloc(FILTER_MAX);
	if (text != NULL)
		len = fread(text, 1, FILTER_MAX - 1, file);
	if (text == NULL || ferror(file)) {
		log_warn("-F %s", path);
	} else if (len == FILTER_MAX - 1) {
		log_warnx("-F %s: longer than any filter", path);
	} else {
		text[len] = '\0';
		config->filter = config_keep(config, text);
	}
	if (file != NULL)
		fclose(file);
	free(text);
	return config->filter != NULL;
}

static bool
take_line(struct config *config, const struct config_line *line)
{
	if (line->command != NULL)
		config->command = line->command->command;
	config->arguments = line->arguments;
	config->argument_count = line->argument_count;
	config->from = line->from;
	config->replay_as_new = line->replay;
	config->strict = line->strict;
	config->fail_on_findings = line->fail_on_findings;
	config->quiet = line->quiet;
	config->verbosity =
	    config->command == COMMAND_WATCH ? LOG_INFO : LOG_WARN;
	if (line->quiet)
		config->verbosity = LOG_WARN;
	if (line->verbose)
		config->verbosity = LOG_DEBUG;
	config->output.all = line->all;
	config->output.replay = config->command == COMMAND_READ ||
	    (config->command == COMMAND_DOCTOR && line->argument_count > 0);

	if (line->filter != NULL && line->filter_file != NULL) {
		log_warnx("-f and -F: one filter is enough");
		return false;
	}
	config->filter = line->filter;
	return line->filter_file == NULL ||
	    read_filter(config, line->filter_file);
}

static bool
fill(struct config_draft *draft, const struct config_line *line,
    const char *system_file)
{
	const bool reads =
	    line->command != NULL && line->command->command == COMMAND_READ;
	const char *file = line->file;

	if (file == NULL && !reads)
		file = system_file;
	if (file != NULL && !read_files(draft, file, line->file == NULL))
		return false;
	for (size_t i = 0; i < line->setting_count; i++)
		if (!config_key_set(draft, line->settings[i].key,
			line->settings[i].text, line->settings[i].origin))
			return false;
	return take_line(draft->config, line) &&
	    config_check_memory(draft->config);
}

/* Everything is filled in: is it to be run, or only looked at? */
static enum config_result
finish(struct config_draft *draft, const struct config_line *line)
{
	struct config *config = draft->config;

	if (line->command != NULL && !config_check_format(config, line))
		return CONFIG_BAD;
	if (line->dump) {
		config_key_dump(draft);
		return CONFIG_DONE;
	}
	if (line->test) {
		printf("straymail: the configuration is sound\n");
		return CONFIG_DONE;
	}
	if (line->command == NULL) {
		log_warnx("no command: there are read, watch, list, show and "
			  "doctor "
			  "(straymail -h)");
		return CONFIG_BAD;
	}
	return config_check_command(config, line) ? CONFIG_RUN : CONFIG_BAD;
}

static enum config_result
make(struct config_draft *draft, const char *system_file, int argc, char **argv)
{
	struct config_line line;

	if (!config_key_defaults(draft) ||
	    !config_line_read(draft->config, argc, argv, &line))
		return CONFIG_BAD;
	if (line.help) {
		config_help(line.command);
		return CONFIG_DONE;
	}
	if (line.version || line.interfaces) {
		draft->config->command =
		    line.version ? COMMAND_VERSION : COMMAND_INTERFACES;
		return CONFIG_RUN;
	}
	if (!fill(draft, &line, system_file))
		return CONFIG_BAD;
	return finish(draft, &line);
}

enum config_result
config_read(int argc, char **argv, struct config **ret_config)
{
	return config_read_beside(SYSTEM_FILE, argc, argv, ret_config);
}

enum config_result
config_read_beside(
    const char *system_file, int argc, char **argv, struct config **ret_config)
{
	struct config_draft draft = { .config =
					  calloc(1, sizeof(struct config)) };
	enum config_result result;

	if (draft.config == NULL) {
		log_warn("configuration");
		return CONFIG_BAD;
	}
	result = make(&draft, system_file, argc, argv);
	if (result == CONFIG_RUN)
		*ret_config = draft.config;
	else
		config_free(draft.config);
	return result;
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	config_forget(config);
	free(config);
}
