/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shunt_walk - puts the layers of the listing together.
 *
 * Jumps go forward only: what may come again inside a tunnel is written once
 * for each level.  (Without CAP_PERFMON the verifier follows a loop as a CPU
 * might that guesses wrong, and sees no end of it.)
 */
#include "sensor/capture/shunt_walk.h"

#include "sensor/capture/shunt_layers.h"

/* With that level's labels in place of the first one's. */
static void
put_row(struct shunt_code *code, unsigned level, struct shunt_row row)
{
	if (row.label >= OF_LEVEL + LEVEL && level + 1 == SHUNT_LEVELS)
		row.label = SHUNT_PASS;
	else if (row.label >= OF_LEVEL)
		row.label = (uint16_t)(row.label + level * LEVEL);
	if (row.here >= OF_LEVEL)
		row.here = (uint16_t)(row.here + level * LEVEL);
	shunt_code_put(code, &row);
}

static void
put_layer(
    struct shunt_code *code, unsigned level, const struct shunt_layer *layer)
{
	for (size_t i = 0; i < layer->count; i++)
		put_row(code, level, layer->rows[i]);
}

/* Tunnels in UDP that are not here pass. */
static const uint16_t tunnels[] = {
	[DECAP_VXLAN] = VXLAN,
	[DECAP_GENEVE] = GENEVE,
	[DECAP_GRE] = GRE,
	[DECAP_MPLS] = INNER(MPLS),
};

static uint16_t
tunnel_of(const struct decap *decap)
{
	if (decap->port == 0 ||
	    decap->kind >= sizeof(tunnels) / sizeof(tunnels[0]))
		return SHUNT_NO_LABEL;
	return tunnels[decap->kind];
}

/* What nobody jumps to must not be there, says the verifier. */
static bool
carries(const struct decap *decap, uint16_t label)
{
	for (unsigned i = 0; i < DECAP_PORTS_MAX; i++)
		if (tunnel_of(&decap[i]) == label)
			return true;
	return false;
}

static void
put_inside_ip(
    struct shunt_code *code, unsigned level, const struct decap *decap)
{
	put_layer(code, level, &shunt_ip);
	for (unsigned i = 0; i < DECAP_PORTS_MAX; i++) {
		uint16_t label = tunnel_of(&decap[i]);

		if (label != SHUNT_NO_LABEL)
			put_row(code, level,
			    (struct shunt_row)IF_EQUAL(
				R8, decap[i].port, label));
	}
	put_row(code, level, (struct shunt_row)GO(SHUNT_PASS));
	put_layer(code, level, &shunt_gre);
	if (carries(decap, VXLAN))
		put_layer(code, level, &shunt_vxlan);
	if (carries(decap, GENEVE))
		put_layer(code, level, &shunt_geneve);
}

bool
shunt_walk_knows(int link)
{
	return link == LINK_ETHERNET || link == LINK_RAW ||
	    link == LINK_RAW_LIBPCAP || shunt_walk_is_cooked(link);
}

bool
shunt_walk_is_cooked(int link)
{
	return link == LINK_LINUX_SLL || link == LINK_LINUX_SLL2;
}

void
shunt_walk_put(struct shunt_code *code, int link, const struct decap *decap)
{
	bool cooked = shunt_walk_is_cooked(link);

	put_row(code, 0, (struct shunt_row)HERE(SHUNT_WALK));
	put_row(code, 0, (struct shunt_row)SET(R7, 0));
	if (link == LINK_ETHERNET)
		put_layer(code, 0, &shunt_ethernet);
	else if (cooked)
		put_layer(code, 0, &shunt_start_cooked);
	else
		put_layer(code, 0, &shunt_start_raw);
	if (link == LINK_ETHERNET || cooked)
		put_layer(code, 0, &shunt_tags);
	put_inside_ip(code, 0, decap);
	for (unsigned level = 1; level < SHUNT_LEVELS; level++) {
		put_layer(code, level, &shunt_ethernet);
		put_layer(code, level, &shunt_tags);
		put_inside_ip(code, level, decap);
	}
	put_layer(code, 0, &shunt_tcp);
}
