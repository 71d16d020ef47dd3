/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate - the first bytes of each side: worth a dialog, or somebody else's.
 *
 * Most connections of a network are settled here, by four bytes of one side,
 * and cost nothing further.
 */
#ifndef STRAYMAIL_GATE_H
#define STRAYMAIL_GATE_H

#include "dissectors/decoys.h"
#include "dissectors/slice.h"

/* What a side's first bytes are settled after, where they fit nothing. */
#define GATE_MAX 16

enum gate {
	GATE_MORE,  /* too few bytes to tell, or the other side must say */
	GATE_REPLY, /* opens as a reply does: [2-5]dd, then blank, '-' or end */
	GATE_VERB,  /* opens with an SMTP verb */
	GATE_PREAMBLE, /* the asking side's: what may precede (preamble.h) */
	GATE_OTHER,    /* GATE_MAX bytes that are neither */
	GATE_FOREIGN   /* somebody else's, and ret_label says whose */
};

/* Is it SMTP's, or may it precede that?  As gate_opening(), but whose it is
 * otherwise is not asked: GATE_OTHER, however few they are. */
enum gate gate_of_smtp(struct slice bytes, bool replies);

/*
 * bytes: all that this side has said so far; leading CR, LF and blanks do not
 * count.  replies: it is the side that answers; a TLS hello from the other is
 * junk that any server may have thrown at it.  ret_label is set only with
 * GATE_FOREIGN.
 */
enum gate gate_opening(struct slice bytes, bool replies, enum label *ret_label);

#endif
