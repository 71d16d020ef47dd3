/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known - a server as people read it back, from Redis or from a file of events.
 *
 * Texts are printable ASCII: whatever wrote them, they cannot harm a terminal.
 */
#ifndef STRAYMAIL_KNOWN_H
#define STRAYMAIL_KNOWN_H

#include "output/redis/keys.h"
#include "output/sanitize.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KNOWN_WORD_MAX 64
#define KNOWN_LINE_MAX 320

struct known {
	char id[SERVER_ID_MAX]; /* "default/10.0.0.5:2525" */
	char site[KEY_NAME_MAX];
	char ip[ENDPOINT_TEXT_MAX];
	char state[KNOWN_WORD_MAX], state_by[KNOWN_WORD_MAX];
	char state_note[KNOWN_LINE_MAX];
	char severity[KNOWN_WORD_MAX];
	char verdict[KNOWN_WORD_MAX], variant[KNOWN_WORD_MAX];
	char software[KNOWN_WORD_MAX], version[KNOWN_WORD_MAX];
	char banner[SANITIZE_MAX], ehlo[SANITIZE_MAX];
	char starttls[KNOWN_WORD_MAX], auth[SANITIZE_MAX];
	char evidence[KNOWN_LINE_MAX], flags[KNOWN_LINE_MAX];
	char reasons[KNOWN_LINE_MAX]; /* "auth_cleartext+20 ..." */
	char hint[KNOWN_WORD_MAX], ndpi[KNOWN_WORD_MAX];
	char name[KNOWN_WORD_MAX], community_id[KNOWN_WORD_MAX];
	char last_sensor[KEY_NAME_MAX];
	char said_at[KNOWN_WORD_MAX]; /* an event's timestamp; "" from Redis */
	bool auth_cleartext;
	bool standard; /* on a standard port: no finding */
	uint64_t port, score;
	/* What one sensor has counted: of several, the most. */
	uint64_t flows, suspected_flows;
	uint64_t messages, bytes, clients, sensors;
	uint64_t first_seen_ms, last_seen_ms;
};

/* Puts a text into one of the fields above: what is not printable becomes a
 * question mark, and what is too long is cut off. */
void known_text(char *field, size_t cap, const char *text, size_t length);

/* Not proven: shown apart. */
bool known_suspected(const struct known *known);

struct known_list {
	struct known *servers;
	size_t count, cap;
	uint32_t *index; /* number + 1 by the hash of the id; 0: free */
	size_t slots;    /* a power of two, at least twice the servers */
};

/* More than any sensor keeps: a file may name as many as it likes. */
#define KNOWN_MOST 262144

/* The server of this id, made (all zero but the id) if it is not there.  NULL:
 * no memory, or too many.  Pointers to others do not outlive the call. */
struct known *known_of(struct known_list *list, const char *id);
void known_free(struct known_list *list);

/* Highest score first, then the one seen last; known_of() no longer works. */
void known_sort(struct known_list *list);

#define KNOWN_TIME_MAX 40
/* "2026-11-24T03:10:15Z"; "" for 0. */
void known_time(uint64_t when_ms, char ret_text[KNOWN_TIME_MAX]);

#endif
