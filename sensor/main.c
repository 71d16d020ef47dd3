/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - sub-commands and the exit code; the only file that exits.
 */
#include "dissectors/ndpi.h"
#include "output/clock.h"
#include "output/log.h"
#include "output/registry/registry.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/filter.h"
#include "sensor/config.h"
#include "sensor/doctor/findings.h"
#include "sensor/progress.h"
#include "sensor/report.h"
#include "sensor/run.h"
#include "sensor/sensor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The worst one wins, in this order. */
enum exit_code {
	EXIT_RUNTIME = 1,
	EXIT_USAGE = 2,
	EXIT_PARTIAL = 3,
	EXIT_FINDINGS = 10,
	EXIT_FINE = 0,
};

#define NS_PER_MS UINT64_C(1000000)

/* --- running a sensor ---------------------------------------------------- */

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

static struct doctor *
call_doctor(const struct config *config, uint32_t window_ms)
{
	struct doctor *doctor = doctor_new(&(struct doctor_parts){
	    .interfaces = config->interfaces,
	    .interface_count =
		config->output.replay ? 0 : config->interface_count,
	    .filter = config->filter,
	    .window_ns = window_ms * NS_PER_MS,
	});

	if (doctor == NULL)
		log_warn("doctor");
	return doctor;
}

static int
run_sensor(const struct config *config)
{
	struct sensor_outcome outcome;
	struct run run = {
		.config = config,
		.progress = wants_progress(config),
		.aborted = EXIT_RUNTIME,
	};
	int code;

	if (config->filter != NULL && !filter_check(config->filter))
		return EXIT_USAGE;
	if (config->command == COMMAND_WATCH)
		run.doctor = call_doctor(config, config->window_ms);
	if (!run_start(&run)) {
		doctor_free(run.doctor);
		return EXIT_RUNTIME;
	}
	for (unsigned i = 0; i < config->interface_count; i++)
		log_info("%s: listening, workers: %u", config->interfaces[i],
		    sensor_shown(run.sensor).workers);
	run_wait(&run);
	sensor_finish(run.sensor, &outcome);
	if (!config->quiet && config->verbosity == LOG_DEBUG)
		progress_details(&outcome.counters, sensor_shown(run.sensor));
	if (!config->quiet)
		progress_summary(&outcome, run_elapsed_ns(&run));
	code = (int)judge(&run, &outcome);
	doctor_free(run.doctor);
	run_end(&run);
	return code;
}

/* --- the doctor ------------------------------------------------------------ */

static enum exit_code
fitness(const struct diagnostic *found, size_t count)
{
	enum exit_code code = EXIT_FINE;

	for (size_t i = 0; i < count; i++) {
		if (found[i].level == DIAGNOSTIC_CRITICAL)
			return EXIT_RUNTIME;
		if (found[i].level == DIAGNOSTIC_WARNING)
			code = EXIT_FINDINGS;
	}
	return code;
}

static enum exit_code
hand_out(const struct config *config, struct doctor *doctor,
    const struct counters *counters, unsigned broken)
{
	struct diagnostic found[DIAGNOSES_MAX];
	char subject[256] = "";
	struct doctor_report report = {
		.subject = subject,
		.is_file = config->output.replay,
		.counters = counters,
		.found = found,
		.count = doctor_examine(doctor, counters, broken, found),
		.now_ns = clock_ns(CLOCK_REALTIME),
	};

	for (unsigned i = 0; i < config->interface_count; i++)
		snprintf(subject + strlen(subject),
		    sizeof(subject) - strlen(subject), "%s%s",
		    i > 0 ? ", " : "", config->interfaces[i]);
	if (report.is_file)
		report.subject = config->arguments[0];
	if (config->format != CONFIG_FORMAT_JSON)
		doctor_print(&report);
	else if (!doctor_print_json(&report, &config->output))
		return EXIT_RUNTIME;
	return fitness(found, report.count);
}

/* One file, or all interfaces together. */
static enum exit_code
examine(const struct config *config, struct doctor *doctor)
{
	struct run run = { .config = config, .aborted = EXIT_RUNTIME };
	struct sensor_outcome outcome;
	struct diagnostic found[DIAGNOSES_MAX];
	const struct counters none = { 0 };
	enum exit_code code = EXIT_RUNTIME;

	/* What is down cannot be listened to; it comes first in the table. */
	if (doctor_examine(doctor, &none, 0, found) > 0 &&
	    strcmp(found[0].code, "IFDOWN") == 0)
		return hand_out(config, doctor, &none, 0);
	if (!config->output.replay)
		run.limit_ns = config->listen_ms * NS_PER_MS;
	if (!run_start(&run))
		return EXIT_RUNTIME;
	if (!config->output.replay)
		log_info("listening for %u s", config->listen_ms / 1000);
	run_wait(&run);
	sensor_finish(run.sensor, &outcome);
	if (!outcome.capture_failed && outcome.capture.unusable == 0)
		code = hand_out(
		    config, doctor, &outcome.counters, outcome.capture.partial);
	run_end(&run);
	return code;
}

/* Unfit outdoes warnings. */
static int
run_doctor(const struct config *config)
{
	struct config one = *config;
	enum exit_code code = EXIT_FINE, each;
	unsigned i = 0;

	if (config->filter != NULL && !filter_check(config->filter))
		return EXIT_USAGE;
	if (config->output.replay)
		one.argument_count = 1;
	do {
		struct doctor *doctor = call_doctor(&one, config->listen_ms);

		one.arguments = &config->arguments[i];
		each = doctor != NULL ? examine(&one, doctor) : EXIT_RUNTIME;
		if (code == EXIT_FINE || each == EXIT_RUNTIME)
			code = each;
		doctor_free(doctor);
	} while (++i < config->argument_count);
	return (int)code;
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
	[COMMAND_DOCTOR] = run_doctor,
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
