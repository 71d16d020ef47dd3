/* SPDX-License-Identifier: Apache-2.0 */
/*
 * software - which program greets like that.
 *
 * The knowledge is one table: a word of the greeting, the product, and where
 * its version stands.  The greeting is the server's to choose, so this names
 * what it claims to be and never adds to a verdict but as G2's product name.
 */
#ifndef STRAYMAIL_SOFTWARE_H
#define STRAYMAIL_SOFTWARE_H

#include "dissectors/slice.h"

#define SOFTWARE_VERSION_MAX 24

struct software {
	const char *product; /* a static text, or NULL: not known */
	char version[SOFTWARE_VERSION_MAX]; /* "" where it does not say */
};

/* text: a greeting's first line, behind its code. */
struct software software_of_greeting(struct slice text);

#endif
