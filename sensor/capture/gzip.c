/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip - a stream over a file that may be compressed.
 *
 * zlib's gzread() does all of it.  Of an uncompressed file it copies whole
 * buffers, so going through it costs next to nothing.
 */
#include "sensor/capture/gzip.h"

#include "sensor/capture/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define HEAD_BYTES 64

/* Not above half of what the stream asks for at a time, or zlib copies once
 * more. */
#define ZLIB_BUFFER ((unsigned)64 * 1024)

/* What is decompressed at a time where there is damage. */
#define PIECE ((unsigned)512)

_Static_assert(BLOCKS_INTERFACES == 65536, "as the text below has it");

struct gzip {
	gzFile file;
	gzFile
	    given_up; /* what was read before it, up to the damage; or NULL */
	int fd;       /* file's, or given_up's */
	off_t start;  /* where it stood; -1: a pipe */
	FILE *stream;
	off64_t delivered; /* bytes, decompressed */
	const char *error; /* zlib's, of strerror(), or ours */
	struct blocks blocks;
	bool too_many; /* interfaces: the rest is held back */
	size_t head_len;
	uint8_t head[HEAD_BYTES];
};

static void
keep_head(struct gzip *gzip, const char *bytes, size_t len)
{
	size_t room = HEAD_BYTES - gzip->head_len;

	if (len > room)
		len = room;
	memcpy(gzip->head + gzip->head_len, bytes, len);
	gzip->head_len += len;
}

static void
keep_error(struct gzip *gzip)
{
	int code = Z_OK;
	const char *text = gzerror(gzip->file, &code);

	if (code == Z_OK)
		return;
	/* zlib says "<fd:3>: unexpected end of file"; the fd is of no use. */
	const char *after = strstr(text, ">: ");

	gzip->error = after != NULL ? after + 3 : text;
}

/* Of the 128 KiB in which zlib meets damage it hands over nothing.  So it goes
 * there again, in small pieces, and what is lost is at most one.  False: it has
 * done so, or it is a pipe. */
static bool
read_again(struct gzip *gzip)
{
	int fd = gzip->given_up == NULL && gzip->start >= 0
	    ? fcntl(gzip->fd, F_DUPFD_CLOEXEC, 0)
	    : -1;
	gzFile again;

	if (fd < 0)
		return false;
	lseek(fd, gzip->start, SEEK_SET);
	again = gzdopen(fd, "rb");
	if (again == NULL) {
		close(fd);
		return false;
	}
	gzip->given_up = gzip->file;
	gzip->file = again;
	gzbuffer(again, PIECE / 2);
	return gzseek(again, gzip->delivered, SEEK_SET) >= 0;
}

/* What of these bytes goes to libpcap; -1 where all is held back. */
static ssize_t
deliver(struct gzip *gzip, const char *bytes, size_t len)
{
	size_t passed = 0;

	if (!gzip->too_many)
		passed = blocks_pass(&gzip->blocks, bytes, len);
	gzip->too_many |= passed < len;
	if (gzip->too_many && passed == 0) {
		gzip->error = "more than 65536 interfaces";
		errno = EFBIG;
		return -1;
	}
	keep_head(gzip, bytes, passed);
	gzip->delivered += (off64_t)passed;
	return (ssize_t)passed;
}

static int
read_some(struct gzip *gzip, char *buffer, size_t len)
{
	size_t most = gzip->given_up != NULL ? PIECE - 1 : INT32_MAX;

	return gzread(gzip->file, buffer, (unsigned)(len < most ? len : most));
}

static ssize_t
cookie_read(void *cookie, char *buffer, size_t len)
{
	struct gzip *gzip = cookie;
	int got = read_some(gzip, buffer, len);

	if (got < 0 && read_again(gzip))
		got = read_some(gzip, buffer, len);
	if (got <= 0)
		keep_error(gzip);
	if (got < 0) {
		errno = EIO;
		return -1;
	}
	return deliver(gzip, buffer, (size_t)got);
}

/* What ftello() asks (where are we?), and going to an offset. */
static int
cookie_seek(void *cookie, off64_t *offset, int whence)
{
	struct gzip *gzip = cookie;
	z_off_t at;

	if (whence == SEEK_END)
		return -1;
	if (whence == SEEK_CUR && *offset == 0) {
		*offset = gzip->delivered;
		return 0;
	}
	at = gzseek(gzip->file, *offset, whence);
	if (at < 0) {
		gzip->error = "cannot go to an offset";
		return -1;
	}
	*offset = at;
	gzip->delivered = at;
	return 0;
}

struct gzip *
gzip_new(int fd, char *buffer, size_t buffer_len)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));

	if (gzip == NULL)
		goto close_fd;
	gzip->fd = fd;
	gzip->start = lseek(fd, 0, SEEK_CUR);
	gzip->file = gzdopen(fd, "rb");
	if (gzip->file == NULL)
		goto close_fd;
	gzbuffer(gzip->file, ZLIB_BUFFER);
	gzip->stream = fopencookie(gzip, "r",
	    (cookie_io_functions_t){
		.read = cookie_read, .seek = cookie_seek });
	if (gzip->stream == NULL) {
		gzip_free(gzip);
		return NULL;
	}
	setvbuf(gzip->stream, buffer, _IOFBF, buffer_len);
	/* One thread reads it; a lock taken for every header would show. */
	__fsetlocking(gzip->stream, FSETLOCKING_BYCALLER);
	return gzip;
close_fd:
	close(fd);
	free(gzip);
	return NULL;
}

void
gzip_free(struct gzip *gzip)
{
	if (gzip == NULL)
		return;
	gzclose(gzip->file);
	if (gzip->given_up != NULL)
		gzclose(gzip->given_up);
	free(gzip);
}

FILE *
gzip_stream(struct gzip *gzip)
{
	return gzip->stream;
}

struct slice
gzip_head(const struct gzip *gzip)
{
	return slice_of(gzip->head, gzip->head_len);
}

uint64_t
gzip_consumed(const struct gzip *gzip)
{
	z_off_t offset = gzoffset(gzip->file);

	return offset < 0 ? (uint64_t)gzip->delivered : (uint64_t)offset;
}

const char *
gzip_error(const struct gzip *gzip)
{
	return gzip->error;
}
