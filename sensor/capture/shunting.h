/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunting - whether a worker has a shunt, and on which of its ports.
 */
#ifndef STRAYMAIL_SHUNTING_H
#define STRAYMAIL_SHUNTING_H

#include "sensor/capture/capture.h"

#include <stdbool.h>

struct port;
struct shunt;

/* The ports of one worker, open with want->filter. */
struct shunting_ports {
	struct port *const *ports;
	unsigned count;
	unsigned worker; /* what all of them lack the first one, 0, says */
};

/*
 * What is wanted by want->shunt; ret_shunt is NULL where no port has it.  What
 * cannot be had is said in a line.  False: with SHUNT_ON, then there is none.
 */
bool shunting_begin(const struct capture_live *want,
    const struct shunting_ports *of, struct shunt **ret_shunt);

#endif
