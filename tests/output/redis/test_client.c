/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection to Redis: where it is, what its errors mean, and a server that
 * is not what it should be.
 */
#include "tests/output/redis/asking.h"

#include "output/redis/backoff.h"
#include "output/redis/keys.h"
#include "output/redis/url.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static void
a_url_names_a_socket_or_a_host(void **state)
{
	static const struct {
		const char *text, *host;
		bool local;
		uint16_t port, db;
	} cases[] = {
		{ "unix:///run/redis.sock", "/run/redis.sock", true, 6379, 0 },
		{ "redis://localhost", "localhost", false, 6379, 0 },
		{ "redis://10.0.0.1:7000", "10.0.0.1", false, 7000, 0 },
		{ "redis://h/3", "h", false, 6379, 3 },
		{ "redis://h:1/", "h", false, 1, 0 },
		{ "redis://[::1]:7000/2", "::1", false, 7000, 2 },
		{ "redis://[fe80::1]", "fe80::1", false, 6379, 0 },
	};
	char why[URL_WHY_MAX];
	struct redis_url url;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(redis_url_parse(cases[i].text, &url, why));
		assert_string_equal(url.host, cases[i].host);
		assert_int_equal(url.local, cases[i].local);
		assert_int_equal(url.port, cases[i].port);
		assert_int_equal(url.db, cases[i].db);
	}
}

static void
what_is_no_url_is_refused_with_a_reason(void **state)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{ "", "must be" },
		{ "localhost:6379", "must be" },
		{ "rediss://h", "no TLS" },
		{ "redis://", "no host" },
		{ "redis://:6379", "no host" },
		{ "redis://[::1", "no host" },
		{ "redis://h:", "port" },
		{ "redis://h:0", "port" },
		{ "redis://h:65536", "port" },
		{ "redis://h:12x", "port" },
		{ "redis://h:-1", "port" },
		{ "redis://h/x", "database" },
		{ "redis://h/1/2", "database" },
		{ "redis://user:word@h", "password" },
		{ "unix://relative", "begin with /" },
		{ "unix:///"
		  "0123456789012345678901234567890123456789012345678901234567"
		  "0123456789012345678901234567890123456789012345678901234567",
		    "too long" },
	};
	char why[URL_WHY_MAX];
	struct redis_url url;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(redis_url_parse(cases[i].text, &url, why));
		assert_non_null(strstr(why, cases[i].reason));
	}
}

static void
errors_are_classed_by_their_code(void **state)
{
	static const struct {
		const char *error;
		enum reply_class class;
	} cases[] = {
		{ "LOADING Redis is loading the dataset", CLASS_RETRY },
		{ "BUSY Redis is busy running a script", CLASS_RETRY },
		{ "OOM command not allowed", CLASS_RETRY },
		{ "MISCONF Redis is configured to save", CLASS_RETRY },
		{ "CLUSTERDOWN The cluster is down", CLASS_RETRY },
		{ "READONLY You can't write", CLASS_RECONNECT },
		{ "MOVED 3999 127.0.0.1:6381", CLASS_RECONNECT },
		{ "ASK 3999 127.0.0.1:6381", CLASS_RECONNECT },
		{ "NOAUTH Authentication required.", CLASS_AUTH },
		{ "WRONGPASS invalid username-password", CLASS_AUTH },
		{ "NOPERM this user has no permissions", CLASS_AUTH },
		{ "NOSCRIPT No matching script.", CLASS_NOSCRIPT },
		{ "WRONGTYPE Operation against a key", CLASS_POISON },
		{ "ERR unknown command", CLASS_POISON },
		{ "BUSYKEY Target key name already exists", CLASS_POISON },
		{ "", CLASS_POISON },
		{ "ERR Error running script (call to f_1): @user_script:1: "
		  "@user_script: 1: -OOM command not allowed",
		    CLASS_RETRY },
		{ "ERR Error running script (call to f_1): @user_script:1: "
		  "-NOPERM a -b c",
		    CLASS_POISON },
		{ "ERR Error running script", CLASS_POISON },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct reply reply = { .kind = REPLY_ERROR,
			.text = cases[i].error };

		assert_int_equal(reply_class(&reply), cases[i].class);
	}
	assert_int_equal(reply_class(NULL), CLASS_RECONNECT);
}

static void
a_reply_of_the_wrong_kind_reads_as_nothing(void **state)
{
	const struct reply number = {
		.kind = REPLY_INTEGER, .integer = 7, .text = ""
	};
	const struct reply text = { .kind = REPLY_TEXT, .text = "12x" };

	(void)state;
	assert_string_equal(reply_text(&number), "");
	assert_int_equal(reply_number(&number), 7);
	assert_int_equal(reply_number(&text), 0);
	assert_null(reply_item(&text, 0));
	assert_null(reply_item(NULL, 0));
	assert_int_equal(reply_count(&number), 0);
	assert_false(reply_says(NULL, ""));
}

static void
keys_have_their_names(void **state)
{
	const struct endpoint six = { .address = { 0x20, 0x01, 0x0d,
					  0xb8, [15] = 1 },
		.port = 26,
		.family = 6 };
	char key[KEY_MAX], id[SERVER_ID_MAX];

	(void)state;
	server_id("default", &six, "", id);
	assert_string_equal(id, "default/[2001:db8::1]:26");
	key_name(KEY_CLIENTS_HLL, "straymail", id, key);
	assert_string_equal(
	    key, "{straymail}:v1:server:default/[2001:db8::1]:26:clients:hll");
	key_name(KEY_NEW, "a", "", key);
	assert_string_equal(key, "{a}:v1:state:new");
	key_hours("a", id, 1764028799999, key);
	assert_string_equal(
	    key, "{a}:v1:server:default/[2001:db8::1]:26:h:20251124");
	assert_true(key_part_fit("mx-1.example"));
	assert_false(key_part_fit(""));
	assert_false(key_part_fit("a/b"));
	assert_false(key_part_fit("a{b}"));
	assert_false(key_part_fit("a b"));
}

static void
waits_grow_and_have_an_end(void **state)
{
	struct backoff backoff = { .until_ns = 0 };
	uint64_t least = 75000000, most = 125000000;

	(void)state;
	assert_true(backoff_over(&backoff, 0));
	for (int i = 0; i < 12; i++) {
		backoff_failed(&backoff, 1000, false);
		assert_in_range(backoff.until_ns - 1000, least, most);
		assert_false(backoff_over(&backoff, 1000));
		assert_true(backoff_over(&backoff, 1000 + most));
		least = 2 * least < 22500000000 ? 2 * least : 22500000000;
		most = 2 * most < 37500000000 ? 2 * most : 37500000000;
	}
	backoff_failed(&backoff, 1000000000000000, false);
	assert_true(backoff_over(&backoff, 1000)); /* the clock went back */
}

/* --- a server that says whatever it is told to ---------------------------- */

struct liar {
	int listener;
	char directory[32], url[64];
	const char *says; /* after it has heard something */
	size_t length, repeat;
	pthread_t thread;
};

static void *
lie(void *argument)
{
	struct liar *liar = argument;
	int fd = accept(liar->listener, NULL, NULL);
	char heard[4096];

	/* PING and CLIENT SETNAME are answered as they should be. */
	for (int i = 0; i < 2; i++)
		if (recv(fd, heard, sizeof heard, 0) > 0)
			send(fd, "+OK\r\n", 5, MSG_NOSIGNAL);
	if (recv(fd, heard, sizeof heard, 0) > 0)
		for (size_t i = 0; i < liar->repeat; i++)
			if (send(fd, liar->says, liar->length, MSG_NOSIGNAL) <
			    0)
				break;
	close(fd);
	return NULL;
}

static struct redis_client *
talk_to(struct liar *liar, const char *says, size_t length, size_t repeat)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct redis_options options = { .url = liar->url };
	struct redis_client *client;
	struct trouble trouble;

	*liar =
	    (struct liar){ .says = says, .length = length, .repeat = repeat };
	strcpy(liar->directory, "/tmp/straymail-liar-XXXXXX");
	assert_non_null(mkdtemp(liar->directory));
	snprintf(
	    address.sun_path, sizeof address.sun_path, "%s/s", liar->directory);
	snprintf(liar->url, sizeof liar->url, "unix://%s/s", liar->directory);
	liar->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(
	    bind(liar->listener, (struct sockaddr *)&address, sizeof address),
	    0);
	assert_int_equal(listen(liar->listener, 1), 0);
	assert_int_equal(pthread_create(&liar->thread, NULL, lie, liar), 0);
	client = redis_login(&options, "t", CLIENT_COMMAND_MS, &trouble);
	assert_non_null(client);
	return client;
}

static void
part(struct liar *liar, struct redis_client *client)
{
	redis_client_close(client);
	pthread_join(liar->thread, NULL);
	close(liar->listener);
	unlink(liar->url + strlen("unix://"));
	rmdir(liar->directory);
}

static void
a_hostile_answer_ends_the_connection_and_nothing_else(void **state)
{
	static char much[65536];
	static const struct {
		const char *says;
		size_t length, repeat;
		const char *why;
	} cases[] = {
		{ "", 0, 0, "closed" }, { "$100\r\nhalf", 10, 1, "closed" },
		{ "$10485760\r\n", 11, 1, "closed" }, /* nothing of it came */
		{ "*1000000\r\n:1\r\n", 14, 1, "larger" },
		{ "*2147483647\r\n", 13, 1, "larger" }, { "*-7\r\n", 5, 1, "" },
		{ "$-9\r\n", 5, 1, "" },
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", 28, 1, "" },
		{ "*1\r\n", 4, 12, "" }, /* nested, deeper than it should */
		{ "\0\0\0\0", 4, 1, "" },
		{ much, sizeof much, 64, "larger" }, /* a line without end */
	};

	(void)state;
	memset(much, 'x', sizeof much);
	much[0] = '+';
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct liar liar;
		struct redis_client *client = talk_to(
		    &liar, cases[i].says, cases[i].length, cases[i].repeat);

		assert_null(ask(client, "PING"));
		assert_null(ask(client, "PING")); /* it stays failed */
		assert_int_equal(
		    redis_client_trouble(client)->class, CLASS_RECONNECT);
		assert_non_null(
		    strstr(redis_client_trouble(client)->text, cases[i].why));
		assert_true(redis_client_trouble(client)->text[0] != '\0');
		part(&liar, client);
	}
}

static void
a_text_of_ten_megabytes_is_not_held(void **state)
{
	static char much[1 << 20] = "$10485760\r\n";
	struct redis_client *client;
	struct liar liar;

	(void)state;
	memset(much + 11, 'x', sizeof much - 11);
	client = talk_to(&liar, much, sizeof much, 10);
	assert_null(ask(client, "GET x"));
	assert_non_null(strstr(redis_client_trouble(client)->text, "larger"));
	part(&liar, client);
}

static void
many_small_arrays_in_one_are_bounded_as_well(void **state)
{
	static char much[14 + 8192 * 16];
	struct redis_client *client;
	struct liar liar;
	size_t at = 0;

	(void)state;
	at += (size_t)sprintf(much, "*8192\r\n");
	for (int i = 0; i < 8192; i++) {
		memcpy(much + at, "*8192\r\n", 7);
		at += 7;
		memcpy(much + at, ":1\r\n", 4);
		at += 4;
	}
	client = talk_to(&liar, much, at, 1);
	assert_null(ask(client, "GET x"));
	part(&liar, client);
}

static void
a_reply_arrives_whole_whatever_is_in_it(void **state)
{
	static const char said[] = "*3\r\n$3\r\na\0b\r\n$-1\r\n*1\r\n:-5\r\n";
	struct redis_client *client;
	const struct reply *reply;
	struct liar liar;

	(void)state;
	client = talk_to(&liar, said, sizeof said - 1, 1);
	reply = ask(client, "GET x");
	assert_int_equal(reply_count(reply), 3);
	assert_int_equal(reply_item(reply, 0)->length, 3);
	assert_memory_equal(reply_item(reply, 0)->text, "a\0b", 3);
	assert_int_equal(reply_item(reply, 1)->kind, REPLY_NIL);
	assert_int_equal(reply_number(reply_item(reply_item(reply, 2), 0)), -5);
	part(&liar, client);
}

static void
nobody_there_is_said_in_words(void **state)
{
	struct redis_options options = { .url = "unix:///nonexistent/sock" };
	struct trouble trouble;

	(void)state;
	assert_null(redis_login(&options, "t", CLIENT_COMMAND_MS, &trouble));
	assert_int_equal(trouble.class, CLASS_RECONNECT);
	assert_non_null(strstr(trouble.text, "No such file"));
}

static void
a_password_comes_from_the_first_line_of_its_file(void **state)
{
	static const char acl[] = "user default off\n"
				  "user s on >word ~* &* +@all\n";
	struct redis_server *server = redis_server_new(acl);
	struct redis_options options = { .username = "s" };
	struct redis_client *client;
	struct trouble trouble;

	(void)state;
	if (server == NULL)
		skip();
	assert_true(redis_server_start(server));
	options.url = redis_server_url(server);
	options.password_file =
	    redis_server_file(server, "right", "word\nmore\n");
	client = redis_login(&options, "t", CLIENT_COMMAND_MS, &trouble);
	assert_non_null(client);
	assert_string_equal(
	    reply_text(ask(client, "CLIENT GETNAME")), "straymail-t");
	redis_client_close(client);

	options.password_file = redis_server_file(server, "wrong", "other\n");
	assert_null(redis_login(&options, "t", CLIENT_COMMAND_MS, &trouble));
	assert_int_equal(trouble.class, CLASS_AUTH);
	assert_non_null(strstr(trouble.text, "WRONGPASS"));
	assert_null(strstr(trouble.text, "other"));

	options.password_file = "/nonexistent/password";
	assert_null(redis_login(&options, "t", CLIENT_COMMAND_MS, &trouble));
	assert_int_equal(trouble.class, CLASS_AUTH);
	assert_non_null(strstr(trouble.text, "/nonexistent/password"));
	redis_server_free(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_names_a_socket_or_a_host),
		cmocka_unit_test(what_is_no_url_is_refused_with_a_reason),
		cmocka_unit_test(errors_are_classed_by_their_code),
		cmocka_unit_test(a_reply_of_the_wrong_kind_reads_as_nothing),
		cmocka_unit_test(keys_have_their_names),
		cmocka_unit_test(waits_grow_and_have_an_end),
		cmocka_unit_test(
		    a_hostile_answer_ends_the_connection_and_nothing_else),
		cmocka_unit_test(a_text_of_ten_megabytes_is_not_held),
		cmocka_unit_test(many_small_arrays_in_one_are_bounded_as_well),
		cmocka_unit_test(a_reply_arrives_whole_whatever_is_in_it),
		cmocka_unit_test(nobody_there_is_said_in_words),
		cmocka_unit_test(
		    a_password_comes_from_the_first_line_of_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
