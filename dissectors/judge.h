/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge - a dialog's verdict, and when it must be given.
 *
 * The only file that changes it: none, suspected, confirmed; or refuted; or
 * undecided at the end of the budget.  Confirmed is never withdrawn.
 */
#ifndef STRAYMAIL_JUDGE_H
#define STRAYMAIL_JUDGE_H

#include "dissectors/dialog.h"

/* The circumstances, anew: who can be seen, and who said what he should not. */
void judge_look(struct dialog *dialog);

/* The verdict that the evidence justifies now. */
void judge_verdict(struct dialog *dialog);

/* The last word: the budget is spent, or the end has come. */
void judge_settle(struct dialog *dialog);

/* That side has said all that it may without being confirmed: then the dialog
 * is settled.  aside: the line that it has not finished is charged aside
 * (budget.h). */
bool judge_spent(struct dialog *dialog, enum side from, bool aside);

#endif
