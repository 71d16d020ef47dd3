/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_live - what can be said of interfaces without a mirror port: refusals,
 * and the loopback interface where we may listen on it.
 */
#include "output/log.h"
#include "sensor/capture/capture.h"
#include "sensor/decode/frame.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOBODY 65534
#define MARK   "straymail test_live"

/* Opens what is wanted and keeps what is said meanwhile. */
static struct capture *
open_quietly(const struct capture_live *want, char *ret_said, size_t cap)
{
	int saved = dup(STDERR_FILENO);
	int fd = memfd_create("stderr", 0);

	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDERR_FILENO);

	struct capture *capture = NULL;
	bool opened = capture_open_live(want, &capture);

	dup2(saved, STDERR_FILENO);
	close(saved);

	ssize_t n = pread(fd, ret_said, cap - 1, 0);

	ret_said[n > 0 ? n : 0] = '\0';
	close(fd);
	assert_int_equal(opened, capture != NULL);
	return capture;
}

static struct capture_live
listen_on(const char *const *interfaces, unsigned count)
{
	return (struct capture_live){
		.interfaces = interfaces,
		.count = count,
		.snaplen = 262144,
		.buffer_bytes = 1 << 20,
		.workers = 1,
		.source = 4,
	};
}

static void
assert_in(const char *said, const char *words)
{
	if (strstr(said, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, said);
}

static void
an_unknown_interface_is_told_with_those_that_exist(void **state)
{
	(void)state;
	static const char *const names[] = { "nosuch0" };
	struct capture_live want = listen_on(names, 1);
	char said[1024], known[IF_NAMESIZE];

	assert_null(open_quietly(&want, said, sizeof(said)));
	assert_in(said, "interface nosuch0: there is none of that name");
	assert_non_null(if_indextoname(1, known)); /* loopback */
	assert_in(said, known);
}

static void
no_interface_at_all_is_refused(void **state)
{
	(void)state;
	struct capture_live want = listen_on(NULL, 0);
	char said[1024];

	assert_null(open_quietly(&want, said, sizeof(said)));
	assert_in(said, "0 interfaces");
}

/* As an ordinary user: whoever runs the tests may be root. */
static void
a_missing_capability_is_named(void **state)
{
	(void)state;
	char *said = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status;

	assert_true(said != MAP_FAILED);

	pid_t child = fork();

	if (child == 0) {
		static const char *const names[] = { "lo" };
		struct capture_live want = listen_on(names, 1);

		if (geteuid() == 0 && setuid(NOBODY) != 0)
			_exit(1);
		_exit(open_quietly(&want, said, 4096) == NULL ? 0 : 2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_in(said, "CAP_NET_RAW");
	assert_in(said, "setcap cap_net_raw+ep /");
	munmap(said, 4096);
}

/* --- where we may listen --------------------------------------------------- */

static struct capture *
listen_on_loopback(const char *filter)
{
	static const char *const names[] = { "lo" };
	struct capture_live want = listen_on(names, 1);
	char said[1024];

	want.filter = filter;

	struct capture *capture = open_quietly(&want, said, sizeof(said));

	if (capture == NULL && strstr(said, "CAP_NET_RAW") != NULL) {
		print_message("SKIPPED: no permission to capture on lo\n");
		skip();
	}
	if (capture == NULL)
		fail_msg("%s", said);
	return capture;
}

/* One datagram to ourselves, which nobody takes. */
static void
say_mark(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	assert_true(fd >= 0);
	sendto(fd, MARK, sizeof(MARK) - 1, 0, (const struct sockaddr *)&to,
	    sizeof(to));
	close(fd);
}

static bool
has_mark(const struct frame *frame)
{
	char bytes[2048];
	size_t len = slice_bytes(bytes, sizeof(bytes), frame->bytes);

	return memmem(bytes, len, MARK, sizeof(MARK) - 1) != NULL;
}

static void
a_frame_on_loopback_arrives_and_time_goes_on_without(void **state)
{
	(void)state;
	static struct batch batch;
	struct capture *capture = listen_on_loopback("udp port 9");
	uint64_t tick_ns = 0;
	unsigned marks = 0, quiet = 0;

	say_mark(9);
	for (unsigned turn = 0; turn < 50 && (marks == 0 || quiet == 0);
	     turn++) {
		enum capture_result result = capture_next(capture, &batch);

		assert_true(
		    result == CAPTURE_BATCH_READY || result == CAPTURE_QUIET);
		assert_true(batch.tick_ns > tick_ns);
		tick_ns = batch.tick_ns;
		quiet += result == CAPTURE_QUIET;
		for (size_t i = 0; i < batch.count; i++) {
			marks += has_mark(&batch.frame[i]);
			assert_int_equal(batch.frame[i].link, LINK_ETHERNET);
			assert_int_equal(batch.frame[i].source, 4);
			assert_int_equal(batch.frame[i].tick_ns, tick_ns);
			assert_int_equal(batch.frame[i].number, 0);
			assert_true(batch.frame[i].when_ns >
			    UINT64_C(1600000000000000000));
		}
	}
	assert_true(marks > 0);
	assert_true(quiet > 0);
	assert_true(capture_outcome(capture).frames >= marks);
	capture_free(capture);
}

static void
a_filter_keeps_frames_out_of_the_kernels_ring(void **state)
{
	(void)state;
	static struct batch batch;
	struct capture *capture = listen_on_loopback("udp port 10");

	say_mark(9);
	for (unsigned turn = 0; turn < 3; turn++) {
		capture_next(capture, &batch);
		for (size_t i = 0; i < batch.count; i++)
			assert_false(has_mark(&batch.frame[i]));
	}
	capture_free(capture);
}

static void
a_bad_filter_is_told(void **state)
{
	(void)state;
	static const char *const names[] = { "lo" };
	struct capture_live want = listen_on(names, 1);
	char said[1024];

	capture_free(listen_on_loopback(NULL)); /* skips without permission */
	want.filter = "host";
	assert_null(open_quietly(&want, said, sizeof(said)));
	assert_in(said, "interface lo: filter \"host\": ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_unknown_interface_is_told_with_those_that_exist),
		cmocka_unit_test(no_interface_at_all_is_refused),
		cmocka_unit_test(a_missing_capability_is_named),
		cmocka_unit_test(
		    a_frame_on_loopback_arrives_and_time_goes_on_without),
		cmocka_unit_test(a_filter_keeps_frames_out_of_the_kernels_ring),
		cmocka_unit_test(a_bad_filter_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
