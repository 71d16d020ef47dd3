/* SPDX-License-Identifier: Apache-2.0 */
/*
 * witness - lines by hand, two small tables, and a rule for each letter of
 * "confirmed".
 */
#include "tests/fuzz/witness.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define LINE_KEPT    512 /* bytes of a line that are told apart */

/* clang-format off */
static const struct {
	const char *word;
	enum witness_verb verb;
} verbs[] = {
	{ "EHLO", ASKS_HELLO }, { "HELO", ASKS_HELLO },
	{ "MAIL", ASKS_MAIL },
	{ "RCPT", ASKS_RCPT },
	{ "DATA", ASKS_DATA },
	{ "BDAT", ASKS_BDAT },
	{ "AUTH", ASKS_AUTH },
	{ "STARTTLS", ASKS_TLS }, { "X-ANONYMOUSTLS", ASKS_TLS },
	{ "XCLIENT", ASKS_PROXY }, { "XFORWARD", ASKS_PROXY },
};

static const struct {
	enum witness_verb verb;
	unsigned first, last;
} acceptances[] = {
	{ ASKS_HELLO, 250, 250 },
	{ ASKS_MAIL,  250, 250 },
	{ ASKS_RCPT,  200, 299 },
	{ ASKS_DATA,  354, 354 },
	{ ASKS_BDAT,  250, 250 },
	{ ASKS_AUTH,  334, 334 }, { ASKS_AUTH, 235, 235 },
	{ ASKS_TLS,   220, 220 },
	{ ASKS_PROXY, 220, 220 }, { ASKS_PROXY, 250, 250 },
};

static const unsigned ftp_codes[] = {
	331, 230, 227, 229, 234, 215, 150, 226
};

static const char *const foreign[] = {
	"SSH-", "+OK", "-ERR", "* OK", "HTTP/", "RFB 0", "@RSYNCD:"
};
/* clang-format on */

static bool
is_blank(uint8_t byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool
starts(const struct witness_side *side, const char *text)
{
	const size_t len = strlen(text);

	return side->len >= len &&
	    strncasecmp((const char *)side->head, text, len) == 0;
}

static bool
starts_with_word(const struct witness_side *side, const char *word)
{
	const size_t len = strlen(word);

	return starts(side, word) &&
	    (side->len == len || is_blank(side->head[len]));
}

static unsigned
digit(uint8_t byte)
{
	return (unsigned)(byte - '0');
}

/* Three numbers between points, and then a blank or nothing. */
static bool
is_enhanced(const struct witness_side *side)
{
	const size_t kept =
	    side->len < WITNESS_HEAD_MAX ? side->len : WITNESS_HEAD_MAX;
	unsigned points = 0, digits = 0;

	for (size_t i = 0; i < kept && !is_blank(side->head[i]); i++) {
		if (side->head[i] == '.' && digits > 0) {
			points++;
			digits = 0;
		} else if (!isdigit(side->head[i]) || ++digits > 3) {
			return false;
		}
	}
	return points == 2 && digits > 0;
}

/* Three digits, the first of them 1 to 5, and then a blank, a dash or nothing;
 * or an enhanced code, which some servers begin with. */
static unsigned
code_of(const struct witness_side *side)
{
	const uint8_t *head = side->head;

	if (side->len < 3 || head[0] < '1' || head[0] > '5')
		return 0;
	if (head[1] == '.')
		return is_enhanced(side) ? digit(head[0]) * 100 : 0;
	if (!isdigit(head[1]) || !isdigit(head[2]))
		return 0;
	if (side->len > 3 && head[3] != '-' && head[3] != ' ' &&
	    head[3] != '\t' && head[3] != '\r')
		return 0;
	return digit(head[0]) * 100 + digit(head[1]) * 10 + digit(head[2]);
}

static void
answers(struct witness_side *server, const struct witness_side *client,
    unsigned code)
{
	for (size_t i = 0; i < COUNT(acceptances); i++)
		if (client->asked[acceptances[i].verb] &&
		    code >= acceptances[i].first && code <= acceptances[i].last)
			server->accepted[acceptances[i].verb]++;
	if (client->asked[ASKS_RCPT] &&
	    (code / 10 == 45 || code / 10 == 55 || code / 100 == 2))
		server->answered_rcpt++;
}

static void
reply_line(struct witness_side *server, const struct witness_side *client,
    unsigned code)
{
	static const unsigned order[] = { 220, 250, 354 };

	if (server->going_on != 0) { /* here it ends at the latest */
		answers(server, client, server->going_on);
		server->going_on = 0;
	}
	if (server->len > 3 && server->head[3] == '-')
		server->going_on = code;
	answers(server, client, code);
	if (code == 250 && server->code[220])
		server->offered = true;
	if (server->order < COUNT(order) && code == order[server->order])
		server->order++;
	server->code[code] = true;
	server->replies++;
	server->open_replies += !server->secret;
	server->replies_2xx += code / 100 == 2;
	for (size_t i = 0; i < COUNT(ftp_codes); i++)
		server->ftp |= code == ftp_codes[i];
}

static void
keep_hello(struct witness *witness, const struct witness_side *side)
{
	const size_t kept =
	    side->len < WITNESS_HEAD_MAX ? side->len : WITNESS_HEAD_MAX;
	size_t at = 4, len;

	while (at < kept && (side->head[at] == ' ' || side->head[at] == '\t'))
		at++;
	len = kept - at < WITNESS_HELLO_MAX ? kept - at : WITNESS_HELLO_MAX;
	if (kept == WITNESS_HEAD_MAX && len < WITNESS_HELLO_MAX)
		witness->loose = true; /* its name is further than we look */
	if (witness->hellos < WITNESS_HELLOS_MAX) {
		memcpy(witness->hello[witness->hellos], side->head + at, len);
		witness->hello_len[witness->hellos] = len;
	}
	witness->hellos++;
}

/* MAIL and RCPT are asked with FROM: and TO: only. */
static bool
well_made(const struct witness_side *client, enum witness_verb verb)
{
	const char *wanted = verb == ASKS_MAIL ? "FROM:"
	    : verb == ASKS_RCPT                ? "TO:"
					       : "";
	size_t at = 4;

	while (at < WITNESS_HEAD_MAX - 5 &&
	    (client->head[at] == ' ' || client->head[at] == '\t'))
		at++;
	if (at == WITNESS_HEAD_MAX - 5)
		return true; /* it is further than we look */
	return strncasecmp((const char *)client->head + at, wanted,
		   strlen(wanted)) == 0;
}

static void
verb_line(struct witness *witness, struct witness_side *client)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (!starts_with_word(client, verbs[i].word) ||
		    !well_made(client, verbs[i].verb))
			continue;
		client->asked[verbs[i].verb] = true;
		client->asked_lines++;
		client->secret |=
		    verbs[i].verb == ASKS_DATA || verbs[i].verb == ASKS_AUTH;
		witness->loose |= verbs[i].verb == ASKS_BDAT;
	}
	client->rcpt_lines += starts_with_word(client, "RCPT");
	if (starts(client, "EHLO") || starts(client, "HELO") ||
	    starts(client, "LHLO"))
		keep_hello(witness, client);
	if (starts(client, "CONNECT") || starts(client, "PROXY"))
		witness->loose = true;
}

static void
line_ends(struct witness *witness, int from)
{
	struct witness_side *side = &witness->side[from];
	const unsigned code = code_of(side);

	if (!side->any_line)
		for (size_t i = 0; i < COUNT(foreign); i++)
			side->foreign |= starts(side, foreign[i]);
	side->any_line = true;
	if (code != 0)
		reply_line(side, &witness->side[1 - from], code);
	else
		verb_line(witness, side);
	side->len = 0;
}

static bool
says_verb(const struct witness *witness, int from, enum witness_verb verb)
{
	for (size_t i = 0; i < COUNT(verbs); i++)
		if (verbs[i].verb == verb &&
		    memmem(witness->said[from], witness->said_len[from],
			verbs[i].word, strlen(verbs[i].word)) != NULL)
			return true;
	return false;
}

/* A number between these, or an enhanced code of such a class. */
static bool
says_code(
    const struct witness *witness, int from, unsigned first, unsigned last)
{
	const char *said = witness->said[from];

	for (size_t i = 0; i + 2 < witness->said_len[from]; i++) {
		const unsigned char a = (unsigned char)said[i];
		const unsigned char b = (unsigned char)said[i + 1];
		const unsigned char c = (unsigned char)said[i + 2];
		unsigned code = digit(a) * 100;

		if (!isdigit(a) || !isdigit(c) || (b != '.' && !isdigit(b)))
			continue;
		if (b != '.')
			code += digit(b) * 10 + digit(c);
		if (code >= first && code <= last)
			return true;
	}
	return false;
}

static bool
has_asked(const struct witness *witness, int from, enum witness_verb verb)
{
	return witness->loose ? says_verb(witness, from, verb)
			      : witness->side[from].asked[verb];
}

static bool
has_code(const struct witness *witness, int from, unsigned code)
{
	return witness->loose ? says_code(witness, from, code, code)
			      : witness->side[from].code[code];
}

/* Loose: was it asked, and is there a word of acceptance, at all? */
static bool
may_accept(const struct witness *witness, int server, enum witness_verb verb)
{
	if (!witness->loose)
		return witness->side[server].accepted[verb] > 0;
	if (!says_verb(witness, 1 - server, verb))
		return false;
	for (size_t i = 0; i < COUNT(acceptances); i++)
		if (acceptances[i].verb == verb &&
		    says_code(witness, server, acceptances[i].first,
			acceptances[i].last))
			return true;
	return false;
}

/* Mid-stream: two pairs, of different kinds or with different replies. */
static bool
two_pairs(const struct witness *witness, int server)
{
	static const enum witness_verb kinds[] = { ASKS_MAIL, ASKS_RCPT,
		ASKS_DATA, ASKS_BDAT, ASKS_AUTH };
	const struct witness_side *client = &witness->side[1 - server];
	const bool enough = witness->loose || client->asked_lines >= 2;
	bool accepted = false;

	for (size_t i = 0; i < COUNT(kinds); i++)
		accepted |= may_accept(witness, server, kinds[i]);
	return accepted && enough;
}

/* Both can be seen, and this one serves. */
static bool
both_allow(const struct witness *witness, int server)
{
	const struct witness_side *said = &witness->side[server];
	const struct witness_side *asked = &witness->side[1 - server];
	const bool greeted_220 = has_code(witness, server, 220);
	const bool greeted =
	    witness->loose || witness->midstream || said->replies_2xx >= 2;

	if (!witness->loose && !witness->midstream && witness->handshake &&
	    asked->replies == 0 && server == 1 && (said->ftp || said->foreign))
		return false;
	if (may_accept(witness, server, ASKS_HELLO) && greeted)
		return true;
	if (may_accept(witness, server, ASKS_MAIL) &&
	    (greeted_220 || said->answered_rcpt > 0 || witness->loose ||
		may_accept(witness, server, ASKS_DATA)))
		return true;
	/* An old client's hello is none (RFC 2246 E), but its answer is. */
	if (may_accept(witness, server, ASKS_TLS) &&
	    (asked->record || said->record))
		return true;
	if (may_accept(witness, server, ASKS_PROXY) && greeted_220)
		return true;
	return witness->midstream && two_pairs(witness, server);
}

/* Only the server's side can be seen: it greets and accepts, and never asks. */
static bool
server_allows(const struct witness *witness, int server)
{
	const struct witness_side *said = &witness->side[server];

	if (witness->loose)
		return has_code(witness, server, 220) &&
		    has_code(witness, server, 250);
	return (said->offered || said->order == 3) && !said->asked[ASKS_HELLO];
}

/* Only the client's side can be seen: it goes on as after acceptance. */
static bool
client_allows(const struct witness *witness, int client)
{
	const struct witness_side *said = &witness->side[client];
	const int verbs_said = has_asked(witness, client, ASKS_HELLO) +
	    has_asked(witness, client, ASKS_MAIL) +
	    has_asked(witness, client, ASKS_RCPT) +
	    has_asked(witness, client, ASKS_DATA);

	return verbs_said >= 3 && said->acked &&
	    (witness->loose || said->open_replies == 0);
}

/* A side of which all that it said is missing is not mirrored. */
static bool
in_sight(const struct witness_side *side)
{
	return side->seen && (side->heard || !side->lost);
}

static bool
proven(const struct witness *witness)
{
	const struct witness_side *side = witness->side;

	if (witness->said_len[0] == WITNESS_SAID_MAX ||
	    witness->said_len[1] == WITNESS_SAID_MAX)
		return true;
	if (in_sight(&side[0]) && in_sight(&side[1]))
		return both_allow(witness, 0) || both_allow(witness, 1);
	for (int i = 0; i < 2; i++)
		if (in_sight(&side[i]) &&
		    (server_allows(witness, i) || client_allows(witness, i)))
			return true;
	return false;
}

void
witness_begin(struct witness *witness, bool handshake, bool midstream)
{
	memset(witness, 0, offsetof(struct witness, said));
	witness->handshake = handshake;
	witness->midstream = midstream;
}

void
witness_seen(struct witness *witness, int from)
{
	witness->side[from].seen = true;
}

void
witness_ack(struct witness *witness, int from)
{
	if (witness->loose || witness->side[from].asked_lines > 0)
		witness->side[from].acked = true;
}

void
witness_gap(struct witness *witness, int from)
{
	witness->loose = true;
	witness->midstream = true;
	witness->side[from].lost = true;
	witness->allows |= proven(witness);
}

void
witness_hears(struct witness *witness, int from, uint8_t byte)
{
	struct witness_side *side = &witness->side[from];

	side->seen = true;
	side->heard = true;
	side->record |= byte == 0x03 && side->last_byte == 0x16;
	side->last_byte = byte;
	if (witness->said_len[from] < WITNESS_SAID_MAX)
		witness->said[from][witness->said_len[from]++] =
		    (char)toupper(byte);
	if (byte == 0x00 || byte == 0x04 || byte == 0x05)
		witness->loose = true;
	if (byte == '\n' && side->len > 0)
		line_ends(witness, from);
	if (byte == '\n' || (side->record && byte <= 0x04))
		witness->allows |= proven(witness);
	if (byte == '\n')
		return;
	if (side->len == 0 && is_blank(byte))
		return;
	if (side->len < WITNESS_HEAD_MAX)
		side->head[side->len] = byte;
	if (++side->len > LINE_KEPT)
		witness->loose = true;
}

bool
witness_allows(const struct witness *witness)
{
	return witness->allows;
}

bool
witness_counts(const struct witness *witness, uint32_t messages,
    uint32_t accepted, uint32_t rejected)
{
	const struct witness_side *side = witness->side;

	if (witness->loose)
		return true;
	return messages + accepted <=
	    side[0].replies_2xx + side[1].replies_2xx &&
	    accepted + rejected <= side[0].rcpt_lines + side[1].rcpt_lines;
}

bool
witness_knows(const struct witness *witness, const char *hello, size_t len)
{
	if (witness->loose || witness->hellos > WITNESS_HELLOS_MAX || len == 0)
		return true;
	for (unsigned i = 0; i < witness->hellos; i++)
		if (len <= witness->hello_len[i] &&
		    memcmp(witness->hello[i], hello, len) == 0)
			return true;
	return false;
}
