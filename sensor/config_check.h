/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_check - settings that are each well and do not go together, and what
 * follows from them.
 */
#ifndef STRAYMAIL_CONFIG_CHECK_H
#define STRAYMAIL_CONFIG_CHECK_H

#include "sensor/config.h"
#include "sensor/config_line.h"

#include <stdbool.h>

/* All that follows connections fits into flows.memory; false after it has
 * shown the sum. */
bool config_check_memory(struct config *config);

/* The command has what it needs: arguments, interfaces, somewhere to look. */
bool config_check_command(
    const struct config *config, const struct config_line *line);

/* What goes to stdout: as asked, or as the command and the terminal have it. */
bool config_check_format(struct config *config, const struct config_line *line);

#endif
