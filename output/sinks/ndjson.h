/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson - events as lines of JSON, to a file or to stdout.
 *
 * Every event is one line; the publisher decides what is an event.
 */
#ifndef STRAYMAIL_NDJSON_H
#define STRAYMAIL_NDJSON_H

#include "output/event.h"
#include "output/sinks/sink.h"

/*
 * path: appended to; NULL or "-": stdout.  The context is copied, what it
 * points to is borrowed; its now_ns and serial are the sink's to set.  NULL
 * after it has said why.
 *
 * Lines reach the file whole and in order, within a second.  While it takes
 * nothing (disk full) 64 KiB wait; a line beyond is dropped, and counted.
 */
struct sink *ndjson_open(const struct event_context *context, const char *path);

#endif
