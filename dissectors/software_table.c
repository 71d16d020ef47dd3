/* SPDX-License-Identifier: Apache-2.0 */
/* table: software_table - what mail servers say, and which program says so. */
/*
 * A row is added here and nowhere else; the upper row is asked first.
 *
 * software_hosts, software_greetings: the first line of a greeting, behind its
 * code.  A program that is named there is believed, until the dialog tells
 * otherwise.
 *
 *	{ PHRASE, PRODUCT, VERSION }
 *
 *	PHRASE	in software_greetings words in any case, wherever they stand
 *		among those that are no host's name; in software_hosts a
 *		pattern for all of the line, host's name included
 *	VERSION	what its version stands behind: BEHIND the phrase itself, or
 *		behind that word somewhere after it
 *
 * software_sayings: how a program answers, for servers whose greeting hides or
 * forges it.
 *
 *	OFFER(POINTS, KEYWORDS, PRODUCT, ALSO)
 *	SAYS(OCCASION, CODE, POINTS, TEXT, PRODUCT, ALSO)
 *
 *	KEYWORDS what EHLO's reply offers, in the program's order and all that
 *		it ever does; those with a + are always among it.  Keywords that
 *		facts.c does not know are not heard, and not to be written here.
 *	OCCASION, CODE	what is answered, and how: the first line of a reply
 *	TEXT	a pattern for what stands behind the code
 *	POINTS	3: nobody else says so.  2: few do.  1: common, but a hint.
 *		Three points name a program; where the greeting names another,
 *		three points more than speak for that one make it a forgery.
 *	ALSO	other programs that say the same, by commas: it speaks for them
 *		as well, and is never held against them
 *
 * Patterns: case counts, '*' is anything, '?' one byte, '$' the end of the
 * line; without it the line may go on.  A '#' instead: PRODUCT's version stands
 * there, and the line goes on.
 *
 * A program that greets and is in no row of software_sayings is one whose way
 * of speaking we do not know: six points make its greeting a forgery.
 */
#include "dissectors/software_table.h"

#include <assert.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define BEHIND       SLICE("")
#define VERSION      SLICE("Version")
#define RELEASE      SLICE("Release")
#define BRACKET      SLICE("[")

#define OFFER(points, keywords, product, also)                                 \
	{                                                                      \
		SAID_OFFER, points, 0, SLICE(keywords), product, SLICE(also)   \
	}
#define SAYS(occasion, code, points, text, product, also)                      \
	{                                                                      \
		SAID_##occasion, points, code, SLICE(text), product,           \
		    SLICE(also)                                                \
	}

/* clang-format off */
const struct software_greeting software_hosts[] = {
	{ SLICE("jeem.mail.pv "),                "Jeem",           BEHIND }, /* a worm: its host is in the program */
	{ SLICE("*.outlook.com Microsoft ESMTP MAIL Service"), "Exchange Online", BEHIND },
	{ SLICE("* ESMTP (????????????????????????????????" ")$"), "Barracuda", BEHIND }, /* a digest of something */
};

const struct software_greeting software_greetings[] = {
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
	{ SLICE("JAMES Linagora's SMTP"),        "James",          BEHIND }, /* since 3.0 */
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
	{ SLICE("Coremail System"),              "Coremail",       BRACKET },
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
	{ SLICE("qpsmtpd"),                      "qpsmtpd",        BEHIND },
	{ SLICE("Nodemailer"),                   "Nodemailer",     BEHIND },
	{ SLICE("Python SMTP proxy"),            "Python smtpd",   VERSION },
	{ SLICE("Python SMTP"),                  "aiosmtpd",       BEHIND },
	{ SLICE("aiosmtpd"),                     "aiosmtpd",       BEHIND },
	{ SLICE("NO UCE NO UBE NO RELAY PROBES"), "Twisted",       BEHIND },
	{ SLICE("Twisted"),                      "Twisted",        BEHIND },
	{ SLICE("SubEthaSMTP"),                  "SubEthaSMTP",    BEHIND },
	{ SLICE("Net::Server::Mail"),            "Net::Server::Mail", BEHIND },
	{ SLICE("E-MailRelay"),                  "E-MailRelay",    BEHIND },
	{ SLICE("YSmtpProxy"),                   "Yahoo",          BEHIND },
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
	{ SLICE("smtp-sink"),                    "smtp-sink",      BEHIND }, /* Postfix's */

	/* what pretends, for malware or instead of it */
	{ SLICE("INetSim"),                      "INetSim",        BEHIND },
	{ SLICE("FakeNet"),                      "FakeNet",        BEHIND },
	{ SLICE("Mailoney"),                     "Mailoney",       BEHIND },
	{ SLICE("Dionaea"),                      "Dionaea",        BEHIND },
	{ SLICE("SpamPot"),                      "SpamPot",        BEHIND },
};

const struct software_saying software_sayings[] = {
	/* Postfix, and what speaks like it */
	OFFER(3, "+PIPELINING +SIZE VRFY ETRN STARTTLS AUTH XVERP XCLIENT XFORWARD +ENHANCEDSTATUSCODES +8BITMIME DSN SMTPUTF8 CHUNKING", "Postfix", "Zimbra"),
	SAYS(MAIL, 250, 1, "2.1.0 Ok$", "Postfix", "smtp-sink,simplesmtp,Mailpit,INetSim,Zimbra"),
	SAYS(RCPT, 250, 1, "2.1.5 Ok$", "Postfix", "smtp-sink,simplesmtp,Mailpit,INetSim,Zimbra"),
	SAYS(BODY, 250, 2, "2.0.0 Ok: queued as ????????", "Postfix", "Mailpit,INetSim,Zimbra"),
	SAYS(BODY, 250, 2, "Ok: queued as *@mailhog", "MailHog", ""),
	SAYS(QUIT, 221, 1, "2.0.0 Bye$", "Postfix", "OpenSMTPD,Dovecot,INetSim,Zimbra"),
	SAYS(OTHER, 502, 1, "5.5.2 Error: command not recognized", "Postfix", "simplesmtp,Zimbra"),
	SAYS(OTHER, 500, 2, "5.5.2 Error: bad syntax", "Postfix", "Zimbra"),
	SAYS(OTHER, 221, 3, "2.7.0 Error: I can break rules, too. Goodbye.", "Postfix", "Zimbra"),
	SAYS(OTHER, 220, 1, "2.0.0 Ready to start TLS$", "Postfix", "Zimbra"),
	OFFER(3, "PIPELINING 8BITMIME AUTH +XCLIENT +XFORWARD +ENHANCEDSTATUSCODES +DSN", "smtp-sink", ""),
	SAYS(BODY, 250, 3, "2.0.0 Ok$", "smtp-sink", ""),
	SAYS(OTHER, 500, 2, "5.5.1 Error: unknown command$", "smtp-sink", "INetSim"),

	/* Exim */
	OFFER(3, "+SIZE LIMITS +8BITMIME DSN ETRN EXPN VRFY +PIPELINING AUTH CHUNKING STARTTLS PRDR SMTPUTF8 +HELP", "Exim", ""),
	SAYS(DATA, 354, 2, "Enter message, ending with \".\" on a line by itself", "Exim", ""),
	SAYS(BODY, 250, 3, "OK id=", "Exim", ""),
	SAYS(RCPT, 250, 1, "Accepted$", "Exim", "Nodemailer,ZoneMTA"),
	SAYS(OTHER, 250, 2, "Reset OK$", "Exim", ""),
	SAYS(OTHER, 500, 1, "unrecognized command$", "Exim", ""),
	SAYS(OTHER, 220, 2, "TLS go ahead$", "Exim", ""),
	SAYS(OTHER, 421, 3, "* lost input connection$", "Exim", ""),
	SAYS(HELP, 214, 1, "Commands supported:$", "Exim", "INetSim"),

	/* Haraka ends like Exim, and cannot keep from adding to it; so does what it was modelled on */
	OFFER(1, "+PIPELINING +8BITMIME SMTPUTF8 +SIZE STARTTLS AUTH", "Haraka", "Nodemailer,ZoneMTA"),
	SAYS(EHLO, 250, 3, "*Haraka is at your service.", "Haraka", ""),
	SAYS(HELO, 250, 3, "*Haraka says hi", "Haraka", ""),
	SAYS(DATA, 354, 3, "go ahead, make my day", "Haraka", ""),
	SAYS(MAIL, 250, 1, "sender <*> OK$", "Haraka", ""),
	SAYS(RCPT, 250, 1, "recipient <*> OK$", "Haraka", ""),
	SAYS(BODY, 250, 2, "Message Queued (", "Haraka", ""),
	SAYS(QUIT, 221, 3, "*closing connection. Have a jolly good day.", "Haraka", ""),
	SAYS(OTHER, 252, 2, "Just try sending a mail and we'll see how it turns out", "Haraka", "qpsmtpd"),
	SAYS(HELP, 250, 2, "Not implemented$", "Haraka", ""),
	SAYS(EHLO, 250, 2, "* Hi * [*]$", "qpsmtpd", ""),
	SAYS(HELO, 250, 3, "* Hi * [*]; I am so happy to meet you.$", "qpsmtpd", ""),
	SAYS(MAIL, 250, 3, "*, sender OK - how exciting to get mail from you!$", "qpsmtpd", ""),
	SAYS(QUIT, 221, 3, "* closing connection. Have a wonderful day.$", "qpsmtpd", ""),
	SAYS(HELP, 214, 3, "This is qpsmtpd #", "qpsmtpd", ""),
	SAYS(QUIT, 221, 2, "2.0.0 * closing connection$", "Sendmail", ""),
	SAYS(QUIT, 221, 1, "* closing connection$", "Exim", ""),

	/* Sendmail and OpenSMTPD, which learnt to speak from it */
	OFFER(3, "+ENHANCEDSTATUSCODES +PIPELINING EXPN +8BITMIME SIZE DSN ETRN AUTH STARTTLS DELIVERBY +HELP", "Sendmail", ""),
	OFFER(3, "+8BITMIME +ENHANCEDSTATUSCODES +SIZE +DSN STARTTLS AUTH +HELP", "OpenSMTPD", ""),
	SAYS(EHLO, 250, 1, "* Hello *([*]), pleased to meet you$", "Domino", ""),
	SAYS(EHLO, 250, 1, "* Hello *[*], pleased to meet you$", "Sendmail", "OpenSMTPD,IceWarp,MDaemon,Kerio Connect,Barracuda"),
	SAYS(HELO, 250, 1, "* Hello *([*]), pleased to meet you$", "Domino", ""),
	SAYS(HELO, 250, 1, "* Hello *[*], pleased to meet you$", "Sendmail", "OpenSMTPD,IceWarp,MDaemon,Kerio Connect,Barracuda"),
	SAYS(MAIL, 250, 2, "2.1.0 *... Sender ok$", "Sendmail", "IceWarp,Kerio Connect"),
	SAYS(RCPT, 250, 2, "2.1.5 *... Recipient ok", "Sendmail", "IceWarp,Kerio Connect"),
	SAYS(MAIL, 250, 1, "2.0.0 Ok$", "OpenSMTPD", ""),
	SAYS(RCPT, 250, 3, "2.1.5 Destination address valid: Recipient ok$", "OpenSMTPD", ""),
	SAYS(DATA, 354, 1, "Enter mail, end with \".\" on a line by itself$", "Sendmail", "OpenSMTPD,IceWarp,Kerio Connect"),
	SAYS(BODY, 250, 1, "2.0.0 ???????? Message accepted for delivery$", "OpenSMTPD", "Sendmail"),
	SAYS(BODY, 250, 1, "2.0.0 ??????????* Message accepted for delivery$", "Sendmail", ""),
	SAYS(OTHER, 250, 1, "2.0.0 Reset state$", "Sendmail", "OpenSMTPD"),
	SAYS(OTHER, 500, 2, "5.5.1 Command unrecognized: \"*\"$", "Sendmail", ""),
	SAYS(OTHER, 500, 3, "5.5.1 Invalid command: ", "OpenSMTPD", ""),
	SAYS(HELP, 214, 3, "2.0.0 This is sendmail version #", "Sendmail", ""),
	SAYS(HELP, 214, 3, "This is Sendmail version #", "Sendmail", ""), /* before 8.10 */
	SAYS(HELP, 214, 3, "2.0.0 This is OpenSMTPD", "OpenSMTPD", ""),

	/* Microsoft */
	OFFER(3, "+SIZE +PIPELINING DSN +ENHANCEDSTATUSCODES STARTTLS +X-ANONYMOUSTLS AUTH X-EXPS 8BITMIME BINARYMIME CHUNKING XEXCH50 SMTPUTF8 XRDST XSHADOW XPROXY", "Exchange", ""),
	OFFER(2, "+SIZE +PIPELINING +DSN +ENHANCEDSTATUSCODES STARTTLS AUTH X-EXPS 8BITMIME +BINARYMIME +CHUNKING XEXCH50 SMTPUTF8 XRDST XSHADOW", "Exchange", "Exchange Online"),
	OFFER(3, "AUTH +TURN +SIZE +ETRN +PIPELINING +DSN ENHANCEDSTATUSCODES 8BITMIME BINARYMIME CHUNKING VRFY STARTTLS X-EXPS XEXCH50 X-LINK2STATE", "Exchange", ""), /* IIS, too */
	SAYS(EHLO, 250, 1, "* Hello [*]$", "Exchange", "Exchange Online"),
	SAYS(MAIL, 250, 1, "2.1.0 Sender OK$", "Exchange", "Exchange Online"),
	SAYS(MAIL, 250, 2, "2.1.0 *....Sender OK$", "Exchange", ""),
	SAYS(RCPT, 250, 1, "2.1.5 Recipient OK$", "Exchange", "Exchange Online"),
	SAYS(BODY, 250, 3, "2.6.0 *Queued mail for delivery", "Exchange", "Exchange Online"),
	SAYS(QUIT, 221, 1, "2.0.0 Service closing transmission channel$", "Exchange", "Exchange Online"),
	SAYS(OTHER, 500, 2, "5.3.3 Unrecognized command", "Exchange", "Exchange Online"),
	SAYS(HELP, 214, 2, "This server supports the following commands:$", "Exchange", "Exchange Online"),
	SAYS(OTHER, 220, 2, "2.0.0 SMTP server ready$", "Exchange", "Exchange Online"),

	/* other servers that people run */
	OFFER(2, "+SIZE +8BITMIME STARTTLS AUTH +ENHANCEDSTATUSCODES +PIPELINING CHUNKING +SMTPUTF8", "Gmail", ""),
	SAYS(EHLO, 250, 1, "mx.google.com at your service, [", "Gmail", ""),
	SAYS(EHLO, 250, 2, "* at your service, [*]$", "simplesmtp", "Gmail"),
	SAYS(HELO, 250, 2, "* at your service, [*]$", "simplesmtp", ""),
	OFFER(1, "+8BITMIME +ENHANCEDSTATUSCODES STARTTLS AUTH", "simplesmtp", ""),
	SAYS(RCPT, 250, 2, "2.1.0 Ok$", "simplesmtp", ""),
	SAYS(QUIT, 221, 2, "2.0.0 Goodbye!$", "simplesmtp", ""),
	SAYS(MAIL, 250, 3, "2.1.0 OK * - gsmtp$", "Gmail", ""),
	SAYS(RCPT, 250, 3, "2.1.5 OK * - gsmtp$", "Gmail", ""),
	SAYS(BODY, 250, 3, "2.0.0 OK * - gsmtp$", "Gmail", ""),
	OFFER(1, "+AUTH +SIZE +HELP STARTTLS", "MailEnable", ""),
	SAYS(EHLO, 250, 3, "* [*], this server offers * extensions$", "MailEnable", ""),
	SAYS(HELO, 250, 3, "* [*], this server offers * extensions$", "MailEnable", ""),
	OFFER(1, "+SIZE STARTTLS +AUTH +HELP", "hMailServer", "MailEnable,Python smtpd"),
	SAYS(DATA, 354, 3, "OK, send.$", "hMailServer", ""),
	SAYS(BODY, 250, 3, "Queued (*seconds)$", "hMailServer", ""),
	SAYS(QUIT, 221, 1, "goodbye$", "hMailServer", ""),
	SAYS(HELO, 250, 1, "Hello.$", "hMailServer", ""),
	SAYS(HELP, 211, 3, "DATA HELO EHLO MAIL NOOP QUIT RCPT RSET SAML TURN VRFY$", "hMailServer", ""),
	SAYS(MAIL, 250, 1, "*... Sender OK$", "Domino", ""),
	SAYS(RCPT, 250, 1, "*... Recipient OK$", "Domino", ""),
	SAYS(DATA, 354, 2, "Enter message, end with \".\" on a line by itself$", "Domino", ""),
	SAYS(BODY, 250, 1, "Message accepted for delivery$", "Domino", "aiosmtpd"),
	SAYS(QUIT, 221, 2, "* SMTP Service closing transmission channel$", "Domino", ""),
	OFFER(3, "AUTH STARTTLS +XVERP +PIPELINING +8BITMIME SMTPUTF8 +SIZE DSN", "Courier", ""),
	SAYS(EHLO, 250, 1, "* Ok.$", "Courier", ""),
	SAYS(HELO, 250, 1, "* Ok.$", "Courier", ""),
	SAYS(MAIL, 250, 1, "Ok.$", "Courier", ""),
	SAYS(RCPT, 250, 1, "Ok.$", "Courier", ""),
	SAYS(DATA, 354, 1, "Ok.$", "Courier", ""),
	SAYS(BODY, 250, 1, "Ok. ????????", "Courier", ""),
	SAYS(QUIT, 221, 1, "Bye.$", "Courier", ""),
	SAYS(OTHER, 502, 3, "ESMTP command error$", "Courier", ""),
	OFFER(1, "STARTTLS AUTH +PIPELINING +8BITMIME SIZE", "qmail", ""),
	SAYS(MAIL, 250, 1, "ok$", "qmail", ""),
	SAYS(RCPT, 250, 1, "ok$", "qmail", ""),
	SAYS(DATA, 354, 1, "go ahead$", "qmail", ""),
	SAYS(BODY, 250, 3, "ok ????????* qp ", "qmail", ""),
	SAYS(OTHER, 502, 1, "unimplemented (#5.5.1)$", "qmail", ""),
	SAYS(EHLO, 250, 2, "* Hello * [*])$", "James", ""),
	SAYS(MAIL, 250, 2, "2.1.0 Sender <*> OK$", "James", ""),
	SAYS(RCPT, 250, 2, "2.1.5 Recipient <*> OK$", "James", ""),
	SAYS(DATA, 354, 3, "Ok Send data ending with <CRLF>.<CRLF>$", "James", ""),
	SAYS(BODY, 250, 2, "2.6.0 Message received$", "James", ""),
	SAYS(EHLO, 250, 3, "* you had me at EHLO$", "Stalwart", ""),
	SAYS(HELO, 250, 3, "* you had me at HELO$", "Stalwart", ""),
	OFFER(3, "STARTTLS +SMTPUTF8 SIZE REQUIRETLS PIPELINING NO-SOLICITING MT-PRIORITY FUTURERELEASE VRFY EXPN +ENHANCEDSTATUSCODES DSN DELIVERBY +CHUNKING BINARYMIME AUTH +8BITMIME", "Stalwart", ""), /* from Z to A */
	SAYS(BODY, 250, 2, "2.0.0 Message queued with id ", "Stalwart", ""),
	SAYS(QUIT, 221, 1, "2.0.0 Bye.$", "Stalwart", ""),
	SAYS(QUIT, 221, 3, "*See ya in cyberspace$", "MDaemon", ""),
	SAYS(QUIT, 221, 3, "[XMail #", "XMail", ""),
	OFFER(3, "+8BITMIME CHUNKING +ENHANCEDSTATUSCODES +PIPELINING STARTTLS XCLIENT", "Dovecot", ""), /* its LMTP */
	SAYS(MAIL, 250, 1, "2.1.0 OK$", "Dovecot", "Stalwart"),
	SAYS(RCPT, 250, 1, "2.1.5 OK$", "Dovecot", "Stalwart"),
	SAYS(BODY, 250, 2, "2.0.0 <*> * Saved$", "Dovecot", ""),

	/* libraries that programs are made with */
	OFFER(3, "+SIZE +8BITMIME +SMTPUTF8 STARTTLS AUTH +HELP", "aiosmtpd", "Python smtpd"),
	OFFER(2, "SIZE +8BITMIME STARTTLS AUTH +HELP", "aiosmtpd", "Python smtpd"), /* as its owner has set it */
	SAYS(QUIT, 221, 1, "Bye$", "aiosmtpd", "Python smtpd,smtp-sink,Nodemailer,ZoneMTA,msmtpd,MailHog"),
	SAYS(MAIL, 250, 1, "OK$", "aiosmtpd", "Python smtpd,GreenMail,Exim,hMailServer,FakeNet"),
	SAYS(OTHER, 252, 2, "Cannot VRFY user, but will accept message and attempt delivery$", "aiosmtpd", "Python smtpd"),
	SAYS(HELP, 250, 2, "Supported commands: ", "aiosmtpd", "Python smtpd"),
	OFFER(2, "+PIPELINING +8BITMIME +SMTPUTF8 +AUTH STARTTLS SIZE", "Nodemailer", "ZoneMTA"),
	OFFER(2, "+PIPELINING +8BITMIME +SMTPUTF8 +STARTTLS SIZE", "Nodemailer", "ZoneMTA"),
	SAYS(EHLO, 250, 3, "* Nice to meet you, ", "Nodemailer", "ZoneMTA"),
	SAYS(HELO, 250, 3, "* Nice to meet you, ", "Nodemailer", "ZoneMTA"),
	SAYS(MAIL, 250, 1, "Accepted$", "Nodemailer", "ZoneMTA"),
	SAYS(BODY, 250, 1, "OK: message queued$", "Nodemailer", "ZoneMTA"),
	SAYS(OTHER, 250, 1, "Flushed$", "Nodemailer", "ZoneMTA"),
	SAYS(OTHER, 500, 1, "Error: command not recognized$", "Nodemailer", "ZoneMTA"),
	SAYS(OTHER, 252, 3, "Try to send something. No promises though$", "Nodemailer", "ZoneMTA"),
	SAYS(HELP, 214, 2, "See https://tools.ietf.org/html/rfc5321 for details$", "Nodemailer", "ZoneMTA"),
	SAYS(GREETING, 421, 3, "* You talk too soon$", "Nodemailer", "ZoneMTA"),
	OFFER(1, "+AUTH STARTTLS", "Twisted", ""),
	SAYS(EHLO, 250, 2, "* Hello *, nice to meet you$", "Twisted", ""),
	SAYS(HELO, 250, 2, "* Hello *, nice to meet you$", "Twisted", ""),
	SAYS(MAIL, 250, 1, "Sender address accepted$", "Twisted", ""),
	SAYS(RCPT, 250, 1, "Recipient address accepted$", "Twisted", ""),
	SAYS(BODY, 250, 1, "Delivery in progress$", "Twisted", ""),
	SAYS(QUIT, 221, 2, "See you later$", "Twisted", ""),
	SAYS(OTHER, 250, 3, "I remember nothing.$", "Twisted", ""),
	OFFER(1, "+8BITMIME PIPELINING", "Net::Server::Mail", ""),
	SAYS(EHLO, 250, 1, "* Service ready$", "Net::Server::Mail", ""),
	SAYS(MAIL, 250, 2, "sender * OK$", "Net::Server::Mail", ""),
	SAYS(RCPT, 250, 2, "recipient * OK$", "Net::Server::Mail", ""),
	SAYS(MAIL, 250, 1, "Requested mail action okay, completed$", "MailEnable", "Net::Server::Mail"),
	SAYS(BODY, 250, 1, "Requested mail action okay, completed$", "MailEnable", "Net::Server::Mail"),
	SAYS(DATA, 354, 2, "Send data$", "msmtpd", ""),
	SAYS(BODY, 250, 3, "Ok, mail was piped$", "msmtpd", ""),
	SAYS(OTHER, 500, 3, "Expected MAIL FROM:<addr> or QUIT$", "msmtpd", ""),

	/* what catches mail in tests */
	SAYS(EHLO, 250, 2, "* greets ", "Mailpit", ""),
	OFFER(1, "+SIZE STARTTLS AUTH +ENHANCEDSTATUSCODES SMTPUTF8", "Mailpit", ""),
	SAYS(DATA, 354, 1, "Start mail input; end with <CR><LF>.<CR><LF>$", "Mailpit", ""),
	SAYS(QUIT, 221, 3, "2.0.0 * Mailpit ESMTP Service closing transmission channel$", "Mailpit", ""),
	SAYS(EHLO, 250, 1, "Hello ", "MailHog", ""),
	OFFER(1, "+PIPELINING STARTTLS +AUTH", "MailHog", ""),
	SAYS(MAIL, 250, 2, "Sender * ok$", "MailHog", ""),
	SAYS(RCPT, 250, 2, "Recipient * ok$", "MailHog", ""),
	SAYS(OTHER, 500, 2, "Unrecognised command$", "MailHog", ""),
	OFFER(3, "STARTTLS +NO-SOLICITING +SIZE", "MailCatcher", ""),
	SAYS(EHLO, 250, 3, "Ok EventMachine SMTP Server$", "MailCatcher", ""),
	SAYS(DATA, 354, 2, "Send it$", "MailCatcher", ""),
	SAYS(BODY, 250, 1, "Message accepted$", "MailCatcher", ""),
	SAYS(QUIT, 221, 1, "Ok$", "MailCatcher", ""),
	SAYS(EHLO, 250, 2, "Nice to meet you.$", "smtp4dev", ""),
	SAYS(HELO, 250, 2, "Nice to meet you$", "smtp4dev", ""),
	SAYS(MAIL, 250, 2, "New message started$", "smtp4dev", ""),
	SAYS(RCPT, 250, 1, "Recipient accepted$", "smtp4dev", ""),
	SAYS(DATA, 354, 2, "End message with period$", "smtp4dev", ""),
	SAYS(BODY, 250, 1, "Mail accepted$", "smtp4dev", ""),
	SAYS(EHLO, 250, 3, "* offers a cup of tea and a scone with jam$", "GreenMail", ""),
	SAYS(DATA, 503, 2, "MAIL command required$", "GreenMail", ""),
	SAYS(QUIT, 221, 1, "* Service closing transmission channel$", "GreenMail", "James,Net::Server::Mail,Stalwart"),

	/* what pretends */
	SAYS(GREETING, 220, 2, "ESMTP service ready$", "Rustock", ""),
	SAYS(EHLO, 250, 1, "ok$", "Rustock", ""),
	SAYS(HELO, 250, 1, "ok$", "Rustock", ""),
	SAYS(EHLO, 250, 2, "evil.com$", "FakeNet", ""),
	SAYS(HELO, 250, 2, "evil.com$", "FakeNet", ""),
	SAYS(DATA, 354, 1, "start mail input, end with <CRLF>.<CRLF>$", "FakeNet", ""),
	SAYS(QUIT, 221, 3, "evil.com bye$", "FakeNet", ""),
	SAYS(OTHER, 503, 1, "Command not supported$", "FakeNet", ""),
	SAYS(EHLO, 250, 2, "mail.inetsim.org$", "INetSim", ""), /* what it offers it shuffles */
	SAYS(HELO, 250, 2, "mail.inetsim.org$", "INetSim", ""),
	SAYS(BODY, 250, 3, "2.6.0 Ok: queued as ????????$", "INetSim", ""),
	SAYS(QUIT, 221, 3, "2.0.0 closing connection.$", "INetSim", ""),
	SAYS(NOBODY, 250, 3, "", "Mailoney", ""), /* "250 name", then "250-..." */

	/* what so many say that it tells little */
	SAYS(DATA, 354, 1, "End data with <CR><LF>.<CR><LF>$", "Postfix",
	    "smtp-sink,simplesmtp,Sendmail,aiosmtpd,Python smtpd,Nodemailer,ZoneMTA,MailHog,INetSim,Zimbra"),
};

const char *const software_pretenders[] = {
	"Rustock", "Jeem", "FakeNet", "INetSim", "Mailoney", "Dionaea", "SpamPot",
};
/* clang-format on */

const unsigned software_host_count = COUNT(software_hosts);
const unsigned software_greeting_count = COUNT(software_greetings);
const unsigned software_saying_count = COUNT(software_sayings);
const unsigned software_pretender_count = COUNT(software_pretenders);

static_assert(COUNT(software_hosts) + COUNT(software_greetings) <= UINT8_MAX,
    "struct software has a byte for the place");
static_assert(COUNT(software_sayings) <= UINT8_MAX, "likewise");
static_assert(SOFTWARE_OCCASIONS <= 16, "and 16 bits for the occasions");
