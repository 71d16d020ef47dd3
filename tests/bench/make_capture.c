/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_capture - writes a capture file of one kind of traffic, and what mail
 * servers are in it.
 *
 *	make_capture KIND MEGABYTES MEGABITS TRUTH >FILE
 *
 * Many connections at once, each a packet at a time in an order that chance
 * makes; whatever ends has a successor, until the file is large enough, and
 * then all come to their end.  Time goes by as on a link of that many megabits
 * a second.  The same arguments give the same bytes.  The truth is a line for
 * each mail server: address, port, dialogs.
 */
#include "tests/bench/traffic/session.h"
#include "tests/bench/traffic/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SERVERS_MAX  400
#define AT_ONCE_MAX  40000

/* clang-format off */
static const struct kind {
	const char *name;
	uint32_t at_once;                /* connections */
	uint32_t servers;                /* of mail, half on odd ports */
	uint16_t share[SESSION_KINDS];   /* of a thousand connections */
	uint32_t smallest, largest;      /* their bulk, in bytes */
	uint16_t segment[8];             /* each as likely as the others */
} kinds[] = {
	/* Most are small, and most bytes are in a few. */
	{ "bulk", 512, 32,
		{ [SESSION_TLS] = 580, [SESSION_HTTP] = 260, [SESSION_ASKED] = 40,
		  [SESSION_DNS] = 80, [SESSION_FTP] = 10, [SESSION_MAIL] = 25,
		  [SESSION_STARTTLS] = 5 },
		4096, 64U << 20,
		{ 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448 } },
	{ "mice", 40000, 100,
		{ [SESSION_TLS] = 3, [SESSION_HTTP] = 4, [SESSION_ASKED] = 266,
		  [SESSION_DNS] = 710, [SESSION_FTP] = 12, [SESSION_MAIL] = 4,
		  [SESSION_STARTTLS] = 1 },
		512, 4096,
		{ 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448 } },
	{ "smtp", 4000, SERVERS_MAX,
		{ [SESSION_MAIL] = 850, [SESSION_STARTTLS] = 150 },
		1024, 256U << 10,
		{ 1448, 1448, 1448, 1448, 1448, 1448, 1448, 1448 } },
	{ "syn", 1, 0, { [SESSION_SYN] = 1000 }, 0, 0, { 1 } },
	{ "imix", 8000, 200,
		{ [SESSION_TLS] = 300, [SESSION_HTTP] = 220, [SESSION_ASKED] = 150,
		  [SESSION_DNS] = 250, [SESSION_FTP] = 30, [SESSION_MAIL] = 40,
		  [SESSION_STARTTLS] = 10 },
		2048, 1U << 20,
		{ 64, 64, 536, 536, 536, 536, 1460, 1460 } },
};

static const uint16_t odd_ports[] = { 2525, 26, 10025, 8025, 1025, 2526, 24,
	5025, 443, 80, 8080, 30025, 6666, 50025, 53, 65535 };
/* clang-format on */

struct traffic {
	struct writer writer;
	const struct kind *kind;
	uint64_t begun; /* connections */
	struct session session[AT_ONCE_MAX];
	uint64_t dialogs[SERVERS_MAX];
};

/* Where the mail server of that number is. */
static uint32_t
mail_address(uint32_t server)
{
	return 0x0a020001 + server;
}

static uint16_t
mail_port(uint32_t server)
{
	if (server % 2 == 0)
		return server % 4 == 0 ? 25 : 587;
	return odd_ports[server / 2 % COUNT(odd_ports)];
}

static enum session_kind
draw_kind(struct traffic *t)
{
	uint32_t drawn = writer_draw(&t->writer, 1000);
	unsigned kind = 0;

	while (drawn >= t->kind->share[kind])
		drawn -= t->kind->share[kind++];
	return (enum session_kind)kind;
}

/* Every doubling is half as likely, so that each size holds as many bytes. */
static uint32_t
draw_bulk(struct traffic *t)
{
	uint32_t bytes = t->kind->smallest;

	while (bytes < t->kind->largest && writer_draw(&t->writer, 2) == 1)
		bytes *= 2;
	return bytes;
}

/* No two connections have the same client and port: of each thousand times a
 * thousand the address is another, and after that the port. */
static void
set_client(struct session *s, uint64_t number)
{
	s->address[0] = 0x0a400000 | (uint32_t)(number * 0x9e375 & 0xfffff);
	s->port[0] = (uint16_t)(1024 + (number >> 20) * 61 + number % 61);
}

static void
set_server(struct traffic *t, struct session *s)
{
	static const uint16_t ports[SESSION_KINDS] = { [SESSION_TLS] = 443,
		[SESSION_HTTP] = 80,
		[SESSION_ASKED] = 6000,
		[SESSION_DNS] = 53,
		[SESSION_FTP] = 21 };
	uint32_t server;

	if (session_is_mail(s->kind)) {
		server = writer_draw(&t->writer, t->kind->servers);
		t->dialogs[server]++;
		s->address[1] = mail_address(server);
		s->port[1] = mail_port(server);
		return;
	}
	s->address[1] = 0x0a010000 | writer_draw(&t->writer, 2048);
	s->port[1] = ports[s->kind];
	if (s->kind == SESSION_SYN)
		s->port[1] = (uint16_t)writer_draw(&t->writer, 65536);
}

static void
begin(struct traffic *t, struct session *s)
{
	*s = (struct session){ .kind = draw_kind(t) };
	set_client(s, t->begun++);
	set_server(t, s);
	s->seq[0] = writer_draw(&t->writer, UINT32_MAX);
	s->seq[1] = writer_draw(&t->writer, UINT32_MAX);
	s->left = draw_bulk(t);
}

static bool
advance(struct traffic *t, struct session *s)
{
	return session_advance(
	    s, &t->writer, t->kind->segment[writer_draw(&t->writer, 8)]);
}

static void
make(struct traffic *t, uint64_t bytes)
{
	struct session *s;

	for (uint32_t i = 0; i < t->kind->at_once; i++)
		begin(t, &t->session[i]);
	while (t->writer.bytes < bytes) {
		s = &t->session[writer_draw(&t->writer, t->kind->at_once)];
		while (!advance(t, s))
			begin(t, s);
	}
	for (uint32_t i = 0; i < t->kind->at_once; i++) {
		t->session[i].left %= SEGMENT_MAX;
		while (advance(t, &t->session[i]))
			continue;
	}
}

static bool
write_truth(const struct traffic *t, const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return false;
	for (uint32_t i = 0; i < t->kind->servers; i++)
		if (t->dialogs[i] > 0)
			fprintf(out, "10.2.%u.%u %u %" PRIu64 "\n",
			    mail_address(i) >> 8 & 255, mail_address(i) & 255,
			    mail_port(i), t->dialogs[i]);
	return fclose(out) == 0;
}

static const struct kind *
kind_of(const char *name)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct traffic t;
	uint64_t megabytes, megabits;

	megabytes = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
	megabits = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
	t.kind = argc == 5 ? kind_of(argv[1]) : NULL;
	if (t.kind == NULL || megabytes == 0 || megabits == 0) {
		fputs("usage: make_capture KIND MEGABYTES MEGABITS TRUTH "
		      ">FILE\n",
		    stderr);
		return 2;
	}
	writer_begin(&t.writer, (uint32_t)megabits);
	make(&t, megabytes << 20);
	writer_end(&t.writer);
	if (!write_truth(&t, argv[4])) {
		perror(argv[4]);
		return 1;
	}
	return 0;
}
