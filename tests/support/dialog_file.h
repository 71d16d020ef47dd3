/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialog_file - the written dialogs of tests/dialogs, for whoever plays them.
 *
 *	# title			begins a case; its first word is its id
 *	- option ...		how it is heard, see below
 *	S: text			a line of the server; C: of the client
 *	S| text			bytes without a line's end
 *	S*40: text		the line forty times
 *	! gap S			bytes of the server are missing here
 *	! ack C			the client acknowledges more than before
 *	? verdict		what is to be said so far
 *	= verdict name=value ...	what is said at the end; ends the case
 *
 * Texts know \r \n \t \\ and \xNN.  Options: midstream, nohandshake, sonly and
 * conly (the other side's packets are not seen), lf (lines end in LF), exact
 * (cut as written, or byte by byte), reversed (the client's side answered the
 * SYN), ordered (more than a window lies between a question and its answer).
 */
#ifndef STRAYMAIL_TEST_DIALOG_FILE_H
#define STRAYMAIL_TEST_DIALOG_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum dialog_step_kind {
	STEP_SAY,
	STEP_GAP,
	STEP_ACK,
	STEP_EXPECT, /* text is the verdict */
};

struct dialog_step {
	enum dialog_step_kind kind;
	bool server; /* who */
	bool ends;   /* a line's end follows the text */
	unsigned times;
	unsigned line; /* of the file */
	char *text;    /* its escapes resolved; len bytes, and a NUL */
	size_t len;
};

struct dialog_case {
	const char *file;
	unsigned line; /* of the file, where it ends */
	char *title;   /* from its id on */
	bool midstream, nohandshake, sonly, conly, lf, exact, reversed;
	bool ordered;
	struct dialog_step *step;
	size_t steps;
	char *verdict;
	char *facts; /* name=value ... */
};

/* All cases of all files, in order, freed with dialog_cases_free().  NULL if a
 * line of them was not understood, or there are none; it has said which. */
struct dialog_case *dialog_cases_read(size_t *ret_count);
/* The same of a text in memory. */
struct dialog_case *dialog_cases_of_text(char *text, size_t *ret_count);
void dialog_cases_free(struct dialog_case *cases, size_t count);

/* The value that a name of an expectation stands for, as text, lists by
 * commas.  False: there is no such name. */
typedef bool dialog_value(
    const void *from, const char *name, char *text, size_t cap);

/*
 * Compares what is with what is written: name=value, name+=a,b (these among
 * it), name-=a,b (none of these).  False, and ret_what says what differs.
 */
bool dialog_facts_hold(const struct dialog_case *wanted, dialog_value *value_of,
    const void *from, char *ret_what, size_t cap);

/* The line's end as it is written or, where `swap`, the other one. */
const char *dialog_line_end(const struct dialog_case *of, bool swap);

#endif
