/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_lists - settings of several values, divided by commas.
 *
 * Each is an array of struct config and its count, and knows where that is: the
 * key says nothing.  False: an item is none of these, or there are too many.
 */
#ifndef STRAYMAIL_CONFIG_LISTS_H
#define STRAYMAIL_CONFIG_LISTS_H

#include "sensor/config_keys.h"

#include <stdbool.h>

bool config_list_interfaces(
    struct config *config, const struct config_key *key, const char *text);
bool config_list_decap(
    struct config *config, const struct config_key *key, const char *text);
bool config_list_ports(
    struct config *config, const struct config_key *key, const char *text);
bool config_list_networks(
    struct config *config, const struct config_key *key, const char *text);

#endif
