/* SPDX-License-Identifier: Apache-2.0 */
/*
 * preamble_socks - what a SOCKS client and its proxy say before the tunnel is
 * one.
 */
#include "dissectors/preamble_socks.h"

#define TEXT_MAX 256 /* with its NUL */

static uint16_t
be16(struct slice bytes, size_t at)
{
	return (uint16_t)(slice_at(bytes, at) << 8 | slice_at(bytes, at + 1));
}

/* --- SOCKS4 and 4a ------------------------------------------------------- */

size_t
socks4_request_length(struct slice got)
{
	return got.len < 8 || be16(got, 2) != 0 ? 8 : 0;
}

/* 0.0.0.x stands for a name, behind the user's. */
static bool
is_socks4a(struct slice address)
{
	return be16(address, 0) == 0 && slice_at(address, 2) == 0 &&
	    slice_at(address, 3) != 0;
}

enum preamble_stage
socks4_request(struct preamble *preamble, struct slice record)
{
	const struct slice address = slice_after(record, 4);
	const uint16_t port = be16(record, 2);

	if (is_socks4a(address)) {
		preamble->via[preamble->layers - 1] = VIA_SOCKS4A;
		preamble_aim(
		    preamble, HOST_TEXT, slice_first(address, 0), port);
	} else {
		preamble_aim(preamble, HOST_V4, address, port);
	}
	preamble->left[SIDE_INITIATOR] = TEXT_MAX;
	return STAGE_4_USER;
}

enum preamble_stage
socks4_user(struct preamble *preamble, struct slice record)
{
	(void)record;
	return preamble->via[preamble->layers - 1] == VIA_SOCKS4A ? STAGE_4_NAME
								  : STAGE_DONE;
}

size_t
socks4_name_length(struct slice got)
{
	if (got.len > 0 && slice_at(got, got.len - 1) == 0)
		return got.len > 1 ? got.len : 0;
	return got.len < TEXT_MAX ? got.len + 1 : 0;
}

enum preamble_stage
socks4_name(struct preamble *preamble, struct slice record)
{
	preamble_aim(preamble, HOST_TEXT, slice_first(record, record.len - 1),
	    preamble->target.port);
	return STAGE_DONE;
}

/* Granted is 90, 91 to 93 are refusals. */
size_t
socks4_reply_length(struct slice got)
{
	const uint8_t code = slice_at(got, 1);

	if (slice_at(got, 0) != 0 ||
	    (got.len > 1 && (code < 0x5a || code > 0x5d)))
		return 0;
	return 8;
}

enum preamble_stage
socks4_reply(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	return slice_at(record, 1) == 0x5a ? STAGE_DONE : STAGE_REFUSED;
}

/* --- SOCKS5 -------------------------------------------------------------- */

/* Version, how many methods, and these; none at all is no offer. */
size_t
socks5_methods_length(struct slice got)
{
	if (got.len < 2)
		return 2;
	return slice_at(got, 1) > 0 ? (size_t)2 + slice_at(got, 1) : 0;
}

enum preamble_stage
socks5_methods(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	(void)record;
	return STAGE_5_LOGIN;
}

/*
 * Behind the first four bytes comes an address by its type, then a port.
 * Requests (CONNECT is 1) and replies (0 is success) look the same.
 */
static size_t
socks5_address_length(struct slice got)
{
	const size_t name = slice_at(got, 4);

	if (got.len < 4)
		return 4;
	switch (slice_at(got, 3)) {
	case 1:
		return 10;
	case 4:
		return 22;
	case 3:
		if (got.len < 5)
			return 5;
		return name > 0 ? 7 + name : 0;
	default:
		return 0;
	}
}

size_t
socks5_request_length(struct slice got)
{
	if ((got.len > 0 && slice_at(got, 0) != 5) ||
	    (got.len > 1 && slice_at(got, 1) != 1) || slice_at(got, 2) != 0)
		return 0;
	return socks5_address_length(got);
}

/* Version 1 is the login's (RFC 1929); else it is the request already. */
size_t
socks5_login_length(struct slice got)
{
	if (got.len == 0)
		return 1;
	return slice_at(got, 0) == 1 ? 2 : socks5_request_length(got);
}

enum preamble_stage
socks5_request(struct preamble *preamble, struct slice record)
{
	const uint16_t port = be16(record, record.len - 2);
	const struct slice host =
	    slice_first(slice_after(record, 4), record.len - 6);

	switch (slice_at(record, 3)) {
	case 1:
		preamble_aim(preamble, HOST_V4, host, port);
		break;
	case 4:
		preamble_aim(preamble, HOST_V6, host, port);
		break;
	default:
		preamble_aim(preamble, HOST_TEXT, slice_after(host, 1), port);
	}
	return STAGE_DONE;
}

enum preamble_stage
socks5_login(struct preamble *preamble, struct slice record)
{
	if (slice_at(record, 0) != 1)
		return socks5_request(preamble, record);
	preamble->left[SIDE_INITIATOR] = slice_at(record, 1);
	return STAGE_5_USER;
}

enum preamble_stage
socks5_user(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	(void)record;
	return STAGE_5_PASSWORD_LEN;
}

size_t
socks5_password_size(struct slice got)
{
	(void)got;
	return 1;
}

enum preamble_stage
socks5_password_len(struct preamble *preamble, struct slice record)
{
	preamble->left[SIDE_INITIATOR] = slice_at(record, 0);
	return STAGE_5_PASSWORD;
}

enum preamble_stage
socks5_password(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	(void)record;
	return STAGE_5_REQUEST;
}

size_t
socks5_method_length(struct slice got)
{
	return got.len == 0 || slice_at(got, 0) == 5 ? 2 : 0;
}

/* None, or user and password; a method that wraps what follows hides it. */
enum preamble_stage
socks5_method(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	switch (slice_at(record, 1)) {
	case 0:
		return STAGE_5_REPLY;
	case 2:
		return STAGE_5_STATUS;
	default:
		return STAGE_REFUSED;
	}
}

size_t
socks5_status_length(struct slice got)
{
	return got.len == 0 || slice_at(got, 0) == 1 ? 2 : 0;
}

enum preamble_stage
socks5_status(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	return slice_at(record, 1) == 0 ? STAGE_5_REPLY : STAGE_REFUSED;
}

/* A refusal need not have an address behind it. */
size_t
socks5_reply_length(struct slice got)
{
	if ((got.len > 0 && slice_at(got, 0) != 5) || slice_at(got, 1) > 8)
		return 0;
	return slice_at(got, 1) != 0 ? 2 : socks5_address_length(got);
}

enum preamble_stage
socks5_reply(struct preamble *preamble, struct slice record)
{
	(void)preamble;
	return slice_at(record, 1) == 0 ? STAGE_DONE : STAGE_REFUSED;
}
