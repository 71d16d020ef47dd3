/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoys - the table of those who are taken for mail servers.
 *
 * First lines are told by patterns: '#' stands for digits, '~' for one word,
 * all else for itself in any case.  Rows are tried in order, and a row that
 * more bytes could still fit holds up those below it; so the answer does not
 * depend on how the bytes were cut.
 */
#include "dissectors/decoys.h"

#include "dissectors/greeting.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum who {
	ANSWERS = 1, /* only where the replying side says it */
	ASKS = 2,
	ANYONE = ANSWERS | ASKS,
	WHOLE = 4 /* not of a row: no more of the line will come */
};

struct opening {
	struct slice pattern;
	enum who who;
	enum label label;
};

/* In the order of their first bytes, capitals for letters: a search looks only
 * at those that begin as it does. */
/* clang-format off */
static const struct opening openings[] = {
	{ SLICE("\x13" "BitTorrent"),  ANYONE,  LABEL_OTHER },
	{ SLICE("\x15\x03"),           ANSWERS, LABEL_TLS }, /* an alert */
	{ SLICE("\x16\x03"),           ANSWERS, LABEL_TLS }, /* ServerHello */
	{ SLICE("\x1b%-12345X"),       ANYONE,  LABEL_PRINTER },
	{ SLICE("\"IMPLEMENTATION\""), ANSWERS, LABEL_MANAGESIEVE },
	{ SLICE("$#"),                 ANSWERS, LABEL_REDIS },
	{ SLICE("*#"),                 ANYONE,  LABEL_REDIS },
	{ SLICE("* OK"),               ANSWERS, LABEL_IMAP }, /* Cyrus sync as well */
	{ SLICE("* PREAUTH"),          ANSWERS, LABEL_IMAP },
	{ SLICE("* BYE"),              ANSWERS, LABEL_IMAP },
	{ SLICE("* SASL"),             ANSWERS, LABEL_OTHER }, /* Cyrus sync, mupdate */
	{ SLICE("* AUTH "),            ANSWERS, LABEL_OTHER },
	{ SLICE("+OK"),                ANSWERS, LABEL_POP3 },
	{ SLICE("+PONG"),              ANSWERS, LABEL_REDIS },
	{ SLICE("-ERR unknown "),      ANSWERS, LABEL_REDIS }, /* to a scanner's EHLO */
	{ SLICE("-ERR wrong "),        ANSWERS, LABEL_REDIS },
	{ SLICE("-ERR"),               ANSWERS, LABEL_POP3 },
	{ SLICE("-NOAUTH "),           ANSWERS, LABEL_REDIS },
	{ SLICE("-DENIED "),           ANSWERS, LABEL_REDIS },
	{ SLICE(":~ #"),               ANSWERS, LABEL_IRC },
	{ SLICE(":~ NOTICE "),         ANSWERS, LABEL_IRC },
	{ SLICE(":~ PRIVMSG "),        ANYONE,  LABEL_IRC },
	{ SLICE("<!doctype "),         ANSWERS, LABEL_HTTP }, /* HTTP 0.9 */
	{ SLICE("<html"),              ANSWERS, LABEL_HTTP },
	{ SLICE("<#>"),                ANYONE,  LABEL_SYSLOG }, /* RFC 6587 */
	{ SLICE("<?xml "),             ANYONE,  LABEL_XMPP },
	{ SLICE("<stream:"),           ANYONE,  LABEL_XMPP },
	{ SLICE("@RSYNCD:"),           ANYONE,  LABEL_RSYNC },
	{ SLICE("@PJL"),               ANYONE,  LABEL_PRINTER },
	{ SLICE("AMQP"),               ANYONE,  LABEL_AMQP },
	{ SLICE("CAP LS"),             ASKS,    LABEL_IRC },
	{ SLICE("CONNECT\n"),          ASKS,    LABEL_STOMP },
	{ SLICE("CONNECTED\n"),        ANSWERS, LABEL_STOMP },
	{ SLICE("CONNECT "),           ASKS,    LABEL_NONE },  /* mail may come behind it */
	{ SLICE("DESCRIBE rtsp"),      ASKS,    LABEL_RTSP },
	{ SLICE("FLAPON"),             ASKS,    LABEL_OTHER }, /* TOC */
	{ SLICE("GET "),               ASKS,    LABEL_HTTP },
	{ SLICE("HTTP/"),              ANSWERS, LABEL_HTTP },
	{ SLICE("HEAD "),              ASKS,    LABEL_HTTP },
	{ SLICE("ICY "),               ANSWERS, LABEL_HTTP }, /* radio streams */
	{ SLICE("ICAP/#"),             ANSWERS, LABEL_OTHER },
	{ SLICE("INFO {"),             ANSWERS, LABEL_NATS },
	{ SLICE("INVITE sip"),         ASKS,    LABEL_SIP },
	{ SLICE("JDWP-Handshake"),     ANYONE,  LABEL_OTHER },
	{ SLICE("MSRP "),              ANYONE,  LABEL_OTHER },
	{ SLICE("NOTICE AUTH "),       ANSWERS, LABEL_IRC },
	{ SLICE("NICK "),              ASKS,    LABEL_IRC },
	{ SLICE("OPTIONS sip"),        ASKS,    LABEL_SIP },
	{ SLICE("OPTIONS rtsp"),       ASKS,    LABEL_RTSP },
	{ SLICE("POST "),              ASKS,    LABEL_HTTP },
	{ SLICE("PUT "),               ASKS,    LABEL_HTTP },
	{ SLICE("PRI * HTTP/"),        ASKS,    LABEL_HTTP },
	{ SLICE("RTSP/#"),             ANSWERS, LABEL_RTSP },
	{ SLICE("RFB #"),              ANYONE,  LABEL_RFB },
	{ SLICE("REGISTER sip"),       ASKS,    LABEL_SIP },
	{ SLICE("SSH-"),               ANYONE,  LABEL_SSH },
	{ SLICE("SIP/#"),              ANSWERS, LABEL_SIP },
	{ SLICE("STOMP\n"),            ASKS,    LABEL_STOMP },
	{ SLICE("STAT ~ "),            ANSWERS, LABEL_MEMCACHED },
	{ SLICE("USERNAME "),          ASKS,    LABEL_OTHER }, /* NUT */
	{ SLICE("VER # MSNP"),         ANYONE,  LABEL_OTHER },
	{ SLICE("ZBXD"),               ANYONE,  LABEL_OTHER }, /* Zabbix */
	{ SLICE("\xff\xfb"),           ANSWERS, LABEL_TELNET }, /* RFC 854; people say it to any server */
	{ SLICE("\xff\xfc"),           ANSWERS, LABEL_TELNET },
	{ SLICE("\xff\xfd"),           ANSWERS, LABEL_TELNET },
	{ SLICE("\xff\xfe"),           ANSWERS, LABEL_TELNET },
};

/* Any method of anything, and then one of these: asked for last, since the
 * first word of whatever is said could begin it. */
static const struct slice method = SLICE("~ ~ ");

static const struct opening requests[] = {
	{ SLICE("HTTP/#"), ASKS, LABEL_HTTP },
	{ SLICE("ICAP/#"), ASKS, LABEL_OTHER },
	{ SLICE("RTSP/#"), ASKS, LABEL_RTSP },
	{ SLICE("SIP/#"),  ASKS, LABEL_SIP },
};

/* Codes that open a mail server's greeting now and then, told by a word. */
static const struct opening worded[] = {
	{ SLICE("NNTP"),         ANSWERS, LABEL_NNTP },
	{ SLICE("NNRP"),         ANSWERS, LABEL_NNTP },
	{ SLICE("InterNetNews"), ANSWERS, LABEL_NNTP },
	{ SLICE("posting"),      ANSWERS, LABEL_NNTP }, /* "no posting", "posting ok" */
	{ SLICE("poppassd"),     ANSWERS, LABEL_OTHER },
};

struct greeter {
	struct slice phrase;
	enum label label;
};

/* In the order of their letters, capitals or not: a search ends where these are
 * past its own. */
static const struct greeter greeters[] = {
	{ SLICE("AVG daemon"),            LABEL_SCANNER },
	{ SLICE("AMANDA"),                LABEL_OTHER }, /* index and tape servers */
	{ SLICE("dictd"),                 LABEL_DICT },
	{ SLICE("daemon mode scanner"),   LABEL_SCANNER },
	{ SLICE("fyre"),                  LABEL_OTHER }, /* rendering cluster */
	{ SLICE("FileZilla"),             LABEL_FTP }, /* the rest of them say FTP */
	{ SLICE("GlobalSCAPE"),           LABEL_FTP },
	{ SLICE("HylaFAX"),               LABEL_FAX },
	{ SLICE("HP GGW"),                LABEL_OTHER }, /* scanner gateway */
	{ SLICE("HP-GSG"),                LABEL_OTHER },
	{ SLICE("LMTP"),                  LABEL_LMTP },
	{ SLICE("Norton AntiVirus"),      LABEL_SCANNER },
	{ SLICE("NNTP"),                  LABEL_NNTP },
	{ SLICE("Qtopia"),                LABEL_OTHER }, /* transfer server */
	{ SLICE("RMATE"),                 LABEL_OTHER }, /* TextMate */
	{ SLICE("SNPP"),                  LABEL_PAGER },
	{ SLICE("SVDRP"),                 LABEL_VDR },
	{ SLICE("Symantec AntiVirus"),    LABEL_SCANNER },
	{ SLICE("Symantec AV"),           LABEL_SCANNER },
	{ SLICE("SAFT"),                  LABEL_OTHER }, /* sendfile */
	{ SLICE("SLNP"),                  LABEL_OTHER }, /* library system */
	{ SLICE("Serv-U"),                LABEL_FTP },
	{ SLICE("telemecanique"),         LABEL_OTHER },
	{ SLICE("VMware Authentication"), LABEL_VMWARE },
};

static const struct slice ftp_verbs[] = {
	SLICE("USER"), SLICE("PASS"), SLICE("CWD"),  SLICE("TYPE"),
	SLICE("PASV"), SLICE("PORT"), SLICE("EPSV"), SLICE("FEAT"),
	SLICE("SYST"), SLICE("ADAT"),
};

/* AUTH is SMTP's as well; these are no SASL names (RFC 4217, 2228). */
static const struct slice ftp_auths[] = {
	SLICE("TLS"), SLICE("TLS-C"), SLICE("TLS-P"), SLICE("SSL"),
};

static const unsigned ftp_codes[] = { 331, 230, 227, 229, 234, 215, 150, 226 };
/* clang-format on */

static const struct slice auth = SLICE("AUTH");
static const struct slice ftp = SLICE("FTP");

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - ('a' - 'A')) : c;
}

enum fit {
	FIT_NOT,
	FIT_PARTLY, /* the bytes end before the pattern does */
	FIT_WHOLE
};

/* How many bytes the pattern's sign takes; 0: it does not fit there. */
static size_t
taken(struct slice bytes, uint8_t sign)
{
	size_t n = 0;

	switch (sign) {
	case '#':
		while (is_digit(slice_at(bytes, n)))
			n++;
		return n;
	case '~':
		while (n < bytes.len && !is_blank(slice_at(bytes, n)))
			n++;
		return n;
	default:
		return upper(slice_at(bytes, 0)) == upper(sign);
	}
}

/* Moves *bytes behind what fits the whole pattern. */
static enum fit
fit(struct slice *bytes, struct slice pattern)
{
	struct slice rest = *bytes;

	for (size_t p = 0; p < pattern.len; p++) {
		const size_t n = taken(rest, slice_at(pattern, p));

		if (n == 0)
			return rest.len == 0 ? FIT_PARTLY : FIT_NOT;
		rest = slice_after(rest, n);
	}
	*bytes = rest;
	return FIT_WHOLE;
}

static uint8_t
sign_of(const struct opening *row)
{
	return slice_at(row->pattern, 0);
}

/* The first row that does not begin with less than that, by halves. */
static size_t
rows_before(const struct opening rows[], size_t count, uint8_t first)
{
	size_t low = 0;

	while (count > 0) {
		const size_t half = count / 2;

		if (sign_of(&rows[low + half]) < first) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

/* True: the first row that fits names it, or may when more has come, and until
 * then it has no name.  The first sign of a row is a byte in all of them. */
static bool
is_named(const struct opening rows[], size_t count, struct slice bytes,
    enum who who, enum label *ret_label)
{
	const uint8_t first = upper(slice_at(bytes, 0));
	enum fit fits = FIT_NOT;

	for (size_t i = rows_before(rows, count, first);
	     i < count && fits == FIT_NOT && sign_of(&rows[i]) == first; i++) {
		if ((rows[i].who & who) != 0)
			fits = fit(&bytes, rows[i].pattern);
		if (fits == FIT_PARTLY && (who & WHOLE) != 0)
			fits = FIT_NOT;
		if (fits == FIT_WHOLE)
			*ret_label = rows[i].label;
	}
	return fits != FIT_NOT;
}

static enum label
worded_opening(struct slice bytes)
{
	struct slice line = slice_first(bytes, slice_find(bytes, '\n'));

	if (slice_at(line, 0) != '2' || slice_at(line, 1) != '0' ||
	    (slice_at(line, 2) != '0' && slice_at(line, 2) != '1') ||
	    slice_at(line, 3) != ' ')
		return LABEL_NONE;
	for (size_t i = 0; i < COUNT(worded); i++)
		if (slice_has_word(line, worded[i].pattern))
			return worded[i].label;
	return LABEL_NONE;
}

static enum label
opening_of(struct slice bytes, bool replies, enum who who)
{
	enum label label = LABEL_NONE;

	while (is_blank(slice_at(bytes, 0)))
		bytes = slice_after(bytes, 1);
	if (is_named(openings, COUNT(openings), bytes, who, &label))
		return label;
	if (replies)
		return worded_opening(bytes);
	if (fit(&bytes, method) == FIT_WHOLE)
		is_named(requests, COUNT(requests), bytes, who, &label);
	return label;
}

enum label
decoy_opening(struct slice bytes, bool replies)
{
	return opening_of(bytes, replies, replies ? ANSWERS : ASKS);
}

enum label
decoy_first_line(struct slice line, bool replies)
{
	return opening_of(
	    line, replies, replies ? ANSWERS | WHOLE : ASKS | WHOLE);
}

/* vsFTPd, ProFTPD, Pure-FTPd, CrushFTP, WS_FTP ...: the word tells them all. */
static bool
holds_ftp(struct slice word)
{
	for (; word.len >= ftp.len; word = slice_after(word, 1))
		if (slice_starts_nocase(word, ftp))
			return true;
	return false;
}

static enum label
greeter_of(struct slice word, struct slice tail)
{
	const uint8_t first = upper(slice_at(tail, 0));

	for (size_t i = 0; i < COUNT(greeters) &&
	     upper(slice_at(greeters[i].phrase, 0)) <= first;
	     i++)
		if (greeting_says(tail, greeters[i].phrase))
			return greeters[i].label;
	return holds_ftp(word) ? LABEL_FTP : LABEL_NONE;
}

enum label
decoy_greeting(struct slice text)
{
	struct slice rest = greeting_behind_host(text), word, tail;
	enum label label;

	while (greeting_next(&rest, &word, &tail)) {
		label = greeter_of(word, tail);
		if (label != LABEL_NONE)
			return label;
	}
	return LABEL_NONE;
}

bool
decoy_ftp_verb(struct slice line)
{
	struct slice verb = slice_word(&line), argument;

	if (slice_equal_nocase(verb, auth)) {
		argument = slice_word(&line);
		for (size_t i = 0; i < COUNT(ftp_auths); i++)
			if (slice_equal_nocase(argument, ftp_auths[i]))
				return true;
		return false;
	}
	for (size_t i = 0; i < COUNT(ftp_verbs); i++)
		if (slice_equal_nocase(verb, ftp_verbs[i]))
			return true;
	return false;
}

bool
decoy_ftp_code(unsigned code)
{
	for (size_t i = 0; i < COUNT(ftp_codes); i++)
		if (code == ftp_codes[i])
			return true;
	return false;
}
