/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - sub-commands, signals and the exit code; the only file that exits.
 *
 * The main thread opens everything, starts the threads and then only waits:
 * for a signal, for the end of the capture, or for the next tick of the
 * progress bar.
 */
#include "dissectors/ndpi.h"
#include "output/clock.h"
#include "output/log.h"
#include "output/registry/registry.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/filter.h"
#include "sensor/config.h"
#include "sensor/progress.h"
#include "sensor/report.h"
#include "sensor/sensor.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* The worst one wins, in this order. */
enum exit_code {
	EXIT_RUNTIME = 1,
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
	EXIT_FINDINGS = 10,
	EXIT_FINE = 0,
};

#define PROGRESS_MS 250

static uint64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* --- running a sensor ---------------------------------------------------- */

struct run {
	const struct config *config;
	struct sensor *sensor;
	uint64_t begun_ns;
	int signals;      /* signalfd */
	bool progress;    /* somebody watches */
	bool interrupted; /* INT or TERM came before the end */
};

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
		progress_log(
		    sensor_shown(run->sensor), now_ns() - run->begun_ns);
		break;
	default:
		if (run->interrupted)
			_exit(EXIT_RUNTIME); /* the second one: at once */
		run->interrupted = true;
		sensor_stop(run->sensor);
		break;
	}
}

/* Until the run is over, by itself or because it was asked to be. */
static void
wait_for_end(struct run *run)
{
	struct pollfd fds[] = {
		{ .fd = run->signals, .events = POLLIN },
		{ .fd = sensor_done_fd(run->sensor), .events = POLLIN },
	};

	while (poll(fds, 2, run->progress ? PROGRESS_MS : -1) >= 0) {
		if ((fds[0].revents & POLLIN) != 0)
			on_signal(run);
		if ((fds[1].revents & POLLIN) != 0)
			break;
		if (run->progress)
			progress_draw(sensor_shown(run->sensor),
			    now_ns() - run->begun_ns);
	}
}

static enum exit_code
judge(const struct run *run, const struct sensor_outcome *outcome)
{
	const struct config *config = run->config;
	bool reads = config->command == COMMAND_READ;
	bool partial = outcome->capture.partial > 0;

	if (outcome->capture_failed || outcome->untold ||
	    outcome->capture.unusable > 0)
		return EXIT_RUNTIME;
	if (partial || (reads && run->interrupted))
		return EXIT_PARTIAL;
	if (config->fail_on_findings && outcome->servers.findings > 0)
		return EXIT_FINDINGS;
	return EXIT_FINE;
}

/* A line that draws over itself; among lines of JSON it would be lost. */
static bool
wants_progress(const struct config *config)
{
	return config->command == COMMAND_READ && !config->quiet &&
	    isatty(STDERR_FILENO) &&
	    !(config->format == CONFIG_FORMAT_JSON && isatty(STDOUT_FILENO));
}

static int
run_sensor(const struct config *config)
{
	struct sensor_outcome outcome;
	struct run run = { .config = config, .signals = take_signals() };
	int code;

	if (run.signals < 0) {
		log_warn("signals");
		return EXIT_RUNTIME;
	}
	if (config->filter != NULL && !filter_check(config->filter))
		return EXIT_USAGE;
	run.begun_ns = now_ns();
	run.progress = wants_progress(config);
	run.sensor = sensor_new(config);
	if (run.sensor == NULL || !sensor_start(run.sensor)) {
		sensor_free(run.sensor);
		return EXIT_RUNTIME;
	}
	for (unsigned i = 0; i < config->interface_count; i++)
		log_info("%s: listening, workers: %u", config->interfaces[i],
		    sensor_shown(run.sensor).workers);
	wait_for_end(&run);
	sensor_finish(run.sensor, &outcome);
	if (!config->quiet && config->verbosity == LOG_DEBUG)
		progress_details(&outcome.counters, sensor_shown(run.sensor));
	if (!config->quiet)
		progress_summary(&outcome, now_ns() - run.begun_ns);
	code = (int)judge(&run, &outcome);
	sensor_free(run.sensor);
	close(run.signals);
	return code;
}

/* --- the other commands -------------------------------------------------- */

static struct registry_query
query_of(const struct config *config)
{
	static const enum registry_format formats[] = {
		[CONFIG_FORMAT_NONE] = FORMAT_TABLE,
		[CONFIG_FORMAT_TABLE] = FORMAT_TABLE,
		[CONFIG_FORMAT_JSON] = FORMAT_JSON,
		[CONFIG_FORMAT_CSV] = FORMAT_CSV,
	};

	return (struct registry_query){
		.redis = &config->output.redis,
		.from = config->from,
		.all = config->output.all,
		.format = formats[config->format],
	};
}

static int
run_list(const struct config *config)
{
	struct registry_query query = query_of(config);

	query.filters = config->arguments;
	query.filter_count = config->argument_count;
	return registry_list(&query);
}

static int
run_show(const struct config *config)
{
	struct registry_query query = query_of(config);

	query.server = config->arguments[0];
	return registry_show(&query);
}

static int
run_interfaces(const struct config *config)
{
	(void)config;
	return capture_list_interfaces() ? EXIT_FINE : EXIT_RUNTIME;
}

static int
run_version(const struct config *config)
{
	(void)config;
	printf("straymail %s\n%s\nnDPI %s\n", STRAYMAIL_VERSION,
	    capture_version(), ndpi_version());
	return EXIT_FINE;
}

static int
run_nothing(const struct config *config)
{
	(void)config;
	return EXIT_FINE;
}

static int (*const commands[])(const struct config *config) = {
	[COMMAND_NONE] = run_nothing,
	[COMMAND_READ] = run_sensor,
	[COMMAND_WATCH] = run_sensor,
	[COMMAND_LIST] = run_list,
	[COMMAND_SHOW] = run_show,
	[COMMAND_INTERFACES] = run_interfaces,
	[COMMAND_VERSION] = run_version,
};

/* What was heard must not end up in a core file. */
static void
leave_no_core(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
}

int
main(int argc, char **argv)
{
	struct config *config;
	int code;

	leave_no_core();
	switch (config_read(argc, argv, &config)) {
	case CONFIG_DONE:
		return EXIT_FINE;
	case CONFIG_BAD:
		return EXIT_USAGE;
	case CONFIG_RUN:
		break;
	}
	config->output.version = STRAYMAIL_VERSION;
	config->output.filter = config->filter;
	config->output.community_id = report_community_id;
	config->output.ndpi = config->ndpi ? ndpi_version() : "off";
	log_threshold(config->verbosity);
	code = commands[config->command](config);
	config_free(config);
	return code;
}
