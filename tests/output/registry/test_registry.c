/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people read back, from a real Redis and from a file of events: the same
 * servers, and nothing that a hostile text could do to them.
 */
#include "tests/output/redis/asking.h"
#include "tests/output/sample.h"

#include "output/event.h"
#include "output/event_read.h"
#include "output/registry/filter.h"
#include "output/registry/registry.h"
#include "output/sinks/redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	struct redis_server *server; /* NULL: none here */
	struct output_options options;
	struct sources *sources;
	struct ledger *ledger;
	char file[64]; /* of events */
};

/* One line of JSON for each change, as the NDJSON sink writes them. */
static void
write_event(
    struct world *world, const struct sighting *sighting, uint64_t serial)
{
	struct event_context context = { .options = &world->options,
		.sources = world->sources,
		.now_ns = SAMPLE_T + serial * SECOND,
		.serial = serial };
	FILE *file = fopen(world->file, "ae");
	struct tally *tally = NULL;
	enum change change;
	char *line;

	change = ledger_add(world->ledger, sighting, SAMPLE_T, &tally);
	line = event_json(&context, change, tally, false);
	assert_non_null(line);
	fprintf(file, "%s\n", line);
	free(line);
	fclose(file);
}

static void
write_events(struct world *world)
{
	struct sighting first = sample_sighting();
	struct sighting second = sample_sighting();
	struct sighting doubt = sample_suspicion();
	struct sighting standard = sample_sighting();

	second.server = sample_v4(0x0a000007, 10025);
	second.flags = SIGHTING_AUTH_CLEAR;
	sample_greeting(&second, "220 \x1b[2J\"},{ ESMTP Exim");
	sample_text(second.software, sizeof second.software, "Exim");
	doubt.server = sample_v4(0x0a000009, 2600);
	standard.server.port = 25;
	write_event(world, &first, 1);
	write_event(world, &second, 2);
	write_event(world, &first, 3); /* two flows now */
	write_event(world, &doubt, 4);
	write_event(world, &standard, 5);
}

static void
tell_redis(struct world *world)
{
	struct event_context context = { .options = &world->options,
		.sources = world->sources };
	struct sink *sink = redis_open(&context, world->ledger);

	assert_non_null(sink);
	assert_true(sink->verbs->flush(sink, SAMPLE_T, true));
	sink->verbs->close(sink);
}

static int
begin(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	int fd;

	*state = world;
	world->options = sample_options();
	world->options.replay = true;
	world->options.redis.prefix = "straymail";
	world->options.redis.stream_maxlen = 1000;
	world->sources = sources_new(1);
	sources_add(world->sources, "pcap/aa01", "a.pcap");
	world->ledger = ledger_new(&world->options);
	strcpy(world->file, "/tmp/straymail-events-XXXXXX");
	fd = mkstemp(world->file);
	close(fd);
	write_events(world);
	world->server = redis_server_new(NULL);
	if (world->server == NULL)
		return 0;
	world->options.redis.url = redis_server_url(world->server);
	if (!redis_server_start(world->server))
		return -1;
	tell_redis(world);
	return 0;
}

static int
end(void **state)
{
	struct world *world = *state;

	unlink(world->file);
	redis_server_free(world->server);
	ledger_free(world->ledger);
	sources_free(world->sources);
	free(world);
	return 0;
}

/* What it wrote to stdout and stderr, and its exit code. */
static char said[65536];

static int
run(int (*command)(const struct registry_query *),
    const struct registry_query *query)
{
	FILE *caught = tmpfile();
	int out, err, code;
	ssize_t got;

	fflush(stdout);
	fflush(stderr);
	out = dup(STDOUT_FILENO);
	err = dup(STDERR_FILENO);
	dup2(fileno(caught), STDOUT_FILENO);
	dup2(fileno(caught), STDERR_FILENO);
	code = command(query);
	fflush(stdout);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	got = pread(fileno(caught), said, sizeof said - 1, 0);
	said[got > 0 ? got : 0] = '\0';
	fclose(caught);
	return code;
}

static unsigned
lines_said(void)
{
	unsigned lines = 0;

	for (const char *at = said; *at != '\0'; at++)
		lines += *at == '\n';
	return lines;
}

#define ASSERT_SAID(text)     assert_non_null(strstr(said, text))
#define ASSERT_NOT_SAID(text) assert_null(strstr(said, text))

static void
an_event_is_read_back_as_it_was_written(void **state)
{
	struct world *world = *state;
	FILE *file = fopen(world->file, "re");
	char line[8192], why[EVENT_WHY_MAX];
	struct known known;

	assert_non_null(fgets(line, sizeof line, file));
	fclose(file);
	assert_int_equal(
	    event_read(line, strlen(line), &known, why), EVENT_OF_SERVER);
	assert_string_equal(known.id, "default/10.0.0.5:2525");
	assert_string_equal(known.ip, "10.0.0.5");
	assert_int_equal(known.port, 2525);
	assert_string_equal(known.site, "default");
	assert_string_equal(known.software, "Postfix");
	assert_string_equal(known.banner, "220 mx.example.org ESMTP Postfix");
	assert_string_equal(known.ehlo, "PIPELINING SIZE STARTTLS");
	assert_string_equal(known.auth, "PLAIN LOGIN");
	assert_string_equal(known.starttls, "offered");
	assert_string_equal(known.verdict, "confirmed");
	assert_string_equal(known.evidence, "G2 V1 R1");
	assert_int_equal(known.flows, 1);
	assert_int_equal(known.clients, 1);
	assert_int_equal(known.first_seen_ms, SAMPLE_T / 1000000);
	assert_int_equal(known.last_seen_ms, SAMPLE_T / 1000000 + 1000);
	assert_false(known.standard);
	assert_true(known.score > 0);
	assert_non_null(strstr(known.reasons, "nonstandard_port+30"));
}

static void
a_line_that_is_no_event_says_why(void **state)
{
	static const struct {
		const char *line;
		enum event_line kind;
	} cases[] = {
		{ "", EVENT_BAD },
		{ "{", EVENT_BAD },
		{ "[]", EVENT_BAD },
		{ "null", EVENT_BAD },
		{ "{\"schema\":1}", EVENT_BAD },
		{ "{\"schema\":\"straymail.event/2\"}", EVENT_BAD },
		{ "{\"schema\":\"straymail.event/1\",\"event_type\":"
		  "\"stats\"}",
		    EVENT_OTHER },
		{ "{\"schema\":\"straymail.event/1\",\"event_type\":"
		  "\"smtp_server\"}",
		    EVENT_BAD },
		{ "{\"schema\":\"straymail.event/1\",\"event_type\":"
		  "\"smtp_server\",\"server\":{\"id\":7}}",
		    EVENT_BAD },
		{ "{\"schema\":\"straymail.event/1\",\"event_type\":"
		  "\"smtp_server\",\"server\":{\"id\":\"a/1.2.3.4:5\","
		  "\"flows\":-1,\"port\":\"x\"},\"finding\":{\"reasons\":"
		  "[1,[],[2,3],[\"a\"]]},\"smtp\":{\"ehlo\":{}}}",
		    EVENT_OF_SERVER },
	};
	char why[EVENT_WHY_MAX];
	struct known known;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		why[0] = '\0';
		assert_int_equal(event_read(cases[i].line,
				     strlen(cases[i].line), &known, why),
		    cases[i].kind);
		assert_int_equal(why[0] != '\0', cases[i].kind == EVENT_BAD);
	}
	assert_int_equal(known.flows, 0);
	assert_string_equal(known.reasons, "a+0");
}

static void
a_file_lists_each_server_once_with_its_newest_event(void **state)
{
	struct world *world = *state;
	struct registry_query query = { .from = world->file };

	assert_int_equal(run(registry_list, &query), 0);
	ASSERT_SAID("10.0.0.5:2525");
	ASSERT_SAID("10.0.0.7:10025");
	ASSERT_SAID("10.0.0.9:2600");
	ASSERT_NOT_SAID("10.0.0.5:25 ");
	ASSERT_NOT_SAID("\x1b[2J");
	assert_true(strstr(said, "10.0.0.9") > strstr(said, "10.0.0.5"));
	query.format = FORMAT_JSON;
	assert_int_equal(run(registry_list, &query), 0);
	assert_int_equal(lines_said(), 3);
	ASSERT_SAID("\"flows\":2");
	query.all = true;
	assert_int_equal(run(registry_list, &query), 0);
	assert_int_equal(lines_said(), 4);
}

static void
redis_lists_the_same_servers(void **state)
{
	struct world *world = *state;
	struct registry_query query = { .redis = &world->options.redis,
		.format = FORMAT_JSON };

	if (world->server == NULL)
		skip();
	assert_int_equal(run(registry_list, &query), 0);
	assert_int_equal(lines_said(), 3);
	ASSERT_SAID("\"id\":\"default/10.0.0.5:2525\"");
	ASSERT_SAID("\"flows\":2");
	ASSERT_SAID("\"reasons\":[[\"nonstandard_port\",30],");
	query.format = FORMAT_TABLE;
	assert_int_equal(run(registry_list, &query), 0);
	ASSERT_SAID("10.0.0.7:10025");
	ASSERT_SAID("suspected");
	ASSERT_NOT_SAID("\x1b[2J");
}

static void
csv_has_its_columns_and_no_formulas(void **state)
{
	struct world *world = *state;
	struct registry_query query = { .from = world->file,
		.format = FORMAT_CSV };

	assert_int_equal(run(registry_list, &query), 0);
	assert_int_equal(lines_said(), 4);
	assert_int_equal(
	    strncmp(said, "severity,score,state,site,server_ip,port,", 41), 0);
	ASSERT_SAID(",default,10.0.0.5,2525,,Postfix,,220 mx.example.org");
}

static void
a_cell_that_looks_like_a_formula_is_quoted(void **state)
{
	char file[] = "/tmp/straymail-formula-XXXXXX";
	struct registry_query query = { .from = file, .format = FORMAT_CSV };
	FILE *out = fdopen(mkstemp(file), "w");

	(void)state;
	fputs("{\"schema\":\"straymail.event/1\",\"event_type\":"
	      "\"smtp_server\",\"server\":{\"id\":\"a/1.2.3.4:5\"},\"smtp\":"
	      "{\"greeting\":\"=cmd|'/c calc'!A0\",\"software\":\"a,\\\"b\","
	      "\"version\":\"-1+1\"},\"finding\":{\"technique\":[\"T1571\"]}}"
	      "\n",
	    out);
	fclose(out);
	assert_int_equal(run(registry_list, &query), 0);
	ASSERT_SAID(",'=cmd|'/c calc'!A0,");
	ASSERT_SAID(",\"a,\"\"b\",'-1+1,");
	unlink(file);
}

static void
bad_lines_are_named_and_the_rest_is_used(void **state)
{
	struct world *world = *state;
	char path[] = "/tmp/straymail-bad-XXXXXX";
	struct registry_query query = { .from = path };
	FILE *from = fopen(world->file, "re");
	FILE *file = fdopen(mkstemp(path), "w");
	int byte;

	while ((byte = getc(from)) != EOF)
		putc(byte, file);
	fclose(from);
	fputs("{\"half\":\n\nnot json\n", file);
	for (int i = 0; i < 100000; i++)
		putc('x', file);
	fclose(file);
	assert_int_equal(run(registry_list, &query), 0);
	ASSERT_SAID("line 6:");
	ASSERT_SAID("line 8:");
	ASSERT_SAID("line 9: too long");
	ASSERT_SAID("3 of 9 lines");
	ASSERT_SAID("10.0.0.5:2525");
	unlink(path);
}

static void
a_file_that_is_not_there_fails_in_one_line(void **state)
{
	struct registry_query query = { .from = "/nonexistent/file" };

	(void)state;
	assert_int_equal(run(registry_list, &query), 1);
	assert_int_equal(lines_said(), 1);
	ASSERT_SAID("/nonexistent/file");
}

static void
a_redis_that_is_not_there_fails_in_one_line(void **state)
{
	struct redis_options redis = { .url = "unix:///nonexistent/sock",
		.prefix = "straymail" };
	struct registry_query query = { .redis = &redis,
		.server = "10.0.0.5:2525" };

	(void)state;
	assert_int_equal(run(registry_list, &query), 1);
	assert_int_equal(lines_said(), 1);
	ASSERT_SAID("unix:///nonexistent/sock");
	ASSERT_SAID("No such file");
	assert_int_equal(run(registry_show, &query), 1);
	assert_int_equal(lines_said(), 1);
}

static void
all_filters_must_hold(void **state)
{
	static const struct {
		const char *filters[3];
		bool has;
	} cases[] = {
		{ { "port:2525" }, true },
		{ { "port:2526" }, false },
		{ { "sw:postFIX" }, true },
		{ { "sw:exim" }, false },
		{ { "is:new" }, true },
		{ { "is:confirmed" }, true },
		{ { "is:suspected" }, false },
		{ { "site:default" }, true },
		{ { "site:def" }, false },
		{ { "port:2525", "is:new", "sw:post" }, true },
		{ { "port:2525", "is:approved", "sw:post" }, false },
	};
	const struct known known = { .port = 2525,
		.software = "Postfix",
		.state = "new",
		.verdict = "confirmed",
		.site = "default" };
	const struct known refuted = { .verdict = "refuted" };
	const char *const ask_refuted[] = { "is:refuted" };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unsigned count = 0;

		while (count < 3 && cases[i].filters[count] != NULL)
			count++;
		assert_null(filter_wrong(cases[i].filters, count));
		assert_int_equal(
		    filter_has(cases[i].filters, count, &known), cases[i].has);
	}
	assert_false(filter_has(NULL, 0, &refuted));
	assert_true(filter_has(ask_refuted, 1, &refuted));
}

static void
what_is_no_filter_is_a_usage_error(void **state)
{
	static const char *const wrong[] = { "", "port:", "port:x",
		"port:65536", "is:gone", "is:", "sw:", "postfix", "color:red" };
	struct world *world = *state;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct registry_query query = { .from = world->file,
			.filters = &wrong[i],
			.filter_count = 1 };

		assert_int_equal(run(registry_list, &query), 2);
		assert_int_equal(lines_said(), 1);
	}
}

static void
a_server_is_shown_with_all_its_facts(void **state)
{
	struct world *world = *state;
	struct registry_query query = { .redis = &world->options.redis };
	static const char *const names[] = { "default/10.0.0.5:2525",
		"10.0.0.5:2525", "10.0.0.5:02525" };

	if (world->server == NULL)
		skip();
	for (size_t i = 0; i < 3; i++) {
		query.server = names[i];
		assert_int_equal(run(registry_show, &query), 0);
		ASSERT_SAID("default/10.0.0.5:2525\n");
		ASSERT_SAID("220 mx.example.org ESMTP Postfix\n");
		ASSERT_SAID("2026-11-24T03:10:15Z\n");
		ASSERT_SAID("confirmed\n");
		ASSERT_SAID("busiest clients\n  10.9.9.1         2 flows\n");
		ASSERT_NOT_SAID("10.0.0.7");
	}
	query.from = world->file;
	assert_int_equal(run(registry_show, &query), 0);
	ASSERT_SAID("default/10.0.0.5:2525\n");
}

static void
an_unknown_server_is_one_line_and_a_wrong_name_another(void **state)
{
	static const struct {
		const char *name;
		int code;
	} cases[] = {
		{ "10.0.0.6:2525", 1 },
		{ "other/10.0.0.5:2525", 1 },
		{ "[2001:db8::1]:26", 1 },
		{ "10.0.0.5", 2 },
		{ "10.0.0.5:", 2 },
		{ "10.0.0.5:x", 2 },
		{ "/10.0.0.5:25", 2 },
		{ "mx.example.org:25", 1 }, /* a proxy may have been asked */
		{ "mx example:25", 2 },
		{ "MX.Example.org:25", 1 },
		{ "8.8:25", 2 },
		{ ":25", 2 },
		{ "[]:25", 2 },
		{ "[10.0.0.5]:25", 2 },
		{ "2001:db8::1:26", 2 },
		{ "10.0.0.5:65536", 2 },
		{ "10.0.0.0/8:25", 2 },
		{ "", 2 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct registry_query query = { .redis = &world->options.redis,
			.server = cases[i].name };

		if (world->server == NULL)
			skip();
		assert_int_equal(run(registry_show, &query), cases[i].code);
		assert_int_equal(lines_said(), 1);
	}
}

static void
many_servers_are_read_page_by_page(void **state)
{
	struct world *world = *state;
	struct redis_options redis = world->options.redis;
	struct registry_query query = { .redis = &redis,
		.format = FORMAT_JSON };
	struct redis_client *client;
	char words[256];

	if (world->server == NULL)
		skip();
	redis.prefix = "many";
	client = look_into(world->server);
	for (int i = 0; i < 50; i++) {
		snprintf(words, sizeof words,
		    "ZADD {many}:v1:servers %d a/10.0.0.1:%d", i, i + 1);
		ask(client, words);
		snprintf(words, sizeof words,
		    "HSET {many}:v1:server:a/10.0.0.1:%d id x ip 10.0.0.1 "
		    "verdict confirmed score %d",
		    i + 1, i);
		ask(client, words);
	}
	for (int i = 50; i < 200; i++) { /* whose hashes have expired */
		snprintf(words, sizeof words,
		    "ZADD {many}:v1:servers %d a/10.0.0.1:%d", i, i + 1);
		ask(client, words);
	}
	redis_client_close(client);
	assert_int_equal(run(registry_list, &query), 0);
	assert_int_equal(lines_said(), 50);
	assert_non_null(strstr(said, "\"id\":\"a/10.0.0.1:50\""));
	assert_true(strstr(said, ":50\"") < strstr(said, ":49\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_read_back_as_it_was_written),
		cmocka_unit_test(a_line_that_is_no_event_says_why),
		cmocka_unit_test(
		    a_file_lists_each_server_once_with_its_newest_event),
		cmocka_unit_test(redis_lists_the_same_servers),
		cmocka_unit_test(csv_has_its_columns_and_no_formulas),
		cmocka_unit_test(a_cell_that_looks_like_a_formula_is_quoted),
		cmocka_unit_test(a_file_that_is_not_there_fails_in_one_line),
		cmocka_unit_test(a_redis_that_is_not_there_fails_in_one_line),
		cmocka_unit_test(all_filters_must_hold),
		cmocka_unit_test(what_is_no_filter_is_a_usage_error),
		cmocka_unit_test(a_server_is_shown_with_all_its_facts),
		cmocka_unit_test(
		    an_unknown_server_is_one_line_and_a_wrong_name_another),
		cmocka_unit_test(many_servers_are_read_page_by_page),
		cmocka_unit_test(bad_lines_are_named_and_the_rest_is_used),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
