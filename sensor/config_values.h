/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_values - what a setting's text means: numbers, sizes, durations,
 * lists.
 *
 * All say false for a text that is none and leave the value as it was.
 */
#ifndef STRAYMAIL_CONFIG_VALUES_H
#define STRAYMAIL_CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_ITEM_MAX 128

/* Digits only. */
bool config_number(const char *text, uint64_t *ret_number);

/* "65536", "64K", "64M", "2G": powers of 1024. */
bool config_size(const char *text, uint64_t *ret_bytes);

/* "500ms", "10s", "5m", "2h", "7d"; a unit there must be. */
bool config_duration(const char *text, uint64_t *ret_ms);

/* Letters, digits, '.', '-' and '_', at least one: fit for a key in Redis. */
bool config_is_name(const char *text);

/*
 * Takes the next item off a list with commas and trims it; *rest is moved
 * behind it.  False: there is none left.  An item that does not fit comes out
 * empty, as does one that is: no list has a use for those.
 */
bool config_item(const char **rest, char ret_item[CONFIG_ITEM_MAX]);

#endif
