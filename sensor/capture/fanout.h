/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fanout - the handles of several workers on one interface, as a group that
 * shares its packets (PACKET_FANOUT, packet(7)).
 *
 * Members are numbered as they join.  CAP_NET_RAW is all that it takes.
 */
#ifndef STRAYMAIL_FANOUT_H
#define STRAYMAIL_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

struct code;

/* A group's number is its own: other sensors may have groups on the same
 * interface.  Plain; all zero is a group without members. */
struct fanout {
	uint16_t id;
	bool founded;
};

/* A packet socket that is bound to the interface joins, the first one by
 * founding the group.  Until fanout_program_set() all packets are for member 0;
 * a socket that has not joined yet gets all of them as well.  False: errno. */
bool fanout_join(struct fanout *fanout, int fd);

/* For the whole group, by any of its members. */
bool fanout_program_set(int fd, struct code *program);

/* From now on nothing is taken up any more; what was stays to be read. */
bool fanout_mute(int fd);

#endif
