/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi - the adapter for nDPI, and the cage it sits in.
 *
 * Debian's nDPI is from 2022 and has memory errors that hostile TCP reaches
 * when all its dissectors are on.  So four are on, and they are shown packets
 * of our own making, few and short.  What differs in other releases is in
 * ndpi_release.c.
 */
#include "dissectors/ndpi.h"

#ifndef STRAYMAIL_NO_NDPI

#include "dissectors/ndpi_release.h"
#include "dissectors/ndpi_secrets.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define PACKETS_MAX   12
#define BYTES_MAX     8192
#define PAYLOAD_MAX   1460
#define IPV4_LEN      20 /* without options */
#define TCP_LEN       20
#define HEADERS_LEN   (IPV4_LEN + TCP_LEN)
#define ALLOWED_BYTES NDPI_RELEASE_BYTES

#define COUNT(table)  (sizeof(table) / sizeof((table)[0]))

/* clang-format off */
static const struct {
	const char *label;
	uint16_t id;
	bool wanted;
} protocols[] = {
	{ "SMTP",        NDPI_PROTOCOL_MAIL_SMTP,    true },
	{ "POP3",        NDPI_PROTOCOL_MAIL_POP,     true },
	{ "IMAP",        NDPI_PROTOCOL_MAIL_IMAP,    true },
	{ "FTP_CONTROL", NDPI_PROTOCOL_FTP_CONTROL,  true },
	/* names that the four give where they hear of TLS */
	{ "SMTPS",       NDPI_PROTOCOL_MAIL_SMTPS,   false },
	{ "POPS",        NDPI_PROTOCOL_MAIL_POPS,    false },
	{ "IMAPS",       NDPI_PROTOCOL_MAIL_IMAPS,   false },
};
/* clang-format on */

struct ndpi_opinion {
	struct ndpi_flow_struct flow; /* the library's */
	struct ndpi *ndpi;
	struct ndpi_opinion *next_free;
	uint32_t sent[SIDES]; /* payload bytes of each side */
	uint32_t bytes;       /* of both */
	uint16_t protocol;    /* 0: it has none */
	uint8_t packets;
	bool deaf;
};

struct ndpi {
	struct ndpi_detection_module_struct *module;
	struct ndpi_opinion *opinions, *free;
	size_t used; /* bytes that the library has of ALLOWED_BYTES */
};

/*
 * What the library may allocate.
 *
 * Its allocator is one for the process and is told no context, so the adapter
 * says before each call who pays.  Each worker has its own account, and
 * therefore needs no lock.
 */

static _Thread_local struct ndpi *payer;

struct debt {
	alignas(max_align_t) struct ndpi *owed_by; /* NULL: by nobody */
	size_t size;
};

static void *
lend(size_t size)
{
	struct debt *debt;

	if (size > ALLOWED_BYTES ||
	    (payer != NULL && size > ALLOWED_BYTES - payer->used))
		return NULL;
	debt = malloc(sizeof(*debt) + size);
	if (debt == NULL)
		return NULL;
	debt->owed_by = payer;
	debt->size = size;
	if (payer != NULL)
		payer->used += size;
	return debt + 1;
}

static void
take_back(void *lent)
{
	struct debt *debt;

	if (lent == NULL)
		return;
	debt = (struct debt *)lent - 1;
	if (debt->owed_by != NULL)
		debt->owed_by->used -= debt->size;
	explicit_bzero(lent, debt->size); /* it decodes passwords, too */
	free(debt);
}

static void *
lend_zeroed(size_t count, size_t size)
{
	void *lent;

	if (size != 0 && count > ALLOWED_BYTES / size)
		return NULL;
	lent = lend(count * size);
	if (lent != NULL)
		memset(lent, 0, count * size);
	return lent;
}

static void *
lend_again(void *lent, size_t size)
{
	const struct debt *debt;
	void *anew = lend(size);

	if (anew == NULL || lent == NULL)
		return anew;
	debt = (const struct debt *)lent - 1;
	memcpy(anew, lent, size < debt->size ? size : debt->size);
	take_back(lent);
	return anew;
}

static struct ndpi_detection_module_struct *
module_new(void)
{
	uint16_t wanted[COUNT(protocols)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(protocols); i++)
		if (protocols[i].wanted)
			wanted[count++] = protocols[i].id;
	return ndpi_release_module(wanted, count);
}

static void
put_be16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put_be32(uint8_t *at, uint32_t value)
{
	put_be16(at, value >> 16);
	put_be16(at + 2, value);
}

/*
 * Headers that say nothing: addresses of the documentation networks (RFC
 * 5737), ports that nobody owns, numbers that follow each other.  Checksums
 * are not looked at.
 */
static void
write_headers(const struct ndpi_opinion *opinion, enum side from,
    size_t payload, uint8_t headers[static HEADERS_LEN])
{
	static const uint32_t addresses[SIDES] = { 0xc0000201, 0xc6336401 };
	static const uint16_t ports[SIDES] = { 40001, 40002 };
	const enum side to = side_other(from);
	uint8_t *tcp = headers + IPV4_LEN;

	memset(headers, 0, HEADERS_LEN);
	headers[0] = 4 << 4 | IPV4_LEN / 4;
	put_be16(headers + 2, (uint32_t)(HEADERS_LEN + payload));
	headers[8] = 64; /* hops left */
	headers[9] = 6;  /* TCP */
	put_be32(headers + 12, addresses[from]);
	put_be32(headers + 16, addresses[to]);

	put_be16(tcp, ports[from]);
	put_be16(tcp + 2, ports[to]);
	put_be32(tcp + 4, 1 + opinion->sent[from]);
	put_be32(tcp + 8, 1 + opinion->sent[to]);
	tcp[12] = TCP_LEN / 4 << 4;
	tcp[13] = 0x18; /* PSH, ACK */
	put_be16(tcp + 14, 0xffff);
}

struct ndpi *
ndpi_new(size_t opinions)
{
	void *volatile allowance;
	struct ndpi *ndpi;

	if (ndpi_detection_get_sizeof_ndpi_flow_struct() !=
	    sizeof(struct ndpi_flow_struct))
		return NULL; /* built against another release */
	ndpi = calloc(1, sizeof(*ndpi));
	if (ndpi == NULL)
		return NULL;
	ndpi->opinions = calloc(opinions, sizeof(*ndpi->opinions));
	/* The library does not bear a refusal while it begins, so what it may
	 * take is asked for first.  volatile: else nothing is asked. */
	allowance = malloc(ALLOWED_BYTES);
	free(allowance);
	if (ndpi->opinions == NULL || allowance == NULL)
		goto fail;
	for (size_t i = 0; i < opinions; i++) {
		ndpi->opinions[i].next_free = ndpi->free;
		ndpi->free = &ndpi->opinions[i];
	}
	ndpi_release_memory(&(struct ndpi_release_memory){
	    .lend = lend,
	    .lend_zeroed = lend_zeroed,
	    .lend_again = lend_again,
	    .take_back = take_back,
	});
	payer = ndpi;
	ndpi->module = module_new();
	payer = NULL;
	if (ndpi->module != NULL)
		return ndpi;
fail:
	free(ndpi->opinions);
	free(ndpi);
	return NULL;
}

void
ndpi_close(struct ndpi *ndpi)
{
	if (ndpi == NULL)
		return;
	ndpi_exit_detection_module(ndpi->module);
	free(ndpi->opinions);
	free(ndpi);
}

struct ndpi_opinion *
ndpi_opinion_begin(struct ndpi *ndpi)
{
	struct ndpi_opinion *opinion;

	if (ndpi == NULL || ndpi->free == NULL)
		return NULL;
	opinion = ndpi->free;
	ndpi->free = opinion->next_free;
	memset(opinion, 0, sizeof(*opinion));
	opinion->ndpi = ndpi;
	return opinion;
}

void
ndpi_opinion_hear(
    struct ndpi_opinion *opinion, enum side from, struct slice line)
{
	uint8_t packet[HEADERS_LEN + PAYLOAD_MAX];
	size_t len;

	if (opinion == NULL || opinion->deaf)
		return;
	line = ndpi_without_secrets(line);
	if (line.len == 0) {
		opinion->deaf = true;
		return;
	}
	len = slice_bytes(packet + HEADERS_LEN, PAYLOAD_MAX - 2, line);
	packet[HEADERS_LEN + len++] = '\r';
	packet[HEADERS_LEN + len++] = '\n';
	if (opinion->bytes + len > BYTES_MAX) {
		opinion->deaf = true;
		return;
	}
	write_headers(opinion, from, len, packet);
	opinion->sent[from] += (uint32_t)len;
	opinion->bytes += (uint32_t)len;
	opinion->packets++;

	payer = opinion->ndpi;
	opinion->protocol = ndpi_release_hear(opinion->ndpi->module,
	    &opinion->flow, packet, (uint16_t)(HEADERS_LEN + len));
	payer = NULL;
	explicit_bzero(packet, HEADERS_LEN + len);
	opinion->deaf = opinion->protocol != NDPI_PROTOCOL_UNKNOWN ||
	    opinion->packets == PACKETS_MAX;
}

const char *
ndpi_opinion_label(const struct ndpi_opinion *opinion)
{
	for (size_t i = 0; opinion != NULL && i < COUNT(protocols); i++)
		if (protocols[i].id == opinion->protocol)
			return protocols[i].label;
	return "";
}

void
ndpi_opinion_end(struct ndpi *ndpi, struct ndpi_opinion *opinion)
{
	if (opinion == NULL)
		return;
	ndpi_free_flow_data(&opinion->flow);
	explicit_bzero(opinion, sizeof(*opinion));
	opinion->next_free = ndpi->free;
	ndpi->free = opinion;
}

size_t
ndpi_lent(const struct ndpi *ndpi)
{
	return ndpi != NULL ? ndpi->used : 0;
}

const char *
ndpi_version(void)
{
	return ndpi_revision();
}

static int
hash_v4(const struct community_tuple *tuple, char *text)
{
	struct cursor source = cursor_over(tuple->source);
	struct cursor destination = cursor_over(tuple->destination);

	return ndpi_flowv4_flow_hash(6, cursor_be32(&source),
	    cursor_be32(&destination), tuple->source_port,
	    tuple->destination_port, 0, 0, (u_char *)text, COMMUNITY_ID_MAX);
}

static int
hash_v6(const struct community_tuple *tuple, char *text)
{
	struct ndpi_in6_addr source, destination;

	slice_bytes(&source, sizeof(source), tuple->source);
	slice_bytes(&destination, sizeof(destination), tuple->destination);
	return ndpi_flowv6_flow_hash(6, &source, &destination,
	    tuple->source_port, tuple->destination_port, 0, 0, (u_char *)text,
	    COMMUNITY_ID_MAX);
}

bool
community_id(
    const struct community_tuple *tuple, char ret_text[COMMUNITY_ID_MAX])
{
	const size_t len = tuple->source.len;
	char text[COMMUNITY_ID_MAX] = "";
	int failed = -1;

	if (len == 4 && tuple->destination.len == len)
		failed = hash_v4(tuple, text);
	if (len == 16 && tuple->destination.len == len)
		failed = hash_v6(tuple, text);
	if (failed != 0)
		text[0] = '\0';
	memcpy(ret_text, text, sizeof(text));
	return failed == 0;
}

#endif /* STRAYMAIL_NO_NDPI */
