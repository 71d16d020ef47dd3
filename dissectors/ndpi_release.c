/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi_release - the same four things said to two interfaces.
 */
#include "dissectors/slice.h" /* a build without nDPI wants something here */

#ifndef STRAYMAIL_NO_NDPI

#include "dissectors/ndpi_release.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>

#ifdef STRAYMAIL_NDPI_CURRENT

void
ndpi_release_memory(const struct ndpi_release_memory *memory)
{
	/* Aligned memory is for bitmaps of lists that are not loaded. */
	ndpi_set_memory_alloction_functions(memory->lend, memory->take_back,
	    memory->lend_zeroed, memory->lend_again, NULL, NULL, memory->lend,
	    memory->take_back);
}

static bool
configure(struct ndpi_detection_module_struct *module,
    const uint16_t *protocols, size_t count)
{
	char id[8];
	bool fine =
	    ndpi_set_config(module, "any", "enable", "0") == NDPI_CFG_OK &&
	    ndpi_set_config(module, "any", "ip_list.load", "0") ==
		NDPI_CFG_OK &&
	    ndpi_set_config(module, NULL, "flow_risk_lists.load", "0") ==
		NDPI_CFG_OK;

	for (size_t i = 0; fine && i < count; i++) {
		snprintf(id, sizeof(id), "%u", protocols[i]);
		fine =
		    ndpi_set_config(module, id, "enable", "1") == NDPI_CFG_OK;
	}
	return fine;
}

/* A worker shares nothing, so it needs no global context. */
struct ndpi_detection_module_struct *
ndpi_release_module(const uint16_t *protocols, size_t count)
{
	struct ndpi_detection_module_struct *module =
	    ndpi_init_detection_module(NULL);

	if (module == NULL)
		return NULL;
	/* A dissector that was let in by mistake is what an attacker needs. */
	if (configure(module, protocols, count) &&
	    ndpi_finalize_initialization(module) == 0)
		return module;
	ndpi_exit_detection_module(module);
	return NULL;
}

uint16_t
ndpi_release_hear(struct ndpi_detection_module_struct *module,
    struct ndpi_flow_struct *flow, const uint8_t *packet, uint16_t len)
{
	uint16_t heard;

	(void)ndpi_detection_process_packet(module, flow, packet, len, 0, NULL);
	heard = ndpi_get_flow_appprotocol(flow);
	return heard != NDPI_PROTOCOL_UNKNOWN
	    ? heard
	    : ndpi_get_flow_masterprotocol(flow);
}

#else /* 4.2 */

void
ndpi_release_memory(const struct ndpi_release_memory *memory)
{
	set_ndpi_malloc(memory->lend);
	set_ndpi_free(memory->take_back);
	set_ndpi_flow_malloc(memory->lend);
	set_ndpi_flow_free(memory->take_back);
}

struct ndpi_detection_module_struct *
ndpi_release_module(const uint16_t *protocols, size_t count)
{
	struct ndpi_detection_module_struct *module;
	NDPI_PROTOCOL_BITMASK mask;

	module = ndpi_init_detection_module(
	    ndpi_dont_load_tor_hosts | ndpi_dont_init_libgcrypt);
	if (module == NULL)
		return NULL;
	NDPI_BITMASK_RESET(mask);
	for (size_t i = 0; i < count; i++)
		mask.fds_bits[protocols[i] / NDPI_BITS] |= (ndpi_ndpi_mask)1
		    << protocols[i] % NDPI_BITS;
	ndpi_set_protocol_detection_bitmask2(module, &mask);
	ndpi_finalize_initialization(module);
	/* A dissector that was let in by mistake is what an attacker needs. */
	assert(module->callback_buffer_size_tcp_payload <= count);
	assert(module->callback_buffer_size_tcp_no_payload <= count);
	return module;
}

uint16_t
ndpi_release_hear(struct ndpi_detection_module_struct *module,
    struct ndpi_flow_struct *flow, const uint8_t *packet, uint16_t len)
{
	const ndpi_protocol heard =
	    ndpi_detection_process_packet(module, flow, packet, len, 0);

	return heard.app_protocol != NDPI_PROTOCOL_UNKNOWN
	    ? heard.app_protocol
	    : heard.master_protocol;
}

#endif

#endif /* STRAYMAIL_NO_NDPI */
