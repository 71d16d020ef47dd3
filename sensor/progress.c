/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress - numbers with units that a person reads at a glance.
 */
#include "sensor/progress.h"

#include "output/log.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND 1e9

/* What has been shown so far, by one worker or by all. */
struct seen {
	uint64_t packets, bytes, dialogs, confirmed, suspected;
	uint64_t kernel_drops, interface_drops, shunted;
	uint64_t bytes_read, bytes_all;
};

static uint64_t
peek(const atomic_uint_least64_t *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

static void
add(struct seen *sum, const struct shown *shown)
{
	sum->packets += peek(&shown->packets);
	sum->bytes += peek(&shown->bytes);
	sum->dialogs += peek(&shown->dialogs);
	sum->confirmed += peek(&shown->confirmed);
	sum->suspected += peek(&shown->suspected);
	sum->kernel_drops += peek(&shown->kernel_drops);
	sum->interface_drops += peek(&shown->interface_drops);
	sum->shunted += peek(&shown->shunted);
	sum->bytes_read += peek(&shown->bytes_read);
	sum->bytes_all += peek(&shown->bytes_all);
}

static struct seen
seen_by_all(struct sensor_shown shown)
{
	struct seen sum = { .packets = 0 };

	for (unsigned i = 0; i < shown.workers; i++)
		add(&sum, &shown.of[i]);
	return sum;
}

static double
rate(uint64_t count, uint64_t elapsed_ns)
{
	return elapsed_ns > 0 ? (double)count * SECOND / (double)elapsed_ns : 0;
}

/* "1.2 M" of whatever is counted. */
static const char *
short_count(double count, char ret_text[16])
{
	static const char *const unit[] = { "", " k", " M", " G" };
	unsigned i = 0;

	while (count >= 1000 && i < 3) {
		count /= 1000;
		i++;
	}
	snprintf(ret_text, 16, i > 0 ? "%.1f%s" : "%.0f%s", count, unit[i]);
	return ret_text;
}

static const char *
plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

void
progress_draw(struct sensor_shown shown, uint64_t elapsed_ns)
{
	const struct seen seen = seen_by_all(shown);
	uint64_t packets = seen.packets, all = seen.bytes_all;
	double done = all > 0 ? (double)seen.bytes_read / (double)all : 0;
	double left =
	    done > 0 ? (double)elapsed_ns / SECOND * (1 / done - 1) : 0;
	char share[16] = "", rest[32] = "", total[16], speed[16], line[128];

	if (all > 0) /* a pipe has no end that is known */
		snprintf(share, sizeof(share), "%3.0f %%  ",
		    100 * (done < 1 ? done : 1));
	if (done > 0)
		snprintf(
		    rest, sizeof(rest), "  %.0f s left", left > 0 ? left : 0);
	snprintf(line, sizeof(line), "%s%s packets  %s packets/s%s", share,
	    short_count((double)packets, total),
	    short_count(rate(packets, elapsed_ns), speed), rest);
	log_progress(line);
}

static void
worker_text(const struct shown *shown, unsigned number, char ret_text[160])
{
	struct seen seen = { .packets = 0 };

	add(&seen, shown);
	snprintf(ret_text, 160,
	    "worker %u: %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64
	    " dropped, %" PRIu64 " dialogs",
	    number, seen.packets, seen.bytes, seen.kernel_drops, seen.dialogs);
}

void
progress_log(struct sensor_shown shown, uint64_t elapsed_ns)
{
	const struct seen seen = seen_by_all(shown);
	char text[160];

	/* It was asked for, so it is said however little else is. */
	log_warnx("statistics: %" PRIu64 " packets, %" PRIu64 " bytes, "
		  "%" PRIu64 " dropped, %" PRIu64 " by interfaces, %" PRIu64
		  " shunted, %" PRIu64 " dialogs, %" PRIu64
		  " confirmed, %" PRIu64 " suspected in %.0f s",
	    seen.packets, seen.bytes, seen.kernel_drops, seen.interface_drops,
	    seen.shunted, seen.dialogs, seen.confirmed, seen.suspected,
	    (double)elapsed_ns / SECOND);
	for (unsigned i = 0; shown.workers > 1 && i < shown.workers; i++) {
		worker_text(&shown.of[i], i, text);
		log_warnx("statistics: %s", text);
	}
}

void
progress_details(const struct counters *counters, struct sensor_shown shown)
{
	char text[160];

	log_progress_end();
	counters_write(counters, stderr);
	for (unsigned i = 0; shown.workers > 1 && i < shown.workers; i++) {
		worker_text(&shown.of[i], i, text);
		fprintf(stderr, "%s\n", text);
	}
}

void
progress_summary(const struct sensor_outcome *outcome, uint64_t elapsed_ns)
{
	const struct traffic *traffic = &outcome->counters.traffic;
	const struct ledger_counts *servers = &outcome->servers;
	char lmtp[32] = "", via_proxy[48] = "";

	log_progress_end();
	if (servers->lmtp > 0)
		snprintf(
		    lmtp, sizeof(lmtp), "%" PRIu64 " of LMTP, ", servers->lmtp);
	if (servers->via_proxy > 0)
		snprintf(via_proxy, sizeof(via_proxy),
		    ", %" PRIu64 " there through a proxy", servers->via_proxy);
	if (servers->refused > 0)
		log_warnx("%" PRIu64 " dialogs of further servers were left "
			  "out: raise limits.servers",
		    servers->refused);
	fprintf(stderr,
	    "%" PRIu64 " packet%s, %" PRIu64 " connection%s heard: "
	    "%" PRIu64 " stray mail server%s, %" PRIu64 " suspected, "
	    "%s%" PRIu64 " on standard ports%s; %.1f s\n",
	    traffic->packets, plural(traffic->packets), traffic->dialogs,
	    plural(traffic->dialogs), servers->findings,
	    plural(servers->findings), servers->suspected, lmtp,
	    servers->standard, via_proxy, (double)elapsed_ns / SECOND);
	if (outcome->strangers > 0)
		fprintf(stderr, "%" PRIu64 " on mail ports that %s not SMTP\n",
		    outcome->strangers, outcome->strangers == 1 ? "is" : "are");
}
