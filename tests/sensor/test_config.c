/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_config - command lines and files as people write them: what comes of
 * them, and that each mistake is told in one line with its place.
 */
#include "sensor/capture/capture.h"
#include "sensor/config.h"
#include "sensor/config_flags.h"
#include "sensor/config_keys.h"
#include "sensor/config_values.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WORDS_MAX    24
#define TEXT_MAX     16384

static char folder[] = "/tmp/straymail-test-XXXXXX";

/* What one call said on its two outputs. */
static char said[TEXT_MAX], shown[TEXT_MAX];

static void
swap_output(int fd, const char *path, int *ret_saved)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(file >= 0);
	fflush(NULL);
	*ret_saved = dup(fd);
	dup2(file, fd);
	close(file);
}

static void
swap_back(int fd, const char *path, int saved, char *ret_text)
{
	FILE *file;

	fflush(NULL);
	dup2(saved, fd);
	close(saved);
	file = fopen(path, "re");
	assert_non_null(file);
	ret_text[fread(ret_text, 1, TEXT_MAX - 1, file)] = '\0';
	fclose(file);
}

static const char *
path_of(const char *name)
{
	static char path[4][128];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static const char *
put(const char *name, const char *text)
{
	const char *path = path_of(name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

/* line: words divided by single blanks; '~' in it is the test's folder.  The
 * words outlive the call, as main()'s do: the configuration points to them. */
static enum config_result
run_beside(const char *system_file, const char *line, struct config **ret)
{
	static char name[] = "straymail", words[TEXT_MAX];
	static char *argv[WORDS_MAX + 1] = { name };
	int argc = 1, out, err;
	enum config_result result;
	size_t len = 0;

	for (; *line != '\0'; line++)
		if (*line == '~')
			len += (size_t)snprintf(
			    words + len, sizeof(words) - len, "%s", folder);
		else
			words[len++] = *line;
	words[len] = '\0';
	for (char *word = strtok(words, " "); word != NULL;
	     word = strtok(NULL, " ")) {
		assert_true(argc < WORDS_MAX);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	swap_output(STDOUT_FILENO, path_of("out"), &out);
	swap_output(STDERR_FILENO, path_of("err"), &err);
	result = config_read_beside(system_file, argc, argv, ret);
	swap_back(STDOUT_FILENO, path_of("out"), out, shown);
	swap_back(STDERR_FILENO, path_of("err"), err, said);
	return result;
}

static enum config_result
run(const char *line, struct config **ret)
{
	return run_beside(NULL, line, ret);
}

static struct config *
sound(const char *line)
{
	struct config *config = NULL;

	if (run(line, &config) != CONFIG_RUN)
		fail_msg("\"%s\": %s", line, said);
	assert_string_equal(said, "");
	return config;
}

static void
assert_holds(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in: %s", part, text);
}

/* Refused, in one line that holds part. */
static void
refused(const char *line, const char *part)
{
	struct config *config = NULL;
	const char *end;

	if (run(line, &config) != CONFIG_BAD)
		fail_msg("\"%s\" is not refused", line);
	assert_null(config);
	assert_holds(said, part);
	end = strchr(said, '\n');
	assert_non_null(end);
	assert_string_equal(end, "\n");
}

static void
what_is_not_said_has_its_default(void **state)
{
	struct config *config = sound("read a.pcap");
	char host[128] = "";

	(void)state;
	gethostname(host, sizeof(host) - 1);
	assert_int_equal(config->command, COMMAND_READ);
	assert_string_equal(config->output.sensor_name, host);
	assert_string_equal(config->output.site, "default");
	assert_string_equal(config->output.redis.prefix, "straymail");
	assert_null(config->output.redis.url);
	assert_null(config->output.redis.username);
	assert_null(config->json_file);
	assert_null(config->filter);
	assert_int_equal(config->output.redis.stream_maxlen, 20000);
	assert_int_equal(config->output.redis.flush_ms, 10000);
	assert_int_equal(config->output.servers_max, 65536);
	assert_int_equal(config->output.standard_port_count, 3);
	assert_int_equal(config->output.standard_ports[1], 465);
	assert_int_equal(config->output.internal_count, 4);
	assert_int_equal(config->output.internal[3].prefix, 7);
	assert_int_equal(config->snaplen, 262144);
	assert_int_equal(config->buffer_bytes, 64 << 20);
	assert_int_equal(config->workers, 0);
	assert_false(config->pin);
	assert_int_equal(config->shunt, SHUNT_AUTO);
	assert_int_equal(config->flows, 1048576);
	assert_int_equal(config->dialogs, 16384);
	assert_int_equal(config->memory_bytes, 160 << 20);
	assert_int_equal(config->reassembly_bytes, 32 << 20);
	assert_memory_equal(
	    config->decap, decap_standard, sizeof(config->decap));
	assert_false(config->vlan_in_key);
	assert_true(config->ndpi);
	assert_true(config->output.replay);
	assert_false(config->output.lmtp_ignored);
	assert_false(config->output.all);
	assert_int_equal(config->verbosity, LOG_WARN);
	config_free(config);
}

static void
flags_may_stand_before_and_behind_the_command(void **state)
{
	struct config *config =
	    sound("--ndpi=off read --all a.pcap --strict - --replay -f tcp");

	(void)state;
	assert_int_equal(config->argument_count, 2);
	assert_string_equal(config->arguments[0], "a.pcap");
	assert_string_equal(config->arguments[1], "-");
	assert_null(config->arguments[2]);
	assert_false(config->ndpi);
	assert_true(config->output.all);
	assert_true(config->strict);
	assert_true(config->replay_as_new);
	assert_string_equal(config->filter, "tcp");
	config_free(config);
}

static void
interfaces_add_up(void **state)
{
	struct config *config =
	    sound("watch -i eth1 -B 2048 -i eth2 -s 256 -i lo "
		  "-o capture.workers=64 -o capture.pin=on "
		  "-o capture.shunt=off");

	(void)state;
	assert_int_equal(config->interface_count, 3);
	assert_string_equal(config->interfaces[0], "eth1");
	assert_string_equal(config->interfaces[1], "eth2");
	assert_string_equal(config->interfaces[2], "lo");
	assert_int_equal(config->buffer_bytes, 2048 << 10);
	assert_int_equal(config->workers, 64);
	assert_true(config->pin);
	assert_int_equal(config->snaplen, 256);
	assert_int_equal(config->shunt, SHUNT_OFF);
	assert_false(config->output.replay);
	assert_int_equal(config->verbosity, LOG_INFO);
	config_free(config);
}

static void
the_command_line_outranks_the_file(void **state)
{
	struct config *config;

	(void)state;
	put("a.conf",
	    "[sensor]\nname=file\nsite=file\n"
	    "[detect]\nstandard_ports=1,2\nlmtp=ignore\n");
	config = sound("-o sensor.name=line read -c ~/a.conf x "
		       "--standard-ports 2525");
	assert_string_equal(config->output.sensor_name, "line");
	assert_string_equal(config->output.site, "file");
	assert_true(config->output.lmtp_ignored);
	assert_int_equal(config->output.standard_port_count, 1);
	assert_int_equal(config->output.standard_ports[0], 2525);
	config_free(config);
}

static void
read_takes_no_redis_from_the_system(void **state)
{
	struct config *config = NULL;
	char system[128];

	(void)state;
	snprintf(system, sizeof(system), "%s",
	    put("system.conf", "[redis]\nurl=unix:///run/production.sock\n"));
	assert_int_equal(run_beside(system, "read a", &config), CONFIG_RUN);
	assert_null(config->output.redis.url);
	config_free(config);
	assert_int_equal(run_beside(system, "list", &config), CONFIG_RUN);
	assert_string_equal(
	    config->output.redis.url, "unix:///run/production.sock");
	config_free(config);
	config = sound("read -c ~/system.conf a");
	assert_non_null(config->output.redis.url);
	config_free(config);
	config = sound("read -o redis.url=redis://h:6380/1 a");
	assert_string_equal(config->output.redis.url, "redis://h:6380/1");
	config_free(config);
	/* its own -c is in place of the system's, not beside it */
	put("empty.conf", "");
	assert_int_equal(
	    run_beside(system, "list -c ~/empty.conf", &config), CONFIG_BAD);
	assert_int_equal(
	    run_beside("/nonexistent/s.conf", "list --from f", &config),
	    CONFIG_RUN);
	config_free(config);
}

static void
lists_go_on_and_files_include_others(void **state)
{
	struct config *config;

	(void)state;
	put("main.conf",
	    "include=more.conf\n"
	    "[networks]\ninternal=10.0.0.0/8, 10.1.0.0/16,\n"
	    "  fd00::/8\n"
	    "  192.0.2.1\n"
	    "[sensor]\nname=main\nsite=main\n");
	put("more.conf", "# the last word\n[sensor]\nname=more\n");
	config = sound("read -c ~/main.conf x");
	assert_int_equal(config->output.internal_count, 4);
	assert_int_equal(config->output.internal[2].family, 6);
	assert_int_equal(config->output.internal[3].prefix, 32);
	assert_string_equal(config->output.sensor_name, "more");
	assert_string_equal(config->output.site, "main");
	config_free(config);
}

/* clang-format off */
static const struct {
	const char *text, *part;
} bad_files[] = {
	{ "[sensor]\nname=a\n\n\n\n[capture]\ndecal=vlan\n",
	    "/bad.conf:7: unknown key \"capture.decal\"" },
	{ "name=a\n",                            "/bad.conf:1: unknown key \"name\"" },
	{ "[sensor]\nnonsense\n",                "/bad.conf:2: should be" },
	{ "[sensor\n",                           "/bad.conf:1: should be" },
	{ "[flows]\nmemory=12Q\n",               "/bad.conf:2: flows.memory is \"12Q\"" },
	{ "[flows]\nmax=99999999999999999999\n", "/bad.conf:2: flows.max" },
	{ "[capture]\nworkers=0\n",              "auto or a number from 1 to 64" },
	{ "[capture]\nworkers=65\n",             "/bad.conf:2: capture.workers" },
	{ "[redis]\nflush=10\n",                 "a duration from" },
	{ "[redis]\nprefix=a b\n",               "/bad.conf:2: redis.prefix" },
	{ "[redis]\nurl=http://x\n",             "unix:///path" },
	{ "[sensor]\nname=a\nname=b\n",          "/bad.conf:3: sensor.name is given twice" },
	{ "[sensor]\nname=a\n site=b\n",         "belongs to the one before" },
	{ "[sensor]\nname=\n",                   "/bad.conf:2: sensor.name" },
	{ "[detect]\nstandard_ports=25,65536\n", "/bad.conf:2: detect.standard_ports" },
	{ "[detect]\nlmtp=on\n",                 "report or ignore" },
	{ "[capture]\ndecap=vlan:1\n",           "/bad.conf:2: capture.decap" },
	{ "[capture]\ndecap=4789\n",             "behind the tunnel that they carry" },
	{ "[capture]\ndecap=vxlan:0\n",          "/bad.conf:2: capture.decap" },
	{ "[capture]\ndecap=vxlan:1,gre:1\n",    "each one once" },
	{ "[capture]\ndecap=gre:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n", "up to 16" },
	{ "[flows]\nvlan_in_key=yes\n",          "on or off" },
	{ "[networks]\ninternal=10.0.0.0/33\n",  "/bad.conf:2: networks.internal" },
	{ "include=bad.conf\n",                  "more than 16 files" },
	{ "include=nowhere.conf\n",              "nowhere.conf: No such file" },
};

static const struct {
	const char *line, *part;
} bad_lines[] = {
	{ "",                                  "no command" },
	{ "frobnicate",                        "\"frobnicate\": there are read, watch, list, show and doctor" },
	{ "read",                              "FILE" },
	{ "read --frobnicate x",               "--frobnicate: no such flag" },
	{ "read -x x",                         "-x: no such flag" },
	{ "read x -o",                         "-o: wants an argument" },
	{ "read x --format",                   "--format: wants an argument" },
	{ "read --all=yes x",                  "takes no argument" },
	{ "read -i eth1 x",                    "-i does not go with \"read\"" },
	{ "watch --replay -i a",               "--replay does not go with \"watch\"" },
	{ "watch",                             "no interface" },
	{ "watch -i a b",                      "\"b\" is one argument too many" },
	{ "list",                              "--from" },
	{ "show --from f",                     "SERVER" },
	{ "show --from f a b",                 "\"b\" is one argument too many" },
	{ "read --format csv x",               "--format csv" },
	{ "watch -i a --format table",         "--format table" },
	{ "list --from f --format markdown",   "--format markdown" },
	{ "read -f a -F b x",                  "-f and -F" },
	{ "read -F ~/nowhere x",               "nowhere: No such file" },
	{ "read -c ~/nowhere x",               "nowhere: No such file" },
	{ "read -c ~ x",                       "Is a directory" },
	{ "read -o redis.colour=red x",        "\"redis.colour\"" },
	{ "read -o redis.password=x x",        "\"redis.password\"" },
	{ "read -o sensor.name x",             "section.key=value" },
	{ "read -o =x x",                      "section.key=value" },
	{ "read --standard-ports 0 x",         "--standard-ports: detect.standard_ports is \"0\"" },
	{ "read --ndpi=maybe x",               "on or off" },
	{ "watch -i a -B 1k",                  "-B: capture.buffer" },
	{ "watch -i a -s 12",                  "-s: capture.snaplen is \"12\"" },
	{ "watch -i a -o capture.shunt=maybe", "auto, on or off" },
	{ "watch -i a,,b",                     "up to 16 interfaces" },
};
/* clang-format on */

static void
a_mistake_in_a_file_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_files); i++) {
		put("bad.conf", bad_files[i].text);
		refused("-T -c ~/bad.conf", bad_files[i].part);
	}
}

static void
a_mistake_on_the_command_line_is_told_with_its_flag(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_lines); i++)
		refused(bad_lines[i].line, bad_lines[i].part);
}

static void
a_line_too_long_is_told_and_not_cut(void **state)
{
	char text[400];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "[json]\nfile=", strlen("[json]\nfile="));
	put("long.conf", text);
	refused("-T -c ~/long.conf", "/long.conf:2: more than");
}

static void
a_password_in_a_url_is_refused_and_not_repeated(void **state)
{
	(void)state;
	refused("read -o redis.url=redis://u:secret@h x", "password_file");
	assert_null(strstr(said, "secret"));
}

static void
ports_of_tunnels_are_taken_with_the_kind_before(void **state)
{
	struct config *config = sound(
	    "read -o capture.decap=geneve:6081,vxlan:1,2 -o flows.vlan_in_key=on x");

	(void)state;
	assert_int_equal(config->decap[0].kind, DECAP_GENEVE);
	assert_int_equal(config->decap[1].kind, DECAP_VXLAN);
	assert_int_equal(config->decap[2].kind, DECAP_VXLAN);
	assert_int_equal(config->decap[2].port, 2);
	assert_int_equal(config->decap[3].port, 0);
	assert_true(config->vlan_in_key);
	config_free(config);
	config = sound("read -o capture.decap= x");
	assert_int_equal(config->decap[0].port, 0);
	config_free(config);
}

static void
memory_over_its_cap_is_refused_with_the_sum(void **state)
{
	struct config *config;

	(void)state;
	refused("read -o flows.max=4000000 x",
	    "flows.memory is 160M, but flows.max takes 270848K + flows.dialogs "
	    "35M + reassembly 32M + overlaps 8M + fragments 16M + passers-by "
	    "512K = 356M");
	config = sound("read -o flows.max=4000000 -o flows.memory=356M x");
	config_free(config);
	refused("read -o flows.max=4000000 -o flows.memory=364543K x", "356M");
}

static void
the_format_follows_the_command_and_where_it_goes(void **state)
{
	static const struct {
		const char *line;
		enum config_format format;
	} rows[] = {
		{ "read x", CONFIG_FORMAT_JSON }, /* stdout is a file here */
		{ "read --format table x", CONFIG_FORMAT_TABLE },
		{ "watch -i a", CONFIG_FORMAT_JSON },
		{ "watch -i a -o redis.url=unix:///s", CONFIG_FORMAT_NONE },
		{ "watch -i a -o json.file=f", CONFIG_FORMAT_NONE },
		{ "watch -i a -o json.file=f --format json",
		    CONFIG_FORMAT_JSON },
		{ "list --from f", CONFIG_FORMAT_TABLE },
		{ "list --from f --format csv", CONFIG_FORMAT_CSV },
		{ "show --from f --format json s", CONFIG_FORMAT_JSON },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct config *config = sound(rows[i].line);

		assert_int_equal(config->format, rows[i].format);
		config_free(config);
	}
}

static void
how_much_is_said_is_asked_for(void **state)
{
	struct config *config = sound("read -q x");

	(void)state;
	assert_int_equal(config->verbosity, LOG_WARN);
	assert_true(config->quiet);
	config_free(config);
	config = sound("read -v x");
	assert_int_equal(config->verbosity, LOG_DEBUG);
	assert_false(config->quiet);
	config_free(config);
}

static void
a_filter_may_come_from_a_file(void **state)
{
	struct config *config;

	(void)state;
	put("filter", "tcp and\nport 2525\n");
	config = sound("read -F ~/filter x");
	assert_string_equal(config->filter, "tcp and\nport 2525\n");
	config_free(config);
}

static void
version_and_interfaces_want_no_command(void **state)
{
	struct config *config = sound("-V");

	(void)state;
	assert_int_equal(config->command, COMMAND_VERSION);
	config_free(config);
	config = sound("-D");
	assert_int_equal(config->command, COMMAND_INTERFACES);
	config_free(config);
}

static void
help_is_about_what_was_asked(void **state)
{
	struct config *config = NULL;

	(void)state;
	assert_int_equal(run("-h", &config), CONFIG_DONE);
	for (size_t i = 0; config_command_at(i) != NULL; i++)
		assert_holds(shown, config_command_at(i)->name);
	assert_int_equal(run("read -h", &config), CONFIG_DONE);
	assert_holds(shown, "--strict");
	assert_holds(shown, "table, json\n");
	assert_null(strstr(shown, "--from"));
	assert_int_equal(run("-h show", &config), CONFIG_DONE);
	assert_holds(shown, "SERVER");
	assert_null(config);
}

static void
a_test_says_that_all_is_well(void **state)
{
	struct config *config = NULL;

	(void)state;
	put("good.conf", "[sensor]\nname=a\n");
	assert_int_equal(run("-T -c ~/good.conf", &config), CONFIG_DONE);
	assert_holds(shown, "sound");
	assert_int_equal(run("read -T -c ~/good.conf", &config), CONFIG_DONE);
	assert_null(config);
}

static void
a_dump_says_who_set_what_and_can_be_read_again(void **state)
{
	struct config *config = NULL;

	(void)state;
	put("a.conf", "[sensor]\nname=a\n");
	assert_int_equal(
	    run("--dump-config watch -c ~/a.conf -i e1 -o redis.flush=2s",
		&config),
	    CONFIG_DONE);
	assert_holds(shown, "/a.conf:2\n");
	assert_holds(shown, "interface=e1 ; -i\n");
	assert_holds(shown, "flush=2s ; -o\n");
	assert_holds(shown, "max=1048576 ; default\n");
	put("dump.conf", shown);
	config = sound("watch -c ~/dump.conf");
	assert_string_equal(config->output.sensor_name, "a");
	assert_int_equal(config->output.redis.flush_ms, 2000);
	assert_string_equal(config->interfaces[0], "e1");
	config_free(config);
}

static void
the_example_shows_every_key_with_its_default(void **state)
{
	static char text[TEXT_MAX];
	FILE *file = fopen("sensor/dist/straymail.conf.example", "re");
	const struct config_key *key;
	size_t lines = 0, keys = 0;

	(void)state;
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	for (; (key = config_key_at(keys)) != NULL; keys++) {
		char section[64], line[256];
		const char *at;

		snprintf(section, sizeof(section), "\n[%s]\n", key->section);
		snprintf(
		    line, sizeof(line), "\n#%s=%s\n", key->name, key->standard);
		at = strstr(text, section);
		assert_non_null(at);
		assert_holds(at, line);
	}
	/* ... and nothing else: a line with a setting has no blank behind # */
	for (const char *at = strstr(text, "\n#"); at != NULL;
	     at = strstr(at + 1, "\n#"))
		lines += at[2] != ' ' && at[2] != '\n';
	assert_int_equal(lines, keys);
}

static void
the_example_and_its_defaults_are_accepted(void **state)
{
	static char text[TEXT_MAX];
	FILE *file = fopen("sensor/dist/straymail.conf.example", "re");
	size_t len;

	(void)state;
	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	for (size_t i = 1; i + 1 < len; i++)
		if (text[i] == '#' && text[i - 1] == '\n' &&
		    text[i + 1] != ' ' && text[i + 1] != '\n')
			text[i] = ' '; /* a remark less: the key counts */
	for (size_t i = 1; i < len; i++)
		if (text[i] == ' ' && text[i - 1] == '\n')
			memmove(text + i, text + i + 1, len-- - i);
	text[len] = '\0';
	put("example.conf", text);
	config_free(sound("read -c ~/example.conf x"));
}

static void
numbers_sizes_and_durations_are_exact(void **state)
{
	static const char *const none[] = { "", " 1", "+1", "-1", "1 ", "0x1",
		"1.5", "18446744073709551616", "1T", "1KB", "K" };
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_false(config_number(none[i], &value));
		assert_false(config_size(none[i], &value));
		assert_false(config_duration(none[i], &value));
	}
	assert_false(config_duration("1", &value));
	assert_false(config_number("1K", &value));
	assert_false(config_size("18014398509481984K", &value));
	assert_int_equal(value, 7);
	assert_true(config_number("18446744073709551615", &value));
	assert_true(value == UINT64_MAX);
	assert_true(config_size("3K", &value));
	assert_int_equal(value, 3072);
	assert_true(config_size("2G", &value));
	assert_int_equal(value, UINT64_C(2) << 30);
	assert_true(config_duration("500ms", &value));
	assert_int_equal(value, 500);
	assert_true(config_duration("7d", &value));
	assert_int_equal(value, 604800000);
}

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = { "out", "err", "a.conf",
		"system.conf", "empty.conf", "main.conf", "more.conf",
		"bad.conf", "long.conf", "filter", "good.conf", "dump.conf",
		"example.conf" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_said_has_its_default),
		cmocka_unit_test(flags_may_stand_before_and_behind_the_command),
		cmocka_unit_test(interfaces_add_up),
		cmocka_unit_test(the_command_line_outranks_the_file),
		cmocka_unit_test(read_takes_no_redis_from_the_system),
		cmocka_unit_test(lists_go_on_and_files_include_others),
		cmocka_unit_test(a_mistake_in_a_file_is_told_with_its_line),
		cmocka_unit_test(
		    a_mistake_on_the_command_line_is_told_with_its_flag),
		cmocka_unit_test(a_line_too_long_is_told_and_not_cut),
		cmocka_unit_test(
		    a_password_in_a_url_is_refused_and_not_repeated),
		cmocka_unit_test(
		    ports_of_tunnels_are_taken_with_the_kind_before),
		cmocka_unit_test(memory_over_its_cap_is_refused_with_the_sum),
		cmocka_unit_test(
		    the_format_follows_the_command_and_where_it_goes),
		cmocka_unit_test(how_much_is_said_is_asked_for),
		cmocka_unit_test(a_filter_may_come_from_a_file),
		cmocka_unit_test(version_and_interfaces_want_no_command),
		cmocka_unit_test(help_is_about_what_was_asked),
		cmocka_unit_test(a_test_says_that_all_is_well),
		cmocka_unit_test(
		    a_dump_says_who_set_what_and_can_be_read_again),
		cmocka_unit_test(the_example_shows_every_key_with_its_default),
		cmocka_unit_test(the_example_and_its_defaults_are_accepted),
		cmocka_unit_test(numbers_sizes_and_durations_are_exact),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
