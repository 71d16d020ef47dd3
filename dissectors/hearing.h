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

/* The first bytes of a line, at most GATE_MAX, whether it has ended or not. */
void hearing_front(struct dialog *dialog, enum side from, struct slice front);

/* A whole line of that side, outside a body. */
void hearing_line(struct dialog *dialog, enum side from, struct slice text);

#endif
