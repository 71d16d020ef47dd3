/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog - the front door of the dissectors: two sides heard, one verdict.
 *
 * A dialog is one TCP connection as its two ordered byte streams.  It is told
 * what each side said, where bytes are missing and which side moved; it never
 * learns ports, addresses or the time.  The memory is the caller's; a dialog
 * allocates nothing, and only one that was given an nDPI needs dialog_wipe().
 *
 * Confirmed, it goes on to count messages, recipients and reply codes and to
 * look for STARTTLS, and lines may be cut anywhere; so the memory stays what it
 * is until the end, and only the second opinion is given up.  Refuted or
 * undecided, nothing of it is needed any more.
 *
 * What a mail server is, and when we may say so, is decided by evidence.c; who
 * serves is decided by what is said: the handshake's answer first, content
 * where it contradicts (RFC 5321 3.1: the server greets).
 */
#ifndef STRAYMAIL_DIALOG_H
#define STRAYMAIL_DIALOG_H

#include "dissectors/budget.h"
#include "dissectors/decoys.h"
#include "dissectors/echo.h"
#include "dissectors/evidence.h"
#include "dissectors/line.h"
#include "dissectors/preamble.h"
#include "dissectors/roles.h"
#include "dissectors/side.h"
#include "dissectors/slice.h"
#include "dissectors/smtp_session.h"

#include <stdbool.h>
#include <stdint.h>

struct ndpi;
struct ndpi_opinion;

/* How a dialog began. */
struct dialog_opening {
	bool handshake; /* SYN or SYN-ACK was seen: the sides are TCP's */
	bool midstream; /* the first bytes of the connection were not seen */
	/* Borrowed, may be NULL: from the first line that SMTP may have a
	 * second opinion hears the same, and is never asked for a verdict. */
	struct ndpi *ndpi;
};

/* What a call changed, for the caller to tell or to act on. */
enum dialog_news {
	NEWS_NONE,
	NEWS_FACTS,   /* something worth an update: TLS begun, AUTH, software */
	NEWS_VERDICT, /* the verdict has changed */
};

/* What dialog.c keeps of one side. */
struct dialog_side {
	struct budget budget;
	uint16_t acks; /* how often it acknowledged more than before */
	uint8_t gate;  /* enum gate; GATE_MORE until its bytes are judged */
	bool seen;     /* any packet of it */
	bool begun;    /* a line of it was heard */
	bool junk;     /* it said control bytes */
	bool heard;    /* some of what it said */
	bool lost;     /* it said more than was seen */
};

/* Plain, so that a pool can hold it; what is not marked is dialog.c's own. */
struct dialog {
	struct smtp_session session; /* facts, heard, server: yours to read */
	struct line_splitter line[SIDES];
	struct ndpi *ndpi;
	struct ndpi_opinion
	    *opinion;         /* NULL: none yet, none free, or given up */
	const char *opined;   /* ... what it was then; NULL: nothing */
	enum verdict verdict; /* yours to read */
	struct dialog_side side[SIDES];
	struct echo echo;
	uint32_t progress;
	struct preamble preamble; /* yours: what came before it */
	struct roles roles;
	uint8_t label; /* yours: enum label, who it is instead, where known */
	uint32_t weighed[2]; /* heard and cases when rule was last asked for */
	uint8_t rule;        /* which evidence_rule() gave the verdict */
	bool midstream;
	bool hushed; /* the second opinion hears nothing any more */
	bool deaf;
};

void dialog_begin(struct dialog *dialog, const struct dialog_opening *opening);

/*
 * A packet of that side was seen, with or without payload; acked: it
 * acknowledged more than any before it.  Called before dialog_hear().  A side
 * of which only the handshake was seen is to be noticed as well: whether a
 * side can be seen at all decides what the other's word is worth.
 */
void dialog_notice(struct dialog *dialog, enum side from, bool acked);

/* The next bytes of that side, in order; they are borrowed for the call. */
enum dialog_news dialog_hear(
    struct dialog *dialog, enum side from, struct slice bytes);

/* Bytes of that side are missing here and will not come. */
enum dialog_news dialog_gap(struct dialog *dialog, enum side from);

/* That side said something that is not here, and what answers it is heard next.
 * It may come late, and is a gap if it does not. */
enum dialog_news dialog_miss(struct dialog *dialog, enum side from);

/* The connection is over: verdicts that wait for the end are given, and lines
 * that were not whole are wiped. */
enum dialog_news dialog_end(struct dialog *dialog);

/* Behind its end, and when its facts were told: what it heard is wiped. */
void dialog_wipe(struct dialog *dialog);

/* No byte can change anything any more: foreign, undecided or under TLS. */
bool dialog_over(const struct dialog *dialog);

/* Why it has that verdict, in a word: "ehlo_accepted" ..., or who it is that was
 * refuted: "ftp" ...; "" without one. */
const char *dialog_reason(const struct dialog *dialog);

/* The second opinion so far; "" where there is none (ndpi_opinion_label()).
 * The verdict is its end: then the label stays and what it took is another's. */
const char *dialog_opinion(const struct dialog *dialog);

/* Counts the complete lines heard so far; eviction prefers the idle. */
uint32_t dialog_progress(const struct dialog *dialog);

#endif
