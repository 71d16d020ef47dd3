/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_no_memory - each allocation fails once, from the command line to the
 * last word: the sensor says so and ends, or does without.
 *
 * The linker puts what is here in the place of malloc() and its kin, for our own
 * code; libraries have what they ask for.  nDPI, which does not bear a refusal
 * while it begins and is asked for all of it first (ndpi.c), is left out.
 */
#include "tests/support/talk.h"

#include "output/log.h"
#include "sensor/config.h"
#include "sensor/sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS 14
#define MOST  100000 /* allocations of a run; there are far fewer */

static atomic_uint asked;      /* so far */
static unsigned first, behind; /* those of these numbers get nothing */
static char capture[] = "/tmp/straymail-no-memory-XXXXXX";

static bool
refused(void)
{
	unsigned number = atomic_fetch_add(&asked, 1);

	if (number < first || number >= behind)
		return false;
	errno = ENOMEM;
	return true;
}

/* clang-format off */
#define INSTEAD_OF(type, name, parameters, arguments, nothing)                 \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return refused() ? nothing : __real_##name arguments;          \
	}

INSTEAD_OF(void *, malloc, (size_t size), (size), NULL)
INSTEAD_OF(void *, calloc, (size_t count, size_t size), (count, size), NULL)
INSTEAD_OF(void *, realloc, (void *at, size_t size), (at, size), NULL)
INSTEAD_OF(void *, reallocarray, (void *at, size_t count, size_t size),
    (at, count, size), NULL)
INSTEAD_OF(char *, strdup, (const char *text), (text), NULL)
INSTEAD_OF(void *, mmap,
    (void *at, size_t len, int protection, int flags, int fd, off_t offset),
    (at, len, protection, flags, fd, offset), MAP_FAILED)
/* clang-format on */

static void
write_mail(void)
{
	static struct talk talk;
	int fd = mkstemp(capture);

	assert_true(fd >= 0);
	close(fd);
	talk_begin(&talk, capture);
	talk_connect(&talk, 40000, 2525);
	talk_say(&talk, TALK_SERVER, "220 mx.example ESMTP\r\n");
	talk_say(&talk, TALK_CLIENT, "EHLO client.example\r\n");
	talk_say(&talk, TALK_SERVER, "250-mx.example\r\n250 DSN\r\n");
	talk_hang_up(&talk);
	talk_end(&talk);
}

/* As main() does it.  The number of findings; none where it did not come so
 * far. */
static uint64_t
run(void)
{
	static char words[WORDS][32] = { "straymail", "read", "-q", "-c",
		"/dev/null", "-o", "flows.max=1024", "-o", "flows.dialogs=16",
		"-o", "limits.servers=16", "--format", "json", "--ndpi=off" };
	char *argv[WORDS + 2];
	struct sensor_outcome outcome = { .servers = { 0 } };
	struct config *config = NULL;
	struct sensor *sensor = NULL;

	for (size_t i = 0; i < WORDS; i++)
		argv[i] = words[i];
	argv[WORDS] = capture;
	argv[WORDS + 1] = NULL;
	atomic_store(&asked, 0);
	if (config_read_beside(NULL, WORDS + 1, argv, &config) == CONFIG_RUN)
		sensor = sensor_new(config);
	if (sensor != NULL && sensor_start(sensor))
		sensor_finish(sensor, &outcome);
	sensor_free(sensor);
	config_free(config);
	return outcome.servers.findings;
}

/* The same, and nobody reads what it says. */
static uint64_t
run_unheard(void)
{
	int nowhere = open("/dev/null", O_WRONLY);
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	uint64_t findings;

	assert_true(nowhere >= 0 && out >= 0 && err >= 0);
	fflush(NULL);
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	findings = run();
	fflush(NULL);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(nowhere);
	close(out);
	close(err);
	return findings;
}

/* Allocations of a run in which none fails. */
static unsigned
allocations(void)
{
	first = behind = MOST;
	assert_int_equal(run_unheard(), 1);
	return atomic_load(&asked);
}

static void
each_allocation_may_fail(void **state)
{
	const unsigned all = allocations();

	(void)state;
	assert_in_range(all, 20, MOST);
	print_message("%u allocations\n", all);
	for (first = 0; first < all; first++) {
		behind = first + 1;
		run_unheard();
	}
	assert_int_equal(allocations(), all);
}

static void
and_all_that_come_after_it(void **state)
{
	const unsigned all = allocations();

	(void)state;
	behind = MOST;
	for (first = 0; first < all; first++)
		run_unheard();
	assert_int_equal(allocations(), all);
}

static int
begin(void **state)
{
	(void)state;
	write_mail();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	unlink(capture);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(and_all_that_come_after_it),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
