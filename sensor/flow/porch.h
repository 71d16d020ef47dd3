/* SPDX-License-Identifier: Apache-2.0 */
/*
 * porch - who came by lately and took no place: bare SYNs, and
 * acknowledgements of connections that have not begun for us.
 *
 * A flood of SYNs must cost nothing, so they take no place in the flow table.
 * But whether a side can be seen at all, and whether its first bytes are the
 * connection's, may be known by its SYN alone: where the other side is not
 * mirrored, or a mirror put the SYN-ACK behind all that the client sent.  So
 * the latest are remembered here, eight bytes a direction, and whoever comes
 * after them takes theirs.  Who was forgotten is merely not known of.
 *
 * Part of the flow table, and for its use only; others may ask for its size.
 */
#ifndef STRAYMAIL_PORCH_H
#define STRAYMAIL_PORCH_H

#include "sensor/decode/packet.h"

#include <stdbool.h>
#include <stdint.h>

struct porch;

/* What it takes, whatever comes: the clients of three seconds at ten thousand
 * connections each. */
#define PORCH_BYTES (UINT32_C(512) << 10)

/* NULL: no memory. */
struct porch *porch_new(void);
void porch_free(struct porch *porch);

struct passer {
	uint32_t seq; /* of its next payload byte */
	bool syn;     /* that is its first */
};

/*
 * hash: of the connection, keyed.  from: which of its endpoints, 0 or 1.  A
 * SYN is not forgotten for what followed it.  RSTs are for others to leave out.
 */
void porch_note(struct porch *porch, uint64_t hash, unsigned from,
    const struct packet *packet);

/* The last of that endpoint.  False: none is known of. */
bool porch_recall(const struct porch *porch, uint64_t hash, unsigned from,
    struct passer *ret_passer);

#endif
