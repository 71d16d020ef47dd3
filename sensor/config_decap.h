/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_decap - which UDP ports carry tunnels: capture.decap.
 */
#ifndef STRAYMAIL_CONFIG_DECAP_H
#define STRAYMAIL_CONFIG_DECAP_H

#include "sensor/decode/frame.h"

#include <stdbool.h>

/* "vxlan:4789,8472,geneve:6081": a kind and its ports, which go on until the
 * next kind; "": none.  Rows left over are zero.  False: what is written is
 * something else, names a port twice, or more than there are rows. */
bool config_decap(const char *text, struct decap ret_decap[DECAP_PORTS_MAX]);

#endif
