/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi_none - the second opinion of a build without nDPI: there is none.
 */
#include "dissectors/ndpi.h"

#ifdef STRAYMAIL_NO_NDPI

struct ndpi *
ndpi_new(size_t opinions)
{
	(void)opinions;
	return NULL;
}

void
ndpi_close(struct ndpi *ndpi)
{
	(void)ndpi;
}

struct ndpi_opinion *
ndpi_opinion_begin(struct ndpi *ndpi)
{
	(void)ndpi;
	return NULL;
}

void
ndpi_opinion_hear(
    struct ndpi_opinion *opinion, enum side from, struct slice line)
{
	(void)opinion;
	(void)from;
	(void)line;
}

const char *
ndpi_opinion_label(const struct ndpi_opinion *opinion)
{
	(void)opinion;
	return "";
}

void
ndpi_opinion_end(struct ndpi *ndpi, struct ndpi_opinion *opinion)
{
	(void)ndpi;
	(void)opinion;
}

size_t
ndpi_lent(const struct ndpi *ndpi)
{
	(void)ndpi;
	return 0;
}

const char *
ndpi_version(void)
{
	return "none";
}

bool
community_id(
    const struct community_tuple *tuple, char ret_text[COMMUNITY_ID_MAX])
{
	(void)tuple;
	ret_text[0] = '\0';
	return false;
}

#endif /* STRAYMAIL_NO_NDPI */
