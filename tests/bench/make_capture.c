/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_capture - writes a capture file of bulk traffic with a little mail in it.
 *
 *	make_capture MEGABYTES >bulk.pcap
 *
 * Many TCP connections at once, whose sizes have a heavy tail: most are small,
 * most bytes are in a few.  They open as TLS does.  Every so often a whole SMTP
 * dialog on port 2525 goes by, so that there is something to find.  The same
 * size gives the same bytes.  Checksums are left 0, as on a host that leaves
 * them to its network card.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT          1448 /* an Ethernet frame's payload with timestamps */
#define HEADERS          (14 + 20 + 20)
#define CONNECTIONS      512   /* at once */
#define PACKET_NS        12000 /* about a gigabit a second */
#define PACKETS_PER_MAIL 20000
#define SMALLEST         4096U
#define LARGEST          (64U << 20)
#define HELLO_BYTES      517
#define PATTERN_BYTES    (64 * 1024)

enum side {
	CLIENT,
	SERVER
};

enum flag {
	FIN = 0x01,
	SYN = 0x02,
	ACK = 0x10
};

enum step {
	STEP_SYN,
	STEP_SYN_ACK,
	STEP_HELLO,
	STEP_DATA,
	STEP_FIN,
	STEP_FIN_BACK,
	STEP_OVER
};

struct connection {
	uint32_t address[2];
	uint16_t port[2];
	uint32_t next[2]; /* sequence numbers, by side */
	enum step step;
	uint32_t left; /* bytes that the server has yet to send */
	uint32_t unacknowledged;
};

/* The capture on its way to stdout. */
struct writer {
	uint64_t bytes, packets, when_ns;
	uint32_t random;
	uint8_t pattern[PATTERN_BYTES + SEGMENT];
};

/* A mail, line by line. */
static const struct {
	enum side side;
	const char *text;
} mail[] = {
	{ SERVER, "220 mx.example.org ESMTP\r\n" },
	{ CLIENT, "EHLO client.example.org\r\n" },
	{ SERVER, "250-mx.example.org\r\n250-PIPELINING\r\n250 8BITMIME\r\n" },
	{ CLIENT, "MAIL FROM:<a@example.org>\r\n" },
	{ SERVER, "250 2.1.0 Ok\r\n" },
	{ CLIENT, "RCPT TO:<b@example.org>\r\n" },
	{ SERVER, "250 2.1.5 Ok\r\n" },
	{ CLIENT, "DATA\r\n" },
	{ SERVER, "354 End data with <CR><LF>.<CR><LF>\r\n" },
	{ CLIENT, "Subject: hello\r\n\r\nhello\r\n.\r\n" },
	{ SERVER, "250 2.0.0 Ok: queued as 4F1A2B3C\r\n" },
	{ CLIENT, "QUIT\r\n" },
	{ SERVER, "221 2.0.0 Bye\r\n" },
};

static uint32_t
draw(struct writer *w)
{
	/* xorshift: any spread will do, as long as it is the same each time */
	w->random ^= w->random << 13;
	w->random ^= w->random >> 17;
	w->random ^= w->random << 5;
	return w->random;
}

static void
put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void
put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static void
put(struct writer *w, const void *bytes, size_t length)
{
	if (fwrite(bytes, 1, length, stdout) != length) {
		perror("make_capture");
		exit(1);
	}
	w->bytes += length;
}

static void
write_file_header(struct writer *w)
{
	const struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, snap_length, link_type;
	} header = { 0xa1b23c4d, 2, 4, 0, 0, 262144, 1 };

	put(w, &header, sizeof(header));
}

/* One frame of the connection; the sequence numbers move on. */
static void
say(struct writer *w, struct connection *c, enum side from, unsigned flags,
    const void *payload, uint32_t length)
{
	const enum side to = from == CLIENT ? SERVER : CLIENT;
	uint8_t head[HEADERS] = { 0 };
	uint32_t record[4];

	memset(head, 2, 12); /* a locally administered address, twice */
	put16(head + 12, 0x0800);
	head[14] = 0x45;
	put16(head + 16, 20 + 20 + length);
	head[22] = 64;
	head[23] = 6;
	put32(head + 26, c->address[from]);
	put32(head + 30, c->address[to]);
	put16(head + 34, c->port[from]);
	put16(head + 36, c->port[to]);
	put32(head + 38, c->next[from]);
	put32(head + 42, flags & ACK ? c->next[to] : 0);
	head[46] = 5 << 4;
	head[47] = (uint8_t)flags;
	put16(head + 48, 65535);

	w->when_ns += PACKET_NS;
	record[0] = (uint32_t)(w->when_ns / 1000000000);
	record[1] = (uint32_t)(w->when_ns % 1000000000);
	record[2] = record[3] = HEADERS + length;
	put(w, record, sizeof(record));
	put(w, head, sizeof(head));
	put(w, payload, length);
	w->packets++;
	c->next[from] += length + (flags & (SYN | FIN) ? 1 : 0);
}

static void
connection_begin(struct writer *w, struct connection *c, uint16_t port)
{
	*c = (struct connection){ 0 };
	c->address[CLIENT] = 0x0a000000 | (draw(w) & 0xffff);
	c->address[SERVER] = 0x0a010000 | (draw(w) & 0x3ff);
	c->port[CLIENT] = (uint16_t)(1024 + draw(w) % 60000);
	c->port[SERVER] = port;
	c->next[CLIENT] = draw(w);
	c->next[SERVER] = draw(w);
	/* every doubling is half as likely, so each size holds as many bytes */
	c->left = SMALLEST;
	while (c->left < LARGEST && draw(w) & 0x100)
		c->left *= 2;
}

static void
data(struct writer *w, struct connection *c)
{
	const uint32_t length = c->left < SEGMENT ? c->left : SEGMENT;

	say(w, c, SERVER, ACK, w->pattern + draw(w) % PATTERN_BYTES, length);
	c->left -= length;
	if (++c->unacknowledged == 2) {
		say(w, c, CLIENT, ACK, "", 0);
		c->unacknowledged = 0;
	}
	if (c->left == 0)
		c->step = STEP_FIN;
}

/* The next packet or two of a bulk connection. */
static void
advance(struct writer *w, struct connection *c)
{
	uint8_t hello[HELLO_BYTES] = { 0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };

	switch (c->step) {
	case STEP_SYN:
		say(w, c, CLIENT, SYN, "", 0);
		c->step = STEP_SYN_ACK;
		return;
	case STEP_SYN_ACK:
		say(w, c, SERVER, SYN | ACK, "", 0);
		c->step = STEP_HELLO;
		return;
	case STEP_HELLO:
		say(w, c, CLIENT, ACK, "", 0);
		say(w, c, CLIENT, ACK, hello, sizeof(hello));
		c->step = STEP_DATA;
		return;
	case STEP_DATA:
		data(w, c);
		return;
	case STEP_FIN:
		say(w, c, SERVER, FIN | ACK, "", 0);
		c->step = STEP_FIN_BACK;
		return;
	case STEP_FIN_BACK:
		say(w, c, CLIENT, FIN | ACK, "", 0);
		say(w, c, SERVER, ACK, "", 0);
		c->step = STEP_OVER;
		return;
	case STEP_OVER:
		connection_begin(w, c, 443);
		return;
	}
}

static void
send_mail(struct writer *w)
{
	struct connection c;

	connection_begin(w, &c, 2525);
	c.address[SERVER] = 0x0a020001; /* one server, many clients */
	say(w, &c, CLIENT, SYN, "", 0);
	say(w, &c, SERVER, SYN | ACK, "", 0);
	say(w, &c, CLIENT, ACK, "", 0);
	for (size_t i = 0; i < sizeof(mail) / sizeof(mail[0]); i++)
		say(w, &c, mail[i].side, ACK, mail[i].text,
		    (uint32_t)strlen(mail[i].text));
	say(w, &c, SERVER, FIN | ACK, "", 0);
	say(w, &c, CLIENT, FIN | ACK, "", 0);
	say(w, &c, SERVER, ACK, "", 0);
}

int
main(int argc, char **argv)
{
	static struct connection connections[CONNECTIONS];
	static struct writer w = { .when_ns = 1700000000000000000,
		.random = 2463534242 };
	uint64_t wanted, next_mail = 1000;

	wanted = argc == 2 ? strtoull(argv[1], NULL, 10) << 20 : 0;
	if (wanted == 0) {
		fputs("usage: make_capture MEGABYTES >FILE\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(w.pattern); i++)
		w.pattern[i] = (uint8_t)draw(&w);
	for (size_t i = 0; i < CONNECTIONS; i++)
		connection_begin(&w, &connections[i], 443);
	write_file_header(&w);
	while (w.bytes < wanted) {
		advance(&w, &connections[draw(&w) % CONNECTIONS]);
		if (w.packets >= next_mail) {
			send_mail(&w);
			next_mail += PACKETS_PER_MAIL;
		}
	}
	if (fflush(stdout) != 0) {
		perror("make_capture");
		return 1;
	}
	return 0;
}
