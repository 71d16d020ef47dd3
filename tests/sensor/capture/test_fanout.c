/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fanout - several workers on real interfaces: who gets which frame.
 *
 *	tap0 --- veth --- in0		what is written into tap0 is received by
 *	tap1 --- veth --- in1		in0, as from a mirror port
 *
 * All in a network namespace of the test's own, with CAP_NET_RAW and no other
 * capability while interfaces are listened on.
 */
#include "tests/sensor/decode/encapsulations.h"

#include "sensor/capture/capture.h"
#include "sensor/capture/fanout.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WORKERS 4
#define PAIRS   8
#define BUFFER  (8 << 20)

/* After that, what was sent has been received: a busy kernel does it later. */
#define SETTLED_US 20000
#define MARK       "straymail test_fanout "

static const char *const both[] = { "in0", "in1" };
static const char *unable; /* why there are no namespaces here */
static int taps[2];

/* --- a namespace ------------------------------------------------------------ */

static bool
lay_wires(void)
{
	static const char *const commands[] = {
		"ip link add tap0 type veth peer name in0",
		"ip link add tap1 type veth peer name in1",
		"ip link set tap0 addrgenmode none up",
		"ip link set in0 addrgenmode none up",
		"ip link set tap1 addrgenmode none up",
		"ip link set in1 addrgenmode none up",
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (system(commands[i]) != 0)
			return false;
	return true;
}

static int
tap(const char *name)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name),
	};

	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return -1;
	return fd;
}

/* An ordinary user is root in there, and so are the commands above. */
static bool
enter_namespace(void)
{
	uid_t user = geteuid();
	int fd;

	if (user == 0)
		return unshare(CLONE_NEWNET) == 0;
	if (unshare(CLONE_NEWNET | CLONE_NEWUSER) != 0)
		return false;
	fd = open("/proc/self/uid_map", O_WRONLY);
	if (fd < 0)
		return false;
	dprintf(fd, "0 %u 1", user);
	return close(fd) == 0;
}

static int
move_inside(void **state)
{
	(void)state;
	if (!enter_namespace()) {
		unable = strerror(errno);
		return 0;
	}
	if (!lay_wires()) {
		unable = "no veth devices";
		return 0;
	}
	taps[0] = tap("tap0");
	taps[1] = tap("tap1");
	return taps[0] < 0 || taps[1] < 0 ? -1 : 0;
}

static void
need_namespace(void)
{
	if (unable == NULL)
		return;
	print_message("SKIPPED: no namespace of our own: %s\n", unable);
	skip();
}

/* Only that one, or all that are permitted. */
static void
capabilities(bool raw_only)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	assert_int_equal(syscall(SYS_capget, &header, data), 0);
	for (unsigned i = 0; i < 2; i++)
		data[i].effective = data[i].permitted;
	if (raw_only) {
		data[0].effective = 1U << CAP_NET_RAW;
		data[1].effective = 0;
	}
	assert_int_equal(syscall(SYS_capset, &header, data), 0);
}

static void
listen_in(uint64_t buffer_bytes, unsigned workers, unsigned interfaces,
    struct capture **ret_captures)
{
	need_namespace();
	capabilities(true);
	assert_true(capture_open_live(
	    &(struct capture_live){
		.interfaces = both,
		.count = interfaces,
		.snaplen = 262144,
		.buffer_bytes = buffer_bytes,
		.workers = workers,
		.secret = 0x5EEDF00D,
		.source = 4,
	    },
	    ret_captures));
	usleep(2000); /* what comes in the first millisecond is left out */
}

static void
listen_with(
    unsigned workers, unsigned interfaces, struct capture **ret_captures)
{
	listen_in(BUFFER, workers, interfaces, ret_captures);
}

/* --- frames with a name ----------------------------------------------------- */

/* Which worker had frame `id`: its number + 1; 0: nobody, 255: not only it. */
#define IDS 8192
static uint8_t had[IDS];
static unsigned frames_of[WORKERS];

static void
packet(struct wire *w, bool v6, unsigned pair, bool back, unsigned id)
{
	char client[32], server[32], text[64];
	int len = snprintf(text, sizeof(text), MARK "%05u", id);

	snprintf(client, sizeof(client), v6 ? "2001:db8::1:%x" : "10.1.0.%u",
	    pair + 1);
	snprintf(server, sizeof(server), v6 ? "2001:db8::2" : "10.0.0.2");
	wire_packet(w,
	    &(struct wire_segment){
		.source = back ? server : client,
		.destination = back ? client : server,
		.source_port = back ? 2525 : 40000,
		.destination_port = back ? 40000 : 2525,
		.flags = WIRE_PSH | WIRE_ACK,
		.payload = text,
		.payload_len = (size_t)len,
	    });
}

static void
send_to(unsigned which, const struct wire *w)
{
	assert_int_equal(send(taps[which], wire_bytes(w), w->len, 0), w->len);
}

static void
note(const struct frame *frame, unsigned worker)
{
	static char bytes[65536];
	size_t len = slice_bytes(bytes, sizeof(bytes) - 1, frame->bytes);
	const char *mark = memmem(bytes, len, MARK, sizeof(MARK) - 1);

	bytes[len] = '\0';
	if (mark == NULL)
		return; /* the kernel's own */
	unsigned long id = strtoul(mark + sizeof(MARK) - 1, NULL, 10);

	assert_true(id < IDS);
	had[id] = had[id] == 0 ? (uint8_t)(worker + 1) : UINT8_MAX;
	frames_of[worker]++;
}

/* All that came until now; then each capture is at its end. */
static void
hear_all(struct capture *const *captures, unsigned workers)
{
	static struct batch batch;
	enum capture_result got;

	memset(had, 0, sizeof(had));
	memset(frames_of, 0, sizeof(frames_of));
	usleep(SETTLED_US);
	for (unsigned k = 0; k < workers; k++)
		assert_true(capture_stop(captures[k]));
	for (unsigned k = 0; k < workers; k++) {
		while ((got = capture_next(captures[k], &batch)) ==
			CAPTURE_BATCH_READY ||
		    got == CAPTURE_QUIET)
			for (size_t i = 0; i < batch.count; i++)
				note(&batch.frame[i], k);
		assert_int_equal(got, CAPTURE_END);
	}
	capabilities(false);
}

static void
close_all(struct capture *const *captures, unsigned workers)
{
	for (unsigned k = 0; k < workers; k++) {
		struct capture_numbers numbers;

		capture_numbers(captures[k], &numbers);
		assert_int_equal(numbers.kernel_drops, 0);
		assert_int_equal(numbers.miscounted, 0);
		capture_free(captures[k]);
	}
}

/* --- one interface, four workers -------------------------------------------- */

static unsigned
id_of(size_t encapsulation, bool v6, unsigned pair, bool back)
{
	return (unsigned)(((encapsulation * 2 + v6) * PAIRS + pair) * 2 + back);
}

static bool
is_sent(size_t encapsulation, bool v6)
{
	const struct encapsulation *of = &encapsulations[encapsulation];

	return of->link == LINK_ETHERNET && (v6 ? of->v6 : of->v4);
}

static void
send_all(size_t encapsulation, bool v6)
{
	static struct wire w;

	for (unsigned i = 0; i < 2 * PAIRS; i++) {
		bool back = i % 2 != 0;

		packet(
		    &w, v6, i / 2, back, id_of(encapsulation, v6, i / 2, back));
		encapsulations[encapsulation].wrap(&w);
		send_to(0, &w);
	}
}

static bool
came_together(size_t encapsulation, bool v6)
{
	bool good = true;

	for (unsigned pair = 0; pair < PAIRS; pair++) {
		uint8_t there = had[id_of(encapsulation, v6, pair, false)];
		uint8_t back = had[id_of(encapsulation, v6, pair, true)];

		if (there == back && there >= 1 && there <= WORKERS)
			continue;
		print_error("%s, IPv%d: %u and %u\n",
		    encapsulations[encapsulation].name, v6 ? 6 : 4, there,
		    back);
		good = false;
	}
	return good;
}

static void
every_frame_is_one_workers_and_both_directions_are_the_same_ones(void **state)
{
	struct capture *captures[WORKERS];
	size_t bad = 0;

	(void)state;
	assert_true(id_of(ENCAPSULATIONS, false, 0, false) <= IDS);
	listen_with(WORKERS, 1, captures);
	for (size_t i = 0; i < 2 * ENCAPSULATIONS; i++)
		if (is_sent(i / 2, i % 2 != 0))
			send_all(i / 2, i % 2 != 0);
	hear_all(captures, WORKERS);
	for (size_t i = 0; i < 2 * ENCAPSULATIONS; i++)
		bad += is_sent(i / 2, i % 2 != 0) &&
		    !came_together(i / 2, i % 2 != 0);
	assert_int_equal(bad, 0);
	for (unsigned k = 0; k < WORKERS; k++) {
		print_message("worker %u: %u frames\n", k, frames_of[k]);
		assert_true(frames_of[k] >= 64);
	}
	close_all(captures, WORKERS);
}

/* --- a tap: each direction on an interface of its own ------------------------ */

static void
send_by_direction(void)
{
	static struct wire w;

	for (unsigned i = 0; i < 2 * PAIRS; i++) {
		packet(&w, false, i / 2, i % 2 != 0, i);
		ethernet(&w);
		send_to(i % 2, &w);
	}
}

static void
assert_met(void)
{
	for (unsigned i = 0; i < PAIRS; i++) {
		assert_true(had[2 * i] >= 1 && had[2 * i] <= WORKERS);
		assert_int_equal(had[2 * i], had[2 * i + 1]);
	}
}

static void
directions_of_a_tap_meet_in_one_worker(void **state)
{
	struct capture *captures[2];

	(void)state;
	listen_with(2, 2, captures);
	send_by_direction();
	hear_all(captures, 2);
	assert_met();
	assert_true(frames_of[0] > 0 && frames_of[1] > 0);
	close_all(captures, 2);
}

/* A wire that was raised carries nothing until the kernel has come to it: so
 * until a frame of nobody's has got through. */
static void
wait_for_wire(int from, const char *to)
{
	const uint8_t frame[60] = { [12] = 0x88, [13] = 0xB5 };
	uint8_t got[128];
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(0x88B5), /* for experiments */
		.sll_ifindex = (int)if_nametoindex(to),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	ssize_t len = -1;

	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	for (unsigned tries = 0; tries < 2000 && len < 0; tries++) {
		send(from, frame, sizeof(frame), 0); /* may yet fail */
		usleep(5000);
		len = recv(fd, got, sizeof(got), 0);
	}
	close(fd);
	assert_true(len >= (ssize_t)sizeof(frame));
}

/* The kernel takes its members out of their group, and in again in the order
 * in which they were made. */
static void
directions_still_meet_when_an_interface_was_down(void **state)
{
	struct capture *captures[WORKERS];

	(void)state;
	listen_with(WORKERS, 2, captures);
	capabilities(false);
	assert_int_equal(system("ip link set in1 down"), 0);
	assert_int_equal(system("ip link set in1 up"), 0);
	wait_for_wire(taps[1], both[1]);
	capabilities(true);
	send_by_direction();
	hear_all(captures, WORKERS);
	assert_met();
	close_all(captures, WORKERS);
}

/* --- beginnings and ends ------------------------------------------------------ */

/* Frames flow while the workers come one by one: none is anybody's twice. */
static void
frames_that_come_before_all_have_joined_are_left_out(void **state)
{
	static struct wire w;
	struct capture *captures[WORKERS];
	uint64_t starting = 0;
	unsigned twice = 0, once = 0;
	pid_t child;

	(void)state;
	need_namespace();
	child = fork();
	if (child == 0) {
		for (unsigned id = 0; id < IDS; id++) {
			packet(&w, false, id % PAIRS, false, id);
			ethernet(&w);
			send(taps[0], wire_bytes(&w), w.len, 0);
			usleep(200);
		}
		_exit(0);
	}
	assert_true(child > 0);
	usleep(5000);
	listen_with(WORKERS, 1, captures);
	usleep(5 * SETTLED_US);
	hear_all(captures, WORKERS);
	for (unsigned id = 0; id < IDS; id++) {
		twice += had[id] == UINT8_MAX;
		once += had[id] != 0 && had[id] != UINT8_MAX;
	}
	for (unsigned k = 0; k < WORKERS; k++) {
		struct capture_numbers numbers;

		capture_numbers(captures[k], &numbers);
		starting += numbers.starting;
	}
	print_message(
	    "%lu left out, %u heard\n", (unsigned long)starting, once);
	assert_int_equal(twice, 0);
	assert_true(once > 0);
	assert_true(starting > 0);
	close_all(captures, WORKERS);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void
two_sensors_have_groups_of_their_own(void **state)
{
	static struct wire w;
	struct capture *first[2], *second[2];
	unsigned heard;

	(void)state;
	listen_with(2, 1, first);
	listen_with(2, 1, second);
	for (unsigned i = 0; i < PAIRS; i++) {
		packet(&w, false, i, false, i);
		ethernet(&w);
		send_to(0, &w);
	}
	hear_all(first, 2);
	heard = frames_of[0] + frames_of[1];
	assert_int_equal(heard, PAIRS);
	hear_all(second, 2);
	heard = frames_of[0] + frames_of[1];
	assert_int_equal(heard, PAIRS);
	close_all(first, 2);
	close_all(second, 2);
}

static void
nothing_is_taken_up_after_a_stop(void **state)
{
	static struct wire w;
	struct capture *captures[2];

	(void)state;
	listen_with(2, 1, captures);
	packet(&w, false, 1, false, 1);
	ethernet(&w);
	send_to(0, &w);
	usleep(SETTLED_US);
	assert_true(capture_stop(captures[0]));
	assert_true(capture_stop(captures[1]));
	packet(&w, false, 1, false, 2);
	ethernet(&w);
	send_to(0, &w);
	hear_all(captures, 2);
	assert_true(had[1] == 1 || had[1] == 2);
	assert_int_equal(had[2], 0);
	close_all(captures, 2);
}

/* I1: what the kernel counted is what was handed over and what was dropped, also
 * where there was too little room. */
static void
a_count_adds_up_where_frames_were_dropped(void **state)
{
	static struct wire w;
	struct capture *captures[2];
	uint64_t drops = 0;

	(void)state;
	listen_in(256 << 10, 2, 1, captures);
	for (unsigned i = 0; i < IDS; i++) {
		packet(&w, false, i % PAIRS, false, i);
		ethernet(&w);
		send_to(0, &w);
	}
	hear_all(captures, 2);
	for (unsigned k = 0; k < 2; k++) {
		struct capture_numbers numbers;

		capture_numbers(captures[k], &numbers);
		drops += numbers.kernel_drops;
		assert_int_equal(numbers.miscounted, 0);
		capture_free(captures[k]);
	}
	assert_true(drops > 0);
	assert_int_equal(frames_of[0] + frames_of[1] + drops, IDS);
}

/* Last: then it is gone. */
static void
an_interface_that_disappears_is_given_up_by_every_worker(void **state)
{
	static struct batch batch;
	struct capture *captures[2];
	enum capture_result got;

	(void)state;
	listen_with(2, 1, captures);
	capabilities(false);
	assert_int_equal(system("ip link del tap0"), 0);
	for (unsigned k = 0; k < 2; k++) {
		unsigned turns = 0;

		do
			got = capture_next(captures[k], &batch);
		while (got != CAPTURE_FAILED && turns++ < 100);
		assert_int_equal(got, CAPTURE_FAILED);
		capture_free(captures[k]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_frame_is_one_workers_and_both_directions_are_the_same_ones),
		cmocka_unit_test(directions_of_a_tap_meet_in_one_worker),
		cmocka_unit_test(
		    directions_still_meet_when_an_interface_was_down),
		cmocka_unit_test(
		    frames_that_come_before_all_have_joined_are_left_out),
		cmocka_unit_test(two_sensors_have_groups_of_their_own),
		cmocka_unit_test(nothing_is_taken_up_after_a_stop),
		cmocka_unit_test(a_count_adds_up_where_frames_were_dropped),
		cmocka_unit_test(
		    an_interface_that_disappears_is_given_up_by_every_worker),
	};

	return cmocka_run_group_tests(tests, move_inside, NULL);
}
