/* SPDX-License-Identifier: Apache-2.0 */
/*
 * starttls - where a dialog goes on inside TLS (RFC 3207), and is heard no more.
 *
 * Asked before each line: a side's first record stands where a line would.
 */
#ifndef STRAYMAIL_STARTTLS_H
#define STRAYMAIL_STARTTLS_H

#include "dissectors/dialog.h"

#include <stdbool.h>

/* True: the bytes are that side's first record; the verdict is given. */
bool starttls_begins(struct dialog *dialog, enum side from, struct slice bytes);

/* What is kept of a line may become a record: too early to say whose it is. */
bool starttls_may_begin(const struct dialog *dialog, enum side from);

#endif
