/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_keys - the table of settings: name, meaning, default, where it goes.
 *
 * The INI file, -o, --dump-config and the example in dist/ all read this one
 * table, so they cannot disagree.
 */
#ifndef STRAYMAIL_CONFIG_KEYS_H
#define STRAYMAIL_CONFIG_KEYS_H

#include "sensor/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_KEYS_MAX   32
#define CONFIG_ORIGIN_MAX 320

struct config_key {
	const char *section, *name;
	/* Reads text into config at offset; false: it is none of these. */
	bool (*parse)(struct config *config, const struct config_key *key,
	    const char *text);
	size_t offset;
	uint64_t least, most; /* of a number, size or duration */
	const char *standard; /* the default, as one would write it */
	const char *wants;    /* "a size from 1M to 2G" */
	const char *help;
};

/* A configuration in the making, and where each of its values is from. */
struct config_draft {
	struct config *config;
	const char *text[CONFIG_KEYS_MAX];
	const char *origin[CONFIG_KEYS_MAX];
};

/* NULL past the last one. */
const struct config_key *config_key_at(size_t i);

/* NULL: no such key. */
const struct config_key *config_key_of(const char *section, const char *name);

/* Whether it takes several values, divided by commas. */
bool config_key_is_list(const struct config_key *key);

/* What a key is set to now. */
const char *config_key_text(
    const struct config_draft *draft, const struct config_key *key);

/* False after it has said why.  origin: "straymail.conf:7", "-o". */
bool config_key_set(struct config_draft *draft, const struct config_key *key,
    const char *text, const char *origin);

/* Sets everything to its default; false: no memory. */
bool config_key_defaults(struct config_draft *draft);

/* --dump-config: an INI file, with each value's origin as a remark. */
void config_key_dump(const struct config_draft *draft);

#endif
