/* SPDX-License-Identifier: Apache-2.0 */
/*
 * beginning - the first packets of a conversation, of which a mirror may have
 * put some behind what they were before.
 *
 * Who answered the SYN, where each side's bytes begin and whether a side can be
 * seen at all decides what a dialog means, and cannot be taken back once it was
 * heard.  So where that is not known everything is held, for sixteen packets or
 * 250 ms at most, and begun when it is.
 */
#ifndef STRAYMAIL_BEGINNING_H
#define STRAYMAIL_BEGINNING_H

#include "sensor/conversation.h"

#include <stdbool.h>

/* Its SYN-ACK and both of its sides were seen: nothing is to be gathered. */
bool beginning_known(const struct flow *flow);

/* Is flow.isn of that side where its bytes begin? */
bool beginning_of(const struct flow *flow, enum side side);

/* The dialog begins with what its flow says of it; nothing was heard yet. */
void beginning_dialog(struct conversation *conversation, struct ndpi *ndpi);

/* A packet of one that is gathering, before it is heard. */
void beginning_gather(struct conversation *conversation,
    struct reassembly *reassembly, enum side side, const struct packet *packet);

/* It is begun as it is. */
void beginning_gathered(
    struct conversation *conversation, struct reassembly *reassembly);

#endif
