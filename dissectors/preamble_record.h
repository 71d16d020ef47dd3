/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble_record - the records that preambles are made of, one a stage.
 *
 * preamble.c walks through them; what they look like is known here alone.
 */
#ifndef STRAYMAIL_PREAMBLE_RECORD_H
#define STRAYMAIL_PREAMBLE_RECORD_H

#include "dissectors/preamble.h"

enum preamble_stage {
	STAGE_DIALOG,  /* what the side says is the dialog's */
	STAGE_OPENING, /* the client's next bytes may begin a preamble */
	STAGE_WAIT,    /* the server's may answer one that is not known yet */
	STAGE_HOLD,    /* ... or come from whom nobody was asked for yet */
	STAGE_V1,
	STAGE_V2,
	STAGE_V2_REST,
	STAGE_4_REQUEST,
	STAGE_4_USER,
	STAGE_4_NAME,
	STAGE_4_REPLY,
	STAGE_5_METHODS,
	STAGE_5_LOGIN, /* or a request without one */
	STAGE_5_USER,
	STAGE_5_PASSWORD_LEN,
	STAGE_5_PASSWORD,
	STAGE_5_REQUEST,
	STAGE_5_METHOD,
	STAGE_5_STATUS,
	STAGE_5_REPLY,
	STAGE_CONNECT,
	STAGE_CONNECT_LINE, /* where a header line begins, ... */
	STAGE_CONNECT_TEXT, /* ... and behind its first byte */
	STAGE_STATUS,
	STAGE_STATUS_LINE,
	STAGE_STATUS_TEXT,
	STAGE_SEEK, /* the next status line, behind an answer that is none */

	/* what a record may end in, beside another */
	STAGE_DONE,    /* the preamble, or the answer to it, is whole */
	STAGE_NOT,     /* it was none */
	STAGE_REFUSED, /* the proxy said no */
};

#define STAGES STAGE_DONE

/* How a record is taken from the stream. */
enum preamble_way {
	WAY_GATHER, /* kept until it is whole */
	WAY_PASS,   /* `left` bytes passed over */
	WAY_TEXT,   /* text of at most `left` bytes passed over, to its NUL */
	WAY_HEADER, /* header lines, `left` bytes at most */
	WAY_SEEK,   /* `left` bytes at most, to where a status line begins */
};

struct preamble_record {
	/*
	 * WAY_GATHER: how long the record is that begins with got; more than
	 * got.len where that cannot be told, or is not there, yet; 0: it is no
	 * such record.
	 */
	size_t (*length)(struct slice got);
	/* It is whole: what comes next.  The record is empty where it was not
	 * kept. */
	enum preamble_stage (*next)(
	    struct preamble *preamble, struct slice record);
	/* WAY_HEADER: what follows a line's end, and any other byte */
	enum preamble_stage at_line_end, in_line;
	enum preamble_way way;
	bool lasting; /* what was gathered begins the next record as well */
};

/* Of a stage before STAGES, but STAGE_DIALOG. */
const struct preamble_record *preamble_record(enum preamble_stage stage);

/* To whom the tunnel leads that is being asked for. */
void preamble_aim(struct preamble *preamble, enum preamble_host kind,
    struct slice host, uint16_t port);

/* The proxy wants a password: who asks again does so in place of the first.
 * False: two preambles deep nobody does. */
bool preamble_again(struct preamble *preamble);

/* Where the answer to that kind begins; STAGE_DONE: nobody answers it. */
enum preamble_stage preamble_answer(enum via via);

#endif
