/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog_cost - what a connection costs the dissectors: nanoseconds for each.
 *
 *	dialog_cost TIMES
 *
 * Plays complete connections, from begin to wipe, that many times each, five
 * times over, and prints the least processor time that one took: what else the
 * machine does can only add to it.  Packets, flows and reassembly are not in
 * it; bench.py has those.
 */
#include "dissectors/dialog.h"
#include "dissectors/gate.h"
#include "dissectors/ndpi.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define ROUNDS       5
#define TURNS_MAX    24

/* A connection as its segments, in turn; nobody says an empty one. */
struct connection {
	const char *name;
	enum side first;
	enum verdict verdict; /* what it has to end with */
	bool opinion;         /* nDPI hears it as well */
	struct slice said[TURNS_MAX];
};

/* clang-format off */
#define DELIVERY {                                                             \
	SLICE("220 mx.example ESMTP Postfix\r\n"),                             \
	SLICE("EHLO client.example\r\n"),                                      \
	SLICE("250-mx.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n"      \
	      "250-VRFY\r\n250-ETRN\r\n250-ENHANCEDSTATUSCODES\r\n"            \
	      "250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n"),                  \
	SLICE("MAIL FROM:<a@client.example> SIZE=64\r\n"),                     \
	SLICE("250 2.1.0 Ok\r\n"),                                             \
	SLICE("RCPT TO:<b@mx.example>\r\n"),                                   \
	SLICE("250 2.1.5 Ok\r\n"),                                             \
	SLICE("DATA\r\n"),                                                     \
	SLICE("354 End data with <CR><LF>.<CR><LF>\r\n"),                      \
	SLICE("From: a\r\nTo: b\r\nSubject: c\r\n\r\nd\r\n.\r\n"),             \
	SLICE("250 2.0.0 Ok: queued as 4A6B2C\r\n"),                           \
	SLICE("QUIT\r\n"),                                                     \
	SLICE("221 2.0.0 Bye\r\n") }

static const struct connection connections[] = {
	{ "dialog", SIDE_RESPONDER, VERDICT_CONFIRMED, false, DELIVERY },
	{ "dialog, nDPI hears it too", SIDE_RESPONDER, VERDICT_CONFIRMED, true,
	    DELIVERY },
	{ "foreign flow: HTTP", SIDE_INITIATOR, VERDICT_REFUTED, true, {
		SLICE("GET / HTTP/1.1\r\nHost: www.example\r\n\r\n"),
		SLICE("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") } },
	{ "foreign flow: TLS", SIDE_INITIATOR, VERDICT_REFUTED, true, {
		SLICE("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03qwertyuiopasdf"),
		SLICE("\x16\x03\x03\0\x7a\x02\0\0\x76\x03\x03qwertyuiopasdf") } },
	{ "foreign flow: SSH", SIDE_RESPONDER, VERDICT_REFUTED, true, {
		SLICE("SSH-2.0-OpenSSH_9.2\r\n"),
		SLICE("SSH-2.0-OpenSSH_9.2\r\n") } },
	{ "foreign flow: nobody knows", SIDE_INITIATOR, VERDICT_UNDECIDED, true, {
		SLICE("\x8f\x1c\xd2\x99\x07\xe4\x5b\xb0\x33\x71\xa8\xfe\x62\x0d\xc5\x94"),
		SLICE("words that are nobody's, as far as we know\r\n") } },
	{ "foreign flow: FTP, a login", SIDE_RESPONDER, VERDICT_REFUTED, true, {
		SLICE("220 (vsFTPd 3.0.3)\r\n"),
		SLICE("USER a\r\n"),
		SLICE("331 Please specify the password.\r\n") } },
};
/* clang-format on */

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* From begin to wipe; its verdict. */
static enum verdict
play(const struct connection *connection, struct ndpi *ndpi)
{
	const struct dialog_opening opening = {
		.handshake = true,
		.ndpi = connection->opinion ? ndpi : NULL,
	};
	enum side from = connection->first;
	enum verdict verdict;
	struct dialog dialog;

	dialog_begin(&dialog, &opening);
	dialog_notice(&dialog, SIDE_INITIATOR, false);
	dialog_notice(&dialog, SIDE_RESPONDER, false);
	for (size_t i = 0; connection->said[i].len > 0 && !dialog_over(&dialog);
	     i++) {
		dialog_hear(&dialog, from, connection->said[i]);
		from = side_other(from);
	}
	dialog_end(&dialog);
	verdict = dialog.verdict;
	dialog_wipe(&dialog);
	return verdict;
}

/* False: it did not end as it must, so its cost is of something else. */
static bool
measure(const struct connection *connection, struct ndpi *ndpi, unsigned times)
{
	uint64_t least = UINT64_MAX, began, took;

	for (int round = 0; round < ROUNDS; round++) {
		began = now_ns();
		for (unsigned i = 0; i < times; i++)
			if (play(connection, ndpi) != connection->verdict)
				return false;
		took = now_ns() - began;
		if (took < least)
			least = took;
	}
	printf("  %-40s %8.0f ns\n", connection->name, (double)least / times);
	return true;
}

/* Most foreign flows never come so far: their first segment is turned away. */
static bool
measure_gate(unsigned times)
{
	const struct slice first = SLICE("HTTP/1.1 200 OK\r\n");
	uint64_t least = UINT64_MAX, began, took;
	enum label label;

	for (int round = 0; round < ROUNDS; round++) {
		began = now_ns();
		for (unsigned i = 0; i < times; i++)
			if (gate_opening(first, true, &label) != GATE_FOREIGN)
				return false;
		took = now_ns() - began;
		if (took < least)
			least = took;
	}
	printf("  %-40s %8.0f ns\n", "foreign flow turned away at the gate",
	    (double)least / times);
	return true;
}

int
main(int argc, char **argv)
{
	const unsigned long times = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	struct ndpi *ndpi = ndpi_new(1);
	bool good = true;

	if (times == 0 || times > 100000000) {
		fputs("usage: dialog_cost TIMES\n", stderr);
		return 2;
	}
	if (ndpi == NULL)
		puts("  (this build has no nDPI)");
	for (size_t i = 0; i < COUNT(connections); i++)
		if (!measure(&connections[i], ndpi, (unsigned)times)) {
			fprintf(stderr, "dialog_cost: %s: another verdict\n",
			    connections[i].name);
			good = false;
		}
	good &= measure_gate((unsigned)times);
	ndpi_close(ndpi);
	return good ? 0 : 1;
}
