/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run - signals, beats and the end.
 */
#include "sensor/run.h"

#include "output/clock.h"
#include "output/log.h"
#include "sensor/doctor/findings.h"
#include "sensor/progress.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define PROGRESS_MS 250
#define VISIT_MS    1000 /* the doctor's */

static uint64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t
run_elapsed_ns(const struct run *run)
{
	return now_ns() - run->begun_ns;
}

/* Signals are read like anything else; threads made later inherit the mask. */
static int
take_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error */
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void
on_signal(struct run *run)
{
	struct signalfd_siginfo got;

	if (read(run->signals, &got, sizeof(got)) != sizeof(got))
		return;
	switch (got.ssi_signo) {
	case SIGHUP:
		sensor_reopen(run->sensor);
		break;
	case SIGUSR1:
		progress_log(sensor_shown(run->sensor), run_elapsed_ns(run));
		break;
	default:
		if (run->interrupted)
			_exit(run->aborted); /* the second one: at once */
		run->interrupted = true;
		sensor_stop(run->sensor);
		break;
	}
}

/* What is new about the mirror port, to everybody. */
static void
visit(const struct run *run)
{
	struct counters counters;
	struct diagnostic news;

	sensor_counters(run->sensor, &counters);
	doctor_visit(run->doctor, &counters, now_ns());
	while (doctor_news(run->doctor, &news)) {
		doctor_log(&news);
		sensor_tell(run->sensor, &news);
	}
}

/* Every now and then. */
static void
beat(const struct run *run)
{
	uint64_t elapsed_ns = run_elapsed_ns(run);

	if (run->progress)
		progress_draw(sensor_shown(run->sensor), elapsed_ns);
	if (run->doctor != NULL)
		visit(run);
	if (run->limit_ns > 0 && elapsed_ns >= run->limit_ns)
		sensor_stop(run->sensor);
}

void
run_wait(struct run *run)
{
	struct pollfd fds[] = {
		{ .fd = run->signals, .events = POLLIN },
		{ .fd = sensor_done_fd(run->sensor), .events = POLLIN },
	};
	int beat_ms = -1;

	if (run->doctor != NULL)
		beat_ms = VISIT_MS;
	if (run->progress || run->limit_ns > 0)
		beat_ms = PROGRESS_MS;
	while (poll(fds, 2, beat_ms) >= 0) {
		if ((fds[0].revents & POLLIN) != 0)
			on_signal(run);
		if ((fds[1].revents & POLLIN) != 0)
			break;
		beat(run);
	}
}

bool
run_start(struct run *run)
{
	run->signals = take_signals();
	if (run->signals < 0) {
		log_warn("signals");
		return false;
	}
	run->begun_ns = now_ns();
	run->sensor = sensor_new(run->config);
	if (run->sensor != NULL && sensor_start(run->sensor)) {
		if (run->doctor != NULL)
			visit(run); /* what is known at the start */
		return true;
	}
	sensor_free(run->sensor);
	close(run->signals);
	return false;
}

void
run_end(struct run *run)
{
	sensor_free(run->sensor);
	close(run->signals);
}
