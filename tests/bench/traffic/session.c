/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session - scripts of what is said in turn, between a handshake and a
 * farewell.
 */
#include "tests/bench/traffic/session.h"

#include "tests/support/wire.h"

#define TURNS 24

enum who {
	NOBODY, /* the script ends */
	CLIENT,
	SERVER,
};

/* What is said; without a text it is the session's bulk. */
struct turn {
	enum who who;
	const char *text;
	uint16_t len;
};

#define SAID(text) (text), sizeof(text) - 1
#define BULK       NULL, 0

/* clang-format off */
#define OFFER "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n" \
	"250-ETRN\r\n250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n"              \
	"250-8BITMIME\r\n250 DSN\r\n"
#define HELLO  { CLIENT, SAID("\x16\3\1\2\0\1\0\1\xfc\3\3 and what is random") }
#define ANSWER { SERVER, SAID("\x16\3\3\0\x7a\2\0\0\x76\3\3 as random as that") }

static const struct turn scripts[SESSION_KINDS][TURNS] = {
	[SESSION_TLS] = { HELLO, ANSWER, { SERVER, BULK } },
	[SESSION_HTTP] = {
		{ CLIENT, SAID("GET /a/page HTTP/1.1\r\nHost: www.example.org\r\n"
			"User-Agent: a browser\r\nAccept: */*\r\n\r\n") },
		{ SERVER, SAID("HTTP/1.1 200 OK\r\nServer: a\r\n"
			"Content-Type: text/html\r\n\r\n") },
		{ SERVER, BULK } },
	[SESSION_ASKED] = {
		{ CLIENT, SAID("\0\0\0\x1c\1\7of what is there to say?") },
		{ SERVER, SAID("\0\0\0\x1c\2\7there is nothing to say.") } },
	[SESSION_DNS] = {
		{ CLIENT, SAID("\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3org\0\0\1\0\1") },
		{ SERVER, SAID("\x12\x34\x81\x80\0\1\0\1\0\0\0\0\3www\7example\3org\0\0\1"
			"\0\1\xc0\x0c\0\1\0\1\0\0\1\0\0\4\x0a\0\0\1") } },
	[SESSION_FTP] = {
		{ SERVER, SAID("220 ftp.example.org FTP server ready.\r\n") },
		{ CLIENT, SAID("USER anonymous\r\n") },
		{ SERVER, SAID("331 Please specify the password.\r\n") },
		{ CLIENT, SAID("PASS a@example.org\r\n") },
		{ SERVER, SAID("230 Login successful.\r\n") },
		{ CLIENT, SAID("QUIT\r\n") },
		{ SERVER, SAID("221 Goodbye.\r\n") } },
	[SESSION_MAIL] = {
		{ SERVER, SAID("220 mx.example.org ESMTP Postfix\r\n") },
		{ CLIENT, SAID("EHLO client.example.org\r\n") },
		{ SERVER, SAID(OFFER) },
		{ CLIENT, SAID("MAIL FROM:<a@example.org> SIZE=4000\r\n") },
		{ SERVER, SAID("250 2.1.0 Ok\r\n") },
		{ CLIENT, SAID("RCPT TO:<b@example.org>\r\n") },
		{ SERVER, SAID("250 2.1.5 Ok\r\n") },
		{ CLIENT, SAID("DATA\r\n") },
		{ SERVER, SAID("354 End data with <CR><LF>.<CR><LF>\r\n") },
		{ CLIENT, SAID("From: a\r\nTo: b\r\nSubject: hello\r\n\r\n") },
		{ CLIENT, BULK },
		{ CLIENT, SAID("\r\n.\r\n") },
		{ SERVER, SAID("250 2.0.0 Ok: queued as 4F1A2B3C\r\n") },
		{ CLIENT, SAID("QUIT\r\n") },
		{ SERVER, SAID("221 2.0.0 Bye\r\n") } },
	[SESSION_STARTTLS] = {
		{ SERVER, SAID("220 mx.example.org ESMTP\r\n") },
		{ CLIENT, SAID("EHLO client.example.org\r\n") },
		{ SERVER, SAID(OFFER) },
		{ CLIENT, SAID("STARTTLS\r\n") },
		{ SERVER, SAID("220 2.0.0 Ready to start TLS\r\n") },
		HELLO, ANSWER, { CLIENT, BULK } },
};
/* clang-format on */

bool
session_is_mail(enum session_kind kind)
{
	return kind == SESSION_MAIL || kind == SESSION_STARTTLS;
}

/* Sides by number: 0 is the client. */
static void
say(struct session *s, struct writer *w, unsigned from, uint8_t flags,
    struct turn what)
{
	const struct plain_frame frame = {
		.source = s->address[from],
		.destination = s->address[1 - from],
		.source_port = s->port[from],
		.destination_port = s->port[1 - from],
		.seq = s->seq[from],
		.ack = (flags & WIRE_ACK) != 0 ? s->seq[1 - from] : 0,
		.flags = flags,
		.udp = s->kind == SESSION_DNS,
		.payload_len = what.len,
	};

	writer_packet(w, &frame, what.text);
	s->seq[from] += what.len;
	if ((flags & (WIRE_SYN | WIRE_FIN)) != 0)
		s->seq[from]++;
}

static void
say_nothing(struct session *s, struct writer *w, unsigned from, uint8_t flags)
{
	say(s, w, from, flags, (struct turn){ .text = "" });
}

/* The turn is over. */
static void
next_turn(struct session *s)
{
	s->turn++;
	s->at = 0;
}

static const char *
bulk_of(const struct session *s, struct writer *w)
{
	uint32_t from = writer_draw(w, PATTERN_BYTES);

	return s->kind == SESSION_MAIL ? (const char *)w->text + from
				       : (const char *)w->noise + from;
}

/* As much of the turn as one segment takes. */
static void
speak(struct session *s, struct writer *w, const struct turn *turn,
    uint32_t segment)
{
	uint32_t all = turn->len;
	struct turn part = *turn;

	if (turn->text == NULL) {
		part.text = bulk_of(s, w);
		all = s->left;
	} else {
		part.text += s->at;
		all -= s->at;
	}
	part.len = (uint16_t)(all < segment ? all : segment);
	say(s, w, turn->who - CLIENT, WIRE_ACK | WIRE_PSH, part);
	if (turn->text != NULL)
		s->at += part.len;
	else
		s->left -= part.len;
	s->unheard++;
	if (part.len == all)
		next_turn(s);
}

/* SYN, SYN-ACK, ACK. */
static void
shake_hands(struct session *s, struct writer *w)
{
	static const uint8_t flags[] = { WIRE_SYN, WIRE_SYN | WIRE_ACK,
		WIRE_ACK };

	say_nothing(s, w, s->step == 1, flags[s->step]);
	s->step++;
}

/* FIN, FIN, ACK. */
static bool
part(struct session *s, struct writer *w)
{
	static const uint8_t flags[] = { WIRE_FIN | WIRE_ACK,
		WIRE_FIN | WIRE_ACK, WIRE_ACK };

	if (s->kind == SESSION_DNS || s->kind == SESSION_SYN || s->step == 6)
		return false;
	say_nothing(s, w, s->step == 4, flags[s->step - 3]);
	s->step++;
	return true;
}

bool
session_advance(struct session *s, struct writer *w, uint32_t segment)
{
	const struct turn *turn = &scripts[s->kind][s->turn];

	if (s->kind == SESSION_SYN && s->step == 1)
		return false;
	if (s->step < 3 && s->kind != SESSION_DNS) {
		shake_hands(s, w);
		return true;
	}
	if (s->unheard == 2 && s->kind != SESSION_DNS) {
		s->unheard = 0; /* the other side of whoever is speaking */
		say_nothing(s, w, turn->who == CLIENT, WIRE_ACK);
		return true;
	}
	while (turn->who != NOBODY && turn->text == NULL && s->left == 0) {
		next_turn(s);
		turn = &scripts[s->kind][s->turn];
	}
	if (turn->who == NOBODY)
		return part(s, w);
	speak(s, w, turn, segment);
	return true;
}
