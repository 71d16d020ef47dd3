/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_decap - which UDP ports carry tunnels: capture.decap.
 */
#include "sensor/config_decap.h"

#include "sensor/config_values.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define PORT_MAX     65535

static const struct {
	const char *name;
	enum decap_kind kind;
} kinds[] = {
	{ "vxlan", DECAP_VXLAN },
	{ "vxlan-gpe", DECAP_VXLAN_GPE },
	{ "geneve", DECAP_GENEVE },
	{ "gtpu", DECAP_GTPU },
	{ "tzsp", DECAP_TZSP },
	{ "teredo", DECAP_TEREDO },
	{ "l2tp", DECAP_L2TP },
	{ "gre", DECAP_GRE },
	{ "mpls", DECAP_MPLS },
};

static enum decap_kind
kind_of(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return DECAP_NONE;
}

/* "vxlan:4789", or "8472" of the kind before. */
static bool
parse_item(
    char item[CONFIG_ITEM_MAX], enum decap_kind before, struct decap *ret_decap)
{
	char *colon = strchr(item, ':');
	enum decap_kind kind = before;
	uint64_t port;

	if (colon != NULL) {
		*colon = '\0';
		kind = kind_of(item);
	}
	if (kind == DECAP_NONE ||
	    !config_number(colon != NULL ? colon + 1 : item, &port) ||
	    port < 1 || port > PORT_MAX)
		return false;
	*ret_decap = (struct decap){ .port = (uint16_t)port, .kind = kind };
	return true;
}

static bool
has_port(const struct decap *decap, size_t count, uint16_t port)
{
	for (size_t i = 0; i < count; i++)
		if (decap[i].port == port)
			return true;
	return false;
}

bool
config_decap(const char *text, struct decap ret_decap[DECAP_PORTS_MAX])
{
	struct decap read[DECAP_PORTS_MAX] = { 0 }, one = { 0 };
	char item[CONFIG_ITEM_MAX];
	size_t count = 0;

	while (config_item(&text, item)) {
		if (count == DECAP_PORTS_MAX ||
		    !parse_item(item, one.kind, &one) ||
		    has_port(read, count, one.port))
			return false;
		read[count++] = one;
	}
	memcpy(ret_decap, read, sizeof(read));
	return true;
}
