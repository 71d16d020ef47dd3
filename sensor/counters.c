/* SPDX-License-Identifier: Apache-2.0 */
/*
 * counters - kept by the worker, shown to everybody else.
 *
 * Relaxed order is enough for what is shown: nobody concludes from one number
 * that another was written.
 */
#include "sensor/counters.h"

#include "sensor/capture/capture.h"
#include "sensor/flow/reassembly.h"

#include <inttypes.h>
#include <string.h>

static void
add_all(uint64_t *sum, const uint64_t *of_worker, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sum[i] += of_worker[i];
}

void
counters_add(struct counters *sum, const struct counters *of_worker)
{
#define TRAFFIC_FIELD(name, meaning)                                           \
	sum->traffic.name += of_worker->traffic.name;
	TRAFFIC_FIELDS(TRAFFIC_FIELD)
#undef TRAFFIC_FIELD
	mirror_add(&sum->mirror, &of_worker->mirror);
	add_all(sum->decoded, of_worker->decoded, DECODED_KINDS);
	add_all(sum->passers, of_worker->passers, FLOW_PASSERS);
	add_all(sum->refuted, of_worker->refuted, LABELS);
	add_all(sum->ended, of_worker->ended, ENDINGS);
	add_all(sum->undecided, of_worker->undecided, ENDINGS);
	add_all(sum->dropped, of_worker->dropped, ENDINGS);
	add_all(sum->bound, of_worker->bound, SESSION_BOUNDS);
	census_add(&sum->census, &of_worker->census);
	sum->payload_bytes += of_worker->payload_bytes;
	sum->not_followed += of_worker->not_followed;
	sum->turned_away += of_worker->turned_away;
	sum->held += of_worker->held;
	sum->silent += of_worker->silent;
	sum->bytes_read += of_worker->bytes_read;
	sum->bytes_all += of_worker->bytes_all;
	sum->starting += of_worker->starting;
	sum->miscounted += of_worker->miscounted;
}

void
counters_decoded(struct counters *counters, enum decoded decoded)
{
	struct traffic *traffic = &counters->traffic;

	counters->decoded[decoded]++;
	switch (decoded) {
	case DECODED_TCP:
		traffic->tcp++;
		break;
	case DECODED_UDP:
	case DECODED_ICMP:
	case DECODED_OTHER_L4:
		traffic->not_tcp++;
		break;
	case DECODED_FRAGMENT_HELD:
	case DECODED_FRAGMENT_DROPPED:
		traffic->fragments++;
		break;
	case DECODED_NOT_IP:
	case DECODED_UNKNOWN_LINK:
	case DECODED_TUNNEL_LIMIT:
		traffic->not_ip++;
		break;
	case DECODED_MALFORMED_LINK:
	case DECODED_MALFORMED_TUNNEL:
	case DECODED_MALFORMED_IP:
	case DECODED_MALFORMED_FRAGMENT:
	case DECODED_MALFORMED_TCP:
	case DECODED_EXTENSIONS:
		traffic->malformed++;
		break;
	case DECODED_HEADERS_CUT:
		traffic->cut++;
		break;
	}
}

static void
count_refuted(struct counters *counters, enum label label)
{
	counters->traffic.refuted++;
	counters->refuted[label]++;
}

void
counters_turned_away(struct counters *counters, enum label label)
{
	counters->turned_away++;
	count_refuted(counters, label);
}

void
counters_verdict(
    struct counters *counters, const struct dialog *dialog, enum ending ending)
{
	struct traffic *traffic = &counters->traffic;

	counters->ended[ending]++;
	for (unsigned i = 0; i < SESSION_BOUNDS; i++)
		counters->bound[i] += dialog->session.bounds >> i & 1;
	switch (dialog->verdict) {
	case VERDICT_CONFIRMED:
		traffic->confirmed++;
		break;
	case VERDICT_SUSPECTED:
		traffic->suspected++;
		break;
	case VERDICT_REFUTED:
		count_refuted(counters, dialog->label);
		break;
	case VERDICT_NONE:
	case VERDICT_UNDECIDED:
		traffic->undecided++;
		counters->undecided[ending]++;
		break;
	}
}

void
counters_capture(
    struct counters *counters, const struct capture_numbers *numbers)
{
	counters->traffic.kernel_drops = numbers->kernel_drops;
	counters->traffic.interface_drops = numbers->interface_drops;
	counters->traffic.shunted = numbers->shunted;
	counters->traffic.shunted_bytes = numbers->shunted_bytes;
	counters->bytes_read = numbers->bytes_read;
	counters->bytes_all = numbers->bytes_all;
	counters->starting = numbers->starting;
	counters->miscounted = numbers->miscounted;
}

void
counters_flows(struct counters *counters, const struct flow_numbers *numbers)
{
	memcpy(counters->passers, numbers->passers, sizeof(counters->passers));
}

void
counters_reassembly(
    struct counters *counters, const struct reassembly_numbers *numbers)
{
	struct traffic *traffic = &counters->traffic;

	traffic->duplicates = numbers->duplicate;
	traffic->out_of_order = numbers->out_of_order;
	traffic->out_of_window = numbers->out_of_window;
	traffic->gaps = numbers->gaps;
	traffic->over_budget = numbers->over_budget;
	counters->held = numbers->bytes.held;
	traffic->overlap_unchecked = numbers->overlap_unchecked;
}

static void
show(atomic_uint_least64_t *where, uint64_t value)
{
	atomic_store_explicit(where, value, memory_order_relaxed);
}

void
counters_show(const struct counters *counters, struct shown *shown)
{
	const struct traffic *traffic = &counters->traffic;

	show(&shown->packets, traffic->packets);
	show(&shown->bytes, traffic->bytes);
	show(&shown->kernel_drops, traffic->kernel_drops);
	show(&shown->interface_drops, traffic->interface_drops);
	show(&shown->shunted, traffic->shunted);
	show(&shown->dialogs, traffic->dialogs);
	show(&shown->confirmed, traffic->confirmed);
	show(&shown->suspected, traffic->suspected);
	show(&shown->sightings, traffic->sightings);
	show(&shown->bytes_read, counters->bytes_read);
	show(&shown->bytes_all, counters->bytes_all);
}

_Static_assert(sizeof(struct counters) % sizeof(uint64_t) == 0,
    "counters are words, and so are shown");

void
counters_show_all(const struct counters *counters, struct shown *shown)
{
	uint64_t words[COUNTERS_WORDS];

	memcpy(words, counters, sizeof(words));
	for (size_t i = 0; i < COUNTERS_WORDS; i++)
		show(&shown->all[i], words[i]);
}

void
counters_peek(const struct shown *shown, struct counters *ret_counters)
{
	uint64_t words[COUNTERS_WORDS];

	for (size_t i = 0; i < COUNTERS_WORDS; i++)
		words[i] =
		    atomic_load_explicit(&shown->all[i], memory_order_relaxed);
	memcpy(ret_counters, words, sizeof(words));
}

uint64_t
counters_told(const struct shown *shown)
{
	return atomic_load_explicit(&shown->sightings, memory_order_relaxed);
}

/* Bit i of enum session_bound. */
static const struct {
	const char *name, *meaning;
} bounds[SESSION_BOUNDS] = {
	{ "long_lines", "dialogs with a line of which the rest was skipped" },
	{ "verbs_waiting",
	    "... with more verbs waiting than there are places" },
	{ "lines_spent", "... settled after so many lines without a proof" },
	{ "bytes_spent", "... settled after so many bytes of lines" },
	{ "aside_spent", "... settled after so many of bodies and greetings" },
	{ "midway_spent", "... joined midway, settled after so many replies" },
};

/* Each enumerator's name; what they are of, and what that is. */
static const char *const passer_names[FLOW_PASSERS] = { "syn", "rst", "empty" };
static const char *const ending_names[ENDINGS] = { "settled", "fin", "rst",
	"silent", "evicted", "done" };

static void
write_one(FILE *out, const char *name, uint64_t value, const char *meaning)
{
	if (value > 0)
		fprintf(out, "%14" PRIu64 "  %-18s %s\n", value, name, meaning);
}

static void
write_endings(
    FILE *out, const char *what, const uint64_t *count, const char *meaning)
{
	char name[32];

	for (unsigned i = 0; i < ENDINGS; i++) {
		snprintf(name, sizeof(name), "%s_%s", what, ending_names[i]);
		write_one(out, name, count[i], meaning);
	}
}

static void
write_flows(FILE *out, const struct counters *counters)
{
	char name[32];

	for (unsigned i = 0; i < FLOW_PASSERS; i++) {
		snprintf(name, sizeof(name), "no_flow_%s", passer_names[i]);
		write_one(out, name, counters->passers[i],
		    "segments of no connection that is known");
	}
	write_one(out, "payload_bytes", counters->payload_bytes,
	    "of TCP segments, as captured");
	write_one(out, "not_followed", counters->not_followed,
	    "... and of connections that nobody listens to");
	write_one(out, "turned_away", counters->turned_away,
	    "connections refuted by their first bytes");
	write_endings(out, "ended", counters->ended, "dialogs that ended so");
	write_endings(
	    out, "undecided", counters->undecided, "... and said too little");
}

static void
write_census(FILE *out, const struct census *census)
{
	char name[32];

	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "protocol_%u", i);
		write_one(out, name, census->protocol[i],
		    "frames of this IP protocol");
	}
	for (unsigned i = 0; i < CENSUS_TYPES; i++) {
		snprintf(
		    name, sizeof(name), "ethertype_%04x", census->type[i].type);
		write_one(out, name, census->type[i].frames,
		    "frames of this EtherType");
	}
	write_one(out, "ethertypes", census->types_more, "frames of others");
	write_one(out, "checksums", census->checksums, "segments verified");
	write_one(out, "checksums_bad", census->checksums_bad,
	    "... and not as they were sent");
	write_one(out, "datagrams_whole", census->datagrams_whole,
	    "put together from fragments");
	write_one(out, "datagrams_expired", census->datagrams_expired,
	    "whose fragments did not all come");
	write_one(out, "datagrams_evicted", census->datagrams_evicted,
	    "given up, since there were too many");
	write_one(out, "datagrams_conflict", census->datagrams_conflict,
	    "whose fragments contradict each other");
	write_one(out, "outer_fragment", census->outer_fragment,
	    "whose fragments were of a tunnel's packet: with several workers "
	    "maybe not where its flow is");
}

static void
write_mirror(FILE *out, const struct mirror_counts *mirror)
{
#define MIRROR_FIELD(name, meaning)                                            \
	write_one(out, "mirror_" #name, mirror->name, meaning);
	MIRROR_FIELDS(MIRROR_FIELD)
#undef MIRROR_FIELD
}

void
counters_write(const struct counters *counters, FILE *out)
{
#define TRAFFIC_FIELD(name, meaning)                                           \
	write_one(out, #name, counters->traffic.name, meaning);
	TRAFFIC_FIELDS(TRAFFIC_FIELD)
#undef TRAFFIC_FIELD
	write_mirror(out, &counters->mirror);
	for (unsigned i = 0; i < DECODED_KINDS; i++)
		write_one(out, decoded_name((enum decoded)i),
		    counters->decoded[i], "frames of this kind");
	for (unsigned i = 0; i < SESSION_BOUNDS; i++)
		write_one(
		    out, bounds[i].name, counters->bound[i], bounds[i].meaning);
	write_one(out, "starting", counters->starting,
	    "frames left out until the workers shared them");
	write_one(out, "miscounted", counters->miscounted,
	    "times that the kernel's count was not ours");
	write_one(out, "silent", counters->silent,
	    "dialogs that ended by saying nothing any more");
	write_flows(out, counters);
	write_census(out, &counters->census);
	for (unsigned i = 1; i < LABELS; i++)
		write_one(out, label_name((enum label)i), counters->refuted[i],
		    "connections refuted as this");
}
