/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunting - a sensor works without it, so that what is missing is no error
 * unless somebody has insisted.
 */
#include "sensor/capture/shunting.h"

#include "output/log.h"
#include "sensor/capture/port.h"
#include "sensor/capture/shunt.h"

#include <errno.h>
#include <string.h>

/* False where it was to be on. */
static bool
say_none(const struct capture_live *want, unsigned worker)
{
	const char *missing = errno == EPERM
	    ? "CAP_BPF is missing (setcap cap_net_raw,cap_bpf+ep)"
	    : "the kernel has no maps for it";

	if (want->shunt == SHUNT_ON)
		log_warnx("capture.shunt is on, and cannot be: %s", missing);
	else if (worker == 0)
		log_info("no shunt, packets of connections that were ruled out "
			 "are captured as well: %s",
		    missing);
	return want->shunt != SHUNT_ON;
}

/* Its program knows no VLANs and tunnels, and one flow would shunt another's. */
static bool
say_realms(const struct capture_live *want, unsigned worker)
{
	if (want->shunt == SHUNT_ON)
		log_warnx("capture.shunt is on, and cannot be where "
			  "flows.vlan_in_key is");
	else if (worker == 0)
		log_info("no shunt: flows.vlan_in_key is on");
	return want->shunt != SHUNT_ON;
}

static bool
say_not_here(const struct capture_live *want, unsigned worker,
    const struct port *port, const char *reason)
{
	if (want->shunt == SHUNT_ON)
		log_warnx("interface %s: capture.shunt is on, and cannot be: "
			  "%s",
		    port_name(port), reason);
	else if (worker == 0)
		log_info("interface %s: no shunt: %s", port_name(port), reason);
	return want->shunt != SHUNT_ON;
}

bool
shunting_begin(const struct capture_live *want, const struct shunting_ports *of,
    struct shunt **ret_shunt)
{
	char reason[SHUNT_REASON];
	unsigned with = 0;
	struct shunt *shunt;

	*ret_shunt = NULL;
	if (want->shunt == SHUNT_OFF)
		return true;
	if (want->vlan_in_key)
		return say_realms(want, of->worker);
	shunt = shunt_new(want->decap);
	if (shunt == NULL)
		return say_none(want, of->worker);
	for (unsigned i = 0; i < of->count; i++) {
		if (port_shunt(of->ports[i], shunt, want->filter, reason)) {
			with++;
		} else if (!say_not_here(
			       want, of->worker, of->ports[i], reason)) {
			shunt_free(shunt);
			return false;
		}
	}
	if (with > 0)
		*ret_shunt = shunt;
	else
		shunt_free(shunt);
	return true;
}
