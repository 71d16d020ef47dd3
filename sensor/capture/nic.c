/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nic - ioctls on any socket; what is not answered is left at zero.
 */
#include "sensor/capture/nic.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

static bool
ask(int fd, unsigned long request, const char *name, struct ifreq *ret_answer)
{
	struct ifreq asked = { 0 };

	snprintf(asked.ifr_name, sizeof(asked.ifr_name), "%s", name);
	if (ioctl(fd, request, &asked) != 0)
		return false;
	*ret_answer = asked;
	return true;
}

/* One number of ethtool's; `otherwise` where the driver has none. */
static uint32_t
ask_ethtool(int fd, uint32_t command, const char *name, uint32_t otherwise)
{
	struct ethtool_value value = { .cmd = command };
	struct ifreq asked = { .ifr_data = (char *)&value };

	snprintf(asked.ifr_name, sizeof(asked.ifr_name), "%s", name);
	return ioctl(fd, SIOCETHTOOL, &asked) == 0 ? value.data : otherwise;
}

struct nic
nic_of(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct nic nic = { 0 };
	struct ifreq answer;

	if (fd < 0)
		return nic;
	if (ask(fd, SIOCGIFFLAGS, name, &answer)) {
		nic.known = true;
		nic.up = (answer.ifr_flags & IFF_UP) != 0;
		/* A flag tells as well, but up to a second late. */
		nic.carrier = ask_ethtool(fd, ETHTOOL_GLINK, name,
				  answer.ifr_flags & IFF_RUNNING) != 0;
		nic.gro = ask_ethtool(fd, ETHTOOL_GGRO, name, 0) != 0;
		nic.lro = (ask_ethtool(fd, ETHTOOL_GFLAGS, name, 0) &
			      ETH_FLAG_LRO) != 0;
	}
	if (nic.known && ask(fd, SIOCGIFMTU, name, &answer))
		nic.mtu = (uint32_t)answer.ifr_mtu;
	if (nic.known && ask(fd, SIOCGIFHWADDR, name, &answer))
		memcpy(nic.mac, answer.ifr_hwaddr.sa_data, sizeof(nic.mac));
	close(fd);
	return nic;
}

bool
nic_clock_is_kept(void)
{
	struct timex asked = { .modes = 0 };

	return adjtimex(&asked) < 0 || (asked.status & STA_UNSYNC) == 0;
}
