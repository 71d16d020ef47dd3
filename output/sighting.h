/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighting - one dialog, as the world is told of it.
 *
 * The record that crosses from a capture worker to the publisher: fixed size,
 * no pointers, copied by value.  Texts are raw bytes from the network; every
 * sink shows them through sanitize.h.  There is no field for a mail address, a
 * subject, a body or a credential.
 *
 * A dialog is told more than once (when it is proven, when it ends).  The
 * fields under "grew" say what came since it was last told, so that adding
 * them up counts everything once; everything else is the dialog as it stands.
 */
#ifndef STRAYMAIL_SIGHTING_H
#define STRAYMAIL_SIGHTING_H

#include "output/carrier.h"
#include "output/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGHTING_GREETING_MAX 256
#define SIGHTING_HELO_MAX     48
#define SIGHTING_EHLO_MAX     128
#define SIGHTING_AUTH_MAX     48
#define SIGHTING_NAME_MAX     24
#define SIGHTING_CODES_MAX    12
#define SIGHTING_VLANS_MAX    3
#define SIGHTING_VIA_MAX      2
#define SIGHTING_DIALECT_MAX  5
#define SIGHTING_LIST_MAX     16

enum sighting_verdict {
	SIGHTING_SUSPECTED,
	SIGHTING_CONFIRMED,
	SIGHTING_REFUTED, /* a suspicion that was told turned out false */
};

/* The atoms of evidence, by their bit; their meanings are the dissectors'. */
enum sighting_atom {
	SIGHTING_G1,
	SIGHTING_G2,
	SIGHTING_G3,
	SIGHTING_V1, /* EHLO or HELO, asked; R1: accepted, and so on */
	SIGHTING_V2, /* MAIL */
	SIGHTING_V3, /* RCPT */
	SIGHTING_V4, /* DATA */
	SIGHTING_V5,
	SIGHTING_V6,
	SIGHTING_V7,
	SIGHTING_V8,
	SIGHTING_V9,
	SIGHTING_R1,
	SIGHTING_R2,
	SIGHTING_R3,
	SIGHTING_R4,
	SIGHTING_R5,
	SIGHTING_R6,
	SIGHTING_R7,
	SIGHTING_R8,
	SIGHTING_R9,
	SIGHTING_E1,
	SIGHTING_E2,
	SIGHTING_X1,
	SIGHTING_X2,
	SIGHTING_X3,
	SIGHTING_X4,
	SIGHTING_X5,
	SIGHTING_X6,
};

#define SIGHTING_ATOMS (SIGHTING_X6 + 1)

enum sighting_variant {
	SIGHTING_SMTP,
	SIGHTING_ESMTP,
	SIGHTING_LMTP
};

enum sighting_starttls {
	SIGHTING_TLS_NO,
	SIGHTING_TLS_OFFERED,
	SIGHTING_TLS_USED
};

/* What names the software. */
enum sighting_source {
	SIGHTING_BY_NOTHING,
	SIGHTING_BY_GREETING,
	SIGHTING_BY_DIALOG
};

/* Bits of flags; sighting_flag_name() has their words. */
enum sighting_flag {
	SIGHTING_MIDSTREAM = 1U << 0,
	SIGHTING_ONE_SIDED = 1U << 1,
	SIGHTING_GAP = 1U << 2,
	SIGHTING_ROLE_REVERSED = 1U << 3,
	SIGHTING_MULTI_PROTOCOL = 1U << 4,
	SIGHTING_REJECTING = 1U << 5,
	SIGHTING_MASKED = 1U << 6,
	SIGHTING_PIPELINED = 1U << 7,
	SIGHTING_EARLY_TALKER = 1U << 8,
	SIGHTING_AUTH_CLEAR = 1U << 9,
	SIGHTING_OVERLAP = 1U << 10,
	SIGHTING_BOUND_HIT = 1U << 11,
	SIGHTING_FORGED_GREETING = 1U << 12,
	SIGHTING_MALWARE = 1U << 13,     /* its own server, or one that waits */
	SIGHTING_BLOCKLISTED = 1U << 14, /* it said so of the client */
};

#define SIGHTING_FLAGS 15

/* What came before the dialog, outermost first. */
enum sighting_via {
	SIGHTING_VIA_NONE,
	SIGHTING_PROXY_V1, /* the server is who was connected to */
	SIGHTING_PROXY_V2,
	SIGHTING_SOCKS4, /* from here on: whom the proxy was asked for */
	SIGHTING_SOCKS4A,
	SIGHTING_SOCKS5,
	SIGHTING_HTTP_CONNECT
};

struct sighting_reply {
	uint16_t code, count;
};

struct sighting {
	struct endpoint server, client;
	struct endpoint proxy; /* where via[0] is not SIGHTING_VIA_NONE */
	char name[ENDPOINT_NAME_MAX];  /* the server's, where its family is 0 */
	uint8_t via[SIGHTING_VIA_MAX]; /* enum sighting_via */
	uint64_t flow_id;
	uint64_t start_ns,
	    end_ns;         /* first and newest packet, since the epoch */
	uint64_t packet;    /* number in its file that settled it; 0 live */
	uint32_t source;    /* whose totals this counts in: see below */
	uint32_t interface; /* index into the run's interfaces or files */
	struct carrier carrier[CARRIERS_MAX];
	uint16_t vlan[SIGHTING_VLANS_MAX];
	uint8_t vlan_count;
	uint8_t verdict;  /* enum sighting_verdict */
	uint8_t variant;  /* enum sighting_variant */
	uint8_t starttls; /* enum sighting_starttls */
	uint16_t flags;
	uint32_t evidence; /* bit i is enum sighting_atom i */

	/* grew: what came since this dialog was last told */
	int8_t flows;           /* confirmed: 1 the first time, then 0 */
	int8_t suspected_flows; /* 1 the first time, -1 when it left */
	uint32_t messages;
	uint64_t bytes_toserver, bytes_toclient; /* of payload */

	/* the dialog so far */
	uint64_t dialog_bytes_toserver, dialog_bytes_toclient;
	uint32_t pkts_toserver, pkts_toclient;
	uint32_t dialog_messages;
	uint32_t rcpt_accepted, rcpt_rejected;
	uint32_t gaps;
	uint32_t ehlo_hash; /* of all keywords, in order; 0: none */

	char greeting
	    [SIGHTING_GREETING_MAX]; /* with its code; greeting_len bytes */
	uint16_t greeting_len;
	uint8_t helo_len;
	uint8_t reply_count;
	uint8_t software_by;                       /* enum sighting_source */
	char client_dialect[SIGHTING_DIALECT_MAX]; /* an id; "": not known */
	char helo[SIGHTING_HELO_MAX];
	char ehlo[SIGHTING_EHLO_MAX]; /* known keywords, in order, by blanks */
	char auth[SIGHTING_AUTH_MAX]; /* known mechanisms, by blanks */
	char software[SIGHTING_NAME_MAX], version[SIGHTING_NAME_MAX];
	char ndpi[SIGHTING_NAME_MAX];
	char reason[SIGHTING_NAME_MAX];    /* of the verdict: "ehlo_accepted" */
	char blocklist[SIGHTING_LIST_MAX]; /* "spamhaus"; "": none was named */
	struct sighting_reply replies[SIGHTING_CODES_MAX];
};

/*
 * A source is one memory of totals: this run of `watch`, or in `read` one
 * capture file, so that reading it again changes nothing.  The number is an
 * index into struct sources (sources.h).
 */

/* "G1" ... "X6"; NULL past the last one. */
const char *sighting_atom_name(unsigned i);

/* "midstream" ... for the bit 1 << i; NULL past the last one. */
const char *sighting_flag_name(unsigned i);

/* "proxy_v1" ...; "" for SIGHTING_VIA_NONE. */
const char *sighting_via_name(enum sighting_via via);

/* The server was reached through a tunnel: the connection went to the proxy. */
bool sighting_tunnelled(const struct sighting *sighting);

/* To whom the connection went: the server, or the proxy. */
const struct endpoint *sighting_peer(const struct sighting *sighting);

/* MAIL, RCPT or DATA were heard, or answered. */
bool sighting_of_mail(const struct sighting *sighting);

/* The code that the greeting begins with; 0: none was heard. */
unsigned sighting_greeting_code(const struct sighting *sighting);

/* "mx.example" of "220 mx.example ESMTP" (RFC 5321 4.2): where the greeting's
 * host stands in it, raw; *ret_len is 0 where it names none. */
const char *sighting_greeting_host(
    const struct sighting *sighting, size_t *ret_len);

/* The atom's bit in `evidence`. */
#define SIGHTING_HEARD(atom) (1U << (atom))

/* "suspected", "confirmed", "refuted"; "smtp", "esmtp", "lmtp"; "no",
 * "offered", "used". */
const char *sighting_verdict_name(enum sighting_verdict verdict);
const char *sighting_variant_name(enum sighting_variant variant);
const char *sighting_starttls_name(enum sighting_starttls starttls);

/* "greeting", "dialog", or NULL for nothing. */
const char *sighting_source_name(enum sighting_source source);

#endif
