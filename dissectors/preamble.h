/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble - what may come before a dialog: PROXY v1 and v2, SOCKS4, 4a and 5,
 * HTTP CONNECT; two of them deep.
 *
 * Both sides' bytes are taken away here until the dialog proper begins, so that
 * none of them is ever evidence.  Each side delimits itself: the client's bytes
 * say which preamble it is, the server's say only whether it was accepted.
 * What turns out not to be a preamble is given back, byte for byte.
 *
 * In SOCKS and CONNECT the target that was asked for is the mail server, and
 * the TCP responder merely a proxy.  User names, passwords and header lines are
 * passed over and never kept (RFC 1929).
 *
 * At most a record is gathered, in the line splitter's head, which is free
 * until the dialog begins; work is constant a byte and memory is this struct.
 */
#ifndef STRAYMAIL_PREAMBLE_H
#define STRAYMAIL_PREAMBLE_H

#include "dissectors/line.h"
#include "dissectors/side.h"
#include "dissectors/slice.h"

#include <stdbool.h>
#include <stdint.h>

#define PREAMBLES_MAX     2
#define PREAMBLE_HOST_MAX 48

enum via {
	VIA_NONE,
	VIA_PROXY_V1, /* the PROXY protocol's specification, 2.1 */
	VIA_PROXY_V2, /* 2.2 */
	VIA_SOCKS4,
	VIA_SOCKS4A,
	VIA_SOCKS5,       /* RFC 1928 */
	VIA_HTTP_CONNECT, /* RFC 9110 9.3.6 */
};

enum preamble_host {
	HOST_NONE, /* the TCP responder itself */
	HOST_V4,   /* 4 bytes, network order */
	HOST_V6,   /* 16 bytes */
	HOST_TEXT  /* a name or a literal address, raw; cut at the bound */
};

struct preamble_target {
	uint16_t port;
	uint8_t kind; /* enum preamble_host */
	uint8_t len;
	uint8_t host[PREAMBLE_HOST_MAX];
};

/* Yours to read: target, refused, via (the first `layers` of them, outermost
 * first). */
struct preamble {
	struct preamble_target target;
	uint16_t left[SIDES]; /* bytes that may still be passed over */
	uint8_t stage[SIDES]; /* enum preamble_stage */
	uint8_t via[PREAMBLES_MAX];
	uint8_t layers;   /* that the client has begun */
	uint8_t answered; /* ... and the server has done with */
	uint8_t aimed;    /* layers when the target was named */
	bool again;       /* the last of them is to be asked for once more */
	bool refused; /* by the proxy, or to whom it leads was missed: nothing
	               * that follows can be told of any server */
};

/* possible: both sides are known, from their first bytes on. */
void preamble_begin(struct preamble *preamble, bool possible);

/*
 * Takes from *bytes what is not the dialog's; what is left of it is.  Returns
 * the sides, as bits, whose bytes are the dialog's from now on: what their
 * splitters have kept is to be heard before anything else of them.
 */
unsigned preamble_hear(struct preamble *preamble,
    struct line_splitter line[SIDES], enum side from, struct slice *bytes);

/* Bytes of that side are missing.  True: what the other's splitter has kept is
 * the dialog's from now on, as above. */
bool preamble_gap(struct preamble *preamble, enum side from);

/* Both sides' bytes are the dialog's from now on. */
static inline bool
preamble_over(const struct preamble *preamble)
{
	return (preamble->stage[SIDE_INITIATOR] |
		   preamble->stage[SIDE_RESPONDER]) == 0;
}

/* The same of one side. */
static inline bool
preamble_passed(const struct preamble *preamble, enum side from)
{
	return preamble->stage[from] == 0;
}

/* The client's first bytes are one's beginning. */
bool preamble_opens(struct slice bytes);

#endif
