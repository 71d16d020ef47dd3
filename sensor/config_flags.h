/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_flags - the tables of commands and flags: what there is, what goes
 * with what, and what help says of it.
 */
#ifndef STRAYMAIL_CONFIG_FLAGS_H
#define STRAYMAIL_CONFIG_FLAGS_H

#include "sensor/config.h"

#include <stddef.h>

/* Sets of commands and of formats. */
#define CONFIG_IN(command) (1U << (command))
#define CONFIG_AS(format)  (1U << (format))

struct config_command {
	const char *name;
	const char *arguments; /* as help shows them; "" for none */
	const char *help;
	enum command command;
	unsigned least, most; /* how many arguments */
	unsigned formats;     /* CONFIG_AS() of what it can write */
	const char *more;     /* the last line of its help; NULL: none */
};

enum config_flag_kind {
	FLAG_SETTING, /* another name for a key */
	FLAG_OPTION,  /* -o: names its key itself */
	FLAG_TEXT,    /* its argument goes to a text of struct config_line */
	FLAG_YES,     /* ... and this to a bool */
};

struct config_flag {
	enum config_flag_kind kind;
	char letter;               /* 0: none */
	const char *name;          /* NULL: none; without its dashes */
	const char *argument;      /* NULL: takes none */
	unsigned commands;         /* CONFIG_IN() of those that it goes with */
	const char *section, *key; /* FLAG_SETTING */
	size_t offset;             /* FLAG_TEXT, FLAG_YES */
	const char *help;
};

#define CONFIG_FLAG_TEXT_MAX 64

/* NULL past the last one. */
const struct config_command *config_command_at(size_t i);
const struct config_flag *config_flag_at(size_t i);

/* As one would write it: "-i", "--all". */
void config_flag_text(
    const struct config_flag *flag, char ret_text[CONFIG_FLAG_TEXT_MAX]);

/* The name of a format, and back: NULL and false where there is none. */
const char *config_format_name(enum config_format format);
bool config_format_of(const char *name, enum config_format *ret_format);

#endif
