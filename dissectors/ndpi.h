/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi - a second opinion, contained; ndpi.c is the only file that knows nDPI.
 *
 * It never judges: its label is shown beside our verdict.  It is fed packets
 * of our own making (plain headers, neutral addresses, whole lines, no more
 * than 12 packets and 8 KiB a dialog), is shown no credentials, may ask for
 * memory only within a cap, and only its numeric protocol id is read.  A build
 * without nDPI has the same interface: ndpi_new() gives NULL, and every other
 * function takes that NULL.
 */
#ifndef STRAYMAIL_NDPI_H
#define STRAYMAIL_NDPI_H

#include "dissectors/side.h"
#include "dissectors/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ndpi;         /* one a worker: nothing is shared between threads */
struct ndpi_opinion; /* one a dialog */

/*
 * At most `opinions` at once.  NULL: no nDPI in this build, no memory, or a
 * library that is not the one this was built against.  To be called by one
 * thread at a time, before the threads that will use them have started.
 */
struct ndpi *ndpi_new(size_t opinions);
void ndpi_close(struct ndpi *ndpi); /* ndpi_free is the library's own */

/* NULL when all are in use (or ndpi is NULL): the dialog goes without. */
struct ndpi_opinion *ndpi_opinion_begin(struct ndpi *ndpi);

/*
 * One line as it was heard, without its end.  Cheap once enough was heard:
 * when it has a label, after 12 lines or 8 KiB, and from AUTH on.  A plain
 * login (USER, PASS, LOGIN) is shown with the names and passwords taken out.
 */
void ndpi_opinion_hear(
    struct ndpi_opinion *opinion, enum side from, struct slice line);

/* A static text: "SMTP", "FTP_CONTROL" ..., or "" where it has none. */
const char *ndpi_opinion_label(const struct ndpi_opinion *opinion);

/* Wipes and returns it; NULL is fine. */
void ndpi_opinion_end(struct ndpi *ndpi, struct ndpi_opinion *opinion);

/* Bytes that the library has taken of what it may; 0 without it. */
size_t ndpi_lent(const struct ndpi *ndpi);

/* The release this was built with, for -V; "none" without it. */
const char *ndpi_version(void);

#define COMMUNITY_ID_MAX 32

/*
 * Community id version 1 of a TCP connection (seed 0).  Addresses are 4 or 16
 * bytes in network order, ports in host order.  False, and an empty text, in a
 * build without nDPI.
 */
struct community_tuple {
	struct slice source, destination;
	uint16_t source_port, destination_port;
};
bool community_id(
    const struct community_tuple *tuple, char ret_text[COMMUNITY_ID_MAX]);

#endif
