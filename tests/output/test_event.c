/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_event - events of every shape.
 *
 * With STRAYMAIL_EVENTS=FILE each is appended there, for check_schema.sh, which
 * holds them to event.schema.json.
 */
#include "tests/output/hostile.h"
#include "tests/output/sample.h"

#include "output/diagnostic.h"
#include "output/event.h"
#include "output/stranger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
	struct output_options options;
	struct ledger *ledger;
	struct sources *sources;
	struct event_context context;
	char *line;
};

static const char *const interfaces[] = { "eth0", "eth1" };

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->options = sample_options();
	f->ledger = ledger_new(&f->options);
	f->sources = sources_new(2);
	sources_add(f->sources, "s1/8f3c02", NULL);
	sources_add(f->sources, "pcap/9d01f2", "/cases/caf\xc3\xa9.pcap");
	f->context.options = &f->options;
	f->context.sources = f->sources;
	f->context.interfaces = interfaces;
	f->context.now_ns = SAMPLE_T + UINT64_C(262573999);
	f->context.serial = 42;
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	free(f->line);
	ledger_free(f->ledger);
	sources_free(f->sources);
	free(f);
	return 0;
}

static void
keep_for_the_schema(const char *line)
{
	const char *path = getenv("STRAYMAIL_EVENTS");
	FILE *file;

	if (path == NULL)
		return;
	file = fopen(path, "a");
	assert_non_null(file);
	fprintf(file, "%s\n", line);
	fclose(file);
}

/* The event that this sighting would make; valid until the next one. */
static const char *
event_of(struct fixture *f, const struct sighting *sighting, bool for_redis)
{
	struct tally *tally = NULL;
	enum change change =
	    ledger_add(f->ledger, sighting, f->context.now_ns, &tally);

	assert_int_not_equal(change, CHANGE_REFUSED);
	free(f->line);
	f->line = event_json(&f->context, change, tally, for_redis);
	assert_non_null(f->line);
	keep_for_the_schema(f->line);
	return f->line;
}

static void
assert_says(const char *line, const char *part)
{
	if (strstr(line, part) == NULL)
		fail_msg("%s\nis not in\n%s", part, line);
}

static void
assert_silent(const char *line, const char *part)
{
	if (strstr(line, part) != NULL)
		fail_msg("%s\nis in\n%s", part, line);
}

static void
a_live_event_is_as_documented(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	s.interface = 1;
	s.vlan_count = 1;
	s.vlan[0] = 100;
	s.gaps = 3;
	s.rcpt_accepted = 5; /* no two counts the same */
	s.rcpt_rejected = 6;
	assert_string_equal(event_of(f, &s, false),
	    "{\"schema\":\"straymail.event/1\","
	    "\"timestamp\":\"2026-11-24T03:10:15.262573+0000\","
	    "\"event_type\":\"smtp_server\",\"action\":\"new\","
	    "\"event_id\":\"s1:8f3c02:42\",\"sensor\":{\"name\":\"s1\","
	    "\"site\":\"default\",\"version\":\"1.0.0\"},"
	    "\"in_iface\":\"eth1\",\"pcap_filename\":null,\"pcap_cnt\":null,"
	    "\"vlan\":[100],\"tunnel\":[],\"flow_id\":2244949593679199,"
	    "\"community_id\":\"1:LQU9qZlK+B5F3KDmev6m5PMibrg=\","
	    "\"src_ip\":\"10.9.9.1\",\"src_port\":43528,"
	    "\"dest_ip\":\"10.0.0.5\",\"dest_port\":2525,\"proto\":\"TCP\","
	    "\"app_proto\":\"smtp\",\"via\":null,"
	    "\"flow\":{\"start\":\"2026-11-24T03:10:15.000000+0000\","
	    "\"end\":\"2026-11-24T03:10:16.000000+0000\","
	    "\"pkts_toserver\":10,\"pkts_toclient\":11,"
	    "\"bytes_toserver\":809,\"bytes_toclient\":997,\"gaps\":3,"
	    "\"midstream\":false},"
	    "\"server\":{\"id\":\"default/10.0.0.5:2525\","
	    "\"ip\":\"10.0.0.5\",\"port\":2525,\"direction\":\"internal\","
	    "\"name\":null,\"reversed_ip\":null,\"state\":\"new\","
	    "\"first_seen\":\"2026-11-24T03:10:15.000000+0000\","
	    "\"last_seen\":\"2026-11-24T03:10:16.000000+0000\",\"flows\":1,"
	    "\"suspected_flows\":0,\"clients\":1,\"messages\":0},"
	    "\"smtp\":{\"greeting\":\"220 mx.example.org ESMTP Postfix\","
	    "\"greeting_code\":220,\"greeting_host\":\"mx.example.org\","
	    "\"software\":\"Postfix\",\"version\":null,"
	    "\"software_by\":\"greeting\","
	    "\"variant\":\"esmtp\",\"helo\":\"client.example.org\","
	    "\"ehlo\":[\"PIPELINING\",\"SIZE\",\"STARTTLS\"],"
	    "\"ehlo_hash\":\"001a2b3c\","
	    "\"starttls\":\"offered\",\"auth_mechs\":[\"PLAIN\",\"LOGIN\"],"
	    "\"auth_cleartext\":false,\"messages\":0,\"rcpt_accepted\":5,"
	    "\"rcpt_rejected\":6,\"reply_codes\":{\"220\":1,\"250\":4},"
	    "\"blocklist\":null,\"client_dialect\":\"0855\"},"
	    "\"detection\":{\"verdict\":\"confirmed\","
	    "\"reason\":\"ehlo_accepted\","
	    "\"evidence\":[\"G2\",\"V1\",\"R1\"],\"flags\":[],"
	    "\"ndpi\":\"SMTP\"},"
	    "\"finding\":{\"severity\":\"medium\",\"score\":40,"
	    "\"reasons\":[[\"nonstandard_port\",30],"
	    "[\"first_seen_24h\",10]],\"hint\":\"Exchange\","
	    "\"technique\":[\"T1571\"]},"
	    "\"policy\":{\"match\":null,\"approved_until\":null}}");
}

static void
an_event_from_a_file_says_where(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const char *line;

	f->options.replay = true;
	f->context.interfaces = NULL;
	s.source = 1;
	s.packet = 9;
	line = event_of(f, &s, false);
	assert_says(line, "\"event_id\":\"pcap/9d01f2:42\"");
	assert_says(line,
	    "\"in_iface\":null,"
	    "\"pcap_filename\":\"/cases/caf\\\\xC3\\\\xA9.pcap\","
	    "\"pcap_cnt\":9");
}

static void
redis_gets_neither_state_nor_totals(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const char *line = event_of(f, &s, true);

	assert_says(line, "\"last_seen\":\"2026-11-24T03:10:16.000000+0000\"}");
	assert_says(line, "\"event_id\":\"s1:8f3c02:r42\"");
	assert_silent(line, "\"state\"");
	assert_silent(line, "\"flows\"");
	assert_silent(line, "\"suspected_flows\"");
	assert_silent(line, "\"clients\"");
}

static void
each_change_has_its_action(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	assert_says(event_of(f, &s, false), "\"action\":\"new\"");
	s.flows = 0;
	assert_says(event_of(f, &s, false), "\"action\":\"total\"");
	s.starttls = SIGHTING_TLS_USED;
	assert_says(event_of(f, &s, false), "\"action\":\"update\"");
}

static void
mail_that_was_seen_is_a_technique(void **state)
{
	static const enum sighting_atom atoms[] = { SIGHTING_V2, SIGHTING_V3,
		SIGHTING_V4, SIGHTING_R2 };

	for (size_t i = 0; i < sizeof(atoms) / sizeof(atoms[0]); i++) {
		struct fixture *f = *state;
		struct sighting s = sample_sighting();

		s.server.port = (uint16_t)(4000 + i);
		s.evidence = SIGHTING_HEARD(atoms[i]);
		assert_says(event_of(f, &s, false),
		    "\"technique\":[\"T1571\",\"T1071.003\"]");
	}
}

static void
who_dialled_back_is_told_beside_who_listens(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const char *line;

	s.flags = SIGHTING_ROLE_REVERSED;
	line = event_of(f, &s, false);
	assert_says(line, "\"id\":\"default/10.0.0.5:2525\"");
	assert_says(line, "\"reversed_ip\":\"10.9.9.1\"");
	assert_says(line, "\"flags\":[\"role_reversed\"]");
	assert_says(event_of(f, &s, true), "\"reversed_ip\":\"10.9.9.1\"");
}

static void
what_it_was_carried_in_is_told_with_its_number(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	char one[64];

	s.carrier[0] = (struct carrier){ .id = 7, .kind = CARRIER_GRE };
	s.carrier[1] = (struct carrier){ .id = 77, .kind = CARRIER_VXLAN };
	assert_says(event_of(f, &s, false),
	    "\"tunnel\":[{\"type\":\"gre\",\"key\":7},"
	    "{\"type\":\"vxlan\",\"vni\":77}]");
	s.carrier[1].kind = CARRIER_NONE;
	for (unsigned kind = 1; kind < CARRIER_KINDS; kind++) {
		s.carrier[0].kind = (uint8_t)kind;
		snprintf(one, sizeof(one), "\"tunnel\":[{\"type\":\"%s\"",
		    carrier_name((enum carrier_kind)kind));
		assert_says(event_of(f, &s, false), one);
	}
}

static void
a_tunnel_is_told_with_its_proxy(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_tunnel();
	const char *line;

	s.via[0] = SIGHTING_PROXY_V2;
	s.via[1] = SIGHTING_HTTP_CONNECT;
	line = event_of(f, &s, false);
	assert_says(line, "\"event_type\":\"smtp_server\"");
	assert_says(line, "\"dest_ip\":\"10.0.0.9\",\"dest_port\":1080");
	assert_says(line,
	    "\"via\":{\"path\":[\"proxy_v2\",\"http_connect\"],"
	    "\"ip\":\"10.0.0.9\",\"port\":1080}");
	assert_says(line, "\"id\":\"default/10.0.0.5:2525\"");
	assert_says(line, "\"T1090\"");
}

static void
a_name_stands_for_the_address_that_only_the_proxy_knows(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_named("MX.example\x1b");
	const char *line = event_of(f, &s, false);

	assert_says(line,
	    "\"server\":{\"id\":\"default/mx.example_:2525\",\"ip\":null,"
	    "\"port\":2525,\"direction\":null,\"name\":\"mx.example_\"");
	line = event_of(f, &s, true);
	assert_says(line, "\"id\":\"default/mx.example_:2525\"");
}

static void
a_standard_port_behind_a_proxy_is_an_event_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_tunnel();
	const char *line;

	s.server.port = 25;
	line = event_of(f, &s, false);
	assert_says(line, "\"event_type\":\"smtp_via_proxy\"");
	assert_says(line, "\"severity\":\"info\"");
	assert_says(line, "\"technique\":[\"T1090\"]");
}

static void
every_verdict_and_variant_has_its_word(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_suspicion();
	const char *line;

	s.variant = SIGHTING_LMTP;
	line = event_of(f, &s, false);
	assert_says(
	    line, "\"verdict\":\"suspected\",\"reason\":\"smtp_greeting\"");
	assert_says(line, "\"variant\":\"lmtp\"");
	assert_says(line, "\"suspected_flows\":1");
	s = sample_refutation();
	line = event_of(f, &s, false);
	assert_says(line, "\"verdict\":\"refuted\",\"reason\":\"ftp\"");
	assert_says(line, "\"action\":\"update\"");
}

static void
a_standard_server_is_no_finding(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const char *line;

	s.server.port = 25;
	line = event_of(f, &s, false);
	assert_says(line, "\"severity\":\"info\"");
	assert_says(line, "\"hint\":null,\"technique\":[]");
}

static void
all_bits_are_named_and_all_bounds_kept(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();
	const char *line;

	s.evidence = UINT32_MAX;
	s.flags = UINT16_MAX;
	s.reply_count = UINT8_MAX;
	s.vlan_count = UINT8_MAX;
	s.flow_id = UINT64_MAX;
	s.dialog_bytes_toserver = UINT64_MAX;
	memset(s.ehlo, 'E', sizeof(s.ehlo)); /* no NUL at the end */
	memset(s.auth, ' ', sizeof(s.auth));
	memset(s.software, 'S', sizeof(s.software));
	s.helo_len = sizeof(s.helo);
	s.greeting_len = sizeof(s.greeting);
	memset(s.greeting, '\x01', sizeof(s.greeting));
	for (unsigned i = 0; i < SIGHTING_CODES_MAX; i++)
		s.replies[i].code = (uint16_t)(220 + i);
	line = event_of(f, &s, false);
	assert_says(line, "\"flow_id\":9223372036854775807");
	assert_says(line, "\"auth_mechs\":[]");
	assert_says(line, "\"X6\"");
	assert_says(line, "\"bound_hit\"");
	assert_says(line,
	    "\"overlap_conflict\",\"bound_hit\",\"forged_greeting\","
	    "\"malware\",\"blocklisted\"]");
}

static void
nothing_heard_is_null(void **state)
{
	struct fixture *f = *state;
	struct sighting s = { 0 };
	const char *line;

	s.server.family = s.client.family = 6;
	s.server.address[15] = 1;
	s.verdict = SIGHTING_SUSPECTED;
	line = event_of(f, &s, false);
	assert_says(line, "\"community_id\":null");
	assert_says(line, "\"id\":\"default/[::1]:0\"");
	assert_says(line,
	    "\"greeting\":null,\"greeting_code\":null,"
	    "\"greeting_host\":null,\"software\":null");
	assert_says(line, "\"ehlo_hash\":null");
	assert_says(line, "\"software_by\":null");
	assert_says(line, "\"client_dialect\":null");
	assert_says(line, "\"helo\":null,\"ehlo\":[]");
	assert_says(line, "\"reply_codes\":{}");
	assert_says(line, "\"ndpi\":null");
	assert_says(line, "\"reason\":null");
}

static void
fill_with(struct sighting *s, struct hostile_text text)
{
	char whole[SIGHTING_GREETING_MAX] = { 0 };

	memcpy(whole, text.bytes, text.len);
	memcpy(s->greeting, whole, sizeof(s->greeting));
	s->greeting_len = (uint16_t)text.len;
	memcpy(s->helo, whole, sizeof(s->helo));
	s->helo_len = (uint8_t)text.len;
	memcpy(s->ehlo, whole, sizeof(s->ehlo));
	memcpy(s->auth, whole, sizeof(s->auth));
	memcpy(s->software, whole, sizeof(s->software));
	memcpy(s->version, whole, sizeof(s->version));
	memcpy(s->ndpi, whole, sizeof(s->ndpi));
}

static void
hostile_texts_stay_inside_their_strings(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		struct sighting s = sample_sighting();
		const char *line;

		s.end_ns += i; /* each is the newest */
		fill_with(&s, hostile_texts[i]);
		line = event_of(f, &s, false);
		for (const char *c = line; *c != '\0'; c++)
			assert_in_range(*c, 0x20, 0x7e);
		assert_silent(line, "\\\""); /* nobody else's quotes */
		assert_silent(line, "\"admin\"");
	}
}

static void
hostile_names_of_our_own_are_shown_harmless(void **state)
{
	struct fixture *f = *state;
	struct sighting s = sample_sighting();

	f->options.sensor_name = "s\"1\n";
	f->options.site = "s\x1bte";
	assert_says(event_of(f, &s, false),
	    "\"event_id\":\"s\\\\x221\\\\x0A:8f3c02:42\"");
	assert_says(f->line, "\"id\":\"s\\\\x1Bte/10.0.0.5:2525\"");
}

static void
a_stranger_is_an_event_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct stranger stranger = {
		.server = sample_v4(0x0a000005, 25),
		.client = sample_v4(0x0a090901, 43528),
		.flow_id = 7,
		.vlan = { 100 },
		.vlan_count = 1,
		.named_by = STRANGER_BY_NDPI,
		.protocol = "FTP_CONTROL",
	};

	free(f->line);
	f->line = event_stranger_json(&f->context, &stranger, 0);
	assert_non_null(f->line);
	keep_for_the_schema(f->line);
	assert_says(f->line, "\"event_type\":\"not_smtp_on_mail_port\"");
	assert_says(f->line, "\"app_proto\":\"FTP_CONTROL\"");
	assert_says(f->line,
	    "\"stranger\":{\"server_id\":\"default/10.0.0.5:25\","
	    "\"protocol\":\"FTP_CONTROL\",\"named_by\":\"ndpi\"}");
	assert_says(f->line, "\"vlan\":[100]");
	assert_says(f->line, "\"community_id\":null");
	assert_silent(f->line, "\"smtp\"");
}

static void
a_diagnostic_is_an_event_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct diagnostic diagnostic = {
		.code = "LOSS",
		.level = DIAGNOSTIC_CRITICAL,
		.action = DIAGNOSTIC_WORSENS,
		.value = 12.3456,
		.threshold = 10,
		.unit = "%",
		.interface = "eth1",
		.message = "12.3 % never came",
	};

	memset(diagnostic.fix, 'x', sizeof(diagnostic.fix)); /* and no NUL */
	free(f->line);
	f->line = event_diagnostic_json(&f->context, &diagnostic, 0);
	assert_non_null(f->line);
	keep_for_the_schema(f->line);
	assert_says(
	    f->line, "\"event_type\":\"diagnostic\",\"action\":\"worse\"");
	assert_says(f->line, "\"in_iface\":\"eth1\"");
	assert_says(f->line,
	    "\"diagnostic\":{\"code\":\"LOSS\",\"level\":\"critical\","
	    "\"value\":12.35,\"threshold\":10.0,\"unit\":\"%\","
	    "\"message\":\"12.3 % never came\",\"fix\":\"xxx");
	assert_silent(f->line, "\"smtp\"");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(a_live_event_is_as_documented),
		TEST(an_event_from_a_file_says_where),
		TEST(redis_gets_neither_state_nor_totals),
		TEST(each_change_has_its_action),
		TEST(mail_that_was_seen_is_a_technique),
		TEST(who_dialled_back_is_told_beside_who_listens),
		TEST(what_it_was_carried_in_is_told_with_its_number),
		TEST(a_tunnel_is_told_with_its_proxy),
		TEST(a_name_stands_for_the_address_that_only_the_proxy_knows),
		TEST(a_standard_port_behind_a_proxy_is_an_event_of_its_own),
		TEST(every_verdict_and_variant_has_its_word),
		TEST(a_standard_server_is_no_finding),
		TEST(all_bits_are_named_and_all_bounds_kept),
		TEST(nothing_heard_is_null),
		TEST(hostile_texts_stay_inside_their_strings),
		TEST(hostile_names_of_our_own_are_shown_harmless),
		TEST(a_stranger_is_an_event_of_its_own),
		TEST(a_diagnostic_is_an_event_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
