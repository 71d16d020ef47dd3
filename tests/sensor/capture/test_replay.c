/* SPDX-License-Identifier: Apache-2.0 */
/* test_replay - capture files, good and bad, through capture.h. */
#include "tests/support/capture_file.h"
#include "tests/support/wire.h"

#include "output/log.h"
#include "output/sources.h"
#include "sensor/capture/capture.h"
#include "sensor/decode/frame.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define T0   UINT64_C(1700000000000000000)
#define S    UINT64_C(1000000000)
#define PORT 2525

static char dir[] = "/tmp/straymail-replay-XXXXXX";
static struct capture_file file;

/* --- a frame, and what a run over files gave ------------------------------- */

static void
frame(struct wire *w, uint32_t seq, size_t payload_len)
{
	static const char payload[65000];

	wire_segment(w,
	    &(struct wire_segment){
		.source = "192.0.2.1",
		.destination = "192.0.2.2",
		.source_port = PORT,
		.destination_port = 40000,
		.seq = seq,
		.flags = WIRE_ACK,
		.payload = payload,
		.payload_len = payload_len,
	    });
}

/* A pcap of `count` packets, one a second from T0 on. */
static void
make_pcap(unsigned count)
{
	static struct wire w;

	capture_file_begin_pcap(&file, LINK_ETHERNET);
	for (unsigned i = 0; i < count; i++) {
		frame(&w, i, 10);
		capture_file_put(&file,
		    &(struct capture_packet){ .when_ns = T0 + i * S,
			.bytes = wire_bytes(&w),
			.len = w.len });
	}
}

/* Each name's path stays where it is. */
static const char *
path_of(const char *name)
{
	static char paths[64][512];
	char path[512] = "";
	size_t i = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	while (paths[i][0] != '\0' && strcmp(paths[i], path) != 0)
		i++;
	memcpy(paths[i], path, sizeof(path));
	return paths[i];
}

static void
write_file(const char *name)
{
	capture_file_write(&file, file.len, path_of(name));
}

struct run {
	struct capture_outcome outcome;
	struct capture_numbers numbers;
	unsigned ends; /* of sources */
	uint64_t tcp, first_when_ns, last_when_ns, last_tick_ns, last_number;
	uint32_t first_seq, last_seq;
	uint32_t longest;
	bool ticks_went_back;
	char said[4096]; /* on stderr */
	char name[SOURCE_NAME_MAX];
	char shown[512]; /* the first source's file */
};

static void
take_batch(struct decoder *decoder, struct run *run, const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct frame *f = &batch->frame[i];
		struct packet p;

		if (frame_decode(decoder, f, &p) == DECODED_TCP) {
			if (run->tcp++ == 0) {
				run->first_seq = p.seq;
				run->first_when_ns = p.when_ns;
			}
			run->last_seq = p.seq;
		}
		if (f->wire_len > run->longest)
			run->longest = f->wire_len;
		run->ticks_went_back |= f->tick_ns < run->last_tick_ns;
		run->last_tick_ns = f->tick_ns;
		run->last_when_ns = f->when_ns;
		run->last_number = f->number;
	}
}

/* stderr goes to memory meanwhile. */
static int
stderr_to_memory(void)
{
	int saved = dup(STDERR_FILENO);
	int fd = memfd_create("stderr", 0);

	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return saved;
}

static void
stderr_back(int saved, char *ret_said, size_t cap)
{
	ssize_t n = pread(STDERR_FILENO, ret_said, cap - 1, 0);

	ret_said[n > 0 ? n : 0] = '\0';
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void
drain(struct capture *capture, struct run *run)
{
	static struct batch batch;
	struct decoder *decoder = decoder_new(&(struct decoder_options){ 0 });
	enum capture_result result;

	assert_non_null(decoder);
	while ((result = capture_next(capture, &batch)) != CAPTURE_END) {
		assert_int_not_equal(result, CAPTURE_FAILED);
		assert_int_equal(
		    result == CAPTURE_BATCH_READY, batch.count > 0);
		run->ends += result == CAPTURE_SOURCE_END;
		take_batch(decoder, run, &batch);
	}
	decoder_free(decoder);
	assert_int_equal(capture_next(capture, &batch), CAPTURE_END);
	run->outcome = capture_outcome(capture);
	capture_numbers(capture, &run->numbers);
}

static struct run
run_over(struct capture_files files)
{
	struct run run = { 0 };
	struct sources *sources = sources_new(64);
	int saved = stderr_to_memory();

	files.sources = sources;

	struct capture *capture = capture_open_files(&files);

	if (capture != NULL)
		drain(capture, &run);
	stderr_back(saved, run.said, sizeof(run.said));
	assert_non_null(capture);
	snprintf(
	    run.name, sizeof(run.name), "%s", sources_at(sources, 0)->name);
	if (sources_at(sources, 0)->file != NULL)
		snprintf(run.shown, sizeof(run.shown), "%s",
		    sources_at(sources, 0)->file);
	capture_free(capture);
	sources_free(sources);
	return run;
}

static struct run
run_file(const char *name)
{
	const char *path = path_of(name);

	return run_over((struct capture_files){ .paths = &path, .count = 1 });
}

static void
assert_said(const struct run *run, const char *words)
{
	const char *newline = strchr(run->said, '\n');

	if (strstr(run->said, words) == NULL)
		fail_msg("\"%s\" is not in: %s", words, run->said);
	assert_non_null(newline);
	assert_string_equal(newline, "\n"); /* one line */
}

/* --- good files ------------------------------------------------------------ */

static void
assert_good(const struct run *run, unsigned count)
{
	assert_string_equal(run->said, "");
	assert_int_equal(run->outcome.files, 1);
	assert_int_equal(run->outcome.partial, 0);
	assert_int_equal(run->outcome.unusable, 0);
	assert_int_equal(run->outcome.frames, count);
	assert_int_equal(run->tcp, count);
	assert_int_equal(run->ends, 1);
	assert_int_equal(run->last_number, count);
	assert_int_equal(run->numbers.bytes_read, run->numbers.bytes_all);
}

static void
a_pcap_is_read_whole_with_its_times(void **state)
{
	(void)state;
	make_pcap(200);
	write_file("good.pcap");

	struct run run = run_file("good.pcap");

	assert_good(&run, 200);
	assert_int_equal(run.numbers.bytes_all, file.len);
	assert_int_equal(run.first_when_ns, T0);
	assert_int_equal(run.last_when_ns, T0 + 199 * S);
	assert_int_equal(run.last_tick_ns, S + 199 * S);
	assert_int_equal(run.last_seq, 199);
	assert_string_equal(run.shown, path_of("good.pcap"));
}

static void
a_pcapng_is_read_whole_with_its_times(void **state)
{
	(void)state;
	static struct wire w;

	capture_file_begin_pcapng(&file);
	capture_file_interface(&file, LINK_ETHERNET);
	for (unsigned i = 0; i < 100; i++) {
		frame(&w, i, i);
		capture_file_put(&file,
		    &(struct capture_packet){ .when_ns = T0 + i,
			.bytes = wire_bytes(&w),
			.len = w.len });
	}
	write_file("good.pcapng");

	struct run run = run_file("good.pcapng");

	assert_good(&run, 100);
	assert_int_equal(run.last_when_ns, T0 + 99);
	assert_int_equal(run.last_tick_ns, S + 99);
}

static void
a_compressed_file_reads_like_the_plain_one(void **state)
{
	(void)state;
	make_pcap(200);
	capture_file_write_gz(&file, file.len, path_of("named.anyhow"));

	struct run run = run_file("named.anyhow");

	assert_good(&run, 200);
	assert_true(run.numbers.bytes_all < file.len); /* as on the disk */
}

static void
a_header_without_packets_was_read_whole(void **state)
{
	(void)state;
	make_pcap(0);
	write_file("header.pcap");

	struct run run = run_file("header.pcap");

	assert_good(&run, 0);
}

static void
times_that_go_back_do_not_take_the_ticks_along(void **state)
{
	(void)state;
	static struct wire w;
	static const uint64_t offsets[] = { 100 * S, 90 * S, 95 * S, 0, 3 * S };

	frame(&w, 1, 10);
	capture_file_begin_pcap(&file, LINK_ETHERNET);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		capture_file_put(&file,
		    &(struct capture_packet){ .when_ns = T0 + offsets[i],
			.bytes = wire_bytes(&w),
			.len = w.len });
	write_file("back.pcap");

	struct run run = run_file("back.pcap");

	assert_good(&run, 5);
	assert_false(run.ticks_went_back);
	assert_int_equal(run.last_tick_ns, S + 5 * S + 3 * S);
}

static void
frames_beyond_the_arena_come_in_more_batches(void **state)
{
	(void)state;
	static struct wire w;

	capture_file_begin_pcap(&file, LINK_ETHERNET);
	for (unsigned i = 0; i < 15; i++) {
		frame(&w, i, 65000);
		capture_file_put(&file,
		    &(struct capture_packet){
			.when_ns = T0, .bytes = wire_bytes(&w), .len = w.len });
	}
	write_file("big.pcap");

	struct run run = run_file("big.pcap");

	assert_good(&run, 15);
	assert_int_equal(run.last_seq, 14);
	assert_int_equal(run.longest, 65000 + 54);
}

static void
the_longest_frame_that_there_is_comes_whole(void **state)
{
	(void)state;
	static uint8_t zeros[262144];

	capture_file_begin_pcap(&file, LINK_ETHERNET);
	for (unsigned i = 0; i < 3; i++)
		capture_file_put(&file,
		    &(struct capture_packet){
			.when_ns = T0, .bytes = zeros, .len = sizeof(zeros) });
	write_file("long.pcap");

	struct run run = run_file("long.pcap");

	assert_int_equal(run.outcome.frames, 3);
	assert_int_equal(run.longest, sizeof(zeros));
	assert_string_equal(run.said, "");
}

static void
a_filter_hides_frames_but_not_their_numbers(void **state)
{
	(void)state;
	const char *path = path_of("filtered.pcap");

	make_pcap(200);
	/* packet 200 only: its sequence number */
	write_file("filtered.pcap");

	struct run run = run_over((struct capture_files){
	    .paths = &path, .count = 1, .filter = "tcp[4:4] == 199" });

	assert_int_equal(run.outcome.frames, 1);
	assert_int_equal(run.last_number, 200);
	assert_int_equal(run.outcome.partial, 0);
}

static void
a_filter_that_does_not_compile_is_refused_at_the_start(void **state)
{
	(void)state;
	char said[512];
	const char *path = path_of("good.pcap");
	struct capture_files files = {
		.paths = &path, .count = 1, .filter = "port and port"
	};
	int saved = stderr_to_memory();
	struct capture *capture = capture_open_files(&files);

	stderr_back(saved, said, sizeof(said));
	assert_null(capture);
	assert_non_null(strstr(said, "filter \"port and port\": "));
}

static void
stdin_is_read_where_the_path_is_a_dash(void **state)
{
	(void)state;
	const char *dash = "-";
	int saved = dup(STDIN_FILENO);

	make_pcap(70);
	write_file("stdin.pcap");

	int fd = open(path_of("stdin.pcap"), O_RDONLY);

	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDIN_FILENO);
	close(fd);

	struct run run =
	    run_over((struct capture_files){ .paths = &dash, .count = 1 });

	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(run.tcp, 70);
	assert_string_equal(run.said, "");
	assert_string_equal(run.shown, "stdin");
}

/* --- names of sources ------------------------------------------------------ */

static void
a_source_is_named_by_content_and_not_by_path(void **state)
{
	(void)state;
	make_pcap(3);
	write_file("one.pcap");
	write_file("same.pcap");
	file.bytes[file.len - 1] ^= 1;
	write_file("other.pcap");

	struct run one = run_file("one.pcap");
	struct run same = run_file("same.pcap");
	struct run other = run_file("other.pcap");

	assert_int_equal(strlen(one.name), strlen("pcap/") + 32);
	assert_memory_equal(one.name, "pcap/", 5);
	assert_string_equal(one.name, same.name);
	assert_string_not_equal(one.name, other.name);
}

static void
a_replay_as_new_has_a_fresh_name_each_time(void **state)
{
	(void)state;
	const char *path = path_of("one.pcap");
	struct capture_files files = {
		.paths = &path, .count = 1, .replay_as_new = true
	};

	make_pcap(3);
	write_file("one.pcap");

	struct run first = run_over(files);
	struct run second = run_over(files);

	assert_string_not_equal(first.name, second.name);
}

/* --- bad files ------------------------------------------------------------- */

static void
write_text(const char *name, const char *bytes, size_t len)
{
	memcpy(file.bytes, bytes, len);
	file.len = len;
	write_file(name);
}

static const struct foreign {
	const char *bytes;
	size_t len;
	const char *said;
} foreigns[] = {
	{ "", 0, "empty file" },
	{ "PK\3\4zipzipzipzipzipzipzipzip", 28,
	    "zip archive, decompress first" },
	{ "\x28\xB5\x2F\xFDzstdzstdzstdzstdzstdzstd", 28,
	    "zstd compressed, decompress first" },
	{ "\x7F"
	  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0\1\0\0\0",
	    24, "not a capture file" },
	{ "<!DOCTYPE html><html><head></head>", 34, "HTML page" },
	{ "just a few words of text, no capture", 36,
	    "text, not a capture file" },
	{ "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10", 24,
	    "not a capture file" },
	{ "x", 1, "too short for a capture file" },
	{ "\xD4\xC3\xFF\xFE\xFD\xFC", 6, "not a capture file" },
	{ "\n\r\r\n\34\0\0\0\1\2\3\4", 12, "a bad byte order magic" },
};

static void
a_foreign_file_is_told_by_what_it_looks_like(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(foreigns) / sizeof(foreigns[0]); i++) {
		write_text("foreign", foreigns[i].bytes, foreigns[i].len);

		struct run run = run_file("foreign");

		assert_said(&run, foreigns[i].said);
		assert_said(&run, path_of("foreign"));
		assert_int_equal(run.outcome.unusable, 1);
		assert_int_equal(run.outcome.partial, 0);
		assert_int_equal(run.ends, 0);
	}
}

static void
a_missing_file_is_told_with_the_reason(void **state)
{
	(void)state;
	struct run run = run_file("not-there.pcap");

	assert_said(&run, "not-there.pcap: No such file or directory");
	assert_int_equal(run.outcome.unusable, 1);
}

static void
a_link_type_that_is_not_decoded_is_named(void **state)
{
	(void)state;
	make_pcap(1);
	file.bytes[20] = 105;
	write_file("wlan.pcap");

	struct run run = run_file("wlan.pcap");

	assert_said(&run, "link type 105 (IEEE802_11) is not supported");
	assert_int_equal(run.outcome.unusable, 1);
}

static void
a_pcap_cut_anywhere_in_its_last_packet_is_read_in_part(void **state)
{
	(void)state;
	make_pcap(5);
	for (size_t len = file.last_at + 1; len < file.len; len++) {
		char where[64];

		capture_file_write(&file, len, path_of("cut.pcap"));
		snprintf(where, sizeof(where),
		    "at packet 5, offset %zu; 4 packets analysed", len);

		struct run run = run_file("cut.pcap");

		assert_said(&run, where);
		assert_said(&run, "truncated");
		assert_int_equal(run.tcp, 4);
		assert_int_equal(run.outcome.partial, 1);
		assert_int_equal(run.outcome.unusable, 0);
		assert_int_equal(run.ends, 1);
	}
}

static void
a_pcapng_cut_anywhere_in_its_last_packet_is_read_in_part(void **state)
{
	(void)state;
	static struct wire w;

	frame(&w, 1, 9);
	capture_file_begin_pcapng(&file);
	capture_file_interface(&file, LINK_ETHERNET);
	for (unsigned i = 0; i < 3; i++)
		capture_file_put(&file,
		    &(struct capture_packet){
			.when_ns = T0, .bytes = wire_bytes(&w), .len = w.len });
	for (size_t len = file.last_at + 1; len < file.len; len++) {
		capture_file_write(&file, len, path_of("cut.pcapng"));

		struct run run = run_file("cut.pcapng");

		assert_said(&run, "at packet 3, offset");
		assert_int_equal(run.tcp, 2);
		assert_int_equal(run.outcome.partial, 1);
	}
}

static void
a_compressed_file_cut_anywhere_is_never_taken_for_whole(void **state)
{
	(void)state;
	struct stat st;
	const char *path = path_of("cut.gz");

	make_pcap(20);
	capture_file_write_gz(&file, file.len, path);
	assert_int_equal(stat(path, &st), 0);
	for (off_t len = st.st_size - 1; len > 0; len--) {
		assert_int_equal(truncate(path, len), 0);

		struct run run = run_file("cut.gz");

		assert_int_equal(run.outcome.partial + run.outcome.unusable, 1);
		assert_int_equal(run.outcome.partial == 1, run.tcp > 0);
		assert_said(&run, path);
	}
}

static void
to_the_strict_a_part_is_unusable(void **state)
{
	(void)state;
	const char *path = path_of("strict.pcap");

	make_pcap(5);
	capture_file_write(&file, file.len - 1, path);

	struct run run = run_over((struct capture_files){
	    .paths = &path, .count = 1, .strict = true });

	assert_int_equal(run.tcp, 4);
	assert_int_equal(run.outcome.partial, 0);
	assert_int_equal(run.outcome.unusable, 1);
}

static void
a_header_of_any_length_but_whole_is_unusable(void **state)
{
	(void)state;
	make_pcap(0);
	for (size_t len = 1; len < file.len; len++) {
		capture_file_write(&file, len, path_of("header.cut"));

		struct run run = run_file("header.cut");

		assert_said(&run, len < 4 ? "too short" : "truncated");
		assert_int_equal(run.outcome.unusable, 1);
	}
}

/* Puts a 32 bit number into the third packet's record header. */
static void
damage_third(size_t field, uint32_t value)
{
	static struct wire w;

	make_pcap(5);
	frame(&w, 0, 10);
	memcpy(file.bytes + 24 + 2 * (16 + w.len) + 4 * field, &value,
	    sizeof(value));
	write_file("damaged.pcap");
}

static void
an_absurd_packet_length_ends_the_file(void **state)
{
	(void)state;
	static const uint32_t lengths[] = { 262145, 0x7FFFFFFF, 0x80000000,
		0xFFFFFFFF };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		damage_third(2, lengths[i]);

		struct run run = run_file("damaged.pcap");

		assert_said(&run, "at packet 3");
		assert_int_equal(run.tcp, 2);
		assert_int_equal(run.outcome.partial, 1);
	}
}

static void
absurd_times_are_survived(void **state)
{
	(void)state;
	static const uint32_t values[] = { 0, 1, 0x7FFFFFFF, 0x80000000,
		0xFFFFFFFF };

	for (size_t field = 0; field < 2; field++) {
		for (size_t i = 0; i < 5; i++) {
			damage_third(field, values[i]);

			struct run run = run_file("damaged.pcap");

			assert_good(&run, 5);
			assert_false(run.ticks_went_back);
			/* no step is taken for longer than a day */
			assert_true(run.last_tick_ns < 3 * 86400 * S);
		}
	}
}

static void
times_reach_to_the_year_2106(void **state)
{
	(void)state;
	damage_third(0, 0xFFFFFFFF);

	static struct batch batch;
	const char *path = path_of("damaged.pcap");
	struct sources *sources = sources_new(1);
	struct capture *capture = capture_open_files(&(struct capture_files){
	    .paths = &path, .count = 1, .sources = sources });

	assert_int_equal(capture_next(capture, &batch), CAPTURE_BATCH_READY);
	assert_int_equal(batch.count, 5);
	assert_int_equal(batch.frame[2].when_ns, 0xFFFFFFFFU * S);
	capture_free(capture);
	sources_free(sources);
}

static void
a_frame_without_bytes_is_a_frame(void **state)
{
	(void)state;
	capture_file_begin_pcap(&file, LINK_ETHERNET);
	capture_file_put(
	    &file, &(struct capture_packet){ .when_ns = T0, .bytes = "" });
	write_file("nothing.pcap");

	struct run run = run_file("nothing.pcap");

	assert_int_equal(run.outcome.frames, 1);
	assert_string_equal(run.said, "");
}

static void
two_link_types_in_one_file_end_it_with_advice(void **state)
{
	(void)state;
	static struct wire w;

	frame(&w, 1, 9);
	capture_file_begin_pcapng(&file);
	capture_file_interface(&file, LINK_ETHERNET);
	capture_file_put(&file,
	    &(struct capture_packet){
		.when_ns = T0, .bytes = wire_bytes(&w), .len = w.len });
	capture_file_interface(&file, LINK_RAW);
	write_file("two.pcapng");

	struct run run = run_file("two.pcapng");

	assert_said(&run, "different from the type of the first interface");
	assert_said(&run, "split it");
	assert_int_equal(run.tcp, 1);
	assert_int_equal(run.outcome.partial, 1);
}

static void
after_a_bad_file_the_next_is_read(void **state)
{
	(void)state;
	char paths[3][512];
	const char *list[3] = { paths[0], paths[1], paths[2] };

	snprintf(paths[0], sizeof(paths[0]), "%s", path_of("missing"));
	snprintf(paths[1], sizeof(paths[1]), "%s", path_of("a.pcap"));
	snprintf(paths[2], sizeof(paths[2]), "%s", path_of("b.pcap"));
	make_pcap(5);
	capture_file_write(&file, file.len - 1, paths[1]);
	write_file("b.pcap");

	struct run run =
	    run_over((struct capture_files){ .paths = list, .count = 3 });

	assert_int_equal(run.outcome.files, 3);
	assert_int_equal(run.outcome.unusable, 1);
	assert_int_equal(run.outcome.partial, 1);
	assert_int_equal(run.tcp, 9);
	assert_int_equal(run.ends, 2);
	assert_int_equal(run.numbers.bytes_read, run.numbers.bytes_all);
}

/* --- directories ----------------------------------------------------------- */

static void
write_at(const char *name, uint32_t seq, uint64_t when_ns)
{
	static struct wire w;

	frame(&w, seq, 5);
	capture_file_begin_pcap(&file, LINK_ETHERNET);
	capture_file_put(&file,
	    &(struct capture_packet){
		.when_ns = when_ns, .bytes = wire_bytes(&w), .len = w.len });
	write_file(name);
}

static void
a_directory_is_read_in_the_order_of_first_packets(void **state)
{
	(void)state;
	const char *path = path_of("many");

	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mkdir(path_of("many/sub.pcap"), 0700), 0);
	write_at("many/a", 3, T0 + 3 * S);
	write_at("many/b", 1, T0 + 1 * S);
	write_at("many/c", 2, T0 + 2 * S);
	write_at("many/d", 4, T0 + 3 * S); /* as old as a: by name */
	write_text("many/README", "not a capture", 13);
	write_text("many/short", "\n", 1);
	write_text("many/empty.pcap", "", 0);

	struct run run =
	    run_over((struct capture_files){ .paths = &path, .count = 1 });

	assert_string_equal(run.said, "");
	assert_int_equal(run.outcome.files, 4);
	assert_int_equal(run.first_seq, 1);
	assert_int_equal(run.last_seq, 4);
	assert_int_equal(run.last_tick_ns, S + 2 * S); /* across files */
	assert_int_equal(run.ends, 4);
}

static void
a_directory_without_captures_is_told(void **state)
{
	(void)state;
	assert_int_equal(mkdir(path_of("none"), 0700), 0);

	struct run run = run_file("none");

	assert_said(&run, "a directory without capture files");
	assert_int_equal(run.outcome.unusable, 1);
}

/* --- */

static int
make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
	char command[600];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pcap_is_read_whole_with_its_times),
		cmocka_unit_test(a_pcapng_is_read_whole_with_its_times),
		cmocka_unit_test(a_compressed_file_reads_like_the_plain_one),
		cmocka_unit_test(a_header_without_packets_was_read_whole),
		cmocka_unit_test(
		    times_that_go_back_do_not_take_the_ticks_along),
		cmocka_unit_test(frames_beyond_the_arena_come_in_more_batches),
		cmocka_unit_test(the_longest_frame_that_there_is_comes_whole),
		cmocka_unit_test(a_filter_hides_frames_but_not_their_numbers),
		cmocka_unit_test(
		    a_filter_that_does_not_compile_is_refused_at_the_start),
		cmocka_unit_test(stdin_is_read_where_the_path_is_a_dash),
		cmocka_unit_test(a_source_is_named_by_content_and_not_by_path),
		cmocka_unit_test(a_replay_as_new_has_a_fresh_name_each_time),
		cmocka_unit_test(a_foreign_file_is_told_by_what_it_looks_like),
		cmocka_unit_test(a_missing_file_is_told_with_the_reason),
		cmocka_unit_test(a_link_type_that_is_not_decoded_is_named),
		cmocka_unit_test(
		    a_pcap_cut_anywhere_in_its_last_packet_is_read_in_part),
		cmocka_unit_test(
		    a_pcapng_cut_anywhere_in_its_last_packet_is_read_in_part),
		cmocka_unit_test(
		    a_compressed_file_cut_anywhere_is_never_taken_for_whole),
		cmocka_unit_test(to_the_strict_a_part_is_unusable),
		cmocka_unit_test(a_header_of_any_length_but_whole_is_unusable),
		cmocka_unit_test(an_absurd_packet_length_ends_the_file),
		cmocka_unit_test(absurd_times_are_survived),
		cmocka_unit_test(times_reach_to_the_year_2106),
		cmocka_unit_test(a_frame_without_bytes_is_a_frame),
		cmocka_unit_test(two_link_types_in_one_file_end_it_with_advice),
		cmocka_unit_test(after_a_bad_file_the_next_is_read),
		cmocka_unit_test(
		    a_directory_is_read_in_the_order_of_first_packets),
		cmocka_unit_test(a_directory_without_captures_is_told),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
