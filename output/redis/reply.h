/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply - what Redis answered, and what is to be done about it.
 *
 * A reply is read through these functions, which accept any kind (and NULL) and
 * give "nothing" where it is not what was expected: whoever sits at the other
 * end may not be Redis at all.
 */
#ifndef STRAYMAIL_REPLY_H
#define STRAYMAIL_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reply_kind {
	REPLY_NIL,
	REPLY_TEXT,
	REPLY_STATUS,
	REPLY_ERROR,
	REPLY_INTEGER,
	REPLY_ARRAY
};

/* Lent by the client until its next reply. */
struct reply {
	enum reply_kind kind;
	int64_t integer;
	const char *text; /* never NULL; a NUL follows */
	size_t length;
	size_t count; /* of an array */
	const struct reply **items;
};

/* What the sender should do. */
enum reply_class {
	CLASS_OK,
	CLASS_DUP,       /* Redis knew it already */
	CLASS_NOSCRIPT,  /* load the script, say it again */
	CLASS_RETRY,     /* later, on this connection */
	CLASS_RECONNECT, /* later, on a new one */
	CLASS_AUTH,      /* somebody has to change a password or a permission */
	CLASS_POISON     /* never: set it aside and go on */
};

enum reply_class reply_class(const struct reply *reply);

/* The text of a text, status or error; "" for anything else. */
const char *reply_text(const struct reply *reply);

/* A status or text that says exactly this. */
bool reply_says(const struct reply *reply, const char *text);

/* An integer, or a text that is a whole number; 0 for anything else. */
int64_t reply_number(const struct reply *reply);

/* NULL: not an array, or none so far. */
const struct reply *reply_item(const struct reply *reply, size_t i);
size_t reply_count(const struct reply *reply);

#endif
