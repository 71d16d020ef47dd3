/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greeting - the words of a greeting that say what serves, not where.
 *
 * A greeting names its host first (RFC 5321 4.2), and hosts are called ftp,
 * exim or lmtp whatever they serve.  So whoever looks for a product walks over
 * the words that are no host names.
 */
#ifndef STRAYMAIL_GREETING_H
#define STRAYMAIL_GREETING_H

#include "dissectors/slice.h"

#include <stdbool.h>

/*
 * Finds the next word of *rest that is no host name and moves *rest behind it.
 * ret_tail is the text from that word on, without a bracket or quote before
 * it; ret_word is the word alone.  False: there is none, *rest is used up.
 */
bool greeting_next(
    struct slice *rest, struct slice *ret_word, struct slice *ret_tail);

/* tail begins with phrase, in any case, and the phrase's last word ends there
 * (no letter, digit, '-' or '_' continues it). */
bool greeting_says(struct slice tail, struct slice phrase);

/* text behind a first word that ESMTP or SMTP follows (a host's name, though it
 * has no dot: "ftp ESMTP"); else all of it. */
struct slice greeting_behind_host(struct slice text);

#endif
