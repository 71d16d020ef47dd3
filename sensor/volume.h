/* SPDX-License-Identifier: Apache-2.0 */
/*
 * volume - how many bytes each side of a conversation said: every one once,
 * however often it is sent or mirrored.
 */
#ifndef STRAYMAIL_VOLUME_H
#define STRAYMAIL_VOLUME_H

#include "sensor/conversation.h"

/* A packet of that side with payload, before it is heard. */
void volume_count(struct conversation *conversation, enum side side,
    const struct packet *packet);

#endif
