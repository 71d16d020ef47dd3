/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command - the words of one Redis command, each with its length.
 */
#include "output/redis/command.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
command_begin(struct command *command, const char *first, ...)
{
	va_list more;

	command->count = 0;
	command->used = 0;
	command->overflow = false;
	va_start(more, first);
	for (const char *word = first; word != NULL;
	     word = va_arg(more, const char *))
		command_add(command, word);
	va_end(more);
}

void
command_add_bytes(struct command *command, const char *bytes, size_t length)
{
	if (command->count == COMMAND_WORDS_MAX) {
		command->overflow = true;
		return;
	}
	command->word[command->count] = bytes;
	command->length[command->count] = length;
	command->count++;
}

void
command_add(struct command *command, const char *text)
{
	command_add_bytes(command, text, strlen(text));
}

void
command_add_format(struct command *command, const char *format, ...)
{
	char *place = command->room + command->used;
	size_t left = sizeof command->room - command->used;
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(place, left, format, values);
	va_end(values);
	if (length < 0 || (size_t)length >= left) {
		command->overflow = true;
		return;
	}
	command->used += (size_t)length + 1;
	command_add_bytes(command, place, (size_t)length);
}

void
command_add_number(struct command *command, uint64_t number)
{
	command_add_format(command, "%" PRIu64, number);
}
