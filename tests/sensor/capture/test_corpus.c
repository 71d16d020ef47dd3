/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_corpus - what others recorded, or broke on purpose, is survived.
 *
 * The captures lie beside the checkout and are not part of it; without them
 * this test is skipped.
 */
#include "output/log.h"
#include "output/sources.h"
#include "sensor/capture/capture.h"
#include "sensor/decode/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define CORPUS "../shared/corpus/"
#define FILES  4096

static const char *const folders[] = {
	CORPUS "positive",
	CORPUS "near-miss",
	CORPUS "malformed",
	CORPUS "cut",
	CORPUS "linktype",
	CORPUS "other",
};

#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

struct tally {
	uint64_t kinds[DECODED_KINDS];
	uint64_t frames, bytes;
	unsigned ends;
	struct decoder *decoder;
};

/* Where a payload is lent from, it can be read to its end. */
static void
count_frame(struct tally *tally, const struct frame *frame)
{
	struct packet packet;
	enum decoded decoded = frame_decode(tally->decoder, frame, &packet);

	tally->kinds[decoded]++;
	tally->frames++;
	if (decoded != DECODED_TCP)
		return;
	assert_true(packet.payload.len <= packet.payload_len);
	assert_int_equal(packet.cut, packet.payload.len < packet.payload_len);
	for (size_t i = 0; i < packet.payload.len; i++)
		tally->bytes += slice_at(packet.payload, i);
}

static void
every_capture_is_survived_and_every_frame_counted_once(void **state)
{
	(void)state;
	static struct batch batch;
	struct stat st;
	struct tally tally = { 0 };
	uint64_t sum = 0;
	enum capture_result result;

	if (stat(folders[0], &st) != 0) {
		print_message("SKIPPED: there is no " CORPUS "\n");
		skip();
	}
	log_threshold(LOG_QUIET);

	struct sources *sources = sources_new(FILES);
	struct capture *capture = capture_open_files(&(struct capture_files){
	    .paths = folders, .count = FOLDERS, .sources = sources });

	tally.decoder = decoder_new(&(struct decoder_options){ .key = 1 });
	assert_non_null(tally.decoder);
	assert_non_null(capture);
	while ((result = capture_next(capture, &batch)) != CAPTURE_END) {
		assert_int_not_equal(result, CAPTURE_FAILED);
		tally.ends += result == CAPTURE_SOURCE_END;
		for (size_t i = 0; i < batch.count; i++)
			count_frame(&tally, &batch.frame[i]);
	}

	struct capture_outcome outcome = capture_outcome(capture);

	for (size_t i = 0; i < DECODED_KINDS; i++)
		sum += tally.kinds[i];
	assert_int_equal(sum, outcome.frames);
	assert_int_equal(tally.frames, outcome.frames);
	assert_true(outcome.files > 1000);
	assert_true(tally.ends <= outcome.files);
	assert_true(tally.ends + outcome.unusable >= outcome.files);
	assert_true(tally.kinds[DECODED_TCP] > 50000);
	assert_int_equal(tally.kinds[DECODED_UNKNOWN_LINK], 0);
	decoder_free(tally.decoder);
	capture_free(capture);
	sources_free(sources);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_capture_is_survived_and_every_frame_counted_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
