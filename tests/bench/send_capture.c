/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send_capture - puts the frames of a capture file on an interface, as many a
 * second as asked for.
 *
 *	send_capture IFACE FILE PACKETS_PER_SECOND SECONDS
 *
 * The file is in memory before the first is sent, and begins anew where it
 * ends.  Bursts of 32 leave when they are due: the sender looks at the clock
 * for as long, since no sleep is as exact.  Prints how many were sent, the
 * seconds that took, and by how many milliseconds the latest burst was late.
 */
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BURST        32
#define SECOND_NS    1000000000ULL
#define QDISC_BYPASS 20 /* PACKET_QDISC_BYPASS of linux/if_packet.h */
#define SEND_BYTES   (32 << 20)

/* All frames, one behind the other. */
struct load {
	uint8_t *bytes;
	struct iovec *frame;
	size_t used, room, count, places;
};

struct sent {
	uint64_t packets, late_ns, took_ns;
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static void *
grown(void *memory, size_t bytes)
{
	void *more = realloc(memory, bytes);

	if (more == NULL) {
		perror("send_capture");
		exit(1);
	}
	return more;
}

static void
take(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct load *load = (struct load *)(void *)user;

	if (load->used + header->caplen > load->room) {
		load->room = 2 * load->room + header->caplen;
		load->bytes = grown(load->bytes, load->room);
	}
	if (load->count == load->places) {
		load->places = 2 * load->places + 1024;
		load->frame =
		    grown(load->frame, load->places * sizeof(*load->frame));
	}
	memcpy(load->bytes + load->used, bytes, header->caplen);
	load->frame[load->count++].iov_len = header->caplen;
	load->used += header->caplen;
}

static bool
load_file(struct load *load, const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *file = pcap_open_offline(path, why);
	uint8_t *at;

	if (file == NULL) {
		fprintf(stderr, "send_capture: %s\n", why);
		return false;
	}
	pcap_loop(file, -1, take, (u_char *)(void *)load);
	pcap_close(file);
	at = load->bytes; /* it moves no more */
	for (size_t i = 0; i < load->count; i++) {
		load->frame[i].iov_base = at;
		at += load->frame[i].iov_len;
	}
	return load->count > 0;
}

static int
open_interface(const char *name)
{
	struct sockaddr_ll where = { .sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name) };
	int fd = socket(AF_PACKET, SOCK_RAW, 0); /* it receives nothing */
	int on = 1, bytes = SEND_BYTES;

	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&where, sizeof(where)) != 0) {
		fprintf(
		    stderr, "send_capture: %s: %s\n", name, strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	setsockopt(fd, SOL_PACKET, QDISC_BYPASS, &on, sizeof(on));
	setsockopt(
	    fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, (socklen_t)sizeof(bytes));
	return fd;
}

/* From that frame on.  False: it cannot be sent at all. */
static bool
send_burst(int fd, const struct load *load, size_t from, unsigned count)
{
	struct mmsghdr message[BURST] = { 0 };
	unsigned done = 0;
	int now;

	for (unsigned i = 0; i < count; i++) {
		message[i].msg_hdr.msg_iov =
		    &load->frame[(from + i) % load->count];
		message[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < count) {
		now = sendmmsg(fd, message + done, count - done, 0);
		if (now > 0)
			done += (unsigned)now;
		else if (errno != ENOBUFS && errno != EAGAIN)
			return false;
	}
	return true;
}

static bool
send_all(int fd, const struct load *load, uint64_t rate, double seconds,
    struct sent *ret_sent)
{
	const uint64_t packets = (uint64_t)((double)rate * seconds);
	const uint64_t began = now_ns();
	uint64_t due, now;

	*ret_sent = (struct sent){ 0 };
	while (ret_sent->packets < packets) {
		due = began + ret_sent->packets * SECOND_NS / rate;
		do
			now = now_ns();
		while (now < due);
		if (now - due > ret_sent->late_ns)
			ret_sent->late_ns = now - due;
		if (!send_burst(
			fd, load, ret_sent->packets % load->count, BURST)) {
			perror("send_capture");
			return false;
		}
		ret_sent->packets += BURST;
	}
	ret_sent->took_ns = now_ns() - began;
	return true;
}

int
main(int argc, char **argv)
{
	struct load load = { 0 };
	struct sent sent;
	uint64_t rate = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
	double seconds = argc == 5 ? strtod(argv[4], NULL) : 0;
	bool good;
	int fd;

	if (rate == 0 || seconds <= 0) {
		fputs("usage: send_capture IFACE FILE PACKETS_PER_SECOND "
		      "SECONDS\n",
		    stderr);
		return 2;
	}
	if (!load_file(&load, argv[2]))
		return 1;
	fd = open_interface(argv[1]);
	if (fd < 0)
		return 1;
	good = send_all(fd, &load, rate, seconds, &sent);
	close(fd);
	free(load.bytes);
	free(load.frame);
	if (good)
		printf("%llu %.3f %.1f\n", (unsigned long long)sent.packets,
		    (double)sent.took_ns / (double)SECOND_NS,
		    (double)sent.late_ns / 1e6);
	return good ? 0 : 1;
}
