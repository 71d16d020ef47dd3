/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection that breaks anywhere: after any number of bytes of Redis's
 * answers, nothing is lost and nothing counts twice.
 */
#include "tests/output/sinks/redis_world.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SERVERS 3

/* Stands between the sink and Redis, and hangs up after some bytes of the
 * commands or of the answers; the next connection is left alone. */
struct cutter {
	char url[160];
	const char *behind; /* Redis's socket */
	int listener;
	bool answers;     /* that are cut, and not the commands */
	size_t cut_after; /* bytes */
	pthread_t thread;
	atomic_bool stop;
};

static int
socket_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Passes on what there is.  False: the end, or the cut. */
static bool
pass(int from, int to, size_t *left)
{
	char bytes[4096];
	size_t most = *left < sizeof bytes ? *left : sizeof bytes;
	ssize_t got = recv(from, bytes, most, 0);

	if (got <= 0 || send(to, bytes, (size_t)got, MSG_NOSIGNAL) != got)
		return false;
	*left -= (size_t)got;
	return *left > 0;
}

static void
stand_between(struct cutter *cutter, int sink, size_t cut_after)
{
	int redis = socket_to(cutter->behind);
	struct pollfd ends[2] = { { .fd = sink, .events = POLLIN },
		{ .fd = redis, .events = POLLIN } };
	size_t endless = SIZE_MAX;
	size_t *commands = cutter->answers ? &endless : &cut_after;
	size_t *answers = cutter->answers ? &cut_after : &endless;
	bool fine = redis >= 0 && cut_after > 0;

	while (fine && !atomic_load(&cutter->stop)) {
		if (poll(ends, 2, 20) <= 0)
			continue;
		if (ends[0].revents != 0)
			fine = pass(sink, redis, commands);
		if (fine && ends[1].revents != 0)
			fine = pass(redis, sink, answers);
	}
	close(redis);
	close(sink);
}

static void *
cut(void *argument)
{
	struct cutter *cutter = argument;
	size_t cut_after = cutter->cut_after;
	struct pollfd wait = { .fd = cutter->listener, .events = POLLIN };

	while (!atomic_load(&cutter->stop)) {
		if (poll(&wait, 1, 20) <= 0)
			continue;
		stand_between(
		    cutter, accept(cutter->listener, NULL, NULL), cut_after);
		cut_after = SIZE_MAX;
	}
	return NULL;
}

static void
begin_cutting(struct cutter *cutter, struct world *world)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	cutter->behind = redis_server_url(world->server) + strlen("unix://");
	atomic_store(&cutter->stop, false);
	snprintf(cutter->url, sizeof cutter->url, "%s.cut",
	    redis_server_url(world->server));
	snprintf(address.sun_path, sizeof address.sun_path, "%s",
	    cutter->url + strlen("unix://"));
	cutter->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(cutter->listener, (struct sockaddr *)&address, sizeof address),
	    0);
	assert_int_equal(listen(cutter->listener, 4), 0);
	assert_int_equal(pthread_create(&cutter->thread, NULL, cut, cutter), 0);
	world->options.redis.url = cutter->url;
}

static void
end_cutting(struct cutter *cutter)
{
	atomic_store(&cutter->stop, true);
	pthread_join(cutter->thread, NULL);
	close(cutter->listener);
	unlink(cutter->url + strlen("unix://"));
}

/* Each server has two flows, told in one go or in two. */
static void
tell_through(struct world *world)
{
	struct sighting sighting = sample_sighting();
	bool told = false;

	for (int flow = 0; flow < 2; flow++)
		for (uint16_t i = 0; i < SERVERS; i++) {
			sighting.server.port = (uint16_t)(2525 + i);
			see(world, sighting);
		}
	for (int i = 0; i < 5 && !told; i++) {
		flush_later(world, 40);
		told = redis_told_all(world->sink);
	}
	assert_true(told);
}

static void
assert_all_counted(struct world *world)
{
	char question[128];

	assert_answer(world, "ZCARD " P "servers", "3");
	for (int i = 0; i < SERVERS; i++) {
		snprintf(question, sizeof question,
		    "HGET %sserver:default/10.0.0.5:%d flows", P, 2525 + i);
		assert_answer(world, question, "2");
	}
}

static void
survive(struct world *world, bool answers, size_t cut_after)
{
	struct cutter cutter = { .answers = answers, .cut_after = cut_after };

	command(world, "FLUSHALL");
	begin_cutting(&cutter, world);
	begin_again(world);
	tell_through(world);
	assert_all_counted(world);
	close_sink(world);
	end_cutting(&cutter);
	world->options.redis.url = redis_server_url(world->server);
	world->sink = redis_open(&world->context, world->ledger);
}

/* Login and checkup first, in large steps; then three servers. */
static void
answers_that_break_off_anywhere_cost_nothing(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	for (size_t at = 0; at < 9000; at += at < 5000 ? 997 : 61)
		survive(world, true, at);
	end_world(world);
}

static void
commands_that_break_off_anywhere_cost_nothing(void **state)
{
	struct world *world = world_with(NULL, false);

	(void)state;
	assert_true(redis_server_start(world->server));
	for (size_t at = 0; at < 26000; at += at < 12000 ? 3001 : 251)
		survive(world, false, at);
	end_world(world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_that_break_off_anywhere_cost_nothing),
		cmocka_unit_test(commands_that_break_off_anywhere_cost_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
