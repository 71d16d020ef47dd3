/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ndjson - whole lines, in order, and honest about what was not taken.
 */
#include "tests/output/sample.h"

#include "output/log.h"
#include "output/sinks/ndjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct output_options options;
	struct ledger *ledger;
	struct sources *sources;
	struct event_context context;
	struct tally *tally;
	char directory[64];
	char path[128], moved[128];
};

static int
begin(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct sighting s = sample_sighting();

	log_threshold(LOG_QUIET);
	f->options = sample_options();
	f->options.replay = true;
	f->ledger = ledger_new(&f->options);
	f->sources = sources_new(1);
	sources_add(f->sources, "pcap/1", "a.pcap");
	f->context.options = &f->options;
	f->context.sources = f->sources;
	ledger_add(f->ledger, &s, SAMPLE_T, &f->tally);
	snprintf(f->directory, sizeof(f->directory), "/tmp/ndjson.XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	snprintf(f->path, sizeof(f->path), "%s/events", f->directory);
	snprintf(f->moved, sizeof(f->moved), "%s/events.1", f->directory);
	*state = f;
	return 0;
}

static int
end(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	unlink(f->moved);
	rmdir(f->directory);
	sources_free(f->sources);
	ledger_free(f->ledger);
	free(f);
	return 0;
}

static void
tell(struct fixture *f, struct sink *sink, enum change change, uint64_t now_ns)
{
	struct news news = { change, f->tally, now_ns };

	sink->verbs->publish(sink, &news);
}

static size_t
lines_in(const char *path)
{
	char line[8192];
	size_t lines = 0;
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		assert_memory_equal(line, "{\"schema\":", 10);
		assert_string_equal(line + strlen(line) - 3, "}}\n");
		lines++;
	}
	fclose(file);
	return lines;
}

static void
each_event_is_a_line_and_flush_writes_it(void **state)
{
	struct fixture *f = *state;
	struct sink *sink = ndjson_open(&f->context, f->path);

	assert_non_null(sink);
	tell(f, sink, CHANGE_NEW, SAMPLE_T);
	sink->verbs->flush(sink, SAMPLE_T, false);
	tell(f, sink, CHANGE_KIND, SAMPLE_T + 1);
	tell(f, sink, CHANGE_TOTALS, SAMPLE_T + 2);
	assert_int_equal(lines_in(f->path), 1);
	assert_true(sink->verbs->flush(sink, SAMPLE_T + 2, true));
	assert_int_equal(lines_in(f->path), 3);
	sink->verbs->close(sink);
}

static void
lines_wait_no_longer_than_a_second(void **state)
{
	struct fixture *f = *state;
	struct sink *sink = ndjson_open(&f->context, f->path);

	sink->verbs->flush(sink, SAMPLE_T, false);
	tell(f, sink, CHANGE_NEW, SAMPLE_T + SECOND - 1);
	assert_int_equal(lines_in(f->path), 0);
	tell(f, sink, CHANGE_KIND, SAMPLE_T + SECOND);
	assert_int_equal(lines_in(f->path), 2);
	sink->verbs->close(sink);
}

static void
a_second_run_appends(void **state)
{
	struct fixture *f = *state;

	for (size_t run = 1; run <= 2; run++) {
		struct sink *sink = ndjson_open(&f->context, f->path);

		tell(f, sink, CHANGE_NEW, SAMPLE_T);
		sink->verbs->close(sink);
		assert_int_equal(lines_in(f->path), run);
	}
}

static void
more_than_the_buffer_holds_is_written_in_between(void **state)
{
	struct fixture *f = *state;
	struct sink *sink = ndjson_open(&f->context, f->path);

	sink->verbs->flush(sink, SAMPLE_T, false);
	for (size_t i = 0; i < 500; i++)
		tell(f, sink, CHANGE_TOTALS, SAMPLE_T);
	assert_true(sink->verbs->flush(sink, SAMPLE_T, true));
	assert_int_equal(lines_in(f->path), 500);
	sink->verbs->close(sink);
}

static void
a_rotated_file_is_opened_anew(void **state)
{
	struct fixture *f = *state;
	struct sink *sink = ndjson_open(&f->context, f->path);

	tell(f, sink, CHANGE_NEW, SAMPLE_T);
	assert_int_equal(rename(f->path, f->moved), 0);
	sink->verbs->reopen(sink);
	tell(f, sink, CHANGE_KIND, SAMPLE_T);
	tell(f, sink, CHANGE_TOTALS, SAMPLE_T);
	sink->verbs->close(sink);
	assert_int_equal(lines_in(f->moved), 1);
	assert_int_equal(lines_in(f->path), 2);
}

static void
a_full_disk_is_said_and_not_forgotten(void **state)
{
	struct fixture *f = *state;
	struct sink *sink = ndjson_open(&f->context, "/dev/full");

	if (sink == NULL)
		skip();
	tell(f, sink, CHANGE_NEW, SAMPLE_T);
	assert_false(sink->verbs->flush(sink, SAMPLE_T, false));
	assert_false(sink->verbs->flush(sink, SAMPLE_T, true));
	for (size_t i = 0; i < 500; i++) /* and memory stays what it is */
		tell(f, sink, CHANGE_TOTALS, SAMPLE_T);
	assert_false(sink->verbs->flush(sink, SAMPLE_T, true));
	sink->verbs->close(sink);
}

static void
a_file_that_cannot_be_opened_is_no_sink(void **state)
{
	struct fixture *f = *state;

	assert_null(ndjson_open(&f->context, "/nowhere/at/all"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(each_event_is_a_line_and_flush_writes_it),
		TEST(lines_wait_no_longer_than_a_second),
		TEST(a_second_run_appends),
		TEST(more_than_the_buffer_holds_is_written_in_between),
		TEST(a_rotated_file_is_opened_anew),
		TEST(a_full_disk_is_said_and_not_forgotten),
		TEST(a_file_that_cannot_be_opened_is_no_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
