/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conversation - a connection that is being listened to: the expensive part of
 * a flow.
 *
 * It joins what the packet path knows (two halves, times, counts) with the
 * dialog that hears them, and remembers what of it was told already.  Two KiB,
 * from a pool, for as long as the verdict is open or the dialog is SMTP.
 */
#ifndef STRAYMAIL_CONVERSATION_H
#define STRAYMAIL_CONVERSATION_H

#include "dissectors/dialog.h"
#include "output/endpoint.h"
#include "sensor/decode/packet.h"
#include "sensor/flow/flow_table.h"
#include "sensor/flow/reassembly.h"
#include "sensor/retake.h"
#include "sensor/ruling.h"

#include <stdbool.h>
#include <stdint.h>

/* What a conversation is waiting for; conversations.c has the time-outs. */
enum wait {
	WAIT_UNDECIDED, /* more to hear */
	WAIT_DECIDED,   /* its end */
	WAIT_SUSPECT,   /* a silence after which a suspicion is told */
	WAIT_CLOSING,   /* stragglers after FIN or RST */
	WAIT_TURN,      /* what was to be heard before */
	WAIT_UNTOLD,    /* room in the ring */
};

#define WAITS (WAIT_UNTOLD + 1)

/* Bits of conversation.closed; an RST sets both. */
enum closed {
	CLOSED_INITIATOR = 1U << SIDE_INITIATOR,
	CLOSED_RESPONDER = 1U << SIDE_RESPONDER,
	CLOSED_BOTH = CLOSED_INITIATOR | CLOSED_RESPONDER,
};

/* Bits of conversation.told. */
enum told {
	TOLD_SUSPECTED = 1U << 0,
	TOLD_CONFIRMED = 1U << 1,
	TOLD_LMTP = 1U << 2, /* as what is suspected */
};

/* What the sum of flows.memory takes a conversation for: 35 cache lines. */
#define CONVERSATION_MAX 2240

struct conversation {
	struct dialog dialog;
	struct half half[SIDES];
	struct flow
	    *flow; /* borrowed from the table; NULL once it has gone on */

	/* who, by side; of its own, since a flow's place may go to another */
	struct endpoint end[SIDES];
	uint64_t flow_id;

	/* what the packets said */
	uint64_t start_ns, end_ns;
	uint64_t bytes[SIDES]; /* of payload, by sender, each once */
	uint32_t top[SIDES];   /* sequence number behind the farthest of them */
	uint32_t fin[SIDES];   /* ... behind its FIN, if that was seen */
	uint32_t early_ack[SIDES]; /* of what a side did not say yet; or 0 */
	uint32_t packets[SIDES];
	uint64_t progress_ns; /* tick at which it last grew ... */
	uint32_t lines;       /* ... dialog_progress() */
	uint16_t gaps;        /* sticks at its maximum */
	struct packet_tunnel tunnel[PACKET_TUNNELS_MAX];
	uint16_t vlan[PACKET_VLANS_MAX];
	uint8_t interface;
	uint8_t vlan_count;
	uint8_t closed;     /* enum closed ... */
	bool reset;         /* ... by an RST */
	uint16_t opening;   /* the bits of its flow that it has begun with */
	bool handshake;     /* the sides are TCP's: the responder listens */
	bool gathering;     /* its SYN-ACK, or what was before, may yet come */
	bool missed[SIDES]; /* what it said next was told as a gap */
	bool on_syn;        /* all that its initiator said came on a SYN */
	bool conflict;      /* what it says came in contradicting copies */
	struct retake retake;
	struct ruling ruling;

	/* what was told of it */
	uint8_t told;    /* enum told */
	bool ended;      /* nothing more will be heard ... */
	uint8_t ending;  /* ... and why: enum ending (counters.h) */
	bool owed;       /* the ring had no room for what it has to tell */
	uint32_t source; /* the file it counts under (sources.h) */
	uint32_t told_messages;
	uint64_t told_bytes[SIDES];
	uint64_t packet; /* number, in that file, of what settled it */

	/* its place among those who wait for the same (conversations.c) */
	uint64_t since_ns; /* tick */
	uint32_t index;
	uint8_t wait; /* enum wait */
};

_Static_assert(
    sizeof(struct conversation) <= CONVERSATION_MAX, "16,384 are 35 MiB");

/*
 * Begins with the packet that made it worth listening: the first payload, or
 * the first that found a free place.  The nDPI may be NULL; it is borrowed.
 */
void conversation_begin(struct conversation *conversation,
    const struct flow_hit *hit, const struct packet *packet, struct ndpi *ndpi);

/* A packet of that side: all that can be heard now is heard. */
enum dialog_news conversation_hear(struct conversation *conversation,
    struct reassembly *reassembly, enum side side, const struct packet *packet);

/* Nothing came for a while: what waited for it is heard. */
enum dialog_news conversation_go_on(struct conversation *conversation,
    struct reassembly *reassembly, uint64_t tick_ns);

/* Nothing more will come: holes are passed over and the dialog ends. */
enum dialog_news conversation_end(struct conversation *conversation,
    struct reassembly *reassembly, uint64_t tick_ns);

/* What it waits for, as it stands. */
enum wait conversation_waits_for(const struct conversation *conversation);

/* The verdict is out and it is not SMTP: nobody needs to listen any more. */
bool conversation_is_foreign(const struct conversation *conversation);

#endif
