/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play - a dialog as the packets of one TCP connection, not yet written: a
 * test may cut, double and reorder them first.
 *
 * Each packet acknowledges what the other side said before it, as it would
 * where nothing is lost.  The order of the packets is that of the dialog.
 */
#ifndef STRAYMAIL_TEST_PLAY_H
#define STRAYMAIL_TEST_PLAY_H

#include "tests/support/dialog_file.h"
#include "tests/support/talk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct play {
	struct talk_shot *shot;
	size_t count, room;
	uint32_t seq[2]; /* of each side's next byte */
	size_t used;     /* of `bytes`, which all packets borrow from */
	char bytes[1 << 19];
};

/* The play is begun anew; its packets are its own until then. */
void play_begin(struct play *play, uint32_t client_isn, uint32_t server_isn);
void play_free(struct play *play);

void play_packet(struct play *play, enum talker from, uint8_t flags,
    const void *bytes, size_t len);

/* SYN, SYN-ACK, ACK; `first` sends the SYN. */
void play_connect(struct play *play, enum talker first);
/* FIN from both, each acknowledged. */
void play_hang_up(struct play *play, enum talker first);

struct play_manner {
	bool bytewise;  /* one byte a segment */
	bool other_end; /* LF for CRLF, and the other way round */
};

/* The whole connection; TALK_SERVER is who is written as S. */
void play_dialog(struct play *play, const struct dialog_case *of,
    const struct play_manner *manner);

/* Its packets, in their order, on the talk's ports. */
void play_write(const struct play *play, struct talk *talk);

/*
 * A dialog cannot be played as packets where it begins in the middle for
 * another reason than a missing handshake.
 */
bool play_can(const struct dialog_case *of);

#endif
