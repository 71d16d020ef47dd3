/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress - numbers with units that a person reads at a glance.
 */
#include "sensor/progress.h"

#include "output/log.h"

#include <inttypes.h>
#include <stdio.h>

#define SECOND 1e9

static uint64_t
peek(const atomic_uint_least64_t *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
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
progress_draw(const struct shown *shown, uint64_t elapsed_ns)
{
	uint64_t packets = peek(&shown->packets);
	uint64_t read = peek(&shown->bytes_read), all = peek(&shown->bytes_all);
	double done = all > 0 ? (double)read / (double)all : 0;
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

void
progress_log(const struct shown *shown, uint64_t elapsed_ns)
{
	/* It was asked for, so it is said however little else is. */
	log_warnx("statistics: %" PRIu64 " packets, %" PRIu64 " bytes, "
		  "%" PRIu64 " dropped, %" PRIu64 " dialogs, %" PRIu64
		  " confirmed, %" PRIu64 " suspected in %.0f s",
	    peek(&shown->packets), peek(&shown->bytes), peek(&shown->drops),
	    peek(&shown->dialogs), peek(&shown->confirmed),
	    peek(&shown->suspected), (double)elapsed_ns / SECOND);
}

void
progress_summary(
    const struct sensor_outcome *outcome, uint64_t elapsed_ns, bool details)
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
	if (details)
		counters_write(&outcome->counters, stderr);
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
