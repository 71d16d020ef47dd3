/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_line - getopt_long(3) finds the flags, the table says what they are.
 */
#include "sensor/config_line.h"

#include "sensor/config_text.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#define FLAGS_MAX  32
#define LONG_BASE  256 /* what getopt_long() gives for row 0, and so on */
#define JOINED_MAX 1024

static bool
add_setting(struct config *config, struct config_line *line,
    const struct config_setting *setting)
{
	struct config_setting *place = &line->settings[line->setting_count];

	if (line->setting_count == CONFIG_SETTINGS_MAX) {
		log_warnx("%s: more than %d settings on the command line",
		    setting->origin, CONFIG_SETTINGS_MAX);
		return false;
	}
	place->key = setting->key;
	place->text = config_keep(config, setting->text);
	place->origin = config_keep(config, setting->origin);
	if (place->text == NULL || place->origin == NULL)
		return false;
	line->setting_count++;
	return true;
}

/* -i eth1 -i eth2 is capture.interface=eth1,eth2. */
static const struct config_setting *
same_flag_before(
    const struct config_line *line, const struct config_setting *setting)
{
	for (size_t i = line->setting_count; i-- > 0;)
		if (line->settings[i].key == setting->key &&
		    strcmp(line->settings[i].origin, setting->origin) == 0)
			return &line->settings[i];
	return NULL;
}

static bool
take_setting(struct config *config, struct config_line *line,
    const struct config_flag *flag, const char *argument)
{
	char origin[CONFIG_FLAG_TEXT_MAX], joined[JOINED_MAX];
	struct config_setting setting = {
		.key = config_key_of(flag->section, flag->key),
		.text = argument,
		.origin = origin,
	};
	const struct config_setting *before;

	assert(setting.key != NULL);
	config_flag_text(flag, origin);
	before = same_flag_before(line, &setting);
	if (flag->letter == 'B') /* KiB, as tcpdump has it */
		snprintf(joined, sizeof(joined), "%sK", argument);
	else if (strcmp(origin, "--seconds") == 0)
		snprintf(joined, sizeof(joined), "%ss", argument);
	else if (flag->letter == 'i' && before != NULL)
		snprintf(
		    joined, sizeof(joined), "%s,%s", before->text, argument);
	else
		return add_setting(config, line, &setting);
	setting.text = joined;
	return add_setting(config, line, &setting);
}

/* -o section.key=value */
static bool
take_option(
    struct config *config, struct config_line *line, const char *argument)
{
	char section[CONFIG_FLAG_TEXT_MAX], name[CONFIG_FLAG_TEXT_MAX];
	const size_t dot = strcspn(argument, ".=");
	const size_t equals = strcspn(argument, "=");
	struct config_setting setting = { .origin = "-o" };

	if (argument[dot] != '.' || argument[equals] != '=' ||
	    dot >= sizeof(section) || equals - dot > sizeof(name)) {
		log_warnx("-o %.*s: should be section.key=value", (int)equals,
		    argument);
		return false;
	}
	snprintf(section, sizeof(section), "%.*s", (int)dot, argument);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - dot - 1),
	    argument + dot + 1);
	setting.key = config_key_of(section, name);
	setting.text = argument + equals + 1;
	if (setting.key == NULL) {
		log_warnx("-o: unknown key \"%s.%s\" (--dump-config shows all)",
		    section, name);
		return false;
	}
	return add_setting(config, line, &setting);
}

static bool
take(struct config *config, struct config_line *line,
    const struct config_flag *flag, const char *argument)
{
	const bool yes = true;

	switch (flag->kind) {
	case FLAG_SETTING:
		return take_setting(config, line, flag, argument);
	case FLAG_OPTION:
		return take_option(config, line, argument);
	case FLAG_TEXT:
		memcpy(
		    (char *)line + flag->offset, &argument, sizeof(argument));
		break;
	case FLAG_YES:
		memcpy((char *)line + flag->offset, &yes, sizeof(yes));
		break;
	}
	return true;
}

/* What getopt_long() is to know: letters, and long names with their rows. */
struct grammar {
	char letters[2 * FLAGS_MAX + 2];
	struct option names[FLAGS_MAX + 1];
};

static void
write_grammar(struct grammar *grammar)
{
	const struct config_flag *flag;
	size_t letters = 0, names = 0;

	memset(grammar, 0, sizeof(*grammar));
	grammar->letters[letters++] = ':'; /* it is us who complain */
	for (int i = 0; (flag = config_flag_at((size_t)i)) != NULL; i++) {
		assert(i < FLAGS_MAX);
		if (flag->letter != 0) {
			grammar->letters[letters++] = flag->letter;
			if (flag->argument != NULL)
				grammar->letters[letters++] = ':';
		}
		if (flag->name != NULL)
			grammar->names[names++] = (struct option){
				.name = flag->name,
				.has_arg = flag->argument != NULL,
				.val = LONG_BASE + i,
			};
	}
}

static const struct config_flag *
flag_found(int found)
{
	const struct config_flag *flag;

	if (found >= LONG_BASE)
		return config_flag_at((size_t)(found - LONG_BASE));
	for (size_t i = 0; (flag = config_flag_at(i)) != NULL; i++)
		if (flag->letter == found)
			return flag;
	return NULL;
}

/* "-x" for a letter, the whole word for a long one. */
static void
complain(int found, char **argv)
{
	const char *why = "no such flag";

	if (found == ':')
		why = "wants an argument";
	else if (optopt >= LONG_BASE)
		why = "takes no argument";
	if (optopt > 0 && optopt < LONG_BASE)
		log_warnx("-%c: %s (straymail -h shows all)", optopt, why);
	else
		log_warnx(
		    "%s: %s (straymail -h shows all)", argv[optind - 1], why);
}

static const struct config_command *
command_of(const char *name)
{
	const struct config_command *command;

	for (size_t i = 0; (command = config_command_at(i)) != NULL; i++)
		if (strcmp(command->name, name) == 0)
			return command;
	return NULL;
}

static bool
take_command(struct config_line *line, int count, char **words)
{
	if (count == 0)
		return true;
	line->command = command_of(words[0]);
	if (line->command == NULL) {
		log_warnx(
		    "unknown command \"%s\": there are read, watch, list, "
		    "show and doctor",
		    words[0]);
		return false;
	}
	line->arguments = (const char *const *)words + 1;
	line->argument_count = (unsigned)count - 1;
	return true;
}

/* used: a bit for each row of the table that was on the command line. */
static bool
all_go_with(const struct config_command *command, uint32_t used)
{
	const struct config_flag *flag;
	char text[CONFIG_FLAG_TEXT_MAX];

	for (size_t i = 0; (flag = config_flag_at(i)) != NULL; i++) {
		if ((used & 1U << i) == 0 ||
		    (flag->commands & CONFIG_IN(command->command)) != 0)
			continue;
		config_flag_text(flag, text);
		log_warnx("%s does not go with \"%s\" (straymail %s -h shows "
			  "what does)",
		    text, command->name, command->name);
		return false;
	}
	return true;
}

bool
config_line_read(
    struct config *config, int argc, char **argv, struct config_line *ret_line)
{
	struct config_line line = { .command = NULL };
	const struct config_flag *flag;
	struct grammar grammar;
	uint32_t used = 0;
	int found;

	write_grammar(&grammar);
	optind = 0; /* glibc: start all over */
	opterr = 0;
	/* No thread has started.  NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((found = getopt_long(
		    argc, argv, grammar.letters, grammar.names, NULL)) != -1) {
		flag = flag_found(found);
		if (flag == NULL) {
			complain(found, argv);
			return false;
		}
		if (!take(config, &line, flag, optarg))
			return false;
		used |= 1U << (flag - config_flag_at(0));
	}
	if (!take_command(&line, argc - optind, argv + optind))
		return false;
	if (line.command != NULL && !all_go_with(line.command, used))
		return false;
	*ret_line = line;
	return true;
}
