/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log - one line a time, only what was asked for, and no progress bar
 * left under it.
 */
#include "output/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char said[4096];
static FILE *catcher;
static int saved_stderr;

static void
listen_in(void)
{
	catcher = tmpfile();
	assert_non_null(catcher);
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	dup2(fileno(catcher), STDERR_FILENO);
}

static void
stop_listening(void)
{
	size_t len;

	fflush(stderr);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	rewind(catcher);
	len = fread(said, 1, sizeof(said) - 1, catcher);
	said[len] = '\0';
	fclose(catcher);
}

static void
only_what_was_asked_for_is_said(void **state)
{
	(void)state;
	log_threshold(LOG_INFO);
	listen_in();
	log_info("info %d", 1);
	log_threshold(LOG_WARN);
	log_info("unheard");
	log_warnx("warning %s", "two");
	log_threshold(LOG_QUIET);
	log_warnx("unheard");
	stop_listening();
	assert_string_equal(
	    said, "straymail: info 1\nstraymail: warning two\n");
}

static void
a_warning_gives_the_reason_and_keeps_errno(void **state)
{
	(void)state;
	log_threshold(LOG_WARN);
	listen_in();
	errno = ENOENT;
	log_warn("x.pcap");
	assert_int_equal(errno, ENOENT);
	stop_listening();
	assert_string_equal(
	    said, "straymail: x.pcap: No such file or directory\n");
}

static void
a_progress_bar_is_wiped_once(void **state)
{
	(void)state;
	log_threshold(LOG_WARN);
	listen_in();
	log_progress("7 %");
	log_info("below the threshold, wipes nothing");
	log_warnx("one");
	log_warnx("two");
	stop_listening();
	assert_string_equal(
	    said, "\r\033[K7 %\r\033[Kstraymail: one\nstraymail: two\n");
}

static void
behind_the_last_progress_bar_none_is_drawn(void **state)
{
	(void)state;
	listen_in();
	log_progress("99 %");
	log_progress_end();
	log_progress("100 %");
	log_progress_end();
	stop_listening();
	assert_string_equal(said, "\r\033[K99 %\r\033[K");
}

static void
an_endless_line_is_cut(void **state)
{
	char endless[3000];

	(void)state;
	memset(endless, 'x', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	log_threshold(LOG_WARN);
	listen_in();
	errno = EIO;
	log_warn("%s", endless);
	stop_listening();
	assert_true(strlen(said) < 1100);
	assert_int_equal(said[strlen(said) - 1], '\n');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_asked_for_is_said),
		cmocka_unit_test(a_warning_gives_the_reason_and_keeps_errno),
		cmocka_unit_test(a_progress_bar_is_wiped_once),
		cmocka_unit_test(an_endless_line_is_cut),
		/* the last: it ends all progress of this program */
		cmocka_unit_test(behind_the_last_progress_bar_none_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
