/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nic - what the kernel says of a network interface, without listening on it.
 */
#ifndef STRAYMAIL_NIC_H
#define STRAYMAIL_NIC_H

#include <stdbool.h>
#include <stdint.h>

struct nic {
	bool known; /* there is one of that name; else nothing below is set */
	bool up, carrier;
	bool gro, lro; /* receive offloads that are on (ethtool(8)) */
	uint32_t mtu;
	uint8_t mac[6];
};

/* "any" and the like are not known. */
struct nic nic_of(const char *name);

/* Whether somebody keeps this machine's clock right (adjtimex(2)); true where
 * the kernel does not say. */
bool nic_clock_is_kept(void);

#endif
