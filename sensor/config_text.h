/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_text - the texts that a configuration owns.
 *
 * Values come from argv, from files that are closed again and from host names;
 * what is kept of them lives as long as the configuration.
 */
#ifndef STRAYMAIL_CONFIG_TEXT_H
#define STRAYMAIL_CONFIG_TEXT_H

#include "sensor/config.h"

/* A copy that lives as long as config; NULL after it has said why. */
const char *config_keep(struct config *config, const char *text);

/* Frees all copies. */
void config_forget(struct config *config);

#endif
