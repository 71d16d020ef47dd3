/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label - a row for each.
 */
#include "dissectors/label.h"

#include <assert.h>

/* clang-format off */
static const char *const names[] = {
	[LABEL_NONE] = "",
	[LABEL_FTP] = "ftp",
	[LABEL_LMTP] = "lmtp",
	[LABEL_POP3] = "pop3",
	[LABEL_IMAP] = "imap",
	[LABEL_NNTP] = "nntp",
	[LABEL_HTTP] = "http",
	[LABEL_SSH] = "ssh",
	[LABEL_TLS] = "tls",
	[LABEL_SIP] = "sip",
	[LABEL_RTSP] = "rtsp",
	[LABEL_IRC] = "irc",
	[LABEL_RFB] = "rfb",
	[LABEL_TELNET] = "telnet",
	[LABEL_SYSLOG] = "syslog",
	[LABEL_REDIS] = "redis",
	[LABEL_MANAGESIEVE] = "managesieve",
	[LABEL_RSYNC] = "rsync",
	[LABEL_XMPP] = "xmpp",
	[LABEL_STOMP] = "stomp",
	[LABEL_NATS] = "nats",
	[LABEL_AMQP] = "amqp",
	[LABEL_MEMCACHED] = "memcached",
	[LABEL_PRINTER] = "printer",
	[LABEL_FAX] = "fax",
	[LABEL_PAGER] = "pager",
	[LABEL_VDR] = "vdr",
	[LABEL_DICT] = "dict",
	[LABEL_VMWARE] = "vmware",
	[LABEL_SCANNER] = "scanner",
	[LABEL_TRANSCRIPT] = "transcript",
	[LABEL_ECHO] = "echo",
	[LABEL_BINARY] = "binary",
	[LABEL_OTHER] = "other",
};
/* clang-format on */

static_assert(
    sizeof(names) / sizeof(names[0]) == LABELS, "each label has its name");

bool
label_is_protocol(enum label label)
{
	return label != LABEL_NONE && label != LABEL_LMTP &&
	    label != LABEL_TRANSCRIPT && label != LABEL_BINARY &&
	    label != LABEL_OTHER;
}

const char *
label_name(enum label label)
{
	return names[label];
}
