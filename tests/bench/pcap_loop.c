/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap_loop - the yardstick: libpcap hands over packets, and nothing is done
 * with them.
 *
 *	pcap_loop FILE
 *	pcap_loop -i IFACE
 *
 * Prints the number of packets, before any damage, and of those that the kernel
 * dropped; live after SIGTERM or SIGINT.  No program that uses libpcap can be
 * faster.
 */
#include <pcap/pcap.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BUFFER_BYTES (64 << 20) /* what straymail asks for by itself */
#define TIMEOUT_MS   100

struct seen {
	uint64_t packets;
	unsigned
	    sum; /* looks at a byte of each, so that none is optimised away */
};

static pcap_t *source;

static void
stop(int signal)
{
	(void)signal;
	pcap_breakloop(source);
}

static void
see(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct seen *seen = (struct seen *)(void *)user;

	seen->packets++;
	if (header->caplen > 12)
		seen->sum += bytes[12];
}

static pcap_t *
open_live(const char *interface, char *why)
{
	pcap_t *live = pcap_create(interface, why);

	if (live == NULL)
		return NULL;
	pcap_set_promisc(live, 1);
	pcap_set_buffer_size(live, BUFFER_BYTES);
	pcap_set_timeout(live, TIMEOUT_MS);
	if (pcap_activate(live) < 0) {
		snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(live));
		pcap_close(live);
		return NULL;
	}
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	return live;
}

int
main(int argc, char **argv)
{
	bool live = argc == 3 && strcmp(argv[1], "-i") == 0;
	struct seen seen = { 0, 0 };
	struct pcap_stat numbers = { 0 };
	char why[PCAP_ERRBUF_SIZE];
	int status;

	if (!live && argc != 2) {
		fputs("usage: pcap_loop FILE | -i IFACE\n", stderr);
		return 2;
	}
	source =
	    live ? open_live(argv[2], why) : pcap_open_offline(argv[1], why);
	if (source == NULL) {
		fprintf(stderr, "pcap_loop: %s\n", why);
		return 1;
	}
	status = pcap_loop(source, -1, see, (u_char *)(void *)&seen);
	if (status == PCAP_ERROR)
		pcap_perror(source, "pcap_loop");
	if (live)
		pcap_stats(source, &numbers);
	pcap_close(source);
	printf("%llu packets, %u dropped, %x\n",
	    (unsigned long long)seen.packets, numbers.ps_drop, seen.sum);
	return status == PCAP_ERROR ? 1 : 0;
}
