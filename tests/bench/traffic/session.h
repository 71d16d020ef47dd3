/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session - one connection of the generated traffic, a packet at a time.
 */
#ifndef STRAYMAIL_BENCH_SESSION_H
#define STRAYMAIL_BENCH_SESSION_H

#include "tests/bench/traffic/writer.h"

#include <stdbool.h>
#include <stdint.h>

enum session_kind {
	SESSION_TLS,      /* much of it is the server's */
	SESSION_HTTP,     /* likewise */
	SESSION_ASKED,    /* a question and an answer of no known protocol */
	SESSION_DNS,      /* UDP */
	SESSION_FTP,      /* greets as a mail server does, and is none */
	SESSION_MAIL,     /* a mail's body is the client's */
	SESSION_STARTTLS, /* the same, unseen */
	SESSION_SYN,      /* one packet, and no answer */
};

#define SESSION_KINDS (SESSION_SYN + 1)

struct session {
	enum session_kind kind;
	uint32_t address[2]; /* client, server */
	uint16_t port[2];
	uint32_t seq[2];
	uint32_t left;   /* bytes yet to send of its bulk */
	uint32_t at;     /* ... and sent of the text whose turn it is */
	uint16_t turn;   /* of its script */
	uint8_t step;    /* of the handshake, or of the farewell */
	uint8_t unheard; /* segments since the last acknowledgement */
};

bool session_is_mail(enum session_kind kind);

/* Its next packet; segments of at most that many bytes.  False: it was over,
 * and there was none. */
bool session_advance(
    struct session *session, struct writer *writer, uint32_t segment);

#endif
