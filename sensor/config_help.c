/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_help - a flag that there is, is shown; one that is shown, there is.
 */
#include "sensor/config_help.h"

#include "sensor/doctor/findings.h"

#include <stdio.h>

static void
show_flag(const struct config_flag *flag)
{
	char left[3 * CONFIG_FLAG_TEXT_MAX], text[CONFIG_FLAG_TEXT_MAX];
	const char *argument = flag->argument != NULL ? flag->argument : "";
	const char *blank = flag->argument != NULL ? " " : "";

	config_flag_text(flag, text);
	if (flag->letter != 0 && flag->name != NULL)
		snprintf(left, sizeof(left), "%s, --%s%s%s", text, flag->name,
		    blank, argument);
	else
		snprintf(left, sizeof(left), "%s%s%s", text, blank, argument);
	printf("  %-24s %s\n", left, flag->help);
}

static void
show_formats(unsigned set)
{
	const char *between = "";

	printf("\nformats: ");
	for (unsigned i = CONFIG_FORMAT_TABLE; i <= CONFIG_FORMAT_CSV; i++) {
		if ((set & CONFIG_AS(i)) == 0)
			continue;
		printf(
		    "%s%s", between, config_format_name((enum config_format)i));
		between = ", ";
	}
	printf("\n");
}

static void
help_about(const struct config_command *command)
{
	const struct config_flag *flag;

	printf("usage: straymail %s [FLAG ...]%s%s\n\n%s\n\nflags:\n",
	    command->name, *command->arguments != '\0' ? " " : "",
	    command->arguments, command->help);
	for (size_t i = 0; (flag = config_flag_at(i)) != NULL; i++)
		if ((flag->commands & CONFIG_IN(command->command)) != 0)
			show_flag(flag);
	show_formats(command->formats);
	if (command->command == COMMAND_DOCTOR)
		doctor_help();
	if (command->more != NULL)
		printf("%s\n", command->more);
}

static void
help_about_all(void)
{
	const struct config_command *command;
	const struct config_flag *flag;

	printf("usage: straymail COMMAND [FLAG ...] [ARGUMENT ...]\n\n"
	       "straymail finds mail servers on ports where none should be.\n\n"
	       "commands:\n");
	for (size_t i = 0; (command = config_command_at(i)) != NULL; i++)
		printf("  %-6s %-17s %s\n", command->name, command->arguments,
		    command->help);
	printf("\nflags (straymail COMMAND -h: those of one command):\n");
	for (size_t i = 0; (flag = config_flag_at(i)) != NULL; i++)
		show_flag(flag);
	printf("\nexit codes: 0 fine, 1 error, 2 usage or configuration,\n"
	       "3 a capture was read only in part, 10 findings "
	       "(--fail-on-findings); straymail doctor -h has its own\n");
}

void
config_help(const struct config_command *command)
{
	if (command != NULL)
		help_about(command);
	else
		help_about_all();
}
