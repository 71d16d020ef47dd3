/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_check - runs before anything starts: what is refused here costs a
 * line on the terminal, and later it would cost the sensor.
 */
#include "sensor/config_check.h"

#include "sensor/conversation.h"
#include "sensor/decode/fragment.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/porch.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define KIB UINT64_C(1024)
#define MIB (KIB * KIB)

/* Bounds that the flow table, the dialogs and reassembly keep to. */
#define REASSEMBLY_BYTES (32 * MIB)
#define OVERLAP_BYTES    (8 * MIB)

struct size_text {
	char text[24];
};

/* As one would write it in a configuration. */
static struct size_text
size_text(uint64_t bytes)
{
	const bool whole = bytes % MIB == 0;
	struct size_text size;

	snprintf(size.text, sizeof(size.text), "%" PRIu64 "%c",
	    bytes / (whole ? MIB : KIB), whole ? 'M' : 'K');
	return size;
}

bool
config_check_memory(struct config *config)
{
	const uint64_t table = flow_table_bytes(config->flows);
	const uint64_t dialogs = (uint64_t)config->dialogs * CONVERSATION_MAX;
	const uint64_t sum = table + dialogs + REASSEMBLY_BYTES +
	    OVERLAP_BYTES + FRAGMENTS_BYTES + PORCH_BYTES;

	config->reassembly_bytes = REASSEMBLY_BYTES;
	config->copies_bytes = OVERLAP_BYTES;
	if (sum <= config->memory_bytes)
		return true;
	log_warnx(
	    "flows.memory is %s, but flows.max takes %s + flows.dialogs "
	    "%s + reassembly %s + overlaps %s + fragments %s + passers-by "
	    "%s = %s: raise flows.memory, or lower flows.max or "
	    "flows.dialogs",
	    size_text(config->memory_bytes).text, size_text(table).text,
	    size_text(dialogs).text, size_text(REASSEMBLY_BYTES).text,
	    size_text(OVERLAP_BYTES).text, size_text(FRAGMENTS_BYTES).text,
	    size_text(PORCH_BYTES).text, size_text(sum).text);
	return false;
}

static bool
has_its_arguments(const struct config_line *line)
{
	const struct config_command *command = line->command;

	if (line->argument_count < command->least) {
		log_warnx("%s: wants %s (straymail %s -h)", command->name,
		    command->arguments, command->name);
		return false;
	}
	if (line->argument_count > command->most) {
		log_warnx("%s: \"%s\" is one argument too many (straymail %s "
			  "-h)",
		    command->name, line->arguments[command->most],
		    command->name);
		return false;
	}
	return true;
}

bool
config_check_command(
    const struct config *config, const struct config_line *line)
{
	const enum command command = line->command->command;

	if (!has_its_arguments(line))
		return false;
	if (command == COMMAND_WATCH && config->interface_count == 0) {
		log_warnx("watch: no interface: name one with -i, or in "
			  "capture.interface (straymail -D lists them)");
		return false;
	}
	if (command == COMMAND_DOCTOR && config->interface_count == 0 &&
	    line->argument_count == 0) {
		log_warnx("doctor: nothing to look at: name an interface with "
			  "-i (straymail -D lists them), or a capture file");
		return false;
	}
	if ((command == COMMAND_LIST || command == COMMAND_SHOW) &&
	    config->output.redis.url == NULL && config->from == NULL) {
		log_warnx("%s: nowhere to look: name a Redis with -o "
			  "redis.url=..., or a file of events with --from",
		    line->command->name);
		return false;
	}
	return true;
}

/* A terminal gets a table and a pipe gets events; who asks what is known
 * gets a table anyway. */
static enum config_format
format_unasked(const struct config *config)
{
	if (config->command == COMMAND_DOCTOR)
		return CONFIG_FORMAT_TABLE;
	if (config->command == COMMAND_READ)
		return isatty(STDOUT_FILENO) ? CONFIG_FORMAT_TABLE
					     : CONFIG_FORMAT_JSON;
	if (config->command != COMMAND_WATCH)
		return CONFIG_FORMAT_TABLE;
	return config->output.redis.url == NULL && config->json_file == NULL
	    ? CONFIG_FORMAT_JSON
	    : CONFIG_FORMAT_NONE;
}

bool
config_check_format(struct config *config, const struct config_line *line)
{
	const struct config_command *command = line->command;
	enum config_format format;

	if (line->format == NULL) {
		config->format = format_unasked(config);
		return true;
	}
	if (!config_format_of(line->format, &format) ||
	    (command->formats & CONFIG_AS(format)) == 0) {
		log_warnx("--format %s: \"%s\" cannot write that (straymail "
			  "%s -h)",
		    line->format, command->name, command->name);
		return false;
	}
	config->format = format;
	return true;
}
