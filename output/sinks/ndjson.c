/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson - events as lines of JSON, to a file or to stdout.
 *
 * Lines wait in a buffer of our own, not in stdio's: what a full disk did not
 * take is kept and tried again, and a line that finds no room is dropped whole
 * instead of leaving half of it behind.
 */
#include "output/sinks/ndjson.h"

#include "output/log.h"
#include "output/observation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (64U * 1024)
#define SECOND_NS   UINT64_C(1000000000)

struct ndjson {
	struct sink sink;
	struct event_context context;
	char *path; /* NULL: stdout */
	int fd;
	bool failing;     /* said already */
	bool unread;      /* a pipe whose reader has gone: enough was seen */
	uint64_t dropped; /* lines */
	uint64_t written_ns;
	size_t used;
	char buffer[BUFFER_SIZE];
};

static struct ndjson *
ndjson_of(struct sink *sink)
{
	return (struct ndjson *)sink; /* its first member */
}

static const char *
shown_path(const struct ndjson *out)
{
	return out->path != NULL ? out->path : "stdout";
}

static int
open_file(const char *path)
{
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, (mode_t)0640);

	if (fd < 0)
		log_warn("%s", path);
	return fd;
}

/* Each state is said once, not each attempt. */
static void
note_outcome(struct ndjson *out, bool fine)
{
	if (fine && out->failing)
		log_warnx("%s: written to again, %" PRIu64 " events dropped",
		    shown_path(out), out->dropped);
	if (!fine && !out->failing)
		log_warn("%s: events wait", shown_path(out));
	out->failing = !fine;
}

/* False: something is left in the buffer. */
static bool
write_out(struct ndjson *out)
{
	size_t done = 0;
	bool fine = true;

	while (fine && !out->unread && done < out->used) {
		ssize_t n =
		    write(out->fd, out->buffer + done, out->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EPIPE && out->path == NULL)
			out->unread = true;
		else
			fine = errno == EINTR;
	}
	if (out->unread) {
		out->used = 0;
		return true;
	}
	if (done > 0 || !fine)
		note_outcome(out, fine);
	out->used -= done;
	memmove(out->buffer, out->buffer + done, out->used);
	return fine;
}

static bool
has_room(const struct ndjson *out, size_t len)
{
	return len < sizeof(out->buffer) - out->used; /* and its newline */
}

static void
add_line(struct ndjson *out, const char *line)
{
	size_t len = strlen(line);

	if (!has_room(out, len))
		write_out(out);
	if (!has_room(out, len)) {
		out->dropped++;
		return;
	}
	memcpy(out->buffer + out->used, line, len);
	out->buffer[out->used + len] = '\n';
	out->used += len + 1;
}

/* The line is from malloc; NULL: there was no memory for it. */
static void
take(struct ndjson *out, char *line)
{
	if (line != NULL)
		add_line(out, line);
	else
		out->dropped++;
	free(line);
	if (out->context.now_ns - out->written_ns >= SECOND_NS) {
		out->written_ns = out->context.now_ns;
		write_out(out);
	}
}

static void
ndjson_publish(struct sink *sink, const struct news *news)
{
	struct ndjson *out = ndjson_of(sink);
	out->context.now_ns = news->now_ns;
	out->context.serial++;
	take(out, event_json(&out->context, news->change, news->tally, false));
}

static void
ndjson_stranger(
    struct sink *sink, const struct observation *seen, uint64_t now_ns)
{
	struct ndjson *out = ndjson_of(sink);

	out->context.now_ns = now_ns;
	out->context.serial++;
	take(out,
	    event_stranger_json(&out->context, &seen->stranger, seen->source));
}

static void
ndjson_diagnostic(
    struct sink *sink, const struct observation *seen, uint64_t now_ns)
{
	struct ndjson *out = ndjson_of(sink);

	out->context.now_ns = now_ns;
	out->context.serial++;
	take(out,
	    event_diagnostic_json(
		&out->context, &seen->diagnostic, seen->source));
}

static bool
ndjson_flush(struct sink *sink, uint64_t now_ns, bool last)
{
	struct ndjson *out = ndjson_of(sink);
	bool written = write_out(out);

	out->written_ns = now_ns;
	return written && !(last && out->dropped > 0);
}

static void
ndjson_reopen(struct sink *sink)
{
	struct ndjson *out = ndjson_of(sink);
	int fd;

	if (out->path == NULL)
		return;
	write_out(out); /* into the file that was meant */
	fd = open_file(out->path);
	if (fd < 0)
		return; /* the old one still works */
	close(out->fd);
	out->fd = fd;
}

static void
ndjson_close(struct sink *sink)
{
	struct ndjson *out = ndjson_of(sink);

	write_out(out);
	if (out->dropped > 0)
		log_warnx("%s: %" PRIu64 " events dropped", shown_path(out),
		    out->dropped);
	if (out->path != NULL)
		close(out->fd);
	free(out->path);
	free(out);
}

static const struct sink_verbs verbs = {
	.name = "ndjson",
	.publish = ndjson_publish,
	.flush = ndjson_flush,
	.reopen = ndjson_reopen,
	.stranger = ndjson_stranger,
	.diagnostic = ndjson_diagnostic,
	.close = ndjson_close,
};

struct sink *
ndjson_open(const struct event_context *context, const char *path)
{
	struct ndjson *out = calloc(1, sizeof(*out));

	if (out == NULL) {
		log_warn("ndjson");
		return NULL;
	}
	out->sink.verbs = &verbs;
	out->context = *context;
	out->fd = STDOUT_FILENO;
	if (path == NULL || strcmp(path, "-") == 0)
		return &out->sink;

	out->path = strdup(path);
	if (out->path != NULL && (out->fd = open_file(path)) >= 0)
		return &out->sink;
	free(out->path);
	free(out);
	return NULL;
}
