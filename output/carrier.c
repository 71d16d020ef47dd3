/* SPDX-License-Identifier: Apache-2.0 */
/*
 * carrier - a tunnel that a connection was carried in, as the world is told.
 */
#include "output/carrier.h"

#include <stddef.h>

/* clang-format off */
static const struct {
	const char *name, *id; /* the words of event.schema.json */
} carriers[] = {
	[CARRIER_NONE] =    { "",        NULL },
	[CARRIER_IP] =      { "ip",      NULL },
	[CARRIER_GRE] =     { "gre",     "key" }, /* 0 as well where it has none */
	[CARRIER_ERSPAN] =  { "erspan",  "session" },
	[CARRIER_ETHERIP] = { "etherip", NULL },
	[CARRIER_VXLAN] =   { "vxlan",   "vni" },
	[CARRIER_GENEVE] =  { "geneve",  "vni" },
	[CARRIER_GTPU] =    { "gtpu",    "teid" }, /* of one direction */
	[CARRIER_TZSP] =    { "tzsp",    NULL },
	[CARRIER_TEREDO] =  { "teredo",  NULL },
	[CARRIER_L2TP] =    { "l2tp",    "id" },   /* 16 bits of tunnel, 16 of session */
	[CARRIER_MPLS] =    { "mpls",    "label" },
	[CARRIER_PBB] =     { "pbb",     "isid" },
};
/* clang-format on */

const char *
carrier_name(enum carrier_kind kind)
{
	return carriers[kind].name;
}

const char *
carrier_id_name(enum carrier_kind kind)
{
	return carriers[kind].id;
}
