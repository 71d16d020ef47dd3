/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command - the words of one Redis command, each with its length.
 *
 * Texts are never pasted into a command line, so whatever they contain they
 * remain one word.  The number of words and the room for made-up ones (numbers,
 * addresses) are fixed; a command that does not fit says so and is not sent.
 */
#ifndef STRAYMAIL_COMMAND_H
#define STRAYMAIL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_WORDS_MAX 768
#define COMMAND_ROOM      24576

struct command {
	size_t count;
	bool overflow; /* too many words, or no room */
	const char *word[COMMAND_WORDS_MAX];
	size_t length[COMMAND_WORDS_MAX];
	size_t used;
	char room[COMMAND_ROOM];
};

/* Forgets what was there and starts with the words given, up to a NULL. */
__attribute__((sentinel)) void command_begin(
    struct command *command, const char *first, ...);

/* The text is borrowed until the command was handed to the client. */
void command_add(struct command *command, const char *text);
void command_add_bytes(
    struct command *command, const char *bytes, size_t length);

void command_add_number(struct command *command, uint64_t number);

/* A word made of others; it is kept in the command's own room. */
__attribute__((format(printf, 2, 3))) void command_add_format(
    struct command *command, const char *format, ...);

#endif
