/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndpi_release - what differs between releases of nDPI, behind one interface.
 *
 * Without a word it is 4.2, which Debian 12 has and which is tested.  With
 * STRAYMAIL_NDPI_CURRENT (`make NDPI_DIR=...`) it is the interface of the 5.x
 * releases: a module is made within a global context, dissectors are chosen by
 * name, and a packet is shown with what the caller knows of its flow.  No
 * Debian 12 machine has such a release, so that half is UNTESTED: it is
 * written by the documentation and compiled only where NDPI_DIR names one.
 *
 * For ndpi.c alone.
 */
#ifndef STRAYMAIL_NDPI_RELEASE_H
#define STRAYMAIL_NDPI_RELEASE_H

/* Its headers are not as strict as ours. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wvariadic-macros"
#ifndef STRAYMAIL_NDPI_CURRENT
#define NDPI_LIB_COMPILATION /* else 4.2 hides how many callbacks it has */
#endif
#include <ndpi_api.h>
#undef NDPI_LIB_COMPILATION
#pragma GCC diagnostic pop

#include <stddef.h>
#include <stdint.h>

/* What a module may allocate in bytes: 4.2's tables take 4 MiB.  The current
 * ones' lists are left out, and the rest is not measured. */
#ifdef STRAYMAIL_NDPI_CURRENT
#define NDPI_RELEASE_BYTES ((size_t)64 << 20)
#else
#define NDPI_RELEASE_BYTES ((size_t)8 << 20)
#endif

/* Who lends it memory, for the whole process. */
struct ndpi_release_memory {
	void *(*lend)(size_t size);
	void *(*lend_zeroed)(size_t count, size_t size);
	void *(*lend_again)(void *lent, size_t size);
	void (*take_back)(void *lent);
};
void ndpi_release_memory(const struct ndpi_release_memory *memory);

/* A module with the dissectors of these protocols and no others; NULL: no
 * memory, or it could not be held to them. */
struct ndpi_detection_module_struct *ndpi_release_module(
    const uint16_t *protocols, size_t count);

/* Shows it a packet that begins with its IP header.  The protocol as far as
 * it is known, or NDPI_PROTOCOL_UNKNOWN. */
uint16_t ndpi_release_hear(struct ndpi_detection_module_struct *module,
    struct ndpi_flow_struct *flow, const uint8_t *packet, uint16_t len);

#endif
