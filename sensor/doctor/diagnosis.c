/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diagnosis - the table, and how a row of it is read.
 */
#include "sensor/doctor/diagnosis.h"

#include <stdio.h>
#include <string.h>

#define PERCENT 100, "%"
#define TIMES   1, ""
#define NEVER   0
#define ALWAYS  MEASURE_ONE

/*
 * A row:
 *
 *	code, where it can be told, part, whole, scale and unit,
 *	    info, warning, critical, least, unless, list,
 *	    "message", "fix"
 *
 * The value is part / whole * scale, and the level is the worst whose number it
 * reaches (NEVER: there is no such level).  Counters are taken for what was
 * added to them since the row was judged last; nothing is said before `least`
 * of the whole was added, nor where something was added to `unless`.  A whole
 * of MEASURE_ONE makes the value a plain count.
 *
 * Two rows of one code stand one behind the other: the worse one is told, and
 * of two that are as bad the first.
 *
 * In texts {value} is the value with its unit, {list} what the row's list
 * names, {filter} a better filter.  A message is about what is seen, a fix is
 * what a person does next.
 */
/* clang-format off */
static const struct diagnosis table[] = {
	/* --- is there anything at all? --- */
	{ "IFDOWN", ON_PORTS, MEASURE_DOWN, MEASURE_ONE, TIMES,
	    NEVER, NEVER, 1, 1, ALWAYS, LIST_DOWN,
	    "{list} is down, or has no carrier",
	    "ip link set {list} up; then look at the cable, and at whether the mirror session is on" },
	{ "NOPACKETS", ON_PORTS, MEASURE_SILENT_S, MEASURE_ONE, 1, "s",
	    NEVER, NEVER, 30, 1, MEASURE_DOWN, LIST_NONE,
	    "not one frame in {value}",
	    "is the mirror session on, and does it lead to this interface? A filter (-f) that matches nothing looks the same" },
	{ "NOTMIRROR", ON_PORTS, MEASURE_OWN, MEASURE_UNICAST, PERCENT,
	    NEVER, NEVER, 95, 40, ALWAYS, LIST_NONE,
	    "{value} of the unicast frames are this machine's own: this looks like an ordinary port",
	    "listen on the interface that the mirror session leads to, or set one up on the switch" },
	{ "FILTER_HIDES", EVERYWHERE, MEASURE_HIDDEN, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_HIDDEN,
	    "the filter hides TCP in {list}",
	    "where the mirror carries these: -f '{filter}'" },
	{ "NOTCP", EVERYWHERE, MEASURE_NOT_TCP, MEASURE_PACKETS, PERCENT,
	    NEVER, NEVER, 99, 100, ALWAYS, LIST_OTHERS,
	    "{value} of the frames are no TCP, but {list}",
	    "mirror the ports where servers and clients are; see UNKNOWN_ENCAP for what cannot be decoded" },
	{ "UNKNOWN_ENCAP", EVERYWHERE, MEASURE_UNKNOWN, MEASURE_PACKETS, PERCENT,
	    NEVER, 10, 90, 100, ALWAYS, LIST_OTHERS,
	    "{value} of the frames are in what is not decoded; there are {list}",
	    "have the switch take that encapsulation off, or mirror behind where it ends" },

	/* --- is it all of it? --- */
	{ "ONEWAY", EVERYWHERE, MEASURE_ONE_WAY, MEASURE_FLOWS, PERCENT,
	    NEVER, 90, NEVER, 50, ALWAYS, LIST_NONE,
	    "of {value} of the connections only one direction comes",
	    "mirror both directions (RX and TX), of both lines where the way back is another one" },
	{ "ONEWAY", EVERYWHERE, MEASURE_SYN, MEASURE_SYN_ALL, PERCENT,
	    NEVER, 91, NEVER, 50, ALWAYS, LIST_NONE,
	    "{value} of what begins connections are SYNs: hardly one is answered here",
	    "mirror both directions (RX and TX); a port scan looks the same" },
	{ "ASYM_VLAN", EVERYWHERE, MEASURE_ASYMMETRIC, MEASURE_MET, PERCENT,
	    10, NEVER, NEVER, 20, ALWAYS, LIST_VLANS,
	    "{value} of the connections have another VLAN in each direction ({list})",
	    "nothing to do: VLANs are not part of what tells connections apart" },
	{ "KDROPS", ON_PORTS, MEASURE_KERNEL_DROPS, MEASURE_KERNEL_ALL, PERCENT,
	    NEVER, 1, 10, 1000, ALWAYS, LIST_NONE,
	    "{value} of the frames were dropped by the kernel: they come faster than they are handled",
	    "raise capture.buffer (-B), use more workers, or filter out what is not wanted (-f)" },
	{ "NICDROPS", ON_PORTS, MEASURE_NIC_DROPS, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_NONE,
	    "{value} frames were dropped by the interface itself",
	    "raise its ring: ethtool -g shows how far, ethtool -G IF rx N does it" },
	{ "LOSS", ON_PORTS, MEASURE_LOST, MEASURE_ACKED, PERCENT,
	    NEVER, 1, 10, 20000, MEASURE_KERNEL_DROPS, LIST_NONE,
	    "{value} of the acknowledged bytes never came, and the kernel dropped nothing",
	    "the SPAN port is oversubscribed: mirror fewer ports, or one direction of each, or to a faster port" },
	{ "LOSS", ON_PORTS, MEASURE_LOST, MEASURE_ACKED, PERCENT,
	    NEVER, 1, 10, 20000, ALWAYS, LIST_NONE,
	    "{value} of the acknowledged bytes never came",
	    "see KDROPS first: the kernel dropped frames, too" },
	{ "LOSS", IN_FILES, MEASURE_LOST, MEASURE_ACKED, PERCENT,
	    NEVER, 1, 10, 20000, ALWAYS, LIST_NONE,
	    "{value} of the acknowledged bytes are not in it",
	    "who captured this dropped frames, or was fed by an oversubscribed SPAN port: capture again with a larger buffer" },
	{ "MIDSTREAM", EVERYWHERE, MEASURE_MIDSTREAM, MEASURE_LATE, PERCENT,
	    NEVER, 50, NEVER, 50, ALWAYS, LIST_NONE,
	    "{value} of the connections had begun before anything of them came",
	    "SYNs are missing: look at the filter and at LOSS, or raise flows.max if connections had to make place" },

	/* --- is it as it was sent? --- */
	{ "DUPLICATES", EVERYWHERE, MEASURE_COPIES, MEASURE_FOLLOWED, PERCENT,
	    NEVER, 5, NEVER, 100, ALWAYS, LIST_NONE,
	    "{value} of the segments came twice within 100 ms",
	    "RX and TX of the same ports are mirrored, or a VLAN, or there are two sessions: mirror RX only" },
	{ "REORDER", EVERYWHERE, MEASURE_EARLY, MEASURE_FOLLOWED, PERCENT,
	    NEVER, 5, NEVER, 100, ALWAYS, LIST_NONE,
	    "{value} of the segments came behind others that were sent later",
	    "give the interface one receive queue (ethtool -L IF combined 1), or a symmetric hash" },
	{ "TRUNCATED", ON_PORTS, MEASURE_CUT, MEASURE_FRAMES, PERCENT,
	    NEVER, 0.1, NEVER, 100, ALWAYS, LIST_NONE,
	    "{value} of the frames are cut",
	    "raise capture.snaplen (-s 262144), or the length that the mirror session or its tunnel allows" },
	{ "SUPERPACKET", EVERYWHERE, MEASURE_SUPER, MEASURE_ONE, TIMES,
	    1, NEVER, NEVER, 1, ALWAYS, LIST_NONE,
	    "{value} segments are longer than any frame that the interface can receive",
	    "turn receive offloads off: ethtool -K IF gro off lro off" },
	{ "OFFLOAD", ON_PORTS, MEASURE_OFFLOADS, MEASURE_ONE, TIMES,
	    1, NEVER, NEVER, 1, ALWAYS, LIST_OFFLOADS,
	    "{list} puts received frames together",
	    "ethtool -K {list} gro off lro off" },
	{ "BADCSUM", EVERYWHERE, MEASURE_CHECKSUMS_BAD, MEASURE_CHECKSUMS, PERCENT,
	    10, NEVER, NEVER, 100, ALWAYS, LIST_NONE,
	    "{value} of the checksums that were looked at are wrong",
	    "nothing to do: frames were taken before the network card filled them in; nothing is left out for it" },
	{ "ALLVLAN", EVERYWHERE, MEASURE_TAGGED, MEASURE_TCP, PERCENT,
	    100, NEVER, NEVER, 100, ALWAYS, LIST_VLANS,
	    "everything is tagged: VLAN {list}",
	    "nothing to do, but a filter has to say \"vlan and ...\"" },
	{ "ALLTUNNEL", EVERYWHERE, MEASURE_TUNNELLED, MEASURE_TCP, PERCENT,
	    100, NEVER, NEVER, 100, ALWAYS, LIST_NETWORKS,
	    "everything is in a tunnel: network {list}",
	    "nothing to do, but a filter sees the tunnel's addresses only" },

	/* --- what time is it? --- */
	{ "CLOCK", ON_PORTS, MEASURE_UNKEPT, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_NONE,
	    "nobody keeps this machine's clock",
	    "run chrony or systemd-timesyncd: what sensors say is put together by time" },
	{ "TSBACK", ON_PORTS, MEASURE_BACK, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_NONE,
	    "{value} frames have a time before the one that came first",
	    "was the clock set? Else let the interface not stamp frames by its own" },
	{ "LAG", ON_PORTS, MEASURE_LAG_MS, MEASURE_BATCHES, 0.001, "s",
	    NEVER, 5, 60, 1, ALWAYS, LIST_NONE,
	    "frames are looked at {value} after they came",
	    "the sensor does not keep up: see KDROPS; or the clock was set" },

	/* --- capture files --- */
	{ "PCAP_EMPTY", IN_FILES, MEASURE_EMPTY, MEASURE_ONE, TIMES,
	    NEVER, NEVER, 1, 1, ALWAYS, LIST_NONE,
	    "there is no packet in it",
	    "capture again, and without a filter first" },
	{ "PCAP_TRUNCATED", IN_FILES, MEASURE_BROKEN, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_NONE,
	    "the file is damaged, or ends in the middle of a packet; what is before that was looked at",
	    "was it copied while it was written, or was the disk full? Copy it again" },
	{ "PCAP_UNSORTED", IN_FILES, MEASURE_BACK, MEASURE_ONE, TIMES,
	    NEVER, 1, NEVER, 1, ALWAYS, LIST_NONE,
	    "{value} packets stand behind later ones",
	    "sort it: reordercap IN OUT" },
	{ "PCAP_SYNFIN", IN_FILES, MEASURE_CONTROL, MEASURE_TCP, PERCENT,
	    NEVER, NEVER, 100, 20, ALWAYS, LIST_NONE,
	    "of TCP there is only SYN, FIN and RST, and nothing that was said",
	    "it was captured with a filter for these flags: capture again without" },
	{ "PCAP_SNAPLEN", IN_FILES, MEASURE_CUT, MEASURE_FRAMES, PERCENT,
	    NEVER, 0.1, 90, 20, ALWAYS, LIST_NONE,
	    "{value} of the packets were cut when they were captured",
	    "capture again with whole packets: tcpdump -s 0" },
};
/* clang-format on */

_Static_assert(sizeof(table) / sizeof(table[0]) <= DIAGNOSES_MAX,
    "there is room for all states");

const struct diagnosis *
diagnosis_at(size_t row)
{
	return row < sizeof(table) / sizeof(table[0]) ? &table[row] : NULL;
}

bool
diagnosis_is_fact(const struct diagnosis *diagnosis)
{
	return diagnosis->part >= MEASURE_FACTS;
}

double
diagnosis_threshold(
    const struct diagnosis *diagnosis, enum diagnostic_level level)
{
	switch (level) {
	case DIAGNOSTIC_INFO:
		return diagnosis->info;
	case DIAGNOSTIC_WARNING:
		return diagnosis->warning;
	case DIAGNOSTIC_CRITICAL:
		return diagnosis->critical;
	case DIAGNOSTIC_FINE:
		break;
	}
	return 0;
}

enum diagnostic_level
diagnosis_judge(const struct diagnosis *diagnosis,
    const struct measures *measures, double *ret_value)
{
	double part = (double)measures->of[diagnosis->part];
	double whole = (double)measures->of[diagnosis->whole];
	unsigned level = DIAGNOSTIC_CRITICAL;

	*ret_value = whole > 0 ? part / whole * diagnosis->scale : 0;
	if (whole < diagnosis->least ||
	    (diagnosis->unless != ALWAYS &&
		measures->of[diagnosis->unless] != 0))
		return DIAGNOSTIC_FINE;
	for (; level > DIAGNOSTIC_FINE; level--) {
		double from = diagnosis_threshold(
		    diagnosis, (enum diagnostic_level)level);

		if (from > 0 && *ret_value >= from)
			break;
	}
	return (enum diagnostic_level)level;
}

/* --- words ------------------------------------------------------------------ */

/* "48 %", "0.3 %", "31 s", "7" */
static void
value_text(double value, const char *unit, char ret_text[static 32])
{
	bool fine = value < 10 && value != (double)(int64_t)value;

	snprintf(ret_text, 32, "%.*f%s%s", fine ? 1 : 0, value,
	    *unit != '\0' ? " " : "", unit);
}

/* Appends, as much as fits. */
static void
append(char *text, size_t cap, const char *more, size_t len)
{
	size_t used = strlen(text);

	snprintf(text + used, cap - used, "%.*s", (int)len, more);
}

/* What stands for {name}; NULL: it is no name. */
static const char *
word_for(
    const char *name, const char *value, const struct diagnosis_words *words)
{
	if (strncmp(name, "{value}", 7) == 0)
		return value;
	if (strncmp(name, "{list}", 6) == 0)
		return words->list;
	if (strncmp(name, "{filter}", 8) == 0)
		return words->filter;
	return NULL;
}

static void
fill_in(char *text, size_t cap, const char *form, const char *value,
    const struct diagnosis_words *words)
{
	text[0] = '\0';
	while (*form != '\0') {
		const char *word = word_for(form, value, words);
		size_t plain = 1 + strcspn(form + 1, "{");

		if (word != NULL) {
			append(text, cap, word, strlen(word));
			form += strcspn(form, "}") + 1;
		} else {
			append(text, cap, form, plain);
			form += plain;
		}
	}
}

void
diagnosis_tell(const struct diagnosis *diagnosis, enum diagnostic_level level,
    double value, const struct diagnosis_words *words,
    struct diagnostic *ret_diagnostic)
{
	struct diagnostic told = {
		.value = value,
		.threshold = diagnosis_threshold(diagnosis, level),
		.level = (uint8_t)level,
	};
	bool no_filter = strstr(diagnosis->fix, "{filter}") != NULL &&
	    words->filter[0] == '\0';
	char text[32];

	value_text(value, diagnosis->unit, text);
	snprintf(told.code, sizeof(told.code), "%s", diagnosis->code);
	snprintf(told.unit, sizeof(told.unit), "%s", diagnosis->unit);
	fill_in(told.message, sizeof(told.message), diagnosis->message, text,
	    words);
	fill_in(told.fix, sizeof(told.fix),
	    no_filter ? "leave the filter out, and look at what comes then"
		      : diagnosis->fix,
	    text, words);
	*ret_diagnostic = told;
}
