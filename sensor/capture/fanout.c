/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout - the handles of several workers on one interface, as a group that
 * shares its packets.
 */
#include "sensor/capture/fanout.h"

#include "sensor/capture/code.h"

#include <linux/if_packet.h>
#include <sys/socket.h>

/* What the kernel gives and takes: the id, and above it the kind and flags. */
#define KIND(kind) ((unsigned)(kind) << 16)

static bool
join(int fd, unsigned what)
{
	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &what, sizeof(what)) ==
	    0;
}

bool
fanout_join(struct fanout *fanout, int fd)
{
	unsigned got = 0;
	socklen_t len = sizeof(got);

	if (fanout->founded)
		return join(fd, KIND(PACKET_FANOUT_CBPF) | fanout->id);
	if (!join(fd, KIND(PACKET_FANOUT_CBPF | PACKET_FANOUT_FLAG_UNIQUEID)) ||
	    getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &got, &len) != 0)
		return false;
	fanout->id = (uint16_t)got;
	fanout->founded = true;
	return true;
}

bool
fanout_program_set(int fd, struct code *program)
{
	struct sock_fprog given = {
		.len = (unsigned short)program->count,
		.filter = program->instruction,
	};

	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &given,
		   sizeof(given)) == 0;
}

/* libpcap is not asked: it would drop what is in its ring already. */
bool
fanout_mute(int fd)
{
	struct sock_filter none = { .code = BPF_RET | BPF_K };
	struct sock_fprog given = { .len = 1, .filter = &none };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &given,
		   sizeof(given)) == 0;
}
