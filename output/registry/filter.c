/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - which servers a person wants to see.
 */
#include "output/registry/filter.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* What may follow "is:". */
static const char *const states[] = { "suspected", "confirmed", "refuted",
	"new", "acknowledged", "approved", "resolved", "regressed" };

static bool
is_number(const char *value)
{
	return value[0] != '\0' && strlen(value) <= 5 &&
	    value[strspn(value, "0123456789")] == '\0' &&
	    strtoul(value, NULL, 10) <= UINT16_MAX;
}

static bool
is_state(const char *value)
{
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i], value) == 0)
			return true;
	return false;
}

static bool
is_text(const char *value)
{
	return value[0] != '\0';
}

static bool
has_port(const struct known *known, const char *value)
{
	return known->port == strtoul(value, NULL, 10);
}

static bool
has_state(const struct known *known, const char *value)
{
	return strcmp(known->verdict, value) == 0 ||
	    strcmp(known->state, value) == 0;
}

static bool
has_software(const struct known *known, const char *value)
{
	return strcasestr(known->software, value) != NULL;
}

static bool
has_site(const struct known *known, const char *value)
{
	return strcmp(known->site, value) == 0;
}

static const struct filter {
	const char *name;
	bool (*fit)(const char *value);
	bool (*holds)(const struct known *known, const char *value);
} kinds[] = {
	{ "port:", is_number, has_port },
	{ "is:", is_state, has_state },
	{ "sw:", is_text, has_software },
	{ "site:", is_text, has_site },
};

/* NULL: there is no such filter. */
static const struct filter *
kind_of(const char *text, const char **ret_value)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t length = strlen(kinds[i].name);

		if (strncmp(kinds[i].name, text, length) == 0) {
			*ret_value = text + length;
			return &kinds[i];
		}
	}
	return NULL;
}

const char *
filter_wrong(const char *const *filters, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const char *value = "";
		const struct filter *kind = kind_of(filters[i], &value);

		if (kind == NULL || !kind->fit(value))
			return filters[i];
	}
	return NULL;
}

bool
filter_has(
    const char *const *filters, unsigned count, const struct known *known)
{
	/* What turned out not to be mail is shown to whoever asks for it. */
	bool refuted = strcmp(known->verdict, "refuted") == 0;

	for (unsigned i = 0; i < count; i++) {
		const char *value = "";
		const struct filter *kind = kind_of(filters[i], &value);

		if (kind == NULL || !kind->holds(known, value))
			return false;
		if (strcmp(filters[i], "is:refuted") == 0)
			refuted = false;
	}
	return !refuted;
}
