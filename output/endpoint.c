/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint - an address and a port, as people name them.
 */
#include "output/endpoint.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two endpoints are compared by their bytes, so there may be no padding. */
static_assert(sizeof(struct endpoint) == 20, "an endpoint has no padding");
static_assert(INET6_ADDRSTRLEN + sizeof("[]:65535") <= ENDPOINT_TEXT_MAX,
    "the longest endpoint fits");

static int
address_family(uint16_t family)
{
	return family == 6 ? AF_INET6 : AF_INET;
}

void
endpoint_address_text(
    const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX])
{
	inet_ntop(address_family(endpoint->family), endpoint->address, ret_text,
	    ENDPOINT_TEXT_MAX);
}

void
endpoint_text(const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX])
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(address_family(endpoint->family), endpoint->address, address,
	    sizeof(address));
	snprintf(ret_text, ENDPOINT_TEXT_MAX,
	    endpoint->family == 6 ? "[%s]:%u" : "%s:%u", address,
	    (unsigned)endpoint->port);
}

void
endpoint_named_text(const struct endpoint *endpoint, const char *name,
    char ret_text[ENDPOINT_TEXT_MAX])
{
	static_assert(ENDPOINT_NAME_MAX + sizeof(":65535") <= ENDPOINT_TEXT_MAX,
	    "the longest name fits");
	if (endpoint->family != 0)
		endpoint_text(endpoint, ret_text);
	else
		snprintf(ret_text, ENDPOINT_TEXT_MAX, "%.*s:%u",
		    ENDPOINT_NAME_MAX - 1, name, (unsigned)endpoint->port);
}

static char
fit_for_a_name(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	    c == '-')
		return (char)c;
	return '_';
}

/* As it stands on the wire: no NUL, and perhaps no text. */
static bool
is_address(const uint8_t *host, size_t len, struct endpoint *ret_endpoint)
{
	char text[INET6_ADDRSTRLEN];
	uint16_t family = memchr(host, ':', len) != NULL ? 6 : 4;
	struct endpoint found = { .family = family };

	if (len >= sizeof(text) || memchr(host, 0, len) != NULL)
		return false;
	memcpy(text, host, len);
	text[len] = '\0';
	if (inet_pton(address_family(family), text, found.address) != 1)
		return false;
	memcpy(ret_endpoint->address, found.address, sizeof(found.address));
	ret_endpoint->family = family;
	return true;
}

void
endpoint_of_host(const void *host, size_t len, struct endpoint *ret_endpoint,
    char ret_name[ENDPOINT_NAME_MAX])
{
	const uint8_t *bytes = host;

	memset(ret_name, 0, ENDPOINT_NAME_MAX);
	if (len > 1 && bytes[len - 1] == '.')
		len--;
	if (is_address(bytes, len, ret_endpoint))
		return;
	memset(ret_endpoint->address, 0, sizeof(ret_endpoint->address));
	ret_endpoint->family = 0;
	for (size_t i = 0; i < len && i < ENDPOINT_NAME_MAX - 1; i++)
		ret_name[i] = fit_for_a_name(bytes[i]);
	if (len == 0)
		ret_name[0] = '_';
}

/* The digits behind the slash; a bare address is a network of one. */
static bool
prefix_parse(const char *text, uint16_t most, uint16_t *ret_prefix)
{
	unsigned long prefix;
	char *end;

	if (text == NULL) {
		*ret_prefix = most;
		return true;
	}
	/* strtoul would take a sign or blanks */
	if (*text < '0' || *text > '9')
		return false;
	prefix = strtoul(text, &end, 10);
	if (*end != '\0' || prefix > most)
		return false;
	*ret_prefix = (uint16_t)prefix;
	return true;
}

bool
network_parse(const char *text, struct network *ret_network)
{
	struct network network = { 0 };
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';

	network.family = strchr(address, ':') != NULL ? 6 : 4;
	if (inet_pton(
		address_family(network.family), address, network.address) != 1)
		return false;
	if (!prefix_parse(slash != NULL ? slash + 1 : NULL,
		network.family == 6 ? 128 : 32, &network.prefix))
		return false;
	*ret_network = network;
	return true;
}

bool
network_has(const struct network *network, const struct endpoint *endpoint)
{
	size_t whole = network->prefix / 8;
	unsigned bits = network->prefix % 8;
	unsigned differ;

	if (network->family != endpoint->family)
		return false;
	if (memcmp(network->address, endpoint->address, whole) != 0)
		return false;
	if (bits == 0)
		return true;
	differ = network->address[whole] ^ endpoint->address[whole];
	return differ >> (8 - bits) == 0;
}
