/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sources - the memories of totals of this run, by number.
 *
 * In `watch` there is one, named after the sensor and its start.  In `read`
 * every capture file is one, named by a digest of its content, so that Redis
 * counts it once however often it is read.  A name is given before the first
 * observation that bears its number is pushed, and never changes: the ring's
 * hand-over makes it visible to the publisher.
 */
#ifndef STRAYMAIL_SOURCES_H
#define STRAYMAIL_SOURCES_H

#include <stdint.h>

#define SOURCE_NAME_MAX 64

struct source {
	char name[SOURCE_NAME_MAX]; /* "s1/8f3c02", "pcap/9d01f2..." */
	char *file;                 /* as the user named it; NULL live */
};

struct sources;

/* At most `most` sources.  NULL: no memory. */
struct sources *sources_new(uint32_t most);
void sources_free(struct sources *sources);

/* The new source's number, or -1: all are used, or no memory.  Texts are
 * copied; a name that is too long is cut. */
int64_t sources_add(
    struct sources *sources, const char *name, const char *file);

/* Any thread, for a number that came in an observation; NULL: out of range. */
const struct source *sources_at(const struct sources *sources, uint32_t number);

#endif
