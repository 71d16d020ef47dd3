/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_help - what -h shows, made from the tables.
 */
#ifndef STRAYMAIL_CONFIG_HELP_H
#define STRAYMAIL_CONFIG_HELP_H

#include "sensor/config_flags.h"

/* To stdout; about one command, or about all where it is NULL. */
void config_help(const struct config_command *command);

#endif
