/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decoys - what greets or looks like SMTP and is not, each by its name.
 *
 * A table of foreign first lines (X3), the words and replies that only FTP has
 * (X1), and products that greet with 220 without being mail servers.
 */
#ifndef STRAYMAIL_DECOYS_H
#define STRAYMAIL_DECOYS_H

#include "dissectors/label.h"
#include "dissectors/slice.h"

#include <stdbool.h>

/*
 * Whose first bytes these are, where they are nobody's but a foreign
 * protocol's; LABEL_NONE where they may be SMTP or are too few to tell.  Ask
 * again when more has come: what was named stays named, however it was cut.
 * Leading CR, LF and blanks do not count.
 *
 * replies: they come from the side that answers.  A side that asks is named
 * only while the other has given no reply line: scanners throw HTTP at
 * anything.  A TLS hello from it names nobody: mail servers get those too.
 */
enum label decoy_opening(struct slice bytes, bool replies);

/* The same of a whole line, of which no more will come. */
enum label decoy_first_line(struct slice line, bool replies);

/*
 * A 220 greeting (text: its first line behind the code) of a product that is
 * no mail server; LABEL_LMTP where it says LMTP (RFC 2033).  Host names say
 * nothing: "ftp.example.com ESMTP" is SMTP, "mail.example.com FTP server" is
 * not.
 */
enum label decoy_greeting(struct slice text);

/* USER PASS CWD TYPE PASV PORT EPSV FEAT SYST ADAT, AUTH TLS or SSL (RFC 959,
 * 2228, 2389, 2428, 4217): nobody's but FTP's among those with reply codes. */
bool decoy_ftp_verb(struct slice line);

/* 331 230 227 229 234 215 150 226: replies that only FTP gives. */
bool decoy_ftp_code(unsigned code);

#endif
