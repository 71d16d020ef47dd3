/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint - an address and a port, as people name them.
 */
#ifndef STRAYMAIL_ENDPOINT_H
#define STRAYMAIL_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

/* Plain value without padding: two are equal when their bytes are. */
struct endpoint {
	uint8_t address[16]; /* network order; IPv4 in the first four, rest 0 */
	uint16_t port;       /* host order */
	uint16_t family;     /* 4 or 6 */
};

#define ENDPOINT_TEXT_MAX 64

/* "10.0.0.5" or "2001:db8::1" (RFC 5952). */
void endpoint_address_text(
    const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX]);

/* "10.0.0.5:2525" or "[2001:db8::1]:26". */
void endpoint_text(
    const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX]);

/* A network, for policies and for what is internal. */
struct network {
	uint8_t address[16];
	uint16_t family;
	uint16_t prefix; /* bits */
};

/* Reads "10.0.0.0/8", "fc00::/7" or a bare address; false: it is none. */
bool network_parse(const char *text, struct network *ret_network);
bool network_has(
    const struct network *network, const struct endpoint *endpoint);

#endif
