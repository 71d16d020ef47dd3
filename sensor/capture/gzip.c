/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip - a stream over a file that may be compressed.
 *
 * zlib's gzread() is not used: it waits until a whole buffer is there, which of
 * a pipe may take hours, and of the bytes in which it meets damage it hands over
 * nothing.  What is not compressed is read straight into the stream's buffer.
 */
#include "sensor/capture/gzip.h"

#include "sensor/capture/blocks.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define HEAD_BYTES  64
#define INPUT_BYTES ((size_t)64 * 1024)
#define MAGIC_LEN   2
#define MAGIC_FIRST 0x1F /* RFC 1952 2.3.1 */
#define MAGIC_NEXT  0x8B
#define WINDOW      (15 + 16) /* zlib's largest; and a gzip header */
#define WAIT_MS     100       /* after which a stop is noticed */

_Static_assert(BLOCKS_INTERFACES == 65536, "as the text below has it");

struct gzip {
	FILE *stream;
	int fd;
	bool waits; /* a pipe may have nothing to read for a while */
	const atomic_bool *stop; /* lent; NULL: never */
	off64_t start;           /* where fd stood; 0: a pipe */
	off64_t taken;           /* where it is */
	off64_t delivered;       /* bytes, decompressed */
	const char *error;       /* zlib's, of strerror(), or ours */
	bool sniffed;            /* its first bytes were looked at */
	bool packed;             /* it is compressed: */
	bool between;            /* ... one member has ended */
	bool ended;              /* ... there is no more */
	z_stream z;              /* what was read ahead is its input, anyway */
	struct blocks blocks;
	bool too_many; /* interfaces: the rest is held back */
	size_t head_len;
	uint8_t head[HEAD_BYTES];
	uint8_t input[INPUT_BYTES];
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

/* --- the file's own bytes ---------------------------------------------------- */

/* Relaxed: whoever sets it has nothing else to show. */
static bool
stopped(const struct gzip *gzip)
{
	return gzip->stop != NULL &&
	    atomic_load_explicit(gzip->stop, memory_order_relaxed);
}

/* As read(); EINTR: it was stopped. */
static ssize_t
take(struct gzip *gzip, void *bytes, size_t len)
{
	struct pollfd ready = { .fd = gzip->fd, .events = POLLIN };
	ssize_t got;

	while (!stopped(gzip)) {
		if (gzip->waits && poll(&ready, 1, WAIT_MS) == 0)
			continue;
		got = read(gzip->fd, bytes, len);
		if (got >= 0) {
			gzip->taken += got;
			return got;
		}
		if (errno == EINTR)
			continue;
		gzip->error = strerrordesc_np(errno);
		return -1;
	}
	errno = EINTR;
	return -1;
}

/* The input was used up.  As take(). */
static ssize_t
refill(struct gzip *gzip)
{
	ssize_t got = take(gzip, gzip->input, INPUT_BYTES);

	gzip->z.next_in = gzip->input;
	gzip->z.avail_in = got > 0 ? (unsigned)got : 0;
	return got;
}

/* What is it?  False: it cannot be read. */
static bool
sniff(struct gzip *gzip)
{
	size_t held = 0;

	while (held < MAGIC_LEN) {
		ssize_t got =
		    take(gzip, gzip->input + held, INPUT_BYTES - held);

		if (got < 0)
			return false;
		if (got == 0)
			break;
		held += (size_t)got;
	}
	gzip->z.next_in = gzip->input;
	gzip->z.avail_in = (unsigned)held;
	gzip->packed = held >= MAGIC_LEN && gzip->input[0] == MAGIC_FIRST &&
	    gzip->input[1] == MAGIC_NEXT;
	gzip->sniffed = true;
	if (gzip->packed && inflateInit2(&gzip->z, WINDOW) != Z_OK) {
		gzip->packed = false; /* there is nothing to end */
		gzip->error = "no memory to decompress it";
		return false;
	}
	return true;
}

/* --- decompressed ------------------------------------------------------------ */

/* Behind a member there may be another one (RFC 1952 2.2); anything else is
 * padding. */
static void
begin_member(struct gzip *gzip)
{
	gzip->between = false;
	gzip->ended = *gzip->z.next_in != MAGIC_FIRST;
	if (!gzip->ended)
		inflateReset(&gzip->z);
}

/* How much of the input is there gives so many bytes; none may be. */
static size_t
inflate_some(struct gzip *gzip, char *bytes, size_t len)
{
	unsigned room = len < UINT_MAX ? (unsigned)len : UINT_MAX;
	int code;

	gzip->z.next_out = (Bytef *)bytes;
	gzip->z.avail_out = room;
	code = inflate(&gzip->z, Z_NO_FLUSH);
	if (code == Z_STREAM_END) {
		gzip->between = true;
	} else if (code != Z_OK && code != Z_BUF_ERROR) {
		gzip->ended = true;
		gzip->error = gzip->z.msg != NULL ? gzip->z.msg : zError(code);
	}
	return room - gzip->z.avail_out;
}

/* As read(); what is damaged ends there, with an error. */
static ssize_t
unpack(struct gzip *gzip, char *bytes, size_t len)
{
	size_t got = 0;

	while (got == 0 && !gzip->ended) {
		ssize_t more = gzip->z.avail_in > 0 ? 1 : refill(gzip);

		if (more < 0)
			return -1;
		if (more == 0) {
			gzip->ended = true;
			if (!gzip->between)
				gzip->error = "unexpected end of file";
			break;
		}
		if (gzip->between)
			begin_member(gzip);
		else
			got = inflate_some(gzip, bytes, len);
	}
	return (ssize_t)got;
}

/* As it is: first what was read to look at it. */
static ssize_t
copy(struct gzip *gzip, char *bytes, size_t len)
{
	size_t n = gzip->z.avail_in;

	if (n == 0)
		return take(gzip, bytes, len);
	if (n > len)
		n = len;
	memcpy(bytes, gzip->z.next_in, n);
	gzip->z.next_in += n;
	gzip->z.avail_in -= (unsigned)n;
	return (ssize_t)n;
}

/* --- the stream -------------------------------------------------------------- */

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

static ssize_t
cookie_read(void *cookie, char *buffer, size_t len)
{
	struct gzip *gzip = cookie;
	ssize_t got;

	if (!gzip->sniffed && !sniff(gzip))
		return -1;
	got =
	    gzip->packed ? unpack(gzip, buffer, len) : copy(gzip, buffer, len);
	return got < 0 ? -1 : deliver(gzip, buffer, (size_t)got);
}

/* What ftello() asks (where are we?), and going to an offset. */
static int
cookie_seek(void *cookie, off64_t *offset, int whence)
{
	struct gzip *gzip = cookie;
	off64_t to = whence == SEEK_CUR ? gzip->delivered + *offset : *offset;

	if (whence == SEEK_END)
		return -1;
	if (to != gzip->delivered) {
		if (gzip->packed || gzip->waits ||
		    lseek(gzip->fd, gzip->start + to, SEEK_SET) < 0) {
			gzip->error = "cannot go to an offset";
			return -1;
		}
		gzip->z.avail_in = 0;
		gzip->taken = gzip->start + to;
		gzip->delivered = to;
	}
	*offset = to;
	return 0;
}

struct gzip *
gzip_new(int fd, char *buffer, size_t buffer_len, const atomic_bool *stop)
{
	struct gzip *gzip = calloc(1, sizeof(*gzip));
	struct stat st;

	if (gzip == NULL) {
		close(fd);
		return NULL;
	}
	gzip->fd = fd;
	gzip->stop = stop;
	gzip->waits = fstat(fd, &st) != 0 || !S_ISREG(st.st_mode);
	if (!gzip->waits)
		gzip->start = lseek(fd, 0, SEEK_CUR);
	gzip->taken = gzip->start;
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
}

void
gzip_free(struct gzip *gzip)
{
	if (gzip == NULL)
		return;
	if (gzip->packed)
		inflateEnd(&gzip->z);
	close(gzip->fd);
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
	return (uint64_t)(gzip->taken - (off64_t)gzip->z.avail_in);
}

bool
gzip_stopped(const struct gzip *gzip)
{
	return stopped(gzip);
}

const char *
gzip_error(const struct gzip *gzip)
{
	return gzip->error;
}
