/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy - which ports are a mail server's own, and what is internal.
 *
 * Judged on the server's port only: standard (counted, never a finding),
 * alternative (known habits of known software: lower score, and a hint that
 * names the usual user), or odd.
 */
#ifndef STRAYMAIL_POLICY_H
#define STRAYMAIL_POLICY_H

#include "output/endpoint.h"
#include "output/options.h"

enum port_class {
	PORT_STANDARD,
	PORT_ALTERNATIVE,
	PORT_ODD
};

enum port_class policy_port_class(
    const struct output_options *options, uint16_t port);

/* Who usually sits on an alternative port: "content filter"; NULL: nobody. */
const char *policy_port_hint(uint16_t port);

/* The software is one that has its habit on this alternative port. */
bool policy_port_fits(uint16_t port, const char *software);

/* Another well-known service lives there: 22, 53, 80, 443 ... */
bool policy_port_taken(uint16_t port);

enum direction {
	DIRECTION_INTERNAL,
	DIRECTION_INBOUND,
	DIRECTION_OUTBOUND,
	DIRECTION_EXTERNAL
};

/* From the client to the server; one end that is not internal is outside. */
enum direction policy_direction(const struct output_options *options,
    const struct endpoint *client, const struct endpoint *server);
const char *policy_direction_name(enum direction direction);

#endif
