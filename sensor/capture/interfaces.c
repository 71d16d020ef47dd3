/* SPDX-License-Identifier: Apache-2.0 */
/*
 * interfaces - the network interfaces of this machine, by name.
 */
#include "sensor/capture/interfaces.h"

#include "output/log.h"
#include "sensor/capture/capture.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

bool
interface_exists(const char *name)
{
	return strcmp(name, "any") == 0 || if_nametoindex(name) != 0;
}

bool
interface_loops(const char *name)
{
	struct ifaddrs *all = NULL;
	bool loops = strcmp(name, "any") == 0;

	if (getifaddrs(&all) != 0)
		return loops;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		loops |= (i->ifa_flags & IFF_LOOPBACK) != 0 &&
		    strcmp(i->ifa_name, name) == 0;
	freeifaddrs(all);
	return loops;
}

void
interfaces_text(char *ret_text, size_t cap)
{
	struct if_nameindex *all = if_nameindex();
	size_t len = 0;

	ret_text[0] = '\0';
	if (all == NULL)
		return;
	for (const struct if_nameindex *i = all; i->if_index != 0; i++) {
		int n = snprintf(ret_text + len, cap - len, "%s%s",
		    len > 0 ? ", " : "", i->if_name);

		if (n < 0 || (size_t)n >= cap - len) {
			ret_text[len] = '\0'; /* no half names */
			break;
		}
		len += (size_t)n;
	}
	if_freenameindex(all);
}

/* Of an interface's addresses, the one of its link layer stands for it. */
static bool
is_interface(const struct ifaddrs *i)
{
	return i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_PACKET;
}

bool
capture_list_interfaces(void)
{
	struct ifaddrs *all;

	if (getifaddrs(&all) != 0) {
		log_warn("the interfaces of this machine");
		return false;
	}
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if (!is_interface(i))
			continue;
		printf("%s\t%s%s\n", i->ifa_name,
		    i->ifa_flags & IFF_UP ? "up" : "down",
		    i->ifa_flags & IFF_RUNNING ? ", running" : "");
	}
	printf("any\tall of them\n");
	freeifaddrs(all);
	return true;
}
