/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble_record - what each record looks like; at the end, the table of them.
 */
#include "dissectors/preamble_record.h"

#include "dissectors/http_connect.h"
#include "dissectors/preamble_socks.h"

#define COUNT(table)    (sizeof(table) / sizeof((table)[0]))
#define V1_MAX          107 /* the specification's bound, its CRLF included */
#define V2_HEAD         16
#define WAIT_MAX        16 /* as many as settle a foreign side (gate.h) */
#define HOLD_MAX        512
#define HTTP_BEGIN      7 /* "HTTP/1." */
#define HTTP_LINE_MAX   512
#define HTTP_HEADER_MAX 8192
#define HTTP_PAGE_MAX   UINT16_MAX /* with which a proxy says no */

/* clang-format off */
static const struct {
	struct slice magic;
	enum via via;
	enum preamble_stage stage;
} openings[] = {
	{ SLICE("PROXY "),                       VIA_PROXY_V1,     STAGE_V1 },
	{ SLICE("\r\n\r\n\0\r\nQUIT\n"),         VIA_PROXY_V2,     STAGE_V2 },
	{ SLICE("\x04\x01"),                     VIA_SOCKS4,       STAGE_4_REQUEST },
	{ SLICE("\x05"),                         VIA_SOCKS5,       STAGE_5_METHODS },
	{ SLICE("CONNECT "),                     VIA_HTTP_CONNECT, STAGE_CONNECT },
};
/* clang-format on */

/* A line of at most that many bytes, its LF included.  It is asked after each
 * byte, so only the newest is looked at. */
static size_t
line_length(struct slice got, size_t most)
{
	if (got.len > 0 && slice_at(got, got.len - 1) == '\n')
		return got.len;
	return got.len < most ? got.len + 1 : 0;
}

static struct slice
without_end(struct slice line)
{
	while (slice_at(line, line.len - 1) == '\n' ||
	    slice_at(line, line.len - 1) == '\r')
		line.len--;
	return line;
}

/* got agrees with text as far as both go. */
static bool
agrees(struct slice got, struct slice text)
{
	return slice_equal(
	    slice_first(got, text.len), slice_first(text, got.len));
}

/* --- the opening --------------------------------------------------------- */

static size_t
opening_length(struct slice got)
{
	for (size_t i = 0; i < COUNT(openings); i++) {
		if (!agrees(got, openings[i].magic))
			continue;
		return got.len < openings[i].magic.len ? got.len + 1 : got.len;
	}
	return 0;
}

/* A tunnel is asked for before the server speaks: a proxy has no greeting. */
static enum preamble_stage
opening(struct preamble *preamble, struct slice record)
{
	for (size_t i = 0; i < COUNT(openings); i++) {
		if (!slice_starts(record, openings[i].magic))
			continue;
		if (preamble_answer(openings[i].via) != STAGE_DONE &&
		    preamble->stage[SIDE_RESPONDER] == STAGE_DIALOG)
			return STAGE_NOT;
		if (preamble->again && openings[i].via == VIA_HTTP_CONNECT)
			preamble->layers--;
		preamble->again = false;
		preamble->via[preamble->layers++] = (uint8_t)openings[i].via;
		return openings[i].stage;
	}
	return STAGE_NOT;
}

/* The server is ahead: its bytes are held as long as they may be an answer. */
static size_t
wait_length(struct slice got)
{
	const uint8_t first = slice_at(got, 0);

	if (got.len > 0 && first != 0x00 && first != 0x05)
		return 0;
	return got.len < WAIT_MAX ? got.len + 1 : 0;
}

/* The tunnel was granted and the request for it is missing so far: whose bytes
 * these are is known when it comes. */
static size_t
hold_length(struct slice got)
{
	return got.len < HOLD_MAX ? got.len + 1 : 0;
}

/* --- PROXY --------------------------------------------------------------- */

static size_t
v1_length(struct slice got)
{
	return line_length(got, V1_MAX);
}

static enum preamble_stage
v1(struct preamble *preamble, struct slice record)
{
	static const struct slice kinds[] = { SLICE("TCP4"), SLICE("TCP6"),
		SLICE("UNKNOWN") };
	struct slice rest = without_end(record), word;

	(void)preamble;
	(void)slice_word(&rest);
	word = slice_word(&rest);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (slice_equal(word, kinds[i]))
			return STAGE_DONE;
	return STAGE_NOT;
}

/* Version 2, and one of two commands; then what it is about, and TLVs. */
static size_t
v2_length(struct slice got)
{
	if (got.len > 12 && (slice_at(got, 12) & 0xfe) != 0x20)
		return 0;
	return V2_HEAD;
}

static enum preamble_stage
v2(struct preamble *preamble, struct slice record)
{
	struct cursor rest = cursor_over(slice_after(record, V2_HEAD - 2));

	preamble->left[SIDE_INITIATOR] = cursor_be16(&rest);
	return STAGE_V2_REST;
}

static enum preamble_stage
v2_rest(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	(void)record;
	return STAGE_DONE;
}

/* --- CONNECT ------------------------------------------------------------- */

static size_t
connect_length(struct slice got)
{
	return line_length(got, HTTP_LINE_MAX);
}

static enum preamble_stage
connect(struct preamble *preamble, struct slice record)
{
	struct http_authority authority;

	if (!http_connect_of(without_end(record), &authority))
		return STAGE_NOT;
	preamble_aim(preamble, HOST_TEXT, authority.host, authority.port);
	preamble->left[SIDE_INITIATOR] = HTTP_HEADER_MAX;
	return STAGE_CONNECT_LINE;
}

/* What is sought, as far as it is there; 0: it begins elsewhere. */
static size_t
status_begin(struct slice got)
{
	return http_status_begins(got) ? HTTP_BEGIN : 0;
}

static size_t
status_length(struct slice got)
{
	return http_status_begins(got) ? line_length(got, HTTP_LINE_MAX) : 0;
}

/* No answer yet: interim ones, what a page says about HTTP, and 407, behind
 * which a client with a password asks again. */
static enum preamble_stage
status(struct preamble *preamble, struct slice record)
{
	const unsigned code = http_status_of(without_end(record));
	uint16_t *left = &preamble->left[SIDE_RESPONDER];

	if (code / 100 == 2) {
		*left = HTTP_HEADER_MAX;
		return STAGE_STATUS_LINE;
	}
	if (code >= 200 && (code != 407 || !preamble_again(preamble)))
		return STAGE_REFUSED;
	if (*left == 0)
		*left = HTTP_PAGE_MAX;
	return STAGE_SEEK;
}

static enum preamble_stage
seek(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	(void)record;
	return STAGE_STATUS;
}

/* --- the table ----------------------------------------------------------- */

/* clang-format off */
#define GATHER(length, next) { length, next, STAGE_NOT, STAGE_NOT, WAY_GATHER, false }
#define PASS(way, next)      { NULL, next, STAGE_NOT, STAGE_NOT, way, false }
#define HEADER(end, other)   { NULL, NULL, end, other, WAY_HEADER, false }

static const struct preamble_record records[STAGES] = {
	[STAGE_OPENING]        = { opening_length, opening, STAGE_NOT, STAGE_NOT, WAY_GATHER, true },
	[STAGE_WAIT]           = GATHER(wait_length, NULL), /* never whole */
	[STAGE_HOLD]           = GATHER(hold_length, NULL),
	[STAGE_V1]             = GATHER(v1_length, v1),
	[STAGE_V2]             = GATHER(v2_length, v2),
	[STAGE_V2_REST]        = PASS(WAY_PASS, v2_rest),
	[STAGE_4_REQUEST]      = GATHER(socks4_request_length, socks4_request),
	[STAGE_4_USER]         = PASS(WAY_TEXT, socks4_user),
	[STAGE_4_NAME]         = GATHER(socks4_name_length, socks4_name),
	[STAGE_4_REPLY]        = GATHER(socks4_reply_length, socks4_reply),
	[STAGE_5_METHODS]      = GATHER(socks5_methods_length, socks5_methods),
	[STAGE_5_LOGIN]        = GATHER(socks5_login_length, socks5_login),
	[STAGE_5_USER]         = PASS(WAY_PASS, socks5_user),
	[STAGE_5_PASSWORD_LEN] = GATHER(socks5_password_size, socks5_password_len),
	[STAGE_5_PASSWORD]     = PASS(WAY_PASS, socks5_password),
	[STAGE_5_REQUEST]      = GATHER(socks5_request_length, socks5_request),
	[STAGE_5_METHOD]       = GATHER(socks5_method_length, socks5_method),
	[STAGE_5_STATUS]       = GATHER(socks5_status_length, socks5_status),
	[STAGE_5_REPLY]        = GATHER(socks5_reply_length, socks5_reply),
	[STAGE_CONNECT]        = GATHER(connect_length, connect),
	[STAGE_CONNECT_LINE]   = HEADER(STAGE_DONE, STAGE_CONNECT_TEXT),
	[STAGE_CONNECT_TEXT]   = HEADER(STAGE_CONNECT_LINE, STAGE_CONNECT_TEXT),
	[STAGE_STATUS]         = GATHER(status_length, status),
	[STAGE_STATUS_LINE]    = HEADER(STAGE_DONE, STAGE_STATUS_TEXT),
	[STAGE_STATUS_TEXT]    = HEADER(STAGE_STATUS_LINE, STAGE_STATUS_TEXT),
	[STAGE_SEEK]           = { status_begin, seek, STAGE_NOT, STAGE_NOT, WAY_SEEK, true },
};
/* clang-format on */

const struct preamble_record *
preamble_record(enum preamble_stage stage)
{
	return &records[stage];
}

enum preamble_stage
preamble_answer(enum via via)
{
	switch (via) {
	case VIA_SOCKS4:
	case VIA_SOCKS4A:
		return STAGE_4_REPLY;
	case VIA_SOCKS5:
		return STAGE_5_METHOD;
	case VIA_HTTP_CONNECT:
		return STAGE_STATUS;
	case VIA_NONE:
	case VIA_PROXY_V1:
	case VIA_PROXY_V2:
		break;
	}
	return STAGE_DONE;
}

bool
preamble_opens(struct slice bytes)
{
	for (size_t i = 0; i < COUNT(openings); i++)
		if (slice_starts(bytes, openings[i].magic))
			return true;
	return false;
}
