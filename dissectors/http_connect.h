/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_connect - the two lines of HTTP that a tunnel is made of: what was asked
 * (RFC 9110 9.3.6, RFC 9112 3.2.3) and how it was answered.
 */
#ifndef STRAYMAIL_HTTP_CONNECT_H
#define STRAYMAIL_HTTP_CONNECT_H

#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

struct http_authority {
	struct slice host; /* without the brackets of an IPv6 address */
	uint16_t port;
};

/* "CONNECT host:port HTTP/1.1", without its end; a user before '@' is
 * left out.  False: it is no such line. */
bool http_connect_of(struct slice line, struct http_authority *ret_authority);

/* What was said of a status line so far may become one. */
bool http_status_begins(struct slice got);

/* "HTTP/1.1 200 ...", likewise: 200; 0 where there is no number. */
unsigned http_status_of(struct slice line);

#endif
