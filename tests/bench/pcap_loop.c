/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap_loop - the yardstick: libpcap reads a file, and nothing is done with it.
 *
 *	pcap_loop FILE
 *
 * Prints the number of packets, before any damage.  No program that uses libpcap
 * can be faster.
 */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

struct seen {
	uint64_t packets;
	unsigned
	    sum; /* looks at a byte of each, so that none is optimised away */
};

static void
see(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct seen *seen = (struct seen *)(void *)user;

	seen->packets++;
	if (header->caplen > 12)
		seen->sum += bytes[12];
}

int
main(int argc, char **argv)
{
	struct seen seen = { 0, 0 };
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *file;

	if (argc != 2) {
		fputs("usage: pcap_loop FILE\n", stderr);
		return 2;
	}
	file = pcap_open_offline(argv[1], why);
	if (file == NULL) {
		fprintf(stderr, "pcap_loop: %s\n", why);
		return 1;
	}

	int result = pcap_loop(file, -1, see, (u_char *)(void *)&seen);

	printf(
	    "%llu packets, %x\n", (unsigned long long)seen.packets, seen.sum);
	if (result < 0)
		pcap_perror(file, "pcap_loop");
	pcap_close(file);
	return result < 0;
}
