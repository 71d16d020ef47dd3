/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_lists - each begins anew: what is said replaces what was.
 */
#include "sensor/config_lists.h"

#include "sensor/config_decap.h"
#include "sensor/config_text.h"
#include "sensor/config_values.h"

#define PORT_MAX 65535

bool
config_list_interfaces(
    struct config *config, const struct config_key *key, const char *text)
{
	char item[CONFIG_ITEM_MAX];

	(void)key;
	config->output.interfaces = config_keep(config, text);
	if (config->output.interfaces == NULL)
		return false;
	config->interface_count = 0;
	while (config_item(&text, item)) {
		const char *kept;

		if (item[0] == '\0' ||
		    config->interface_count == CONFIG_INTERFACES_MAX)
			return false;
		kept = config_keep(config, item);
		if (kept == NULL)
			return false;
		config->interfaces[config->interface_count++] = kept;
	}
	return true;
}

bool
config_list_decap(
    struct config *config, const struct config_key *key, const char *text)
{
	(void)key;
	return config_decap(text, config->decap);
}

bool
config_list_ports(
    struct config *config, const struct config_key *key, const char *text)
{
	struct output_options *output = &config->output;
	char item[CONFIG_ITEM_MAX];
	uint64_t port;

	(void)key;
	output->standard_port_count = 0;
	while (config_item(&text, item)) {
		if (!config_number(item, &port) || port < 1 ||
		    port > PORT_MAX ||
		    output->standard_port_count == OPTIONS_PORTS_MAX)
			return false;
		output->standard_ports[output->standard_port_count++] =
		    (uint16_t)port;
	}
	return output->standard_port_count > 0;
}

bool
config_list_networks(
    struct config *config, const struct config_key *key, const char *text)
{
	struct output_options *output = &config->output;
	char item[CONFIG_ITEM_MAX];

	(void)key;
	output->internal_count = 0;
	while (config_item(&text, item)) {
		if (output->internal_count == OPTIONS_NETWORKS_MAX ||
		    !network_parse(
			item, &output->internal[output->internal_count]))
			return false;
		output->internal_count++;
	}
	return true;
}
