/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measures - taken from counters and from the kernel.
 */
#include "sensor/doctor/measures.h"

#include "sensor/capture/nic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SHOWN        4 /* of what is not TCP */

/* What every network has, and what carries nobody's connections. */
static const uint16_t usual_types[] = { 0x0806, 0x8863, 0x88CC, 0x8902 };
static const uint8_t usual_protocols[] = { 2, 88, 89, 103, 112, 132 };

/* Appends a name, if there is room for all of it. */
static void
add(char text[static MEASURES_LIST], const char *name)
{
	size_t len = strlen(text);

	if (len + strlen(name) + 3 > MEASURES_LIST)
		return;
	snprintf(
	    text + len, MEASURES_LIST - len, "%s%s", len > 0 ? ", " : "", name);
}

void
surroundings_ask(
    struct surroundings *around, const char *const *interfaces, unsigned count)
{
	around->down = 0;
	around->offloads = 0;
	around->down_names[0] = '\0';
	around->offload_names[0] = '\0';
	around->clock_kept = count == 0 || nic_clock_is_kept();
	for (unsigned i = 0; i < count; i++) {
		struct nic nic = nic_of(interfaces[i]);

		if (!nic.known)
			continue;
		if (!nic.up || !nic.carrier) {
			around->down++;
			add(around->down_names, interfaces[i]);
		}
		if (nic.gro || nic.lro) {
			around->offloads++;
			add(around->offload_names, interfaces[i]);
		}
	}
}

static bool
is_usual_type(uint16_t type)
{
	for (size_t i = 0; i < COUNT(usual_types); i++)
		if (usual_types[i] == type)
			return true;
	return false;
}

static uint64_t
unknown(const struct counters *counters)
{
	const struct census *census = &counters->census;
	uint64_t frames =
	    census->types_more + counters->decoded[DECODED_TUNNEL_LIMIT];

	for (size_t i = 0; i < CENSUS_TYPES; i++)
		if (!is_usual_type(census->type[i].type))
			frames += census->type[i].frames;
	for (size_t i = 0; i < COUNT(census->protocol); i++)
		if (memchr(usual_protocols, (int)i, sizeof(usual_protocols)) ==
		    NULL)
			frames += census->protocol[i];
	return frames;
}

void
measures_take(struct measures *ret_measures, const struct counters *counters,
    const struct surroundings *around)
{
	const struct traffic *traffic = &counters->traffic;
	const struct mirror_counts *mirror = &counters->mirror;

	*ret_measures =
	    (struct measures){ .of = {
				   [MEASURE_PACKETS] = traffic->packets,
				   [MEASURE_NOT_TCP] = traffic->packets -
				       traffic->tcp - traffic->fragments,
				   [MEASURE_UNKNOWN] = unknown(counters),
				   [MEASURE_KERNEL_DROPS] =
				       traffic->kernel_drops,
				   [MEASURE_KERNEL_ALL] =
				       traffic->packets + traffic->kernel_drops,
				   [MEASURE_NIC_DROPS] =
				       traffic->interface_drops,
				   [MEASURE_FRAMES] = mirror->frames,
				   [MEASURE_CUT] = mirror->cut,
				   [MEASURE_BACK] = mirror->back,
				   [MEASURE_UNICAST] = mirror->unicast,
				   [MEASURE_OWN] = mirror->own,
				   [MEASURE_BATCHES] = mirror->batches,
				   [MEASURE_LAG_MS] = mirror->lag_ms,
				   [MEASURE_TCP] = mirror->tcp,
				   [MEASURE_CONTROL] = mirror->control,
				   [MEASURE_SUPER] = mirror->super,
				   [MEASURE_TAGGED] = mirror->tagged,
				   [MEASURE_TUNNELLED] = mirror->tunnelled,
				   [MEASURE_SYN] = mirror->syn,
				   [MEASURE_SYN_ALL] =
				       mirror->syn + mirror->syn_ack,
				   [MEASURE_FLOWS] = mirror->flows,
				   [MEASURE_ONE_WAY] =
				       mirror->flows - mirror->met,
				   [MEASURE_MET] = mirror->met,
				   [MEASURE_ASYMMETRIC] = mirror->asymmetric,
				   [MEASURE_LATE] = mirror->late,
				   [MEASURE_MIDSTREAM] = mirror->midstream,
				   [MEASURE_FOLLOWED] = mirror->followed,
				   [MEASURE_COPIES] = mirror->copies,
				   [MEASURE_EARLY] = mirror->early,
				   [MEASURE_ACKED] = mirror->acked_bytes,
				   [MEASURE_LOST] = mirror->lost_bytes,
				   [MEASURE_CHECKSUMS] =
				       counters->census.checksums,
				   [MEASURE_CHECKSUMS_BAD] =
				       counters->census.checksums_bad,
				   [MEASURE_ONE] = 1,
				   [MEASURE_DOWN] = around->down,
				   [MEASURE_OFFLOADS] = around->offloads,
				   [MEASURE_HIDDEN] = around->blindness.kinds,
				   [MEASURE_UNKEPT] = !around->clock_kept,
			       } };
}

/* --- lists ------------------------------------------------------------------ */

static void
list_ids(const struct mirror_ids *ids, char text[static MEASURES_LIST])
{
	char id[16];

	for (unsigned i = 0; i < MIRROR_IDS && ids->frames[i] > 0; i++) {
		snprintf(id, sizeof(id), "%" PRIu32, ids->id[i]);
		add(text, id);
	}
}

/* Anything that is not TCP, and how often there was such a frame. */
struct other {
	uint64_t frames;
	char name[32];
};

/* Among the first few, the most frequent first. */
static void
rank(struct other most[static SHOWN], uint64_t frames, const char *what,
    const char *number)
{
	struct other other = { .frames = frames };

	snprintf(other.name, sizeof(other.name), "%s%s", what, number);
	for (unsigned i = 0; i < SHOWN; i++) {
		struct other lesser = most[i];

		if (lesser.frames >= other.frames)
			continue;
		most[i] = other;
		other = lesser;
	}
}

static void
list_others(const struct counters *counters, char text[static MEASURES_LIST])
{
	const struct census *census = &counters->census;
	struct other most[SHOWN] = { { 0 } };
	char number[8];

	rank(most, counters->decoded[DECODED_UDP], "UDP", "");
	rank(most, counters->decoded[DECODED_ICMP], "ICMP", "");
	for (unsigned i = 0; i < COUNT(census->protocol); i++) {
		snprintf(number, sizeof(number), "%u", i);
		rank(most, census->protocol[i], "IP protocol ", number);
	}
	for (unsigned i = 0; i < CENSUS_TYPES; i++) {
		snprintf(number, sizeof(number), "%04x", census->type[i].type);
		rank(most, census->type[i].frames, "EtherType 0x", number);
	}
	for (unsigned i = 0; i < SHOWN && most[i].frames > 0; i++)
		add(text, most[i].name);
}

void
measures_list(enum measure_list list, const struct counters *counters,
    const struct surroundings *around, char ret_text[static MEASURES_LIST])
{
	ret_text[0] = '\0';
	switch (list) {
	case LIST_NONE:
		break;
	case LIST_DOWN:
		add(ret_text, around->down_names);
		break;
	case LIST_OFFLOADS:
		add(ret_text, around->offload_names);
		break;
	case LIST_HIDDEN:
		snprintf(
		    ret_text, MEASURES_LIST, "%s", around->blindness.names);
		break;
	case LIST_OTHERS:
		list_others(counters, ret_text);
		break;
	case LIST_VLANS:
		list_ids(&counters->mirror.vlans, ret_text);
		break;
	case LIST_NETWORKS:
		list_ids(&counters->mirror.networks, ret_text);
		break;
	}
}
