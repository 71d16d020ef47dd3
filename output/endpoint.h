/* SPDX-License-Identifier: Apache-2.0 */
/*
 * endpoint - an address and a port, as people name them.
 */
#ifndef STRAYMAIL_ENDPOINT_H
#define STRAYMAIL_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Plain value without padding: two are equal when their bytes are. */
struct endpoint {
	uint8_t address[16]; /* network order; IPv4 in the first four, rest 0 */
	uint16_t port;       /* host order */
	uint16_t family;     /* 4 or 6; 0: a name stands for the address */
};

#define ENDPOINT_TEXT_MAX 64
#define ENDPOINT_NAME_MAX 48

/* "10.0.0.5" or "2001:db8::1" (RFC 5952). */
void endpoint_address_text(
    const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX]);

/* "10.0.0.5:2525" or "[2001:db8::1]:26". */
void endpoint_text(
    const struct endpoint *endpoint, char ret_text[ENDPOINT_TEXT_MAX]);

/* The same, where a name may stand for the address: "mx.example:2525".  name: ""
 * where it does not. */
void endpoint_named_text(const struct endpoint *endpoint, const char *name,
    char ret_text[ENDPOINT_TEXT_MAX]);

/*
 * What somebody asked a proxy for, as bytes from the network: an address where
 * it is written as one, and a name otherwise.  Names are made fit to be part of
 * a key: small letters, digits, '.' and '-'; anything else becomes '_', a final
 * dot is left out, and what is too long is cut.  So two names may become one,
 * but never an address.  Only address and family of ret_endpoint are set.
 */
void endpoint_of_host(const void *host, size_t len,
    struct endpoint *ret_endpoint, char ret_name[ENDPOINT_NAME_MAX]);

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
