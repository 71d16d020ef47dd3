/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy - which ports are a mail server's own, and what is internal.
 *
 * Habits are a table: who sits on a port that is not a standard one, and which
 * greeting would bear that out.  Only a greeting that does lowers a score: the
 * port alone is anybody's choice.
 */
#include "output/policy.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define COUNT(table)   (sizeof(table) / sizeof((table)[0]))
#define HABIT_SOFTWARE 10

struct habit {
	uint16_t first, last;
	const char *hint;
	const char *software[HABIT_SOFTWARE]; /* how its name begins */
};

#define CATCHERS                                                               \
	{                                                                      \
		"Mailpit", "MailHog", "MailCatcher", "GreenMail", "smtp4dev",  \
		    "Papercut", "Inbucket", "FakeSMTP", "Dumbster", "aiosmtpd" \
	}

/* clang-format off */
static const struct habit habits[] = {
	{ 24,    24,    NULL,             { NULL } },   /* private mail systems */
	{ 26,    26,    "hosting",        { "Exim" } }, /* cPanel's second port */
	{ 366,   366,   NULL,             { "MDaemon" } },  /* ODMR, RFC 2645 */
	{ 475,   475,   "Exchange",       { "Exchange" } },
	{ 588,   588,   NULL,             { NULL } },
	{ 717,   717,   "Exchange",       { "Exchange" } },
	{ 1025,  1025,  "test catcher",   CATCHERS },
	{ 2525,  2525,  "Exchange",       { "Exchange" } },
	{ 2526,  2526,  NULL,             { NULL } },
	{ 2587,  2587,  NULL,             { NULL } },
	{ 3025,  3025,  "test catcher",   CATCHERS },
	{ 8025,  8025,  "test catcher",   CATCHERS },
	{ 10024, 10026, "content filter", { "amavis", "Postfix" } },
};

/* Other services' ports; mail's own are not among them. */
static const uint16_t taken[] = {
	20, 21,                        /* FTP */
	22, 23,                        /* SSH, Telnet */
	53,                            /* DNS */
	80, 8080, 443, 8443,           /* HTTP */
	88,                            /* Kerberos */
	110, 995, 143, 993,            /* POP3, IMAP */
	111,                           /* ONC RPC */
	119,                           /* NNTP */
	123,                           /* NTP */
	135, 139, 445,                 /* Windows RPC and shares */
	161,                           /* SNMP */
	179,                           /* BGP */
	389, 636,                      /* LDAP */
	514,                           /* syslog, shell */
	873,                           /* rsync */
	1433, 1521, 3306, 5432, 6379,  /* databases */
	1723,                          /* PPTP */
	2049,                          /* NFS */
	3389, 5900,                    /* remote desktops */
	5060, 5061,                    /* SIP */
	5222, 5269,                    /* XMPP */
};
/* clang-format on */

static const char *const directions[] = {
	[DIRECTION_INTERNAL] = "internal",
	[DIRECTION_INBOUND] = "inbound",
	[DIRECTION_OUTBOUND] = "outbound",
	[DIRECTION_EXTERNAL] = "external",
};

static const struct habit *
habit_of(uint16_t port)
{
	for (size_t i = 0; i < COUNT(habits); i++)
		if (port >= habits[i].first && port <= habits[i].last)
			return &habits[i];
	return NULL;
}

enum port_class
policy_port_class(const struct output_options *options, uint16_t port)
{
	for (size_t i = 0; i < options->standard_port_count; i++)
		if (port == options->standard_ports[i])
			return PORT_STANDARD;
	return habit_of(port) != NULL ? PORT_ALTERNATIVE : PORT_ODD;
}

const char *
policy_port_hint(uint16_t port)
{
	const struct habit *habit = habit_of(port);

	return habit != NULL ? habit->hint : NULL;
}

bool
policy_port_fits(uint16_t port, const char *software)
{
	const struct habit *habit = habit_of(port);

	if (habit == NULL)
		return false;
	for (size_t i = 0; i < HABIT_SOFTWARE; i++) {
		const char *known = habit->software[i];

		if (known == NULL)
			return false;
		if (strncasecmp(software, known, strlen(known)) == 0)
			return true;
	}
	return false;
}

bool
policy_port_taken(uint16_t port)
{
	for (size_t i = 0; i < COUNT(taken); i++)
		if (port == taken[i])
			return true;
	return false;
}

static bool
is_internal(
    const struct output_options *options, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < options->internal_count; i++)
		if (network_has(&options->internal[i], endpoint))
			return true;
	return false;
}

enum direction
policy_direction(const struct output_options *options,
    const struct endpoint *client, const struct endpoint *server)
{
	bool from_inside = is_internal(options, client);
	bool to_inside = is_internal(options, server);

	if (from_inside)
		return to_inside ? DIRECTION_INTERNAL : DIRECTION_OUTBOUND;
	return to_inside ? DIRECTION_INBOUND : DIRECTION_EXTERNAL;
}

const char *
policy_direction_name(enum direction direction)
{
	return directions[direction];
}
