/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log - one line a time to stderr: lower case, subject first, no full stop.
 *
 * Bytes that came from the network are escaped by the caller (sanitize.h)
 * before they get here.  Any thread may log; log_warn keeps errno as it was.
 */
#ifndef STRAYMAIL_LOG_H
#define STRAYMAIL_LOG_H

enum log_level {
	LOG_QUIET,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG
};

/* How much is said; LOG_WARN until it is set. */
void log_threshold(enum log_level level);

/* A line on the terminal that the next one draws over, and that whatever is
 * logged wipes first; and the last of them, before stdout has the word. */
void log_progress(const char *line);
void log_progress_end(void);

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))

LOG_PRINTF void log_warn(const char *format, ...); /* adds strerror(errno) */
LOG_PRINTF void log_warnx(const char *format, ...);
LOG_PRINTF void log_info(const char *format, ...);

#endif
