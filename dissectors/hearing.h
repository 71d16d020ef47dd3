/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hearing - what a line means to a dialog: whose it is, and who shall have it.
 *
 * The session hears what the asking and the serving side say; before that it
 * is asked whether they are those sides, and whether it is SMTP at all.
 */
#ifndef STRAYMAIL_HEARING_H
#define STRAYMAIL_HEARING_H

#include "dissectors/dialog.h"

/* A line's bytes, whether it has ended or not; the first `left` of them must
 * say whether the side's gate is shut. */
void hearing_front(
    struct dialog *dialog, enum side from, struct slice text, size_t left);

/* A whole line of that side, outside a body. */
void hearing_line(struct dialog *dialog, enum side from, struct slice said);

#endif
