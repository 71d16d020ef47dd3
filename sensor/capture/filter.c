/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - pcap-filter(7) expressions, with words for what is wrong with one.
 */
#include "sensor/capture/filter.h"

#include "output/log.h"

#include <pcap/pcap.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#define SNAPLEN   262144
#define FRAME_MAX 256 /* of those that are at hand */

struct filter {
	struct bpf_program program;
};

bool
filter_compile(struct pcap *pcap, const char *text,
    struct bpf_program *ret_program, char ret_reason[static FILTER_REASON])
{
	if (pcap_compile(pcap, ret_program, text, 1, PCAP_NETMASK_UNKNOWN) == 0)
		return true;
	snprintf(ret_reason, FILTER_REASON, "filter \"%s\": %s", text,
	    pcap_geterr(pcap));
	return false;
}

static bool
compiles(int link, const char *text, char reason[static FILTER_REASON])
{
	struct bpf_program program;
	pcap_t *dead = pcap_open_dead(link, SNAPLEN);

	if (dead == NULL) {
		snprintf(reason, FILTER_REASON, "no memory for a filter");
		return false;
	}

	bool ok = filter_compile(dead, text, &program, reason);

	if (ok)
		pcap_freecode(&program);
	pcap_close(dead);
	return ok;
}

bool
filter_check(const char *text)
{
	/* "ifindex 3" means something in a cooked capture only. */
	static const int others[] = { DLT_LINUX_SLL2, DLT_LINUX_SLL, DLT_RAW };
	char reason[FILTER_REASON], ignored[FILTER_REASON];

	if (compiles(DLT_EN10MB, text, reason))
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (compiles(others[i], text, ignored))
			return true;
	}
	log_warnx("%s", reason);
	return false;
}

struct filter *
filter_new(const char *text)
{
	struct filter *filter = calloc(1, sizeof(*filter));
	pcap_t *dead = pcap_open_dead(DLT_EN10MB, SNAPLEN);
	char reason[FILTER_REASON];
	bool ok = filter != NULL && dead != NULL &&
	    filter_compile(dead, text, &filter->program, reason);

	if (dead != NULL)
		pcap_close(dead);
	if (ok)
		return filter;
	free(filter);
	return NULL;
}

void
filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	pcap_freecode(&filter->program);
	free(filter);
}

bool
filter_passes(const struct filter *filter, struct slice frame)
{
	uint8_t bytes[FRAME_MAX];
	uint32_t len = (uint32_t)slice_bytes(bytes, sizeof(bytes), frame);
	const struct pcap_pkthdr header = { .caplen = len, .len = len };

	return pcap_offline_filter(&filter->program, &header, bytes) != 0;
}
