/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interfaces - the network interfaces of this machine, by name.
 *
 * For `-D`, and for telling whoever mistyped one which there are.
 */
#ifndef STRAYMAIL_INTERFACES_H
#define STRAYMAIL_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>

/* Linux's "any", all of them at once, is one. */
bool interface_exists(const char *name);

/* Its frames come twice, as sent and as received: loopback, and "any", which has
 * that in it. */
bool interface_loops(const char *name);

/* "eth0, eth1, lo", as much as fits. */
void interfaces_text(char *ret_text, size_t cap);

#endif
