/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_values - no strtoull(): it takes blanks, signs and overflows for
 * numbers.
 */
#include "sensor/config_values.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "K", UINT64_C(1) << 10 },
	{ "M", UINT64_C(1) << 20 },
	{ "G", UINT64_C(1) << 30 },
};

static const struct unit durations[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60000 },
	{ "h", 3600000 },
	{ "d", 86400000 },
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits that text begins with; returns what stands behind them, or NULL
 * where there is no digit or too many. */
static const char *
digits(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++) {
		const uint64_t digit = (uint64_t)(*text - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return NULL;
		number = number * 10 + digit;
	}
	*ret_number = number;
	return text;
}

static bool
with_unit(const char *text, const struct unit *units, size_t count,
    uint64_t *ret_value)
{
	uint64_t number = 0;
	const char *unit = digits(text, &number);

	for (size_t i = 0; unit != NULL && i < count; i++) {
		if (strcmp(unit, units[i].name) != 0)
			continue;
		if (number > UINT64_MAX / units[i].factor)
			return false;
		*ret_value = number * units[i].factor;
		return true;
	}
	return false;
}

bool
config_number(const char *text, uint64_t *ret_number)
{
	return with_unit(text, sizes, 1, ret_number);
}

bool
config_size(const char *text, uint64_t *ret_bytes)
{
	return with_unit(text, sizes, COUNT(sizes), ret_bytes);
}

bool
config_duration(const char *text, uint64_t *ret_ms)
{
	return with_unit(text, durations, COUNT(durations), ret_ms);
}

bool
config_is_name(const char *text)
{
	static const char fit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789.-_";

	return *text != '\0' && text[strspn(text, fit)] == '\0';
}

bool
config_item(const char **rest, char ret_item[CONFIG_ITEM_MAX])
{
	static const char blanks[] = " \t\r\n";
	const char *item = *rest;
	size_t len;

	if (item == NULL || *item == '\0')
		return false;
	len = strcspn(item, ",");
	*rest = item[len] == ',' ? item + len + 1 : NULL;
	while (len > 0 && strchr(blanks, *item) != NULL) {
		item++;
		len--;
	}
	while (len > 0 && strchr(blanks, item[len - 1]) != NULL)
		len--;
	if (len >= CONFIG_ITEM_MAX)
		len = 0;
	memcpy(ret_item, item, len);
	ret_item[len] = '\0';
	return true;
}
