/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip - a stream over a file that may be compressed.
 *
 * libpcap reads from a FILE; this one decompresses as it is read, so that
 * nothing is written to disk, and passes on as it is what is not gzip.  Which
 * of the two it is, the content says and not the name; so it works for a pipe.
 */
#ifndef STRAYMAIL_GZIP_H
#define STRAYMAIL_GZIP_H

#include "dissectors/slice.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct gzip;

/*
 * Takes fd over, and closes it at gzip_free().  buffer, of buffer_len bytes, is
 * lent for as long, and so is *stop (NULL: never): once it is set nothing more
 * is read, nor waited for.  NULL: no memory (fd is closed).
 */
struct gzip *gzip_new(
    int fd, char *buffer, size_t buffer_len, const atomic_bool *stop);
void gzip_free(struct gzip *gzip);

/* The stream, only for reading; to be closed before gzip_free().  To go to an
 * offset is cheap where nothing is compressed. */
FILE *gzip_stream(struct gzip *gzip);

/* The first bytes that were read, decompressed. */
struct slice gzip_head(const struct gzip *gzip);

/* Bytes of the file that were read, as they lie on the disk. */
uint64_t gzip_consumed(const struct gzip *gzip);

/* *stop was set: what looks like an error may be none. */
bool gzip_stopped(const struct gzip *gzip);

/* What was wrong with reading or decompressing, or NULL. */
const char *gzip_error(const struct gzip *gzip);

#endif
