/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sample - sightings and options as tests want them: one confirmed dialog from
 * 192.0.2.9 with a Postfix on 10.0.0.5:2525, to be changed field by field.
 */
#ifndef STRAYMAIL_TESTS_SAMPLE_H
#define STRAYMAIL_TESTS_SAMPLE_H

#include "output/options.h"
#include "output/sighting.h"

#include <string.h>

#define SECOND   UINT64_C(1000000000)
#define HOUR     (3600 * SECOND)
#define SAMPLE_T (UINT64_C(1795489815) * SECOND) /* 2026-11-24T03:10:15Z */

static inline void
sample_text(char *dst, size_t cap, const char *text)
{
	memset(dst, 0, cap);
	memcpy(dst, text, strnlen(text, cap - 1));
}

static inline struct endpoint
sample_v4(uint32_t address, uint16_t port)
{
	struct endpoint endpoint = { .port = port, .family = 4 };

	for (unsigned i = 0; i < 4; i++)
		endpoint.address[i] = (uint8_t)(address >> (24 - 8 * i));
	return endpoint;
}

/* That of the sample's connection; whoever has no port has none. */
static inline void
sample_community_id(const struct endpoint *from, const struct endpoint *to,
    char ret_text[static COMMUNITY_ID_SHOWN])
{
	sample_text(ret_text, COMMUNITY_ID_SHOWN,
	    from->port != 0 && to->port != 0 ? "1:LQU9qZlK+B5F3KDmev6m5PMibrg="
					     : "");
}

static inline struct output_options
sample_options(void)
{
	struct output_options options = {
		.sensor_name = "s1",
		.site = "default",
		.version = "1.0.0",
		.community_id = sample_community_id,
		.standard_ports = { 25, 465, 587 },
		.standard_port_count = 3,
		.internal_count = 1,
		.servers_max = 64,
	};

	network_parse("10.0.0.0/8", &options.internal[0]);
	options.redis.flush_ms = 10000;
	return options;
}

static inline void
sample_greeting(struct sighting *s, const char *text)
{
	size_t len = strnlen(text, sizeof(s->greeting));

	memset(s->greeting, 0, sizeof(s->greeting));
	memcpy(s->greeting, text, len);
	s->greeting_len = (uint16_t)len;
}

static inline struct sighting
sample_sighting(void)
{
	struct sighting s = { 0 };

	s.server = sample_v4(0x0a000005, 2525);
	s.client = sample_v4(0x0a090901, 43528);
	s.flow_id = UINT64_C(2244949593679199);
	s.start_ns = SAMPLE_T;
	s.end_ns = SAMPLE_T + SECOND;
	s.verdict = SIGHTING_CONFIRMED;
	s.variant = SIGHTING_ESMTP;
	s.starttls = SIGHTING_TLS_OFFERED;
	s.evidence = SIGHTING_HEARD(SIGHTING_G2) | SIGHTING_HEARD(SIGHTING_V1) |
	    SIGHTING_HEARD(SIGHTING_R1);
	s.flows = 1;
	s.bytes_toserver = s.dialog_bytes_toserver = 809;
	s.bytes_toclient = s.dialog_bytes_toclient = 997;
	s.pkts_toserver = 10;
	s.pkts_toclient = 11;
	sample_greeting(&s, "220 mx.example.org ESMTP Postfix");
	sample_text(s.helo, sizeof(s.helo), "client.example.org");
	s.helo_len = (uint8_t)strlen(s.helo);
	sample_text(s.ehlo, sizeof(s.ehlo), "PIPELINING SIZE STARTTLS");
	s.ehlo_hash = 0x1a2b3c;
	sample_text(s.auth, sizeof(s.auth), "PLAIN LOGIN");
	sample_text(s.software, sizeof(s.software), "Postfix");
	s.software_by = SIGHTING_BY_GREETING;
	sample_text(s.client_dialect, sizeof(s.client_dialect), "0855");
	sample_text(s.reason, sizeof(s.reason), "ehlo_accepted");
	sample_text(s.ndpi, sizeof(s.ndpi), "SMTP");
	s.reply_count = 2;
	s.replies[0] = (struct sighting_reply){ 220, 1 };
	s.replies[1] = (struct sighting_reply){ 250, 4 };
	return s;
}

/* A dialog that may be one: a greeting and no more. */
static inline struct sighting
sample_suspicion(void)
{
	struct sighting s = sample_sighting();

	s.verdict = SIGHTING_SUSPECTED;
	s.flows = 0;
	s.suspected_flows = 1;
	s.starttls = SIGHTING_TLS_NO;
	s.evidence = SIGHTING_HEARD(SIGHTING_G2);
	sample_text(s.reason, sizeof(s.reason), "smtp_greeting");
	memset(s.ehlo, 0, sizeof(s.ehlo));
	memset(s.auth, 0, sizeof(s.auth));
	return s;
}

/* ... and that turned out not to be. */
static inline struct sighting
sample_refutation(void)
{
	struct sighting s = sample_suspicion();

	s.verdict = SIGHTING_REFUTED;
	s.suspected_flows = -1;
	sample_text(s.reason, sizeof(s.reason), "ftp");
	s.bytes_toserver = s.bytes_toclient = 0;
	return s;
}

/* The same server, for which a SOCKS5 proxy on 10.0.0.9:1080 was asked. */
static inline struct sighting
sample_tunnel(void)
{
	struct sighting s = sample_sighting();

	s.via[0] = SIGHTING_SOCKS5;
	s.proxy = sample_v4(0x0a000009, 1080);
	return s;
}

/* ... by a name. */
static inline struct sighting
sample_named(const char *name)
{
	struct sighting s = sample_tunnel();

	endpoint_of_host(name, strlen(name), &s.server, s.name);
	return s;
}

#endif
