/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk - a capture file is a header, and a header before each frame.
 */
#include "tests/support/talk.h"

#include <assert.h>
#include <string.h>

#define MILLISECOND 1000000ULL
#define SECOND      1000000000ULL

/* 2026-01-01 00:00:00 UTC */
#define BEGINNING (1767225600ULL * SECOND)

static void
put32(FILE *out, uint32_t value)
{
	size_t put = fwrite(&value, sizeof(value), 1, out);

	assert(put == 1);
}

static void
write_once(struct talk *talk)
{
	uint32_t len = (uint32_t)talk->wire.len;
	size_t put;

	talk_wait(talk, MILLISECOND);
	put32(talk->out, (uint32_t)(talk->now_ns / SECOND));
	put32(talk->out, (uint32_t)(talk->now_ns % SECOND));
	put32(talk->out, len);
	put32(talk->out, len);
	put = fwrite(wire_bytes(&talk->wire), len, 1, talk->out);
	assert(put == 1);
}

void
talk_frame(struct talk *talk)
{
	write_once(talk);
	if (talk->doubled)
		write_once(talk);
}

void
talk_begin(struct talk *talk, const char *path)
{
	*talk = (struct talk){
		.out = fopen(path, "w"),
		.address = { "10.0.0.1", "10.0.0.2" },
		.now_ns = BEGINNING,
	};
	assert(talk->out != NULL);
	put32(talk->out, 0xa1b23c4d);  /* pcap, nanoseconds, this byte order */
	put32(talk->out, 2 | 4 << 16); /* version 2.4 */
	put32(talk->out, 0);
	put32(talk->out, 0);
	put32(talk->out, 262144); /* snap length */
	put32(talk->out, 1);      /* Ethernet */
}

void
talk_link(struct talk *talk, uint32_t linktype)
{
	int found = fseek(talk->out, 20, SEEK_SET);

	assert(found == 0);
	(void)found;
	put32(talk->out, linktype);
}

void
talk_end(struct talk *talk)
{
	int closed = fclose(talk->out);

	assert(closed == 0);
}

void
talk_wait(struct talk *talk, uint64_t ns)
{
	talk->now_ns += ns;
}

void
talk_shot(struct talk *talk, const struct talk_shot *shot)
{
	enum talker to = shot->from == TALK_CLIENT ? TALK_SERVER : TALK_CLIENT;

	struct wire_segment segment = {
		.source = talk->address[shot->from],
		.destination = talk->address[to],
		.source_port = talk->port[shot->from],
		.destination_port = talk->port[to],
		.vlan = talk->vlan,
		.seq = shot->seq,
		.ack = (shot->flags & WIRE_ACK) != 0 ? shot->ack : 0,
		.flags = shot->flags,
		.payload = shot->bytes,
		.payload_len = shot->len,
		.options = shot->options,
		.options_len = shot->options_len,
	};

	if (shot->client_port != 0 && shot->from == TALK_CLIENT)
		segment.source_port = shot->client_port;
	else if (shot->client_port != 0)
		segment.destination_port = shot->client_port;
	talk_wait(talk, shot->wait_ns);
	if (talk->send != NULL) {
		wire_packet(&talk->wire, &segment);
		talk->send(talk);
		return;
	}
	wire_segment(&talk->wire, &segment);
	talk_frame(talk);
}

void
talk_packet(
    struct talk *talk, enum talker from, uint8_t flags, const char *payload)
{
	enum talker to = from == TALK_CLIENT ? TALK_SERVER : TALK_CLIENT;
	size_t len = payload != NULL ? strlen(payload) : 0;

	talk_shot(talk,
	    &(struct talk_shot){
		.from = from,
		.flags = flags,
		.seq = talk->seq[from],
		.ack = talk->seq[to],
		.bytes = payload,
		.len = len,
	    });
	talk->seq[from] += (uint32_t)len;
	if ((flags & (WIRE_SYN | WIRE_FIN)) != 0)
		talk->seq[from]++; /* each counts one (RFC 9293 3.4) */
}

void
talk_connect(struct talk *talk, uint16_t client_port, uint16_t server_port)
{
	talk->port[TALK_CLIENT] = client_port;
	talk->port[TALK_SERVER] = server_port;
	talk->seq[TALK_CLIENT] += 1000000;
	talk->seq[TALK_SERVER] += 3000000;
	talk_packet(talk, TALK_CLIENT, WIRE_SYN, NULL);
	talk_packet(talk, TALK_SERVER, WIRE_SYN | WIRE_ACK, NULL);
	talk_packet(talk, TALK_CLIENT, WIRE_ACK, NULL);
}

void
talk_say(struct talk *talk, enum talker from, const char *text)
{
	talk_packet(talk, from, WIRE_PSH | WIRE_ACK, text);
}

void
talk_hang_up(struct talk *talk)
{
	talk_packet(talk, TALK_CLIENT, WIRE_FIN | WIRE_ACK, NULL);
	talk_packet(talk, TALK_SERVER, WIRE_FIN | WIRE_ACK, NULL);
	talk_packet(talk, TALK_CLIENT, WIRE_ACK, NULL);
}
