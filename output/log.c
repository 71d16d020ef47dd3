/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log - one line a time to stderr.
 *
 * A line is put together first and written in one piece under a lock, so that
 * lines of two threads never mix and a progress bar is wiped only once.
 */
#include "output/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 1024

/* Carriage return, then "erase to the end of the line" (ECMA-48 8.3.41). */
#define WIPE_LINE "\r\033[K"

static enum log_level threshold = LOG_WARN;
static bool progress_drawn, progress_ended;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
log_threshold(enum log_level level)
{
	pthread_mutex_lock(&lock);
	threshold = level;
	pthread_mutex_unlock(&lock);
}

void
log_progress(const char *line)
{
	pthread_mutex_lock(&lock);
	if (!progress_ended) {
		fprintf(stderr, WIPE_LINE "%s", line);
		fflush(stderr);
		progress_drawn = true;
	}
	pthread_mutex_unlock(&lock);
}

void
log_progress_end(void)
{
	pthread_mutex_lock(&lock);
	if (progress_drawn) {
		fputs(WIPE_LINE, stderr);
		fflush(stderr);
	}
	progress_drawn = false;
	progress_ended = true;
	pthread_mutex_unlock(&lock);
}

static void
write_line(enum log_level level, const char *line)
{
	pthread_mutex_lock(&lock);
	if (level <= threshold) {
		fprintf(stderr, "%sstraymail: %s\n",
		    progress_drawn ? WIPE_LINE : "", line);
		fflush(stderr);
		progress_drawn = false;
	}
	pthread_mutex_unlock(&lock);
}

/* reason: what stands behind the line, or NULL. */
__attribute__((format(printf, 3, 0))) static void
say(enum log_level level, const char *reason, const char *format, va_list args)
{
	char line[LINE_MAX_BYTES];
	int len = vsnprintf(line, sizeof(line), format, args);

	if (reason != NULL && len >= 0 && (size_t)len < sizeof(line))
		snprintf(
		    line + len, sizeof(line) - (size_t)len, ": %s", reason);
	write_line(level, line);
}

void
log_warn(const char *format, ...)
{
	char reason[128];
	int saved = errno;
	va_list args;

	va_start(args, format);
	/* GNU's strerror_r: the text may or may not be in the buffer */
	say(LOG_WARN, strerror_r(saved, reason, sizeof(reason)), format, args);
	va_end(args);
	errno = saved;
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_WARN, NULL, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_INFO, NULL, format, args);
	va_end(args);
}
