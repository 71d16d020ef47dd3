/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label - the names of what a connection may be instead of SMTP.
 */
#ifndef STRAYMAIL_LABEL_H
#define STRAYMAIL_LABEL_H

#include <stdbool.h>

/* What a connection is instead of SMTP. */
enum label {
	LABEL_NONE,
	LABEL_FTP,
	LABEL_LMTP,
	LABEL_POP3,
	LABEL_IMAP,
	LABEL_NNTP,
	LABEL_HTTP,
	LABEL_SSH,
	LABEL_TLS,
	LABEL_SIP,
	LABEL_RTSP,
	LABEL_IRC,
	LABEL_RFB,
	LABEL_TELNET,
	LABEL_SYSLOG,
	LABEL_REDIS,
	LABEL_MANAGESIEVE,
	LABEL_RSYNC,
	LABEL_XMPP,
	LABEL_STOMP,
	LABEL_NATS,
	LABEL_AMQP,
	LABEL_MEMCACHED,
	LABEL_PRINTER, /* PJL */
	LABEL_FAX,     /* HylaFAX: FTP's grammar, a fax queue behind it */
	LABEL_PAGER,   /* SNPP (RFC 1861): answers 250 to PAGE, MESS and SEND */
	LABEL_VDR,     /* SVDRP: answers 250 to LSTC */
	LABEL_DICT,    /* RFC 2229 */
	LABEL_VMWARE,  /* the authentication daemon */
	LABEL_SCANNER, /* an antivirus daemon that greets with "(SMTP)" */
	LABEL_TRANSCRIPT, /* X4: one side tells a whole dialog */
	LABEL_ECHO,       /* X5 */
	LABEL_BINARY,     /* X6 */
	LABEL_OTHER,      /* a known 220 greeter without a name of its own */
};

#define LABELS (LABEL_OTHER + 1)

/* It names a protocol: not a way to talk (a transcript, junk), not an unnamed
 * greeter, and not LMTP, which is mail. */
bool label_is_protocol(enum label label);

/* "ftp", "http" ...; "" for LABEL_NONE. */
const char *label_name(enum label label);

#endif
