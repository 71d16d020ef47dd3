/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sighting - the words for what a sighting says.
 *
 * The order of the atoms and flags is the order of their bits, which the
 * sensor's translation keeps to.
 */
#include "output/sighting.h"

#include <assert.h>
#include <stddef.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define CODE_LEN     3 /* of a reply */

/* clang-format off */
static const char *const atoms[] = {
	"G1", "G2", "G3",                                     /* greetings */
	"V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", /* asked */
	"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", /* accepted */
	"E1", "E2",                                           /* ESMTP */
	"X1", "X2", "X3", "X4", "X5", "X6",                   /* against it */
};

static const char *const flags[] = {
	"midstream",
	"one_sided",
	"gap",
	"role_reversed",
	"multi_protocol",
	"rejecting",
	"masked",
	"pipelined",
	"early_talker",
	"auth_clear",
	"overlap_conflict",
	"bound_hit",
	"forged_greeting",
	"malware",
	"blocklisted",
};
/* clang-format on */

static_assert(COUNT(atoms) == SIGHTING_ATOMS, "each atom has its word");
static_assert(SIGHTING_ATOMS <= 32, "evidence is a set of 32 bits");
static_assert(COUNT(flags) == SIGHTING_FLAGS, "each flag has its word");

static const char *const verdicts[] = {
	[SIGHTING_SUSPECTED] = "suspected",
	[SIGHTING_CONFIRMED] = "confirmed",
	[SIGHTING_REFUTED] = "refuted",
};

static const char *const variants[] = {
	[SIGHTING_SMTP] = "smtp",
	[SIGHTING_ESMTP] = "esmtp",
	[SIGHTING_LMTP] = "lmtp",
};

static const char *const starttls_words[] = {
	[SIGHTING_TLS_NO] = "no",
	[SIGHTING_TLS_OFFERED] = "offered",
	[SIGHTING_TLS_USED] = "used",
};

static const char *const vias[] = {
	[SIGHTING_VIA_NONE] = "",
	[SIGHTING_PROXY_V1] = "proxy_v1",
	[SIGHTING_PROXY_V2] = "proxy_v2",
	[SIGHTING_SOCKS4] = "socks4",
	[SIGHTING_SOCKS4A] = "socks4a",
	[SIGHTING_SOCKS5] = "socks5",
	[SIGHTING_HTTP_CONNECT] = "http_connect",
};

static const char *const sources[] = {
	[SIGHTING_BY_NOTHING] = NULL,
	[SIGHTING_BY_GREETING] = "greeting",
	[SIGHTING_BY_DIALOG] = "dialog",
};

const char *
sighting_atom_name(unsigned i)
{
	return i < COUNT(atoms) ? atoms[i] : NULL;
}

const char *
sighting_flag_name(unsigned i)
{
	return i < COUNT(flags) ? flags[i] : NULL;
}

const char *
sighting_verdict_name(enum sighting_verdict verdict)
{
	return verdicts[verdict];
}

const char *
sighting_variant_name(enum sighting_variant variant)
{
	return variants[variant];
}

const char *
sighting_starttls_name(enum sighting_starttls starttls)
{
	return starttls_words[starttls];
}

const char *
sighting_via_name(enum sighting_via via)
{
	return vias[via];
}

bool
sighting_tunnelled(const struct sighting *sighting)
{
	for (unsigned i = 0; i < SIGHTING_VIA_MAX; i++)
		if (sighting->via[i] >= SIGHTING_SOCKS4)
			return true;
	return false;
}

const struct endpoint *
sighting_peer(const struct sighting *sighting)
{
	return sighting_tunnelled(sighting) ? &sighting->proxy
					    : &sighting->server;
}

bool
sighting_of_mail(const struct sighting *sighting)
{
	const uint32_t mail = SIGHTING_HEARD(SIGHTING_V2) |
	    SIGHTING_HEARD(SIGHTING_V3) | SIGHTING_HEARD(SIGHTING_V4) |
	    SIGHTING_HEARD(SIGHTING_R2) | SIGHTING_HEARD(SIGHTING_R3) |
	    SIGHTING_HEARD(SIGHTING_R4);

	return (sighting->evidence & mail) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

unsigned
sighting_greeting_code(const struct sighting *sighting)
{
	const char *greeting = sighting->greeting;
	unsigned code = 0;

	if (sighting->greeting_len < CODE_LEN)
		return 0;
	for (unsigned i = 0; i < CODE_LEN; i++) {
		if (!is_digit(greeting[i]))
			return 0;
		code = 10 * code + (unsigned)(greeting[i] - '0');
	}
	return code;
}

const char *
sighting_greeting_host(const struct sighting *sighting, size_t *ret_len)
{
	const char *host = sighting->greeting + CODE_LEN;
	const char *end = sighting->greeting + sighting->greeting_len;
	size_t len = 0;

	*ret_len = 0;
	if (sighting_greeting_code(sighting) == 0)
		return sighting->greeting;
	if (host < end && *host == '-') /* more lines follow */
		host++;
	while (host < end && *host == ' ')
		host++;
	while (host + len < end && host[len] != ' ')
		len++;
	*ret_len = len;
	return host;
}

const char *
sighting_source_name(enum sighting_source source)
{
	return sources[source];
}
