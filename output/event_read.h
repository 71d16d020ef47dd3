/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_read - servers out of lines of events, and into lines of JSON again.
 *
 * The reading half of event.c; a file of events may have been cut, joined or
 * written by somebody else, so a line is read as far as it makes sense.
 */
#ifndef STRAYMAIL_EVENT_READ_H
#define STRAYMAIL_EVENT_READ_H

#include "output/registry/known.h"

#include <stddef.h>

enum event_line {
	EVENT_OF_SERVER, /* ret_server is what it says */
	EVENT_OTHER,     /* an event about something else */
	EVENT_BAD,       /* no event; ret_why says what is wrong */
};

#define EVENT_WHY_MAX 160

enum event_line event_read(const char *line, size_t length,
    struct known *ret_server, char ret_why[EVENT_WHY_MAX]);

/* One line without its newline (straymail.server/1), from malloc; NULL: no
 * memory. */
char *known_json(const struct known *known);

#endif
