/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software - the table, and one walk over the words of a greeting.
 *
 * The first word that a row knows decides; of two rows that know it the upper
 * one.  A version is digits with what hangs on them, and stands behind the
 * words that the row names, with at most punctuation between.
 */
#include "dissectors/software.h"

#include "dissectors/greeting.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct product {
	struct slice phrase;
	const char *name;
	struct slice before_version; /* empty: right behind the phrase */
};

#define BEHIND  SLICE("")
#define VERSION SLICE("Version")
#define RELEASE SLICE("Release")

/* clang-format off */
static const struct product products[] = {
	/* what people run as their mail server */
	{ SLICE("Postfix"),                      "Postfix",        BEHIND },
	{ SLICE("Exim"),                         "Exim",           BEHIND },
	{ SLICE("Sendmail"),                     "Sendmail",       BEHIND },
	{ SLICE("OpenSMTPD"),                    "OpenSMTPD",      BEHIND },
	{ SLICE("Microsoft ESMTP MAIL Service"), "Exchange",       VERSION }, /* IIS, too */
	{ SLICE("Microsoft SMTP MAIL"),          "Exchange",       VERSION },
	{ SLICE("Microsoft Exchange Internet Mail Service"), "Exchange", BEHIND },
	{ SLICE("Exchange Server"),              "Exchange",       BEHIND },
	{ SLICE("gsmtp"),                        "Gmail",          BEHIND },
	{ SLICE("hMailServer"),                  "hMailServer",    BEHIND },
	{ SLICE("MailEnable Service"),           "MailEnable",     VERSION },
	{ SLICE("MailEnable"),                   "MailEnable",     BEHIND },
	{ SLICE("IBM Domino"),                   "Domino",         RELEASE },
	{ SLICE("Lotus Domino"),                 "Domino",         RELEASE },
	{ SLICE("HCL Domino"),                   "Domino",         RELEASE },
	{ SLICE("Lotus SMTP MTA"),               "Domino",         BEHIND },
	{ SLICE("Courier"),                      "Courier",        BEHIND },
	{ SLICE("qmail"),                        "qmail",          BEHIND },
	{ SLICE("netqmail"),                     "qmail",          BEHIND },
	{ SLICE("s/qmail"),                      "qmail",          BEHIND },
	{ SLICE("Zimbra"),                       "Zimbra",         BEHIND },
	{ SLICE("Kerio Connect"),                "Kerio Connect",  BEHIND },
	{ SLICE("Kerio MailServer"),             "Kerio Connect",  BEHIND },
	{ SLICE("MDaemon"),                      "MDaemon",        BEHIND },
	{ SLICE("GroupWise Internet Agent"),     "GroupWise",      BEHIND },
	{ SLICE("GroupWise SMTP/MIME Daemon"),   "GroupWise",      BEHIND },
	{ SLICE("GroupWise"),                    "GroupWise",      BEHIND },
	{ SLICE("CommuniGate Pro"),              "CommuniGate",    BEHIND },
	{ SLICE("CommuniGate"),                  "CommuniGate",    BEHIND },
	{ SLICE("JAMES SMTP Server"),            "James",          BEHIND },
	{ SLICE("Apache JAMES"),                 "James",          BEHIND },
	{ SLICE("Stalwart"),                     "Stalwart",       BEHIND },
	{ SLICE("Dovecot"),                      "Dovecot",        BEHIND }, /* its LMTP, too */
	{ SLICE("msmtpd"),                       "msmtpd",         BEHIND },
	{ SLICE("maddy"),                        "maddy",          BEHIND },
	{ SLICE("Axigen"),                       "Axigen",         BEHIND },
	{ SLICE("Citadel"),                      "Citadel",        BEHIND },
	{ SLICE("IceWarp"),                      "IceWarp",        BEHIND },
	{ SLICE("Merak"),                        "IceWarp",        BEHIND },
	{ SLICE("SmarterMail"),                  "SmarterMail",    BEHIND },
	{ SLICE("SurgeMail"),                    "SurgeMail",      BEHIND },
	{ SLICE("Mercury/32"),                   "Mercury/32",     BEHIND },
	{ SLICE("ArGoSoft Mail Server"),         "ArGoSoft",       VERSION },
	{ SLICE("XMail"),                        "XMail",          BEHIND },
	{ SLICE("IMail"),                        "IMail",          BEHIND },
	{ SLICE("SLMail"),                       "SLmail",         BEHIND },
	{ SLICE("MailSite ESMTP Receiver"),      "MailSite",       VERSION },
	{ SLICE("ZMailer Server"),               "ZMailer",        BEHIND },
	{ SLICE("Smail"),                        "Smail",          BEHIND },
	{ SLICE("Sun Java(tm) System Messaging Server"), "Oracle Messaging", BEHIND },
	{ SLICE("Oracle Communications Messaging"), "Oracle Messaging", BEHIND },
	{ SLICE("iPlanet Messaging Server"),     "Oracle Messaging", BEHIND },
	{ SLICE("Netscape Messaging Server"),    "Oracle Messaging", BEHIND },
	{ SLICE("Coremail System"),              "Coremail",       BEHIND },
	{ SLICE("Coremail"),                     "Coremail",       BEHIND },

	/* what sends mail in bulk, and libraries that programs are made with */
	{ SLICE("PowerMTA(TM)"),                 "PowerMTA",       BEHIND },
	{ SLICE("PowerMTA"),                     "PowerMTA",       BEHIND },
	{ SLICE("ecelerity"),                    "Momentum",       BEHIND },
	{ SLICE("KumoMTA"),                      "KumoMTA",        BEHIND },
	{ SLICE("ZoneMTA"),                      "ZoneMTA",        BEHIND },
	{ SLICE("GreenArrow"),                   "GreenArrow",     BEHIND },
	{ SLICE("Postal"),                       "Postal",         VERSION }, /* else an id follows */
	{ SLICE("Haraka"),                       "Haraka",         BEHIND },
	{ SLICE("Nodemailer"),                   "Nodemailer",     BEHIND },
	{ SLICE("Python SMTP proxy"),            "Python smtpd",   VERSION },
	{ SLICE("Python SMTP"),                  "aiosmtpd",       BEHIND },
	{ SLICE("aiosmtpd"),                     "aiosmtpd",       BEHIND },
	{ SLICE("NO UCE NO UBE NO RELAY PROBES"), "Twisted",       BEHIND },
	{ SLICE("Twisted"),                      "Twisted",        BEHIND },
	{ SLICE("SubEthaSMTP"),                  "SubEthaSMTP",    BEHIND },
	{ SLICE("Net::Server::Mail"),            "Net::Server::Mail", BEHIND },
	{ SLICE("E-MailRelay"),                  "E-MailRelay",    BEHIND },
	{ SLICE("Nwsmtp"),                       "Yandex",         BEHIND },
	{ SLICE("fssmtpd"),                      "T-Online",       BEHIND },

	/* what catches mail in tests */
	{ SLICE("Mailpit"),                      "Mailpit",        BEHIND },
	{ SLICE("MailHog"),                      "MailHog",        BEHIND },
	{ SLICE("EventMachine SMTP Server"),     "MailCatcher",    BEHIND },
	{ SLICE("MailCatcher"),                  "MailCatcher",    BEHIND },
	{ SLICE("GreenMail SMTP Service"),       "GreenMail",      BEHIND },
	{ SLICE("GreenMail"),                    "GreenMail",      BEHIND },
	{ SLICE("smtp4dev"),                     "smtp4dev",       BEHIND },
	{ SLICE("Papercut"),                     "Papercut",       BEHIND },
	{ SLICE("Inbucket"),                     "Inbucket",       BEHIND },
	{ SLICE("FakeSMTP"),                     "FakeSMTP",       BEHIND },
	{ SLICE("Dumbster"),                     "Dumbster",       BEHIND },

	/* what pretends, for malware or instead of it */
	{ SLICE("INetSim"),                      "INetSim",        BEHIND },
	{ SLICE("FakeNet"),                      "FakeNet",        BEHIND },
	{ SLICE("Mailoney"),                     "Mailoney",       BEHIND },
	{ SLICE("Dionaea"),                      "Dionaea",        BEHIND },
	{ SLICE("SpamPot"),                      "SpamPot",        BEHIND },
};
/* clang-format on */

/* The one product whose host name is always the same: it is in the program. */
static const struct slice jeem = SLICE("jeem.mail.pv ");

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_mark(uint8_t c)
{
	return c == '.' || c == '-' || c == '_';
}

static bool
is_version(uint8_t c)
{
	return is_digit(c) || is_mark(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* What may stand between a name and its version: "/", " (", ": v". */
static bool
is_between(uint8_t c)
{
	return c == ' ' || c == '/' || c == '(' || c == '[' || c == ':' ||
	    c == '-';
}

/* s moved behind the first place where word stands in it; empty: nowhere. */
static struct slice
behind(struct slice s, struct slice word)
{
	while (s.len > 0 && !slice_starts_nocase(s, word))
		s = slice_after(s, 1);
	return slice_after(s, word.len);
}

static void
read_version(
    struct slice tail, const struct product *product, char *ret_version)
{
	struct slice s = slice_after(tail, product->phrase.len);
	size_t len = 0;

	if (product->before_version.len > 0)
		s = behind(s, product->before_version);
	while (is_between(slice_at(s, 0)))
		s = slice_after(s, 1);
	if (slice_at(s, 0) == 'v' || slice_at(s, 0) == 'V')
		s = slice_after(s, 1);
	if (!is_digit(slice_at(s, 0)))
		return;
	/* "10.48--10.48" ends at the first mark that follows a mark. */
	while (is_version(slice_at(s, len)) &&
	    !(is_mark(slice_at(s, len)) && is_mark(slice_at(s, len + 1))))
		len++;
	if (is_mark(slice_at(s, len - 1))) /* a full stop */
		len--;
	slice_copy(ret_version, SOFTWARE_VERSION_MAX, slice_first(s, len));
}

static struct software
first_named(struct slice text)
{
	struct software software = { .product = NULL, .version = "" };
	struct slice word, tail;

	while (greeting_next(&text, &word, &tail)) {
		for (size_t i = 0; i < COUNT(products); i++) {
			if (!greeting_says(tail, products[i].phrase))
				continue;
			software.product = products[i].name;
			read_version(tail, &products[i], software.version);
			return software;
		}
	}
	return software;
}

struct software
software_of_greeting(struct slice text)
{
	struct software software;

	if (slice_starts_nocase(text, jeem))
		return (struct software){ .product = "Jeem" };
	/* "james SMTP Server (JAMES SMTP Server 2.3.2)": the host's name comes
	 * first; "EventMachine SMTP Server": there is none. */
	software = first_named(greeting_behind_host(text));
	return software.product != NULL ? software : first_named(text);
}
